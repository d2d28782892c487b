"""CAP-8 nothing_keeps_itself_alive."""

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import has_ended, held_by_kernel, strong, title
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.state import State, Thread
from spec.design import Design
from spec.syscalls import BY_NAME


def nothing_keeps_itself_alive(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Follows strong references from the kernel and from every thread that has not ended."""
    left = list(held_by_kernel(after))
    left += [
        name
        for name, known in after.objects.items()
        if isinstance(known.body, Thread) and not has_ended(after, name)
    ]
    reached = set(left)
    while left:
        for target in strong(after.objects, after.body(left.pop())):
            if target not in reached:
                reached.add(target)
                left.append(target)
    for name in sorted(after.objects):
        if after.objects[name].body is not None and name not in reached:
            return f"{title(after, name)} is alive, and no thread that can run reaches it"
    return None


_ONLY_ADDS = frozenset(
    BY_NAME[name].number
    for name in (
        "address_space_new",
        "channel_new",
        "drop_check_new",
        "event_pool_map",
        "event_pool_new",
        "key_id",
        "key_new",
        "memory_clone",
        "memory_get_size",
        "memory_map",
        "memory_new",
        "mmio_allocator_alloc",
        "phys_mem_get_size",
        "phys_mem_map",
        "thread_group_new",
    )
)


def _nothing_keeps_itself_alive_here(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """The same, unless the step took no reference away: then what was reached still is."""
    if before.objects is after.objects or isinstance(outcome, Refused):
        return None
    if isinstance(event, CallMade) and event.number in _ONLY_ADDS:
        return None
    if not _takes_away(before, after):
        return None
    return nothing_keeps_itself_alive(design, before, event, outcome, after)


def _takes_away(before: State, after: State) -> bool:
    """Whether something that lives may be reached no longer, or is new.

    What is not reached any more begins with an object that lost a reference itself. One that died
    does not count, since it lost its own references too; nor does a thread that can run.
    """
    if any(_is_let_go(after, name) for name in _let_go_by_kernel(before, after)):
        return True
    for name, old, new in changed_bodies(before, after):
        if old is None and new is not None:
            return True
        if isinstance(old, Thread) and has_ended(after, name) and not has_ended(before, name):
            return True
        if old is not new:
            gone = set(strong(before.objects, old)).difference(strong(after.objects, new))
            if any(_is_let_go(after, each) for each in gone):
                return True
    return False


def _let_go_by_kernel(before: State, after: State) -> set[int]:
    if before.processors is after.processors:
        return set()
    return set(held_by_kernel(before)).difference(held_by_kernel(after))


def _is_let_go(after: State, name: int) -> bool:
    """Whether the object lives, and is no thread that can run."""
    return after.body(name) is not None and has_ended(after, name)


CHECKS = (
    full("CAP-8", nothing_keeps_itself_alive),
    quick("CAP-8", _nothing_keeps_itself_alive_here, "objects", "processors"),
)
