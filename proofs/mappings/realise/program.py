"""A program that makes the calls of a trace of mappings: what it has made so far, and its ids."""

from dataclasses import dataclass

from assay.traces.trace import TraceValue
from reference_kernel.address_spaces import KERNEL_PAGE
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event
from reference_kernel.outcomes import Ok, Refused
from reference_kernel.state import NOTHING, CapabilitySpace, Thread
from reference_kernel.step import step
from spec.design import CreatedRights, Design, MappingCalls, OptionBits
from spec.ids import ObjectType, type_of
from spec.options import (
    CREATED_RIGHTS,
    CapClone,
    CapDestroy,
    MemoryUpdate,
    MemoryUpdateMapping,
    UpdateMappingApart,
)
from spec.rights import Right
from spec.sizes import PAGE_BYTES, WORD_LIMIT
from spec.syscalls import BY_NAME

_FIRST = "FIRST"
_WORDS = 8
_READ_ONLY = int(Right.READ) | CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF


Bits = MemoryUpdate | MemoryUpdateMapping | UpdateMappingApart
"""The option word of a call that changes a mapping."""


class CannotBe(Exception):
    """The kernel does not do what the trace needs."""


@dataclass(slots=True)
class Place:
    """Where a mapping of the trace lies; `page` is its first page in the kernel."""

    space: TraceValue
    page: int
    length: int
    access: TraceValue = None


class Program:
    """The first program as it writes itself, where the trace's kernel starts at page `kernel`."""

    def __init__(self, design: Design, kernel: int) -> None:
        self.design = design
        self.kernel = kernel
        self.state = boot(design)
        self.events: list[Event] = []
        self.spaces: dict[TraceValue, int] = {_FIRST: self.own(ObjectType.ADDRESS_SPACE)}
        self.memories: dict[TraceValue, int] = {}
        self.readers: dict[TraceValue, int] = {}
        self.pools: dict[TraceValue, int] = {}
        self.places: dict[TraceValue, Place] = {}
        self.sizes: dict[TraceValue, int] = {}

    @property
    def update_bits(self) -> type[Bits]:
        """The option bits of the call that changes a mapping."""
        if self.design.mapping_calls is MappingCalls.MERGED:
            return MemoryUpdate
        apart = self.design.option_bits is OptionBits.DISJOINT
        return UpdateMappingApart if apart else MemoryUpdateMapping

    def page(self, page: int) -> int:
        """The kernel's number for a page of the trace, in which the kernel's half is one page."""
        if page <= self.kernel:
            return KERNEL_PAGE - self.kernel + page
        return WORD_LIMIT // PAGE_BYTES + page - self.kernel - 1

    def own(self, kind: ObjectType) -> int:
        """The oldest id of the type that the program has.

        Errors: CannotBe when there is none left.
        """
        thread = self.state.body(self.state.current)
        assert isinstance(thread, Thread), self.state.current
        space = self.state.body(thread.capability_space)
        assert isinstance(space, CapabilitySpace), thread
        found = [word for word in sorted(space.entries) if type_of(word) == kind]
        if not found:
            raise CannotBe(f"no {kind.name} is left")
        return found[0]

    def call(
        self, name: str, options: int, *arguments: int, refused: str | None = None
    ) -> tuple[int, ...]:
        """Make the call, which is taken, or refused as said; gives what it returned.

        Errors: CannotBe when the kernel gives anything else.
        """
        padded = (*arguments, *(NOTHING for _ in range(_WORDS - len(arguments))))
        event = CallMade(self.state.current, BY_NAME[name].number, int(options), padded)
        self.state, outcome = step(self.design, self.state, event)
        self.events.append(event)
        match outcome:
            case Ok(values=values) if refused is None:
                return values
            case Refused(refusal=refusal) if refusal == refused:
                return ()
            case _:
                raise CannotBe(f"{name} gave {outcome}")

    def created(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights that it may give."""
        if self.design.created_rights is CreatedRights.OPTION:
            options |= CREATED_RIGHTS
        return self.call(name, options, *arguments)[0]

    def destroy(self, word: int) -> None:
        """The capability goes."""
        self.call("cap_destroy", CapDestroy.CSPACE_SELF, NOTHING, word)

    def memory(self, name: TraceValue, *, may_write: bool) -> int:
        """An id of the memory, with all rights or only to read."""
        if may_write:
            return self.memories[name]
        if name not in self.readers:
            word = self.memories[name]
            self.readers[name] = self.call("cap_clone", _READ_ONLY, NOTHING, NOTHING, word)[0]
        return self.readers[name]
