"""What puts each refusal of the calls about memory into a good call."""

from collections.abc import Callable
from dataclasses import replace

from spec.design import ResizeInPlace
from spec.ids import ObjectType
from spec.options import MemoryUpdate as U
from spec.sizes import KERNEL_START, PAGE_BYTES
from tests.reference_kernel.attempting import (
    Attempt,
    Fault,
    a_new,
    capability_faults,
    putting,
)
from tests.reference_kernel.program import (
    ALLOCATOR,
    EXACT_SIZE,
    GROW_MAPPING,
    IN_PLACE,
    LAZY,
    MAX_SIZE,
    MMIO_ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    UPDATE_BASE,
    UPDATE_FLAGS,
    UPDATE_SIZE,
    WEAK,
    WRITE,
    Program,
)

A = ObjectType
AT = 0x50_0000_0000
ELSEWHERE = AT + 64 * PAGE_BYTES
OPTIONS, OWN_SPACES, BEHIND = 5, 6, 7
"""Stand for arguments: the option word, who holds the address space, what lies behind."""
NOT_CANONICAL = 1 << 50
TOO_MANY = 1 << 52


def weak_without_upgrade(at: int) -> Fault:
    """The capability is weak, and lacks UPGRADE."""

    def fault(attempt: Attempt) -> None:
        attempt.words[at] = attempt.program.clone(attempt.words[at], WEAK, rights=0b0111)

    return Fault(at, fault)


def with_options(at: int, *, clear: int = 0, put: int = 0) -> Fault:
    """The option word has other bits; `at` is the argument of which they ask something else."""

    def fault(attempt: Attempt) -> None:
        attempt.options = attempt.options & ~clear | put

    return Fault(at, fault)


def _to_be_written_without_read(attempt: Attempt) -> None:
    """The capability lacks READ, and only WRITE is asked for."""
    attempt.words[1] = attempt.program.clone(attempt.words[1], rights=0b1110)
    attempt.options = WRITE


def address_faults(at: int, name: str = "address") -> dict[str, Fault]:
    """What can be wrong with an address."""
    return {
        f"{name}_misaligned": putting(at, AT + 8),
        f"{name}_not_canonical": putting(at, NOT_CANONICAL),
    }


def mapped(program: Program, space: int, address: int, *, pages: int = 2) -> int:
    """A memory of two pages of which so many are mapped there to be read and written."""
    (memory, _) = program.ok("memory_new", ALLOCATOR, 2, options=RIGHTS_ASKED)
    options = READ | WRITE | MAX_SIZE
    program.ok("memory_map", space, memory, address, pages, 0, options=options)
    return memory


def half_lazy(program: Program, space: int, address: int) -> int:
    """A memory whose first page is lazy and mapped without access, and its second resident."""
    (memory, _) = program.ok("memory_new", ALLOCATOR, 1, options=LAZY | RIGHTS_ASKED)
    program.ok("memory_resize", memory, 2)
    program.ok("memory_map", space, memory, address, 1, 0, options=MAX_SIZE)
    return memory


def _maps_a_device(attempt: Attempt) -> None:
    device = a_new(attempt.program, A.PHYS_MEM)
    attempt.program.ok("phys_mem_map", attempt.words[0], device, ELSEWHERE, options=READ)
    attempt.words[1] = ELSEWHERE


def _mapped_through_a_read_only_capability(attempt: Attempt) -> None:
    program, space = attempt.program, attempt.words[0]
    memory = program.clone(a_new(program, A.MEMORY), rights=READ)
    program.ok("memory_map", space, memory, ELSEWHERE, 0, 0, options=READ)
    attempt.words[1] = ELSEWHERE
    attempt.options |= UPDATE_FLAGS | WRITE


def _grows_over_another(attempt: Attempt) -> None:
    mapped(attempt.program, attempt.words[0], attempt.words[1] + PAGE_BYTES)
    attempt.options &= ~UPDATE_BASE


def _grows_over_a_resident_page(attempt: Attempt) -> None:
    half_lazy(attempt.program, attempt.words[0], ELSEWHERE)
    attempt.words[1] = ELSEWHERE
    attempt.options &= ~(UPDATE_FLAGS | READ | WRITE)


