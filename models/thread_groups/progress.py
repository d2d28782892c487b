"""What is promised to happen in the end, under a scheduler that passes nobody over."""

from assay.lang import leads_to, strongly, weakly
from assay.lang.progress import LeadsTo
from models.thread_groups.state import Groups, Life, Thread, has_ended, model, runs
from models.thread_groups.threads import last_switch, slice_ends, thread_runs


@model.eventually(
    "SCH-3",
    strongly(thread_runs, "thread"),
    weakly(slice_ends, "caller"),
    weakly(last_switch, "caller"),
)
def who_is_woken_runs(s: Groups, thread: Thread) -> LeadsTo:
    """A ready thread runs in the end or is ended, as slices end and none is passed over."""
    return leads_to(s.life[thread] == Life.READY, runs(s, thread) | has_ended(s, thread))
