"""A program that makes the calls of a trace of mappings: what it has made so far, and its ids."""

from dataclasses import dataclass

from assay.traces.trace import TraceValue
from proofs.performing import CannotBe
from proofs.realise import Program
from reference_kernel.address_spaces import KERNEL_PAGE
from reference_kernel.outcomes import Ok, Refused
from reference_kernel.state import NOTHING
from spec.design import Design, MappingCalls, OptionBits
from spec.ids import ObjectType
from spec.options import (
    CapClone,
    CapDestroy,
    MemoryUpdate,
    MemoryUpdateMapping,
    UpdateMappingApart,
)
from spec.rights import Right
from spec.sizes import PAGE_BYTES, WORD_LIMIT

_FIRST = "FIRST"
_READ_ONLY = int(Right.READ) | CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF


Bits = MemoryUpdate | MemoryUpdateMapping | UpdateMappingApart
"""The option word of a call that changes a mapping."""


@dataclass(slots=True)
class Place:
    """Where a mapping of the trace lies; `page` is its first page in the kernel."""

    space: TraceValue
    page: int
    length: int
    access: TraceValue = None


class Mappings(Program):
    """The first program as it writes itself, where the trace's kernel starts at page `kernel`."""

    def __init__(self, design: Design, kernel: int) -> None:
        super().__init__(design)
        self.kernel = kernel
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

    def call(
        self, name: str, options: int, *arguments: int, refused: str | None = None
    ) -> tuple[int, ...]:
        """Make the call, which is taken, or refused as said; gives what it returned.

        Errors: CannotBe when the kernel gives anything else.
        """
        outcome = self.make_call(self.state.current, name, options, *arguments)
        match outcome:
            case Ok(values=values) if refused is None:
                return values
            case Refused(refusal=refusal) if refusal == refused:
                return ()
            case _:
                raise CannotBe(f"{name} gave {outcome}")

    def created(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights that it may give."""
        return self.call(name, self.asks_for_all_rights(options), *arguments)[0]

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
