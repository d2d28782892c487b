"""Induction for any size: every claim holds at the start and is kept by every action.

Source: Hyperkernel (SOSP 2017) and Ivy (PLDI 2016) for proof by small first-order steps.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from typing import TypeVar

from assay.engines.prove.cache import Cache
from assay.engines.prove.obligations import Obligation, obligations
from assay.engines.prove.possible import assumptions_satisfiable
from assay.engines.prove.question import question
from assay.engines.prove.result import ObligationResult, Question
from assay.engines.prove.solve import FAILED, REFUTED, SOLVERS, Answers, answers, many_answers
from assay.lang.recorded import Recorded
from assay.traces.verdicts import Verdict

__all__ = ["Cache", "ObligationResult", "Question", "assumptions_satisfiable", "prove"]

_T = TypeVar("_T")

_BATCH = 6
_AT_FIRST_S = 1.0
"""Most proofs take milliseconds: what takes longer is looked into before it is asked again."""
_UNCHANGED = Answers(dict.fromkeys(SOLVERS, "unchanged"))
_LOST = Answers(dict.fromkeys(SOLVERS, "lost"))

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
    hard: list[int] = []

    def settle(index: int, said: Answers, asked: Question | None = None) -> None:
        results[index] = _judged(stated[index], said, asked)
        if cache is not None and not said.cached and said.by_solver in (REFUTED, FAILED):
            cache.put(str(stated[index].text), said.by_solver)
        if listener is not None:
            listener(len(results), len(stated))

    for index, said in _at_first(executor, cache, stated, min(_AT_FIRST_S, time_limit_s)):
        if said.by_solver in (REFUTED, _UNCHANGED.by_solver):
            settle(index, said)
        else:
            hard.append(index)
    looks = {
        executor.submit(_looked_into, recorded, stated[index], time_limit_s, questions): index
        for index in sorted(hard)
    }
    for look in as_completed(looks):
        settle(looks[look], *_result(look, (_LOST, None)))
    return tuple(results[index] for index in range(len(stated)))


def _at_first(
    executor: Executor, cache: Cache | None, stated: tuple[Obligation, ...], time_limit_s: float
) -> Iterator[tuple[int, Answers]]:
    """What is known of each obligation, and what the solvers say soon of those that are open."""
    open_: list[int] = []
    for index, obligation in enumerate(stated):
        if obligation.text is None:
            yield index, _UNCHANGED
        elif cache is not None and (known := cache.get(obligation.text)) is not None:
            yield index, Answers(known, cached=True)
        else:
            open_.append(index)
    batches = [open_[at : at + _BATCH] for at in range(0, len(open_), _BATCH)]
    asked = {
        executor.submit(many_answers, [str(stated[index].text) for index in batch], time_limit_s): (
            batch
        )
        for batch in batches
    }
    for future in as_completed(asked):
        batch = asked[future]
        said = _result(future, [_LOST] * len(batch))
        yield from zip(batch, said, strict=True)


def _looked_into(
    recorded: Recorded,
    obligation: Obligation,
    time_limit_s: float,
    questions: bool,  # noqa: FBT001
) -> tuple[Answers, Question | None]:
    """The question behind an obligation that is not refuted; if there is none, the long proof."""
    found = None
    if questions:
        found = question(recorded, obligation.action, obligation.claim, time_limit_s)
    if found is not None:
        return Answers(FAILED), found
    return answers(str(obligation.text), time_limit_s), None


def _result(future: Future[_T], otherwise: _T) -> _T:
    """What a task gave, or what stands for it when its worker died."""
    try:
        return future.result()
    except BrokenExecutor:
        return otherwise


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
        "" if proved else _reason(said.by_solver),
        asked,
    )


def _reason(said: Mapping[str, str]) -> str:
    if set(said.values()) >= {"unsat", "sat"}:
        return "the solvers disagree"
    if "sat" in said.values():
        return "the induction step fails"
    if said == _LOST.by_solver:
        return "a worker process died"
    silent = " and ".join(solver for solver, answer in said.items() if answer == "unknown")
    return f"{silent} cannot tell in time"
