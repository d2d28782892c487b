"""What a thread might give the calls about memory, and what it might read and write.

Addresses lie close together, so that mappings meet; sizes are small, but for those that nothing can
hold and for the one that takes all the memory that is left.
"""

from collections.abc import Callable, Iterator, Set

from reference_kernel import spans
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.choosing import Chooser, View
from reference_kernel.events import UserReads, UserWrites
from reference_kernel.message_arguments import word_written
from reference_kernel.pages import PageState, page_at
from reference_kernel.records import ACCESS, WRITE, MemoryRecord, Record
from reference_kernel.state import NOTHING, AddressSpace, Allocator, Memory, State, Thread
from spec.ids import ObjectType
from spec.options import (
    CREATED_RIGHTS,
    MemoryMap,
    MemoryResize,
    MemoryUpdate,
    MemoryUpdateMapping,
    UpdateMappingApart,
)
from spec.rights import ALL_RIGHTS, Right
from spec.sizes import KERNEL_START, PAGE_BYTES

_BASE = 0x50_0000_0000
_FIRST_PAGE = _BASE // PAGE_BYTES
_WINDOW_PAGES = 12
_ODD_ADDRESSES = (
    _BASE + 8,
    1 << 50,
    1 << 47,
    KERNEL_START - PAGE_BYTES,
    KERNEL_START,
    (1 << 64) - PAGE_BYTES,
)
_PHYSICAL_ADDRESSES = (
    0xFEE0_0000,
    0xFEE0_0000,
    0xB000_0000,
    0x20_0000,
    0xFEE0_0008,
    1 << 50,
)
_WRITE_RIGHT = int(Right.WRITE)
_LARGE_PAGES = 128
_ODD_PAGES = (1 << 20, (1 << 52) - 1, 1 << 52, (1 << 64) - 1)


def address(view: View) -> int:
    """An address to map something at; often that where another mapping ends."""
    odd = view.chooser.below(12)
    if odd == 0:
        return view.chooser.pick(_ODD_ADDRESSES)
    if odd < 4:
        mapped = _mapped_there(view)
        if mapped:
            record = view.chooser.pick(mapped)
            return PAGE_BYTES * (record.start + record.pages)
    return _BASE + PAGE_BYTES * view.chooser.below(_WINDOW_PAGES)


def mapped_address(view: View) -> int:
    """An address at which a mapping starts, mostly."""
    mapped = _mapped_there(view) if view.chooser.below(12) else []
    return view.chooser.pick(mapped).start * PAGE_BYTES if mapped else address(view)


def own_address(view: View) -> int:
    """An address at which the memory that the call names first is mapped, mostly."""
    memory = view.body(view.given[0])
    space = view.own.entries.get(view.given[-1], NOTHING)
    mappings = memory.mappings if isinstance(memory, Memory) else ()
    starts = [each.location.start for each in mappings if each.space == space]
    if starts and view.chooser.below(6):
        return view.chooser.pick(starts) * PAGE_BYTES
    return mapped_address(view)


def updated_address(view: View) -> int:
    """The same; often one of a mapping that an update may not change at will."""
    mapped, first = _mapped_there(view), view.chooser.below(len(_SPECIAL))
    for is_special in (*_SPECIAL[first:], *_SPECIAL[:first]):
        found = [each for each in mapped if is_special(view, each)]
        if found:
            return view.chooser.pick(found).start * PAGE_BYTES
    return mapped_address(view)


def _mapped_there(view: View) -> list[Record]:
    """What is mapped in the address space that the call names; of the image just a part."""
    at = _place_of_space(view)
    body = None if at is None else view.body(view.given[at])
    if not isinstance(body, AddressSpace):
        return []
    return [each for each in body.records if each.start >= _FIRST_PAGE] or [*body.records[:1]]


def _is_limited(_: View, record: Record) -> bool:
    """Whether the capability did not allow to write with which the mapping was made."""
    return isinstance(record, MemoryRecord) and not record.location.granted & WRITE


def _is_barred(view: View, record: Record) -> bool:
    """Whether the mapping allows no access, and there is more of the memory."""
    return (
        isinstance(record, MemoryRecord)
        and not record.location.access & ACCESS
        and _rest(view, record) > record.pages
    )


