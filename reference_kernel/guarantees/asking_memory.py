"""What questions about calls on memory ask in common: of addresses, ranges and resident pages."""

from collections.abc import Iterable

from reference_kernel.guarantees.asking import Asked, Question
from reference_kernel.pages import resident_within
from reference_kernel.records import MemoryRecord, Record
from reference_kernel.state import CapabilitySpace, Memory
from spec.design import Design, EmptyAccess, Overflow, RangeRule, SizeTypes
from spec.ids import ObjectType, rights_of, type_of
from spec.rights import Right
from spec.sizes import KERNEL_START, PAGE_BYTES, virtual_address

PAGES_OF_A_WORD = 1 << 52
_KERNEL_PAGE = KERNEL_START // PAGE_BYTES


def misaligned(at: int) -> Question:
    """The argument is not the address of a page."""
    return lambda asked: asked.word(at) % PAGE_BYTES != 0


def not_canonical(at: int) -> Question:
    """The argument is no address."""
    return lambda asked: virtual_address(asked.word(at)) is None


def page(asked: Asked, at: int) -> int:
    """The page whose address the argument is."""
    address = virtual_address(asked.word(at))
    assert address is not None, asked
    return address // PAGE_BYTES


def record_there(asked: Asked, space_at: int, address_at: int) -> Record | None:
    """What starts at the address in the address space."""
    start = page(asked, address_at)
    records = asked.address_space(space_at).records
    return next((each for each in records if each.start == start), None)


def _length(design: Design, record: Record) -> int:
    by_offset = design.range_rule is RangeRule.OFFSET_AS_LENGTH
    if by_offset and isinstance(record, MemoryRecord):
        return record.location.offset
    return record.pages


def taken(
    asked: Asked, records: Iterable[Record], new: Record, *, besides: int | None = None
) -> bool:
    """Whether the pages of the record are not free, as the design counts pages.

    Of the records before it only the last is looked at.
    """
    design = asked.design
    end = new.start + _length(design, new)
    if end >= PAGES_OF_A_WORD and design.size_types is SizeTypes.PLAIN:
        if asked.state.machine.overflow is Overflow.PANICS:
            return False  # the sum panics before it is compared
        end -= PAGES_OF_A_WORD
    if end > _KERNEL_PAGE:
        return True
    others = [record for record in records if record.start != besides]
    if any(each.start == new.start or new.start < each.start < end for each in others):
        return True
    before = [each for each in others if each.start < new.start]
    last = max(before, key=lambda each: each.start, default=None)
    return last is not None and last.start + _length(design, last) > new.start


def resident(memory: Memory, first: int, pages: int) -> bool:
    """Whether one of so many pages of the memory has a frame."""
    return any(True for _ in resident_within(memory.pages, first, first + pages))


def writable_spaces(asked: Asked) -> set[int]:
    """The address spaces to which the caller has a capability with WRITE."""
    own = asked.state.body(asked.caller.capability_space)
    assert isinstance(own, CapabilitySpace), asked
    return {
        target
        for word, target in own.entries.items()
        if type_of(word) == ObjectType.ADDRESS_SPACE and rights_of(word) & Right.WRITE
    }


def wants_access(design: Design) -> bool:
    """Whether every mapping must allow some access, of pages that have no frame too."""
    return design.empty_access is EmptyAccess.REFUSED