def _mapped_again(attempt: Attempt) -> None:
    other = a_new(attempt.program, A.ADDRESS_SPACE)
    attempt.program.ok("memory_map", other, attempt.words[0], AT, 0, 0, options=READ)


def _space_that_maps(attempt: Attempt) -> int:
    """The capability to the address space that maps the memory of a resize."""
    program = attempt.program
    space = program.memory_body(attempt.words[0]).mappings[0].space
    entries = program.entries()
    return next(word for word, target in sorted(entries.items()) if target == space)


def _space_of_others(attempt: Attempt) -> None:
    space = _space_that_maps(attempt)
    attempt.program.clone(space, rights=0)
    attempt.program.destroy(space)


def _another_lies_behind(attempt: Attempt) -> None:
    location = attempt.program.memory_body(attempt.words[0]).mappings[0].location
    mapped(attempt.program, _space_that_maps(attempt), location.end * PAGE_BYTES)


def _mapped_without_access(attempt: Attempt) -> None:
    program = attempt.program
    space = a_new(program, A.ADDRESS_SPACE)
    (memory, _) = program.ok("memory_new", ALLOCATOR, 1, options=LAZY | RIGHTS_ASKED)
    program.ok("memory_map", space, memory, AT, 0, 0)
    attempt.words[0] = memory


def _pool_mapped(attempt: Attempt) -> None:
    space = a_new(attempt.program, A.ADDRESS_SPACE)
    attempt.program.ok("event_pool_map", space, attempt.words[1], AT)


def _pool_not_mapped(attempt: Attempt) -> None:
    program, pool = attempt.program, a_new(attempt.program, A.EVENT_POOL)
    program.ok("event_pool_map", attempt.words[0], pool, ELSEWHERE)
    program.ok("address_space_unmap", attempt.words[0], ELSEWHERE)
    attempt.words[1] = ELSEWHERE


def _merged(attempt: Attempt, *, access: int, word: int) -> None:
    """The first page of the memory is mapped once more in place of what was there."""
    program, space = attempt.program, attempt.words[2]
    program.ok("address_space_unmap", space, AT)
    program.ok("memory_map", space, word, AT, 1, 0, options=access | MAX_SIZE)


def _merged_maps_a_device(attempt: Attempt) -> None:
    device = a_new(attempt.program, A.PHYS_MEM)
    attempt.program.ok("phys_mem_map", attempt.words[2], device, ELSEWHERE, options=READ)
    attempt.words[3] = ELSEWHERE


def _merged_names_another(attempt: Attempt) -> None:
    attempt.words[0] = a_new(attempt.program, A.MEMORY)


def _merged_is_cut_elsewhere(attempt: Attempt) -> None:
    attempt.program.design = replace(
        attempt.program.design, resize_in_place=ResizeInPlace.ANY_MAPPINGS
    )
    other = a_new(attempt.program, A.ADDRESS_SPACE)
    attempt.program.ok("memory_map", other, attempt.words[0], AT, 0, 0, options=READ)
    attempt.program.clone(other, rights=0)
    attempt.program.destroy(other)
    attempt.words[1] = 1


def _merged_exceeds(attempt: Attempt) -> None:
    _merged(attempt, access=READ, word=attempt.program.clone(attempt.words[0], rights=READ))
    attempt.options |= U.UPDATE_FLAGS | WRITE


def _merged_grows_over_another(attempt: Attempt) -> None:
    mapped(attempt.program, attempt.words[2], AT + PAGE_BYTES)
    attempt.options &= ~U.UPDATE_BASE


def _merged_grows_without_access(attempt: Attempt) -> None:
    program = attempt.program
    (memory, _) = program.ok("memory_new", ALLOCATOR, 2, options=LAZY | RIGHTS_ASKED)
    _merged(attempt, access=0, word=memory)
    attempt.words[0] = memory
    attempt.options &= ~(U.UPDATE_FLAGS | READ | WRITE)


