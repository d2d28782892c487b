"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists, forall
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Wait,
    Waking,
    has_handshake,
    is_left,
    model,
)


@model.can()
def can_leave_on_all_processors(s: Waking) -> Truth:
    """Every processor is between two stacks at once, and has left a thread."""
    return forall(Processor, lambda p: (s.phase[p] == Phase.LEAVES) & s.other[p].is_some)


@model.can(when=has_handshake)
def can_be_woken_on_the_stack(s: Waking) -> Truth:
    """A sleeper is ready before its context is saved."""
    return exists(
        Processor,
        Thread,
        lambda p, t: all_of(is_left(s, p, t), s.status[t] == Status.READY, s.wait[t] != Wait.NONE),
    )


@model.can()
def can_be_registered_and_run(s: Waking) -> Truth:
    """What a thread waits for knows of it while it is still on its processor."""
    return exists(Thread, lambda t: (s.status[t] == Status.RUNNING) & s.named[t])


@model.can()
def can_wake_without_memory(s: Waking) -> Truth:
    """A sleeper was told what it waited for while no memory was left."""
    return s.short & exists(
        Thread, lambda t: (s.status[t] == Status.READY) & s.told[t] & ~s.timed_out[t]
    )


@model.can()
def can_idle_everywhere(s: Waking) -> Truth:
    """No processor has a thread to run."""
    return forall(Processor, lambda p: s.current[p].is_none)


@model.can()
def can_end(s: Waking) -> Truth:
    """No thread is left."""
    return forall(Thread, lambda t: s.status[t] == Status.ABSENT)
