"""What is promised to happen in the end, as processors go on and nobody is passed over."""

from assay.lang import leads_to, strongly, weakly
from assay.lang.progress import Fairly, LeadsTo
from models.teardown.groups import walk_ends, walk_ends_thread, walk_reaches
from models.teardown.inside import goes_on, releases_reference
from models.teardown.joining import admission_ends
from models.teardown.picking import ended_is_skipped, queue_gives, thread_is_chosen
from models.teardown.processors import (
    continues,
    dies,
    interrupt_kills,
    interrupt_passes,
    slice_ends,
    switch_ends,
)
from models.teardown.state import Group, Teardown, Thread, has_stopped, model

WALK: tuple[Fairly, ...] = (
    weakly(walk_reaches, "processor"),
    weakly(walk_ends_thread, "processor"),
    weakly(walk_ends, "processor"),
)
GOES_ON: tuple[Fairly, ...] = (
    weakly(admission_ends, "processor"),
    weakly(continues, "processor"),
    weakly(switch_ends, "processor"),
    weakly(thread_is_chosen, "processor"),
    weakly(ended_is_skipped, "processor"),
    strongly(queue_gives, "thread"),
    strongly(interrupt_kills, "processor"),
    strongly(interrupt_passes, "processor"),
    strongly(dies, "processor"),
    strongly(goes_on, "processor"),
    strongly(releases_reference, "processor", "object"),
    strongly(slice_ends, "processor"),
)


@model.eventually("GRP-8", *WALK)
def every_walk_ends(s: Teardown, group: Group) -> LeadsTo:
    """Who has begun to end a group ends it."""
    return leads_to(s.walker[group].is_some, s.walker[group].is_none)


@model.eventually("GRP-8", *WALK, *GOES_ON)
def every_member_stops(s: Teardown, thread: Thread) -> LeadsTo:
    """Whom its group ended stops."""
    return leads_to(
        s.killed[thread],
        has_stopped(s, thread),
    )
