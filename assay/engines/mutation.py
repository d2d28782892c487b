"""Do the guarantees notice small wrong changes? Each mutation of a model is hunted by search.

A mutation is killed by a path from a start state to a place where the changed model breaks a
guarantee that the unchanged one keeps. Where no guarantee notices, the answers are compared: a
reachable state in which a call must be refused with one error, and the changed model gives another
answer, breaks the order of refusals, which is a guarantee as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore import Exploration, Limits, Path, explore
from assay.engines.interpret import ModelStep
from assay.lang.fingerprint import canonical
from assay.lang.mutate import Mutation
from assay.lang.recorded import Action, Check, Claim, Recorded, Role
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Expr, Operator, Taken, Where
from assay.lang.walk import conjuncts

REFUSALS_IN_ORDER = "refusals_come_in_order"
"""The claim that kills a mutation which only changes what is answered."""

_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Killed:
    """`claim` is broken at the end of `path` in the changed model, in the instance `sizes`.

    Where `claim` is REFUSALS_IN_ORDER the last step of the path is the call whose answer differs:
    `answers` are those of the unchanged and of the changed model.
    """

    claim: str
    path: Path
    sizes: Sizes
    answers: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Survived:
    """No claim notices; `lost` is what happens in the unchanged model and in this one does not.

    `complete`: everything reachable was searched.
    """

    lost: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutation and what became of it."""

    mutation: str
    breaks: str
    result: Killed | Survived


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


def complaints(judged: Sequence[Judged], reasons: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong: survivors without a reason, reasons for the killed or for nothing."""
    found = [
        f"{each.mutation} survives{_lost(each.result)}; strengthen a guarantee or give a reason"
        for each in judged
        if isinstance(each.result, Survived) and each.mutation not in reasons
    ]
    results = {each.mutation: each.result for each in judged}
    for name in reasons:
        match results.get(name):
            case Killed(claim=claim):
                found.append(f"{name} has a reason to survive, but {claim} kills it")
            case None:
                found.append(f"{name} has a reason to survive, but there is no such mutation")
            case Survived():
                pass
    return tuple(found)


def _lost(survived: Survived) -> str:
    return f" (no longer seen: {', '.join(survived.lost)})" if survived.lost else ""


def _explored(task: tuple[Recorded, Sizes, Limits]) -> Exploration:
    recorded, sizes, limits = task
    return explore(recorded, sizes, limits=limits)


def _judged(task: _Task) -> Killed | Survived:
    lost: tuple[str, ...] = ()
    complete = True
    for sizes, known in task.ladder:
        killed, found = _hunted(task, sizes, known)
        if killed is not None:
            return killed
        seen = _seen(task.changed, found)
        lost = tuple(sorted(_seen(task.unchanged, known) - seen))
        complete = complete and found.complete
    for sizes, _ in task.ladder:
        killed = _answers_otherwise(task, sizes)
        if killed is not None:
            return killed
    return Survived(lost, complete)


def _hunted(task: _Task, sizes: Sizes, known: Exploration) -> tuple[Killed | None, Exploration]:
    """Search for a broken guarantee that the unchanged model keeps."""
    broken = {each.claim for each in known.broken}
    until = frozenset(
        claim.name
        for claim in task.changed.of_role(Role.GUARANTEE)
        if claim.name not in broken and task.breaks in ("", claim.guarantee)
    )
    claims = tuple(c for c in task.changed.claims if c.name in until or c.role is Role.CAN)
    hunted = replace(task.changed, claims=claims)
    found = explore(hunted, sizes, limits=replace(task.limits, until=until))
    for each in found.broken:
        return Killed(each.claim, each.path, sizes), found
    return None, found


def _seen(recorded: Recorded, exploration: Exploration) -> set[str]:
    """What happens at all: actions, refusals, can claims."""
    actions = {name for name, count in exploration.enabled.items() if count}
    refusals = {
        f"{action.name} refuses {check.name}"
        for action in recorded.actions
        for check in action.checks
        if check.error is not None and exploration.refused[action.name][check.name]
    }
    return actions | refusals | {name for name, reached in exploration.can.items() if reached}


def _answers_otherwise(task: _Task, sizes: Sizes) -> Killed | None:
    """Search the unchanged model for a call to which the changed one answers differently."""
    if task.breaks not in ("", REFUSALS_IN_ORDER):
        return None
    asked: dict[str, tuple[str, str, str]] = {}
    probes: list[Action] = []
    changed = {action.name: action for action in task.changed.actions}
    for action in task.unchanged.actions:
        other = changed.get(action.name)
        if other is None or other.checks == action.checks:
            continue
        for checks, answers in _differences(action, other):
            name = f"{action.name} answers {len(probes)}"
            asked[name] = (action.name, *answers)
            probes.append(replace(action, name=name, checks=checks, assignments=()))
    if not probes:
        return None
    probed = replace(
        task.unchanged,
        actions=(*task.unchanged.actions, *probes),
        claims=(_none_taken(probes),),
    )
    until = frozenset({REFUSALS_IN_ORDER})
    for broken in explore(probed, sizes, limits=replace(task.limits, until=until)).broken:
        *steps, last = broken.path.steps
        action_name, before, after = asked[last.action]
        step = ModelStep(action_name, last.arguments)
        path = Path(broken.path.start, (*steps, step))
        return Killed(REFUSALS_IN_ORDER, path, sizes, (before, after))
    return None


def _none_taken(probes: Sequence[Action]) -> Claim:
    where = probes[0].where
    taken = tuple(Taken(probe.name, where) for probe in probes)
    some = Apply(Operator.OR, taken, BOOL, where)
    body = Apply(Operator.NOT, (some,), BOOL, where)
    return Claim(
        REFUSALS_IN_ORDER, None, Role.GUARANTEE, over_steps=True, body=body, meaning="", where=where
    )


def _differences(
    action: Action, other: Action
) -> Iterator[tuple[tuple[Check, ...], tuple[str, str]]]:
    """The conditions under which two versions of an action answer differently, with the answers."""
    for holds, fails, answer in _answers(action):
        for other_holds, other_fails, other_answer in _answers(other):
            if answer == other_answer or "" in (answer, other_answer):
                continue
            true = _by_text(part for each in (*holds, *other_holds) for part in conjuncts(each))
            false = _by_text(each for each in (fails, other_fails) if each is not None)
            if any(_by_text(conjuncts(each)).keys() <= true.keys() for each in false.values()):
                continue
            conditions = [*true.values(), *map(_not, false.values())]
            yield _guards(conditions, action.where), (answer, other_answer)


def _answers(action: Action) -> Iterator[tuple[tuple[Expr, ...], Expr | None, str]]:
    """What the action can answer: what holds, what fails, and the error; "" where it cannot be."""
    conditions = tuple(check.condition for check in action.checks)
    for position, check in enumerate(action.checks):
        yield conditions[:position], check.condition, check.error or ""
    yield conditions, None, "taken"


def _by_text(exprs: Iterable[Expr]) -> dict[str, Expr]:
    """The expressions without those that say the same at another place."""
    return {canonical(expr): expr for expr in exprs}


def _not(expr: Expr) -> Expr:
    return Apply(Operator.NOT, (expr,), BOOL, expr.where)


def _guards(conditions: Sequence[Expr], where: Where) -> tuple[Check, ...]:
    return tuple(
        Check(f"guard_{index}", condition, None, where)
        for index, condition in enumerate(conditions)
    )
