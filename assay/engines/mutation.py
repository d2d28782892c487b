"""Do the guarantees notice small wrong changes? Each mutation of a model is hunted by search.

A mutation is killed by a path from a start state to a place where the changed model breaks a
guarantee that the unchanged one keeps, or by a fair run on which something is awaited for ever that
comes in the unchanged one. Where no guarantee notices, the answers are compared: a reachable state
in which a call must be refused with one error, and the changed model gives another answer, breaks
the order of refusals, which is a guarantee as well.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from assay.engines.answers import REFUSALS_IN_ORDER as REFUSALS_IN_ORDER
from assay.engines.answers import first_other_answer
from assay.engines.domains import Sizes
from assay.engines.explore import Exploration, Limits, Path, explore
from assay.engines.explore.progress import check_progress
from assay.engines.model_traces import trace_of
from assay.lang.mutate import Mutation
from assay.lang.recorded import Recorded, Role
from assay.traces.trace import Trace

_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Killed:
    """`claim` is broken at the end of `path` in the changed model, in the instance `sizes`.

    Where `claim` is REFUSALS_IN_ORDER the last step of the path is the call whose answer differs:
    `answers` are those of the unchanged and of the changed model. Where it is one on progress the
    path goes on for ever from its state `loop`.
    """

    claim: str
    path: Path
    sizes: Sizes
    answers: tuple[str, str] = ("", "")
    loop: int | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """No guarantee is broken, yet the change shows.

    `by` names the auxiliary claims that fail, the first of them at the end of `path`, so that the
    proof does; or, without a path, what never happens any more, so that the model would be vacuous.
    """

    by: tuple[str, ...]
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Survived:
    """Nothing notices; `complete`: everything reachable was searched."""

    complete: bool


Result = Killed | Noticed | Survived


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutation and what became of it."""

    mutation: str
    breaks: str
    result: Result


@dataclass(frozen=True, slots=True)
class _Task:
    unchanged: Recorded
    changed: Recorded
    ladder: tuple[tuple[Sizes, Exploration], ...]
    breaks: str
    limits: Limits


def judge_mutations(
    recorded: Recorded,
    ladder: Sequence[Sizes],
    mutations: Sequence[Mutation],
    *,
    executor: Executor | None = None,
    limits: Limits = _NO_LIMITS,
) -> tuple[Judged, ...]:
    """Hunt each mutation in the instances of `ladder`, the smallest first, until one kills it.

    A mutation that names what it breaks is killed by a claim of that guarantee alone. Errors:
    MutationGone for a mutation that finds nothing to change; SizesError as `explore`.
    """
    changed = [mutation.change(recorded) for mutation in mutations]
    run = map if executor is None else executor.map
    known = tuple(zip(ladder, run(_explored, [(recorded, s, limits) for s in ladder]), strict=True))
    tasks = [
        _Task(recorded, model, known, mutation.breaks, limits)
        for mutation, model in zip(mutations, changed, strict=True)
    ]
    results = run(_judged, tasks)
    return tuple(
        Judged(mutation.name, mutation.breaks, result)
        for mutation, result in zip(mutations, results, strict=True)
    )


def trace_of_kill(recorded: Recorded, mutation: Mutation, killed: Killed) -> Trace:
    """The path that kills: as the changed model goes it, or to the call that is answered otherwise.

    Where REFUSALS_IN_ORDER kills, the unchanged model goes the path, and refuses or takes the last.
    """
    order = killed.claim == REFUSALS_IN_ORDER
    runs = recorded if order else mutation.change(recorded)
    return trace_of(runs, killed.sizes, killed.path, claim=killed.claim, loop=killed.loop)