MEMORY_FAULTS: dict[str, dict[str, Fault]] = {
    "address_space_unmap": {
        **address_faults(1),
        **capability_faults("address_space", 0, A.ADDRESS_SPACE),
        "no_mapping_there": putting(1, PAGE_BYTES),
        "pool_not_mapped": Fault(1, _pool_not_mapped),
    },
    "memory_map": {
        **address_faults(2),
        "too_many_pages": putting(3, TOO_MANY),
        "offset_too_large": putting(4, TOO_MANY),
        **capability_faults("address_space", 0, A.ADDRESS_SPACE),
        **capability_faults("memory", 1, A.MEMORY),
        "memory_lacks_read": Fault(1, _to_be_written_without_read),
        "memory_lacks_upgrade": weak_without_upgrade(1),
        "outside_the_memory": putting(4, 8),
        "zone_taken": putting(2, KERNEL_START),
        "no_access": with_options(1, clear=READ | WRITE),
    },
    "memory_update_mapping": {
        **address_faults(1),
        **address_faults(3, "new_address"),
        "too_many_pages": putting(2, TOO_MANY),
        **capability_faults("address_space", 0, A.ADDRESS_SPACE),
        "no_mapping_there": putting(1, PAGE_BYTES),
        "maps_no_memory": Fault(1, _maps_a_device),
        "exceeds_the_capability": Fault(1, _mapped_through_a_read_only_capability),
        "outside_the_memory": putting(2, 9),
        "new_zone_taken": putting(3, KERNEL_START),
        "zone_taken": Fault(3, _grows_over_another),
        "grows_without_access": Fault(1, _grows_over_a_resident_page),
        "no_access": with_options(OPTIONS, clear=READ | WRITE),
    },
    "memory_new": {
        **capability_faults("allocator", 0, A.ALLOCATOR),
        "no_pages": putting(1, 0),
        "too_many_pages": putting(1, TOO_MANY),
        "no_memory_for_memory": putting(1, 1 << 18),
    },
    "memory_get_size": capability_faults("memory", 0, A.MEMORY),
    "memory_resize": {
        "too_many_pages": putting(1, TOO_MANY),
        **capability_faults("memory", 0, A.MEMORY),
        "mapped": with_options(OPTIONS, clear=IN_PLACE),
        "no_pages": putting(1, 0),
        "mapped_twice": Fault(0, _mapped_again),
        "mapping_of_others": Fault(OWN_SPACES, _space_of_others),
        "zone_taken": Fault(BEHIND, _another_lies_behind),
        "grows_without_access": Fault(0, _mapped_without_access),
    },
    "memory_update": {
        "too_many_pages": putting(1, TOO_MANY),
        **address_faults(3),
        **address_faults(5, "new_address"),
        "too_many_mapped_pages": putting(4, TOO_MANY),
        **capability_faults("memory", 0, A.MEMORY),
        **capability_faults("address_space", 2, A.ADDRESS_SPACE),
        "no_mapping_there": putting(3, PAGE_BYTES),
        "maps_no_memory": Fault(3, _merged_maps_a_device),
        "maps_another_memory": Fault(0, _merged_names_another),
        "no_pages": putting(1, 0),
        "mapped_twice": Fault(OWN_SPACES, _mapped_again),
        "mapping_of_others": Fault(OWN_SPACES, _merged_is_cut_elsewhere),
        "exceeds_the_capability": Fault(3, _merged_exceeds),
        "outside_the_memory": putting(4, 9),
        "new_zone_taken": putting(5, KERNEL_START),
        "zone_taken": Fault(5, _merged_grows_over_another),
        "grows_without_access": Fault(0, _merged_grows_without_access),
        "no_access": with_options(OPTIONS, clear=READ | WRITE),
    },
    "memory_clone": {
        "offset_too_large": putting(2, TOO_MANY),
        "too_many_pages": putting(3, TOO_MANY),
        **capability_faults("allocator", 0, A.ALLOCATOR),
        **capability_faults("memory", 1, A.MEMORY),
        "no_pages": putting(3, 0),
        "outside_the_memory": putting(2, 8),
    },
    "event_pool_new": {
        "too_many_pages": putting(1, TOO_MANY),
        **capability_faults("allocator", 0, A.ALLOCATOR),
    },
    "event_pool_map": {
        **address_faults(2),
        **capability_faults("address_space", 0, A.ADDRESS_SPACE),
        **capability_faults("event_pool", 1, A.EVENT_POOL),
        "event_pool_lacks_upgrade": weak_without_upgrade(1),
        "pool_mapped": Fault(1, _pool_mapped),
        "zone_taken": putting(2, KERNEL_START),
    },
    "mmio_allocator_alloc": {
        "no_physical_address": putting(2, 1 << 50),
        "too_many_pages": putting(3, TOO_MANY),
        "address_misaligned": putting(2, 0xFEE0_0008),
        **capability_faults("mmio_allocator", 0, A.MMIO_ALLOCATOR),
        **capability_faults("allocator", 1, A.ALLOCATOR),
        "ordinary_memory": putting(2, 0x20_0000),
    },
    "phys_mem_map": {
        **address_faults(2),
        **capability_faults("address_space", 0, A.ADDRESS_SPACE),
        **capability_faults("phys_mem", 1, A.PHYS_MEM),
        "phys_mem_lacks_read": Fault(1, _to_be_written_without_read),
        "zone_taken": putting(2, KERNEL_START),
        "no_access": with_options(1, clear=READ | WRITE),
    },
    "phys_mem_get_size": capability_faults("phys_mem", 0, A.PHYS_MEM),
}
"""For each call about memory, what puts each of its refusals in."""


