"""Induction for any size: every claim holds at the start and is kept by every action.

Source: Hyperkernel (SOSP 2017) and Ivy (PLDI 2016) for proof by small first-order steps.
"""

from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from dataclasses import replace

from assay.engines.prove.cache import Cache
from assay.engines.prove.obligations import Obligation, obligations
from assay.engines.prove.question import question
from assay.engines.prove.result import ObligationResult, Question
from assay.engines.prove.solve import SOLVERS, many_answers
from assay.lang.recorded import Recorded
from assay.traces.verdicts import Verdict

__all__ = ["Cache", "ObligationResult", "Question", "prove"]

_BATCH = 6
_UNCHANGED = dict.fromkeys(SOLVERS, "unchanged")
_REFUTED = dict.fromkeys(SOLVERS, "unsat")

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
    for index, obligation in enumerate(stated):
        known = _UNCHANGED if obligation.text is None else cache and cache.get(obligation.text)
        if known:
            results[index] = _judged(obligation, known, 0.0, cached=obligation.text is not None)
        else:
            open_.append(index)
    batches = [tuple(open_[at : at + _BATCH]) for at in range(0, len(open_), _BATCH)]
    asked = {
        executor.submit(
            many_answers, tuple(str(stated[index].text) for index in batch), time_limit_s
        ): batch
        for batch in batches
    }
    for future in as_completed(asked):
        for index, (said, seconds) in zip(asked[future], future.result(), strict=True):
            results[index] = _judged(stated[index], said, seconds, cached=False)
            if cache is not None and said == _REFUTED:
                cache.put(str(stated[index].text), said)
        if listener is not None:
            listener(len(results), len(stated))
    if questions:
        for index in open_:
            if results[index].verdict is not Verdict.PROVED:
                found = question(recorded, stated[index], time_limit_s)
                results[index] = replace(results[index], question=found)
    return tuple(results[index] for index in range(len(stated)))


def _judged(
    obligation: Obligation, said: dict[str, str], seconds: float, *, cached: bool
) -> ObligationResult:
    proved = said in (_UNCHANGED, _REFUTED)
    return ObligationResult(
        obligation.action,
        obligation.claim,
        obligation.guarantee,
        Verdict.PROVED if proved else Verdict.UNKNOWN,
        said,
        seconds,
        cached,
        "" if proved else _reason(said),
        None,
    )


def _reason(said: dict[str, str]) -> str:
    answers = set(said.values())
    if answers == {"unsat", "sat"}:
        return "the solvers disagree"
    if "sat" in answers:
        return "the induction step fails"
    silent = " and ".join(solver for solver, answer in said.items() if answer == "unknown")
    return f"{silent} cannot tell in time"