def _is_hemmed_in(view: View, record: Record) -> bool:
    """Whether there is more of the memory than the mapping shows, and no room for it."""
    if not isinstance(record, MemoryRecord) or _rest(view, record) <= record.pages:
        return False
    end = record.start + _rest(view, record)
    return any(record.start < each.start < end for each in _mapped_there(view))


_SPECIAL: tuple[Callable[[View, Record], bool], ...] = (
    _is_limited,
    _is_barred,
    _is_hemmed_in,
    lambda _, record: not isinstance(record, MemoryRecord),
    lambda _, record: True,
)


def limits(view: View, word: int) -> bool:
    """Whether a mapping in the address space may not be made writable."""
    space = view.body(word)
    records = space.records if isinstance(space, AddressSpace) else ()
    return any(_is_limited(view, record) for record in records)


def is_large(view: View, word: int) -> bool:
    """Whether the capability is to a memory of which others have no room."""
    memory = view.body(word)
    return isinstance(memory, Memory) and memory.size_pages > _LARGE_PAGES


def is_shared(view: View, word: int) -> bool:
    """Whether the capability is to a memory that shares pages with others."""
    memory = view.body(word)
    return isinstance(memory, Memory) and any(run.state is PageState.SHARED for run in memory.pages)


def stubborn(view: View) -> list[int]:
    """The capabilities to memories that are mapped without access, or in spaces of others."""
    spaces, memories = _writable_spaces(view), view.by_type.get(ObjectType.MEMORY, [])
    return [word for word in memories if _is_stubborn(view, word, spaces)]


def _writable_spaces(view: View) -> set[int]:
    words = [each for each in view.by_type.get(ObjectType.ADDRESS_SPACE, []) if each & _WRITE_RIGHT]
    return {view.own.entries[each] for each in words}


def _is_stubborn(view: View, word: int, spaces: Set[int]) -> bool:
    """Whether the memory is mapped without access, or in another space than these."""
    memory = view.body(word)
    return isinstance(memory, Memory) and any(
        each.space not in spaces or not each.location.access & ACCESS for each in memory.mappings
    )


def _rest(view: View, record: MemoryRecord) -> int:
    """How many pages the mapping can have."""
    memory = view.state.body(record.memory)
    assert isinstance(memory, Memory), record
    return max(0, memory.size_pages - record.location.offset)


def _updated(view: View) -> Record | None:
    """What is mapped where the call says, which names an address space before."""
    at = _place_of_space(view)
    if at is None:
        return None
    page = view.given[at + 1] // PAGE_BYTES
    return next((each for each in _mapped_there(view) if each.start == page), None)


def _place_of_space(view: View) -> int | None:
    """Which of the arguments names an address space; None when none does."""
    for at in _PLACES_OF_SPACES:
        if at < len(view.given) and isinstance(view.body(view.given[at]), AddressSpace):
            return at
    return None


_PLACES_OF_SPACES = (0, 2)
"""All calls name it first, but for `memory_update`, which begins with a memory and a size."""


def pages(view: View) -> int:
    """A number of pages: of a memory, a mapping, an offset."""
    if view.chooser.below(12) == 0:
        return view.chooser.pick(_ODD_PAGES)
    return view.chooser.pick((0, 1, 1, 1, 2, 2, 3, 4, 5, 8))


def new_pages(view: View) -> int:
    """A number of pages for a memory; seldom all that are left, or all but one.

    Few zones have so many that the largest blocks are all there is: next comes a zone used before.
    """
    odd = view.chooser.below(24)
    if view.state.frames.sharers and view.chooser.below(3) == 0:
        return pages_left(view.state)
    if odd > 3:
        return pages(view) if odd % 3 == 0 else view.chooser.pick((2, 2, 3, 4, 5, 8, 16))
    if odd > 1:
        return 1 << 13 + view.chooser.below(3)
    return max(0, pages_left(view.state) - view.chooser.below(3))


