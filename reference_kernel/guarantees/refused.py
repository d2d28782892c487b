"""CAP-10 a_refused_call_changes_nothing."""

from dataclasses import replace

from reference_kernel.events import CallMade, CallReturns, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.state import CapabilitySpace, State, Thread
from spec.design import Design
from spec.errors import Error
from spec.ids import is_weak


def a_refused_call_changes_nothing(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """All is as it was, but for a dead weak capability that was destroyed on use."""
    if not isinstance(outcome, Refused) or before is after:
        return None
    if isinstance(event, CallReturns):
        return _only_ended_the_call(before, event, after)
    if not isinstance(event, CallMade):
        return None
    if not outcome.after:
        return None if before == after else "the call was refused and changed something"
    if outcome.error is not Error.INVL_WEAK:
        return f"{outcome.refusal} refused the call after it had an effect"
    return _only_destroyed_the_dead(before, after)


def _only_ended_the_call(before: State, event: CallReturns, after: State) -> str | None:
    """A wait that ended with an error: the effect of waiting came before.

    What the thread held while it waited, it holds no more.
    """
    waited = before.body(event.thread)
    assert isinstance(waited, Thread), event
    alone = changed_objects(before, after) == (event.thread,) or waited.held
    if alone and after.body(event.thread) == replace(waited, call=None, held=()):
        return None
    return "the end of a wait changed more than the thread that waited"


def _only_destroyed_the_dead(before: State, after: State) -> str | None:
    changed = changed_objects(before, after)
    gone: list[tuple[int, int]] = []
    for name in changed:
        old, new = before.body(name), after.body(name)
        if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
            gone += [each for each in old.entries.items() if each[0] not in new.entries]
            if len(new.entries) > len(old.entries) - len(gone) or (
                old.next_serial != new.next_serial
            ):
                return f"the refused call put something into {title(after, name)}"
        elif old is not new:
            return f"the refused call changed {title(after, name)}"
    if len(gone) != 1 or not is_weak(gone[0][0]) or before.body(gone[0][1]) is not None:
        return "the refused call destroyed something else than one dead weak capability"
    return _same_elsewhere(before, after)


def _same_elsewhere(before: State, after: State) -> str | None:
    if replace(after, objects=before.objects) != before:
        return "the refused call changed what runs or waits"
    return None


CHECKS = (
    full("CAP-10", a_refused_call_changes_nothing),
    quick("CAP-10", a_refused_call_changes_nothing, Refused),
)
