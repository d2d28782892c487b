"""What is promised to happen in the end, where timers go on and no thread is passed over."""

from assay.lang import leads_to, strongly, weakly
from assay.lang.progress import LeadsTo
from models.waking.state import Status, Thread, Waking, has_handshake, model
from models.waking.switching import picks, picks_idle, slice_ends, stays, switch_ends, switches


@model.eventually(
    "SCH-3",
    strongly(picks, "thread"),
    weakly(slice_ends, "processor"),
    weakly(picks_idle, "processor"),
    weakly(stays, "processor"),
    weakly(switches, "processor"),
    weakly(switch_ends, "processor"),
    when=has_handshake,
)
def who_is_woken_runs(s: Waking, thread: Thread) -> LeadsTo:
    """A thread that is ready runs in the end, or its end comes."""
    runs = s.status[thread] == Status.RUNNING
    ended = s.status[thread].one_of(Status.ABSENT, Status.DEAD)
    return leads_to(s.status[thread] == Status.READY, runs | ended)
