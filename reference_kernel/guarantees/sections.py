"""What only sections can break: CAP-4, CAP-6, GRP-4, GRP-5, GRP-7, ROB-2, and of CAP-9, MEM-2 and
SCH-7 what the other checks of these do not see.

Of a step these look at its event, at what it gave, and at what processors noted of it.
"""

from reference_kernel import spans
from reference_kernel.address_spaces import record_at
from reference_kernel.events import CallContinues, CallMade, Event, UserReads, UserWrites
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import Broken, Check, full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.progress import part_of
from reference_kernel.notes import Oddity
from reference_kernel.outcomes import Cut, Deadlock, Ended, Ok, Outcome, Panic, Refused
from reference_kernel.records import WRITE, MemoryRecord
from reference_kernel.sections import Delivery, Rest, Section
from reference_kernel.state import AddressSpace, CapabilitySpace, State, Thread
from reference_kernel.undelivered import between_deliveries
from spec.design import Design
from spec.options import CapClone
from spec.panics import NO_MEMORY
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

_CLONE = BY_NAME["cap_clone"].number


def _noted(oddity: Oddity) -> Broken:
    """Looks whether the last step of a processor was odd in this way."""

    def broken(
        _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
    ) -> str | None:
        for processor in after.processors:
            for note in processor.noted:
                if note.oddity is oddity:
                    return note.what
        return None

    return broken


def no_lock_waits_for_itself(
    _design: Design, _before: State, _event: Event, outcome: Outcome, _after: State
) -> str | None:
    """No processor waits for a lock for ever."""
    return outcome.reason if isinstance(outcome, Deadlock) else None


def no_shortage_panics(
    _design: Design, before: State, _event: Event, outcome: Outcome, _after: State
) -> str | None:
    """Looks for a panic that is one only because the heap has no room."""
    if isinstance(outcome, Panic) and before.memory_out and outcome.place in _FOR_WANT_OF_MEMORY:
        return f"the kernel panics at {outcome.place}: {outcome.reason}"
    return None


_FOR_WANT_OF_MEMORY = frozenset(each.place for each in NO_MEMORY)


def a_move_leaves_one(
    _design: Design, before: State, event: Event, outcome: Outcome, _after: State
) -> str | None:
    """A move that gives a new capability has taken the old one away itself."""
    if not isinstance(outcome, Ok) or not isinstance(event, CallContinues):
        return None
    rest = before.processors[event.processor].rest
    if rest is None or not isinstance(call := rest.event, CallMade) or call.number != _CLONE:
        return None
    if not call.options & CapClone.DESTROY_SRC_CAP:
        return None
    word, space = call.arguments[2], before.body(_source(before, rest, call))
    assert isinstance(space, CapabilitySpace), rest
    if word not in space.entries:
        return f"a move gave {outcome.values[0]:#x}, and {word:#x} had been moved by another one"
    return None


def _source(state: State, rest: Rest, call: CallMade) -> int:
    """The capability space out of which the call moves."""
    if rest.section is Section.MOVED:
        return rest.words[0]
    if not call.options & CapClone.SRC_CSPACE_SELF:
        return rest.held[0]
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    return caller.capability_space


_ORDER = _noted(Oddity.LOCK_ORDER)
_TWICE = _noted(Oddity.ACKNOWLEDGED_TWICE)
_LEFT = _noted(Oddity.LEFT_ON_STACK)
_DEEP = _noted(Oddity.TOO_DEEP)


def the_dead_stay_dead(
    _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No step gives an object its body back, as who counts one more on a dead one would."""
    for name, old, new in changed_bodies(before, after):
        if old is None and new is not None and name in before.objects:
            return f"{title(after, name)} was dead, and is alive again"
    return None


def an_unmap_takes_what_it_was_asked_for(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """An unmap that has its locks takes the mapping that it saw, or refuses if that is gone."""
    rest = _section(before, event)
    if rest is None or rest.section is not Section.UNMAPS or not isinstance(outcome, Ok | Refused):
        return None
    space, page, memory = rest.words
    old, new = before.body(space), after.body(space)
    assert isinstance(old, AddressSpace), rest
    assert isinstance(new, AddressSpace), rest
    seen = record_at(old, page)
    is_there = isinstance(seen, MemoryRecord) and seen.memory == memory
    gone = [each for each in old.records if each not in new.records]
    if isinstance(outcome, Ok) != is_there or gone != ([seen] if is_there else []):
        there = "is" if is_there else "is not"
        return f"the mapping of {title(before, memory)} {there} there, and {len(gone)} are unmapped"
    return None


def _section(before: State, event: Event) -> Rest | None:
    """The section that the step does, if it does one."""
    if not isinstance(event, CallContinues):
        return None
    processor = before.processors[event.processor]
    return None if processor.pending else processor.rest


def what_page_tables_allow_is_done(
    _design: Design, before: State, event: Event, outcome: Outcome, _after: State
) -> str | None:
    """No page fault is held against a program when page tables allow by then what it does."""
    access = part_of(before, event)
    if not isinstance(access, UserReads | UserWrites) or not _is_denied(outcome):
        return None
    thread = before.body(access.thread)
    assert isinstance(thread, Thread), access
    space = before.body(thread.address_space)
    assert isinstance(space, AddressSpace), access
    entry = spans.at(space.tables.entries, access.address // PAGE_BYTES)
    if entry is None or (isinstance(access, UserWrites) and not entry.note & WRITE):
        return None
    return f"{title(before, access.thread)} may not do what the page tables of its space allow"


def _is_denied(outcome: Outcome) -> bool:
    """Whether the kernel does not let a program do what it does; that ends its thread, perhaps."""
    ends = isinstance(outcome, Cut) and outcome.rest.section is Section.PICKS
    return ends or isinstance(outcome, Ended | Panic | Refused)


_WHO_WAITS = frozenset({"CAP-7", "IPC-1", "IPC-3", "IPC-4", "IPC-7", "SCH-1", "SCH-3", "SCH-5"})


def amid_deliveries(check: Check) -> Check:
    """The check where calls are rows of sections: who waits it asks as if none were delivering."""
    if check.guarantee not in _WHO_WAITS:
        return check
    looks_at = None if check.looks_at is None else check.looks_at | {Delivery}
    broken = between_deliveries(check.broken)
    return Check(check.guarantee, broken, full=check.full, looks_at=looks_at)


CHECKS_OF_SECTIONS = (
    full("CAP-4", the_dead_stay_dead),
    quick("CAP-4", the_dead_stay_dead, "objects"),
    full("CAP-6", a_move_leaves_one),
    quick("CAP-6", a_move_leaves_one, CallContinues),
    full("CAP-9", an_unmap_takes_what_it_was_asked_for),
    quick("CAP-9", an_unmap_takes_what_it_was_asked_for, CallContinues),
    full("GRP-4", _LEFT),
    quick("GRP-4", _LEFT, "processors"),
    full("GRP-5", _DEEP),
    quick("GRP-5", _DEEP, "processors"),
    full("GRP-7", no_lock_waits_for_itself),
    quick("GRP-7", no_lock_waits_for_itself, Deadlock),
    full("GRP-7", _ORDER),
    quick("GRP-7", _ORDER, "processors"),
    full("MEM-2", what_page_tables_allow_is_done),
    quick("MEM-2", what_page_tables_allow_is_done, UserReads, UserWrites),
    full("ROB-2", no_shortage_panics),
    quick("ROB-2", no_shortage_panics, Panic),
    full("SCH-7", _TWICE),
    quick("SCH-7", _TWICE, "processors"),
)
"""What shows where calls are rows of sections."""
