"""Induction for any size: every claim holds at the start and is kept by every action.

Source: Hyperkernel (SOSP 2017) and Ivy (PLDI 2016) for proof by small first-order steps.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import replace
from itertools import groupby

from assay.engines.prove.cache import Cache
from assay.engines.prove.obligations import Obligation, obligations, refuted, with_rankings
from assay.engines.prove.possible import assumptions_satisfiable
from assay.engines.prove.question import question
from assay.engines.prove.result import ObligationResult, Question
from assay.engines.prove.solve import (
    FAILED,
    LOST,
    REFUTED,
    SLOW,
    SOLVERS,
    Answers,
    answers,
    many_answers,
    unsettled,
)
from assay.engines.prove.statements import StatementResult, prove_statements
from assay.engines.prove.tasks import result, task
from assay.lang.recorded import Recorded
from assay.traces.verdicts import Verdict

__all__ = [
    "Cache",
    "ObligationResult",
    "Question",
    "StatementResult",
    "assumptions_satisfiable",
    "prove",
    "prove_statements",
]

_Look = tuple[Answers, Question | None]

_BATCH = 24
"""So many obligations over one action are a task: what is given there is read once."""
_AT_FIRST_S = 1.0
"""Most proofs take milliseconds: what takes longer is looked into before it is asked again."""
_UNCHANGED = Answers(dict.fromkeys(SOLVERS, "unchanged"))

Listener = Callable[[int, int], None]


def prove(
    recorded: Recorded,
    *,
    executor: Executor,
    cache: Cache | None = None,
    time_limit_s: float = 20.0,
    listener: Listener | None = None,
    questions: bool = True,
) -> tuple[ObligationResult, ...]:
    """Every obligation of the model, in the order of its source.

    `time_limit_s` is for each solver and obligation. `listener` is told how many are done, of how
    many. Without `questions` failed obligations are not looked into.
    """
    stated = tuple(obligations(recorded))
    results: dict[int, ObligationResult] = {}
    open_: list[int] = []
    looks: dict[Future[_Look], int] = {}

    def settle(index: int, said: Answers, asked: Question | None = None) -> None:
        results[index] = _judged(stated[index], said, asked)
        if cache is not None and not said.cached and said != LOST:
            cache.put(stated[index].text, said.by_solver, time_limit_s)
        if listener is not None:
            listener(len(results), len(stated))

    def look(index: int, said: Answers) -> None:
        asked = task(executor, _looked, recorded, stated[index], said, time_limit_s, questions)
        looks[asked] = index

    for index, obligation in enumerate(stated):
        if obligation.goal is None:
            results[index] = _judged(obligation, _UNCHANGED, None)
        elif cache is None or (known := cache.get(obligation.text, time_limit_s)) is None:
            open_.append(index)
        elif known == REFUTED:
            settle(index, Answers(known, cached=True))
        else:
            look(index, Answers(known, cached=True))
    for index, said in _at_first(executor, stated, open_, min(_AT_FIRST_S, time_limit_s)):
        settle(index, said) if said.by_solver == REFUTED else look(index, said)
    for done in as_completed(looks):
        settle(looks[done], *result(done, (LOST, None)))
    return tuple(results[index] for index in range(len(stated)))


def _at_first(
    executor: Executor, stated: Sequence[Obligation], open_: Sequence[int], time_limit_s: float
) -> Iterator[tuple[int, Answers]]:
    """What the solvers say soon of the obligations that are open."""
    asked: dict[Future[list[Answers]], Sequence[int]] = {}
    for batch in _batches(stated, open_):
        given = stated[batch[0]].given
        goals = [refuted(str(stated[index].goal)) for index in batch]
        asked[task(executor, many_answers, given, goals, time_limit_s)] = batch
    for done in as_completed(asked):
        said = result(done, [LOST] * len(asked[done]))
        yield from zip(asked[done], said, strict=True)


def _batches(stated: Sequence[Obligation], open_: Sequence[int]) -> Iterator[Sequence[int]]:
    """The open obligations in portions for which the same is given."""
    for _, same in groupby(open_, key=lambda index: stated[index].given):
        batch = list(same)
        yield from (batch[at : at + _BATCH] for at in range(0, len(batch), _BATCH))


def _looked(
    recorded: Recorded,
    obligation: Obligation,
    said: Answers,
    time_limit_s: float,
    questions: bool,  # noqa: FBT001
) -> _Look:
    """The question behind an obligation that is not refuted; if there is none, the long proof.

    Where Z3 refutes it and cvc5 did not soon, there is none.
    """
    if questions and said.by_solver != SLOW:
        found = question(with_rankings(recorded), obligation.action, obligation.claim, time_limit_s)
        if found is not None:
            return replace(said, by_solver=FAILED), found
    return (said if said.cached else answers(obligation.text, time_limit_s)), None


def _judged(obligation: Obligation, said: Answers, asked: Question | None) -> ObligationResult:
    proved = said.by_solver in (_UNCHANGED.by_solver, REFUTED)
    return ObligationResult(
        obligation.action,
        obligation.claim,
        obligation.guarantee,
        Verdict.PROVED if proved else Verdict.UNKNOWN,
        said.by_solver,
        said.seconds,
        said.cached,
        "" if proved else unsettled(said.by_solver) or "the induction step fails",
        asked,
    )