def complaints(judged: Sequence[Judged], reasons: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong: survivors without a reason, reasons for those noticed, or for nothing."""
    found = [
        f"{each.mutation} survives; strengthen a guarantee or give a reason"
        for each in judged
        if isinstance(each.result, Survived) and each.mutation not in reasons
    ]
    results = {each.mutation: each.result for each in judged}
    for name in reasons:
        match results.get(name):
            case Killed(claim=claim):
                found.append(f"{name} has a reason to survive, but {claim} kills it")
            case Noticed(by=by):
                found.append(f"{name} has a reason to survive, but {by[0]} notices it")
            case Survived():
                pass
            case None:
                found.append(f"{name} has a reason to survive, but there is no such mutation")
    return tuple(found)


def _explored(task: tuple[Recorded, Sizes, Limits]) -> Exploration:
    recorded, sizes, limits = task
    return explore(recorded, sizes, limits=limits)


def _judged(task: _Task) -> Result:
    noticed: list[Noticed] = []
    before: set[str] = set()
    after: set[str] = set()
    complete = True
    for sizes, known in task.ladder:
        found = _hunted(task, sizes, known)
        for broken in found.broken:
            if task.changed.claim(broken.claim).role is Role.GUARANTEE:
                return Killed(broken.claim, broken.path, sizes)
        if not noticed and found.broken:
            by = tuple(broken.claim for broken in found.broken)
            noticed.append(Noticed(by, found.broken[0].path))
        before |= _seen(task.changed, known)
        after |= _seen(task.changed, found)
        complete = complete and found.complete
    for sizes, _ in task.ladder if task.breaks in ("", REFUSALS_IN_ORDER) else ():
        other = first_other_answer(task.unchanged, task.changed, sizes, limits=task.limits)
        if other is not None:
            return Killed(REFUSALS_IN_ORDER, other.path, sizes, other.answers)
    if before - after and complete:
        noticed.append(Noticed(tuple(sorted(before - after))))
    if noticed and not task.breaks:
        return noticed[0]
    for sizes, _ in task.ladder:
        endless = _endless(task, sizes)
        if endless is not None:
            return endless
    return Survived(complete)


def _endless(task: _Task, sizes: Sizes) -> Killed | None:
    """A fair run of the changed model on which is awaited for ever what comes in the unchanged one.

    Nobody can be unfair to an action that the changed model has not.
    """
    actions = {action.name for action in task.changed.actions}
    awaited = tuple(
        replace(claim, fair=tuple(fair for fair in claim.fair if fair.action in actions))
        for claim in task.changed.progress
        if task.breaks in ("", claim.guarantee)
    )
    if not awaited:
        return None
    model = replace(task.changed, progress=awaited)
    for run in check_progress(model, sizes, limits=task.limits).broken:
        claim = tuple(each for each in task.unchanged.progress if each.name == run.claim)
        kept = check_progress(replace(task.unchanged, progress=claim), sizes, limits=task.limits)
        if not kept.broken and not kept.reason:
            return Killed(run.claim, run.path, sizes, loop=run.loop)
    return None


def _hunted(task: _Task, sizes: Sizes, known: Exploration) -> Exploration:
    """Search for claims that the unchanged model keeps; the first guarantee ends the search."""
    broken = {each.claim for each in known.broken}
    claims = tuple(
        claim
        for claim in task.changed.claims
        if claim.role is not Role.GUARANTEE or task.breaks in ("", claim.guarantee)
        if claim.name not in broken
    )
    until = frozenset(claim.name for claim in claims if claim.role is Role.GUARANTEE)
    hunted = replace(task.changed, claims=claims)
    return explore(hunted, sizes, limits=replace(task.limits, until=until))


def _seen(recorded: Recorded, exploration: Exploration) -> set[str]:
    """What happens at all of that which the model speaks of: actions, refusals, can claims."""
    actions = {action.name for action in recorded.actions if exploration.enabled[action.name]}
    refusals = {
        f"{action.name} refuses {check.name}"
        for action in recorded.actions
        for check in action.checks
        if check.error is not None and exploration.refused[action.name][check.name]
    }
    return actions | refusals | {name for name, reached in exploration.can.items() if reached}
