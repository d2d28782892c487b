"""How a wait begins, how it is ended, and by whom."""

from assay.lang import TRUE, Act, Truth, exists
from models.waking.memory import asks_for_room
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Wait,
    Waking,
    has_handshake,
    has_no_handshake,
    has_object,
    has_returned,
    is_about_to_sleep,
    loses_sources,
    loses_the_claimed,
    makes_calls,
    model,
    resumes_any_wait,
    somebody_acts,
    somebody_makes_calls,
)
from spec.design import Design
from spec.errors import Error


def require_caller(act: Act[Design], old: Waking, processor: Processor) -> None:
    """The processor's thread is in no call and makes one."""
    act.require(makes_calls(old, processor), name="makes_calls")
    act.require(has_returned(old, processor), name="has_returned")


def _begins(old: Waking, new: Waking, processor: Processor, wait: Wait, limited: Truth) -> None:
    """The caller is in a wait from now on, and wants to leave the processor."""
    caller = old.current[processor].value
    new.wait[caller] = wait
    new.limited[caller] = limited
    new.phase[processor] = Phase.WANTS
    new.goes[processor] = Status.SUSPENDED


@model.action()
def thread_suspend(
    act: Act[Design], old: Waking, new: Waking, processor: Processor, limited: Truth
) -> None:
    """The caller wants to sleep till it is resumed or its time has come."""
    require_caller(act, old, processor)
    _begins(old, new, processor, Wait.SUSPENSION, limited)


@model.action()
def wait_begins(
    act: Act[Design], old: Waking, new: Waking, processor: Processor, limited: Truth
) -> None:
    """The caller registers its wait where something is to happen, and wants to sleep till then."""
    require_caller(act, old, processor)
    _begins(old, new, processor, Wait.SOURCE, limited)
    new.named[old.current[processor].value] = True


def _wakes(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """The sleeper is ready; with a handshake it is queued when its context is saved."""
    new.status[thread] = Status.READY
    if has_handshake(act.design):
        new.queued[thread] = ~old.left[thread]
        asks_for_room(act, old, new, thread, gets_in=~old.left[thread])
        new.gets_in[thread] = old.left[thread]
        new.limited[thread] = False
    else:
        new.queued[thread] = True
        asks_for_room(act, old, new, thread, gets_in=TRUE)
        new.limited[thread] = old.limited[thread] & old.left[thread]


def _ends_early(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """The wait is over without its event; as built its entry stays."""
    new.named[thread] = False
    if has_no_handshake(act.design):
        new.stale[thread] = old.stale[thread] | old.named[thread]


@model.action()
def source_fires(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """What the thread waits for has happened, or is known not to.

    While the waiter has not left its processor the waker waits for that.
    """
    act.require(old.status[thread] == Status.SUSPENDED, name="sleeps")
    act.require(old.named[thread], name="can_happen")
    act.require(somebody_acts(act.design, old, thread), name="others_are_at_work")
    _wakes(act, old, new, thread)
    new.named[thread] = False
    if has_no_handshake(act.design):
        new.timed_out[thread] = False
    new.told[thread] = True


@model.action()
def timeout_fires(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """The time has come that the sleeper gave; it is looked for once the context is saved."""
    act.require(old.status[thread] == Status.SUSPENDED, name="sleeps")
    act.require(old.limited[thread], name="limited")
    act.require(~old.left[thread], name="context_saved")
    new.status[thread] = Status.READY
    new.queued[thread] = True
    asks_for_room(act, old, new, thread, gets_in=TRUE)
    new.limited[thread] = False
    _ends_early(act, old, new, thread)
    new.timed_out[thread] = True
    new.told[thread] = True


@model.action()
def thread_resume(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """The sleeper becomes ready, and is given no reason; as built whatever it waits for."""
    act.require(somebody_makes_calls(old), name="somebody_makes_calls")
    act.check(has_object(old, thread), otherwise=Error.INVL_WEAK, name="thread_dead")
    sleeps = old.status[thread] == Status.SUSPENDED
    act.check(sleeps, otherwise=Error.INVL_OP, name="thread_not_suspended")
    if not resumes_any_wait(act.design):
        waits = old.wait[thread] == Wait.SOURCE
        act.check(~waits, otherwise=Error.INVL_OP, name="thread_waits")
    _wakes(act, old, new, thread)
    if resumes_any_wait(act.design):
        _ends_early(act, old, new, thread)


@model.action()
def call_returns(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The thread runs again, and its call returns what the reason says."""
    act.require(makes_calls(old, processor), name="makes_calls")
    caller = old.current[processor].value
    act.require(~has_returned(old, processor), name="has_waited")
    new.wait[caller] = Wait.NONE
    new.told[caller] = False
    if has_handshake(act.design):
        new.timed_out[caller] = False
    else:
        new.limited[caller] = False


@model.action(when=loses_sources)
def source_is_lost(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """What the thread waits for goes, and nobody tells the thread."""
    act.require(old.named[thread], name="waits")
    begins = exists(Processor, lambda p: old.current[p].holds(thread) & is_about_to_sleep(old, p))
    act.require(begins | somebody_acts(act.design, old, thread), name="somebody_is_at_work")
    new.named[thread] = False


@model.action(when=loses_the_claimed)
def claimed_sleeper_is_lost(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """A message for the thread cannot be written: it is ready by then, and in no queue."""
    act.require(old.status[thread] == Status.SUSPENDED, name="sleeps")
    act.require(old.named[thread], name="waits")
    act.require(somebody_acts(act.design, old, thread), name="others_are_at_work")
    new.status[thread] = Status.READY
    new.named[thread] = False
    new.limited[thread] = old.limited[thread] & old.left[thread]


@model.action(when=has_no_handshake)
def stale_entry_goes(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """The last entry that names a wait which is over is taken, or goes with what it waited for."""
    act.require(old.stale[thread], name="is_there")
    new.stale[thread] = False
