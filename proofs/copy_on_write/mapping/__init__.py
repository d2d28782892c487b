"""The kernel seen through the model of copy on write: `MAPPING`.

A kernel step is what became of the pages, addresses and lines that are seen, and the failures: a
call, or a write to a shared page, for which there is no frame. The pages of an event pool are pages
like those of a memory; what messages and events write, the kernel writes. What a call changes of
pages it changes in one section, so sections are followed as calls are.
"""

from collections.abc import Mapping
from dataclasses import replace

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from models.copy_on_write.state import blocks_are_broken
from proofs.copy_on_write.mapping.difference import Clone, Views, difference
from proofs.copy_on_write.mapping.seen import (
    Contents,
    Seen,
    address_of,
    looks_alike,
    page_of,
    parts_of,
    seen,
)
from proofs.copy_on_write.mapping.window import Blocks
from reference_kernel.events import CallContinues, CallMade, Event, UserReads, UserWrites
from reference_kernel.outcomes import Deadlock, Ok, Outcome, Panic, Refused, Spins
from reference_kernel.pages import count_of
from reference_kernel.state import CapabilitySpace, Memory, State, Thread
from reference_kernel.step import place
from spec.design import Design, FreshPages
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME, CALLS

_NEW = BY_NAME["memory_new"].number
_RESIZE = BY_NAME["memory_resize"].number
_UPDATE = BY_NAME["memory_update"].number
_CLONE = BY_NAME["memory_clone"].number
_NO_FRAME = "no_frame"
_UNPAID = frozenset({"no_memory_for_memory", "no_memory_for_pages"})
"""The refusals of calls that ask for frames."""

_NO_PAGE = "no_memory_for_pages"
_COPY_MESSAGES = frozenset(
    call.number
    for call in CALLS
    if call.name.startswith(("channel_", "reply_"))
    and any(refusal.name == _NO_PAGE for refusal in call.refusals)
)
"""The calls that write to pages of others, or to pools."""

_FIRST = 0
"""The processor that calls between two steps of the kernel."""

_ANY = 0
"""An element that nothing is: of a refusal nobody asks which frame it would have been."""


