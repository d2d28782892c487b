"""What the solvers say of a design's statements over machine words: a verdict on each guarantee."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.engines.executor import Here
from assay.engines.judge import Settings
from assay.engines.prove import StatementResult, prove_statements
from assay.lang import Statement
from assay.traces import Judgement, Verdict


def judge_words(
    subject: str, statements: Sequence[Statement], settings: Settings
) -> tuple[Judgement, ...]:
    """A judgement of each guarantee; of a broken one for each broken statement."""
    results = tuple(
        prove_statements(
            statements, executor=Here(), cache=settings.cache, time_limit_s=settings.solver_s
        )
    )
    by_guarantee: dict[str, list[StatementResult]] = {}
    for each in results:
        by_guarantee.setdefault(each.guarantee, []).append(each)
    return tuple(
        judgement
        for guarantee, found in by_guarantee.items()
        for judgement in _judgements(subject, guarantee, found)
    )


def _judgements(
    subject: str, guarantee: str, results: Sequence[StatementResult]
) -> Iterator[Judgement]:
    """Of the worst that was found: broken, then vacuous, then unknown, then proved."""
    seconds = sum(each.seconds for each in results)
    solvers = tuple(sorted({solver for each in results for solver in each.answers}))
    judged = Judgement(
        guarantee,
        subject,
        "prove",
        Verdict.PROVED,
        seconds,
        obligations=len(results),
        solvers=solvers,
    )
    for verdict in (Verdict.BROKEN, Verdict.VACUOUS, Verdict.UNKNOWN):
        found = [each for each in results if each.verdict is verdict]
        if found:
            kept = found if verdict is Verdict.BROKEN else found[:1]
            for each in kept:
                yield replace(judged, verdict=verdict, reason=f"{each.name}: {each.reason}")
            return
    yield judged