def _map(program: Program) -> Attempt:
    words = [a_new(program, A.ADDRESS_SPACE), a_new(program, A.MEMORY), AT, 0, 0]
    return Attempt(program, words, READ | WRITE)


def _unmap(program: Program) -> Attempt:
    space = a_new(program, A.ADDRESS_SPACE)
    mapped(program, space, AT)
    return Attempt(program, [space, AT])


def _update(program: Program) -> Attempt:
    space = a_new(program, A.ADDRESS_SPACE)
    mapped(program, space, AT, pages=1)
    moved = UPDATE_SIZE | EXACT_SIZE | UPDATE_FLAGS | UPDATE_BASE | READ
    return Attempt(program, [space, AT, 2, AT + 32 * PAGE_BYTES], moved)


def _resize(program: Program) -> Attempt:
    memory = mapped(program, a_new(program, A.ADDRESS_SPACE), AT)
    return Attempt(program, [memory, 4], IN_PLACE | GROW_MAPPING)


def _update_both(program: Program) -> Attempt:
    space = a_new(program, A.ADDRESS_SPACE)
    memory = mapped(program, space, AT, pages=1)
    asks = U.RESIZE | U.UPDATE_SIZE | U.EXACT_SIZE | U.UPDATE_FLAGS | U.UPDATE_BASE | READ
    words = [memory, 4, space, AT, 3, AT + 32 * PAGE_BYTES]
    return Attempt(program, words, int(asks))


GOOD_MEMORY: dict[str, Callable[[Program], Attempt]] = {
    "address_space_unmap": _unmap,
    "memory_map": _map,
    "memory_update_mapping": _update,
    "memory_resize": _resize,
    "memory_update": _update_both,
    "memory_new": lambda program: Attempt(program, [ALLOCATOR, 1]),
    "memory_clone": lambda program: Attempt(program, [ALLOCATOR, a_new(program, A.MEMORY), 0, 1]),
    "event_pool_map": lambda program: Attempt(
        program, [a_new(program, A.ADDRESS_SPACE), a_new(program, A.EVENT_POOL), AT]
    ),
    "mmio_allocator_alloc": lambda program: Attempt(
        program, [MMIO_ALLOCATOR, ALLOCATOR, 0xFEE0_0000, 1]
    ),
    "phys_mem_map": lambda program: Attempt(
        program,
        [a_new(program, A.ADDRESS_SPACE), a_new(program, A.PHYS_MEM), AT],
        READ | WRITE,
    ),
    "phys_mem_get_size": lambda program: Attempt(program, [a_new(program, A.PHYS_MEM)]),
}
"""A call that succeeds."""