def size_there(at: int) -> Callable[[View], int]:
    """A number of pages of the memory that the call names there, mostly; seldom any number."""

    def argument(view: View) -> int:
        memory = view.body(view.given[at])
        if not isinstance(memory, Memory) or not view.chooser.below(3):
            return pages(view)
        size = memory.size_pages
        return view.chooser.pick((0, 0, 1, size // 2, size - 1, size))

    return argument


def new_size(view: View) -> int:
    """Another size for the memory that the call names first."""
    memory = view.body(view.given[0])
    if not isinstance(memory, Memory) or not view.chooser.below(3):
        return pages(view)
    return max(0, memory.size_pages + view.chooser.pick((-memory.size_pages, -1, 1, 1, 2)))


def updated_pages(view: View) -> int:
    """Another size for the mapping that the call names, often up to the end of its memory."""
    record = _updated(view)
    if not isinstance(record, MemoryRecord) or not view.chooser.below(3):
        return pages(view)
    rest = _rest(view, record)
    return max(0, view.chooser.pick((rest, rest, rest + 1, record.pages - 1, record.pages + 1)))


def pages_left(state: State) -> int:
    """How many pages are left, as far as those can be that the kernel itself took at boot."""
    root = state.body(ROOT_ALLOCATOR)
    assert isinstance(root, Allocator)
    taken = sum(1 << order for _, order in state.machine.taken)
    return max(0, root.limit_pages - root.used_pages - taken)


def offset_there(at: int) -> Callable[[View], int]:
    """A page of the memory that the call names there, to begin with; seldom any number."""

    def argument(view: View) -> int:
        memory = view.body(view.given[at])
        if not isinstance(memory, Memory) or not view.chooser.below(4):
            return offset(view)
        return view.chooser.pick((0, 0, 0, 1, min(memory.size_pages - 1, _WINDOW_PAGES)))

    return argument


def offset(view: View) -> int:
    """A page of a memory, to begin with."""
    if view.chooser.below(16) == 0:
        return view.chooser.pick(_ODD_PAGES)
    return view.chooser.pick((0, 0, 0, 0, 1, 1, 2, 3))


def physical_address(view: View) -> int:
    """An address for the mmio allocator."""
    return view.chooser.pick(_PHYSICAL_ADDRESSES)


def _access(chooser: Chooser) -> int:
    return chooser.pick((1, 1, 1, 3, 3, 3, 3, 5, 7, 2, 2, 0))


def map_options(view: View) -> int:
    """`memory_map` and `phys_mem_map`; often no access where no page is asked for."""
    chooser = view.chooser
    asked = view.given[3] if len(view.given) > 3 else 1
    if not asked and chooser.below(2):
        return int(MemoryMap.MAX_SIZE)
    shared = is_shared(view, view.given[1]) and chooser.below(4)
    options = int(MemoryMap.READ | MemoryMap.WRITE) if shared else _access(chooser)
    if not view.given[1] & _WRITE_RIGHT and chooser.below(3) == 0:
        options &= ~MemoryMap.WRITE
    if chooser.below(8) == 0:
        options |= chooser.pick((8, 16, 24))
    return options | MemoryMap.MAX_SIZE * (chooser.below(3) > 0)


def new_options(view: View) -> int:
    """`memory_new`: lazy and zeroed, and mostly all rights where the design has them asked."""
    rights = view.chooser.pick((0, _TO_READ, CREATED_RIGHTS, CREATED_RIGHTS, CREATED_RIGHTS))
    return view.chooser.pick((0, 0, 0, 1, 2, 3)) | rights


_TO_READ = CREATED_RIGHTS // int(ALL_RIGHTS) * int(Right.READ | Right.UPGRADE)
"""These rights of a new capability, where the design has them asked."""


def resize_options(view: View) -> int:
    """`memory_resize`; of a memory that is mapped mostly in place."""
    chooser = view.chooser
    if _is_stubborn(view, view.given[0], _writable_spaces(view)) and chooser.below(2):
        return int(MemoryResize.IN_PLACE | MemoryResize.GROW_MAPPING)
    in_place = (
        MemoryResize.IN_PLACE if chooser.below(6 if view.is_mapped(view.given[0]) else 2) else 0
    )
    grows = MemoryResize.GROW_MAPPING if chooser.below(3) else 0
    return int(chooser.pick((0, 0, 1, 2, 3)) | in_place | grows)


def update_options(view: View) -> int:
    """`memory_update_mapping`, in one or both numberings of its bits."""
    parts, options = _parts_updated(view)
    for numbering in view.chooser.pick(_NUMBERINGS):
        for each in parts:
            options |= int(numbering[each])
    return options


def update_both_options(view: View) -> int:
    """`memory_update`: mostly of a memory and a mapping of it, which may be another memory's."""
    parts, options = _parts_updated(view)
    for each in (*parts, *(each for each in ("LAZY_ALLOC", "ZEROED") if view.chooser.below(2))):
        options |= int(MemoryUpdate[each])
    return options | (MemoryUpdate.RESIZE if view.chooser.below(4) else 0)


def _parts_updated(view: View) -> tuple[tuple[str, ...], int]:
    """The bits that say what of a mapping changes, and the access that it is to have.

    Where a mapping may not get what it lacks, often just that is asked for.
    """
    chooser, record = view.chooser, _updated(view)
    if record is not None and chooser.below(2):
        if _is_limited(view, record):
            return ("UPDATE_FLAGS",), int(MemoryMap.READ | MemoryMap.WRITE)
        if _is_barred(view, record) or _is_hemmed_in(view, record):
            return ("UPDATE_SIZE", "EXACT_SIZE")[: 1 + chooser.below(2)], _access(chooser)
        if chooser.below(2):
            return ("UPDATE_SIZE", "EXACT_SIZE", "UPDATE_FLAGS"), 0
    return tuple(each for each in _PARTS if chooser.below(2)), _access(chooser)


_PARTS = ("UPDATE_SIZE", "EXACT_SIZE", "UPDATE_FLAGS", "UPDATE_BASE")
_NUMBERINGS = (
    (MemoryUpdateMapping,),
    (UpdateMappingApart,),
    (MemoryUpdateMapping, UpdateMappingApart),
    (MemoryUpdateMapping, UpdateMappingApart),
)


def user_access(
    state: State, caller: Thread, chooser: Chooser, *, writes: bool
) -> UserReads | UserWrites:
    """A word of its address space that the caller reads or writes, seldom one not there.

    Something that it may read, or write, is mapped there.
    """
    if chooser.below(192) == 0:
        page = _FIRST_PAGE + chooser.below(_WINDOW_PAGES)
    else:
        page = _page(state, caller, chooser, writes=writes)
    if writes:
        number, value = word_written(state, caller, chooser)
        return UserWrites(state.current, page * PAGE_BYTES + 8 * number, value)
    return UserReads(state.current, page * PAGE_BYTES + 8 * chooser.below(2))


def _page(state: State, caller: Thread, chooser: Chooser, *, writes: bool) -> int:
    """A page that the caller may read, or write; often the first of a mapping that shares it."""
    found = list(_reached(state, caller, writes=writes))
    made = [each for each in found if each.start >= _FIRST_PAGE]
    found = made if made and chooser.below(6) else found
    if writes and state.frames.sharers and chooser.below(4):
        shared = [each for each in found if _sharers(state, each)]
        found = [each for each in shared if _sharers(state, each) == 1] or shared or found
    record = chooser.pick(found)
    page = record.start + max(0, chooser.below(min(record.pages, 4) + 2) - 2)
    there = writes or spans.at(_space(state, caller).tables.entries, page) is not None
    return page if there else record.start


def can_access(state: State, caller: Thread, *, writes: bool) -> bool:
    """Whether something is mapped that the caller may read, or write."""
    return any(True for _ in _reached(state, caller, writes=writes))


def reaches_shared(state: State, caller: Thread) -> bool:
    """Whether the caller may write to the first page of a mapping that is shared."""
    if not state.frames.sharers:
        return False
    return any(_sharers(state, each) for each in _reached(state, caller, writes=True))


def _reached(state: State, caller: Thread, *, writes: bool) -> Iterator[MemoryRecord]:
    """The mappings whose first page the caller may read, or write."""
    body = _space(state, caller)
    for record in body.records:
        if isinstance(record, MemoryRecord) and _can_be_reached(body, record, writes=writes):
            yield record


def _space(state: State, caller: Thread) -> AddressSpace:
    body = state.body(caller.address_space)
    assert isinstance(body, AddressSpace), caller
    return body


def _sharers(state: State, record: MemoryRecord) -> int:
    """How many memories share the first page that the record maps; 0 where none does."""
    memory = state.body(record.memory)
    assert isinstance(memory, Memory), record
    run = page_at(memory.pages, record.location.offset)
    span = spans.at(state.frames.sharers, run.frame) if run.state is PageState.SHARED else None
    return 0 if span is None else span.note


def _can_be_reached(body: AddressSpace, record: MemoryRecord, *, writes: bool) -> bool:
    """Whether the record maps pages, the first of them resident and writable, if so asked."""
    if not record.pages or (writes and not record.location.access & WRITE):
        return False
    return spans.at(body.tables.entries, record.start) is not None