class SharingMapping:
    """Pages, frames and translations of the kernel; the last two states seen are kept."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self) -> None:
        self._contents = Contents()
        self._blocks = Blocks()
        self._recent: Recent[Seen] = Recent()

    def _seen(self, design: Design, state: State) -> Seen:
        known, last = self._recent.of(state), self._recent.newest
        if known is not None:
            return known
        if last is not None and looks_alike(last.state, state):
            view = replace(last, state=state)
        else:
            view = seen(design, state, self._contents, self._blocks, last)
        return self._recent.keep(state, view)

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._seen(design, state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        return seen(design, state, self._contents, Blocks()).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The pages, frames and all else that is not in normal form; and all processors."""
        processors = frozenset(range(len(state.processors)))
        return {**self._seen(design, state).elements(), "Processor": processors}

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is; another processor calls for just so long."""
        changed, here = self.changes(design, before, event, outcome, after), place(before, event)
        if not changed or here == _FIRST:
            return changed
        calls, is_over = (
            ModelStep("processor_calls", {"processor": number}) for number in (here, _FIRST)
        )
        return (calls, *changed, is_over)

    def changes(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The steps of the processor that takes the step of the kernel."""
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        event = goes_on_with(before, event)
        old, new = self._seen(design, before), self._seen(design, after)
        fault = _fault(old, before, event)
        refused = _refused(design, before, event, outcome, fault)
        lost = _lost(old, new, event, outcome, after)
        clone = _clone(before, event, outcome, after)
        views = Views(
            old,
            new,
            clone,
            fault=fault,
            lost=lost,
            by_program=isinstance(event, UserWrites),
            is_cleared=design.fresh_pages is FreshPages.ZEROED,
        )
        changed = () if old.tables is new.tables else tuple(difference(views))
        return changed if refused is None or lost is not None else (refused, *changed)

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        All but a call or an access that finds no frame may: what they do to frames of the window
        shows, and the rest is not looked at.
        """
        return not _lacks_frame(event, outcome)


def goes_on_with(before: State, event: Event) -> Event:
    """The event that the section is a part of; itself, if it is no section."""
    if not isinstance(event, CallContinues):
        return event
    processor = before.processors[event.processor]
    rest = None if processor.pending else processor.rest
    return event if rest is None else rest.event


def _fault(old: Seen, before: State, event: Event) -> int | None:
    """The address of a shared page that a program writes to."""
    if not isinstance(event, UserWrites):
        return None
    thread = before.body(event.thread)
    assert isinstance(thread, Thread), event
    address = address_of(thread.address_space, event.address // PAGE_BYTES)
    page = old.tables["page"].get((address,))
    return address if (page,) in old.tables["shared"] else None


def _lost(old: Seen, new: Seen, event: Event, outcome: Outcome, after: State) -> int | None:
    """The shared page that went because there was no frame for its copy."""
    if not _lacks_frame(event, outcome) or not isinstance(outcome, Refused) or not outcome.after:
        return None
    gone = (key for key in old.tables["shared"] if key not in new.tables["frame"])
    pages = (int(page or 0) for (page,) in gone)
    return next((page for page in pages if after.body(parts_of(page)[0]) is not None), None)


def _lacks_frame(event: Event, outcome: Outcome) -> bool:
    if not isinstance(outcome, Refused):
        return False
    match event:
        case CallMade(number=number) if number in (_NEW, _RESIZE, _UPDATE):
            return outcome.refusal in _UNPAID
        case CallMade(number=number) if number in _COPY_MESSAGES:
            return outcome.refusal == _NO_PAGE
        case UserReads() | UserWrites():
            return outcome.refusal == _NO_FRAME
        case _:
            return False


def _refused(
    design: Design, before: State, event: Event, outcome: Outcome, fault: int | None
) -> ModelStep | None:
    """The step that found no frame: the copy, or the coming, of a page or of several at once."""
    if not _lacks_frame(event, outcome):
        return None
    if fault is not None:
        given = {"address": fault, "frame": _ANY, "granted": False}
        return ModelStep("sharer_writes", given, _NO_FRAME)
    page = page_of(before.next_object, 0)
    given = {"page": page, "frame": _ANY, "cleared": False, "granted": False}
    several = blocks_are_broken(design) and _pages_asked(before, event) > 1
    return ModelStep("page_comes_in_a_block" if several else "page_comes", given, _NO_FRAME)


def _pages_asked(before: State, event: Event) -> int:
    """How many pages the call wants at once."""
    if not isinstance(event, CallMade):
        return 1
    if event.number == _NEW:
        return event.arguments[1]
    if event.number not in (_RESIZE, _UPDATE):
        return 1
    body = before.body(_named(before, event, 0))
    assert isinstance(body, Memory), event
    return event.arguments[1] - count_of(body.pages)


def _clone(before: State, event: Event, outcome: Outcome, after: State) -> Clone | None:
    """The memory that the call has made, if it is a clone."""
    if not isinstance(event, CallMade) or event.number != _CLONE or not isinstance(outcome, Ok):
        return None
    (made,) = (name for name in after.objects if name not in before.objects)
    return Clone(made, _named(before, event, 1), offset=event.arguments[2])


def _named(before: State, call: CallMade, at: int) -> int:
    """The object that the argument names, or that the stack holds for it."""
    number = before.processor_of(call.thread)
    rest = None if number is None else before.processors[number].rest
    if rest is not None:
        return rest.held[at]
    caller = before.body(call.thread)
    assert isinstance(caller, Thread), call
    space = before.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space.entries[call.arguments[at]]


MAPPING = SharingMapping()
