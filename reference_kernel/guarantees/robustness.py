"""ROB-1 no_call_panics and ROB-3 costs_fall_on_their_cause."""

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Deadlock, Outcome, Panic, Refused
from reference_kernel.state import State, ThreadGroup
from spec.design import Design
from spec.errors import Error


def no_call_panics(
    _design: Design, _before: State, _event: Event, outcome: Outcome, _after: State
) -> str | None:
    """A panic or a deadlock is an outcome like any other, and always wrong."""
    match outcome:
        case Panic(place=place, reason=reason):
            return f"the kernel panics at {place}: {reason}"
        case Deadlock(place=place, reason=reason):
            return f"the kernel hangs at {place}: {reason}"
        case _:
            return None


def costs_fall_on_their_cause(
    _design: Design, _before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Nothing piles up: no dead weak capability that was used, no entry for a dropped group."""
    return _piles_up(event, outcome, after, sorted(after.objects))


def _costs_fall_on_their_cause_here(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    changed = changed_objects(before, after)
    parents = [old.parent for name in changed if isinstance(old := before.body(name), ThreadGroup)]
    return _piles_up(event, outcome, after, [*changed, *parents])


def _piles_up(event: Event, outcome: Outcome, after: State, names: list[int]) -> str | None:
    stays = isinstance(outcome, Refused) and outcome.error is Error.INVL_WEAK and not outcome.after
    if isinstance(outcome, Refused) and outcome.refusal.startswith("caller_"):
        stays = False  # what is dead there no capability of the caller names
    if stays and isinstance(event, CallMade):
        return "the dead weak capability stays in its space after it was used"
    for name in names:
        group = after.body(name)
        for member in group.members if isinstance(group, ThreadGroup) else ():
            if after.body(member) is None:
                return f"{title(after, name)} pays for its entry of {title(after, member)}"
    return None


CHECKS = (
    full("ROB-1", no_call_panics),
    quick("ROB-1", no_call_panics, Deadlock, Panic),
    full("ROB-3", costs_fall_on_their_cause),
    quick("ROB-3", _costs_fall_on_their_cause_here, type(None), Refused, ThreadGroup),
)
