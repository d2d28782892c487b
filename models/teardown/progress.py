"""What is promised to happen in the end, as processors go on and nobody is passed over."""

from assay.lang import leads_to, strongly, weakly
from assay.lang.progress import Fairly, LeadsTo
from models.teardown.groups import list_ends, walk_ends, walk_ends_thread, walk_reaches
from models.teardown.inside import goes_on, leaves_kernel, releases_reference
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
from models.teardown.state import (
    Group,
    Life,
    Place,
    Processor,
    Teardown,
    Thread,
    has_stopped,
    is_at,
    model,
)

WALK: tuple[Fairly, ...] = (
    weakly(walk_reaches, "processor"),
    weakly(walk_ends_thread, "processor"),
    weakly(list_ends, "processor"),
    weakly(walk_ends, "processor"),
)
GOES_ON: tuple[Fairly, ...] = (
    weakly(admission_ends, "processor"),
    weakly(switch_ends, "processor"),
    weakly(thread_is_chosen, "processor"),
    weakly(ended_is_skipped, "processor"),
    strongly(continues, "processor"),
    strongly(slice_ends, "processor"),
    strongly(queue_gives, "thread"),
    strongly(dies, "thread"),
    strongly(releases_reference, "thread", "object"),
)


@model.eventually("GRP-8", *WALK)
def every_walk_ends(s: Teardown, group: Group) -> LeadsTo:
    """Who has begun to end a group ends it."""
    return leads_to(s.walker[group].is_some, s.walker[group].is_none)


@model.eventually(
    "GRP-8", weakly(interrupt_passes, "processor"), weakly(interrupt_kills, "processor")
)
def every_interrupt_is_taken(s: Teardown, processor: Processor) -> LeadsTo:
    """No user code goes on for ever where the exit interrupt was sent."""
    ignores = s.pending[processor] & is_at(s, processor, Place.USER)
    return leads_to(ignores, ~ignores)


@model.eventually("GRP-8", *WALK, *GOES_ON)
def every_member_stops(s: Teardown, thread: Thread) -> LeadsTo:
    """Whom its group ended stops."""
    return leads_to(s.killed[thread], has_stopped(s, thread))


@model.eventually(
    "SCH-3",
    *WALK,
    *GOES_ON,
    strongly(goes_on, "thread"),
    strongly(leaves_kernel, "processor"),
)
def who_is_woken_goes_on(s: Teardown, thread: Thread) -> LeadsTo:
    """Who is ready at a wait goes on with its call, or stops there; calls end, too."""
    waits = s.place[thread] == Place.WAITING
    return leads_to(waits & (s.life[thread] == Life.READY), ~waits)
