"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import Change, Mutation, without_assignment, without_check


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


MUTATIONS = (
    _wrong(
        "a memory is mapped where something is",
        "MEM-1",
        without_check("memory_map", "zone_taken"),
    ),
    _wrong(
        "a mapping moves to where something is",
        "MEM-1",
        without_check("memory_update_mapping", "new_zone_taken"),
    ),
    _wrong(
        "a mapping grows over another",
        "MEM-1",
        without_check("memory_update_mapping", "zone_taken"),
    ),
    _wrong(
        "a mapping grows with its memory over another",
        "MEM-1",
        without_check("memory_resize_growing", "zone_taken"),
    ),
    _wrong(
        "an event pool is mapped where something is",
        "MEM-1",
        without_check("event_pool_map", "zone_taken"),
    ),
    _wrong(
        "a mapping fills no page table",
        "MEM-2",
        without_assignment("memory_map", "entry"),
    ),
    _wrong(
        "what is unmapped stays in the page table",
        "MEM-2",
        without_assignment("address_space_unmap", "entry"),
    ),
    _wrong(
        "a page that arrives is shown nowhere",
        "MEM-2",
        without_assignment("page_arrives", "entry"),
    ),
    _wrong(
        "a page that is cut off stays in the page table",
        "MEM-2",
        without_assignment("memory_resize_in_place", "entry"),
    ),
    _wrong(
        "a mapping that moves or shrinks leaves its entries",
        "MEM-2",
        without_assignment("memory_update_mapping", "entry"),
    ),
    _wrong(
        "a mapping allows what the capability did not",
        "MEM-4",
        without_check("memory_map", "memory_lacks_right"),
    ),
    _wrong(
        "an update allows what the capability did not",
        "MEM-4",
        without_check("memory_update_mapping", "exceeds_the_capability"),
    ),
    _wrong(
        "a memory does not learn that it is mapped",
        "MEM-5",
        without_assignment("memory_map", "known"),
    ),
    _wrong(
        "a memory does not learn that a mapping went",
        "MEM-5",
        without_assignment("address_space_unmap", "known"),
    ),
    _wrong(
        "a memory does not learn that a space died",
        "MEM-5",
        without_assignment("address_space_dies", "known"),
    ),
    _wrong(
        "a mapping that is cut to nothing goes on one side",
        "MEM-5",
        without_assignment("memory_resize_in_place", "known"),
    ),
    _wrong(
        "a resize cuts the mappings of others",
        "MEM-6",
        without_check("memory_resize_in_place", "mapping_of_others"),
    ),
    _wrong(
        "a resize lets the mappings of others grow",
        "MEM-6",
        without_check("memory_resize_growing", "mapping_of_others"),
    ),
)


def _wrong_in_one(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed with mapping_calls MERGED", change)


ONE_CALL_MUTATIONS = (
    _wrong_in_one(
        "a mapping grows with its memory over another",
        "MEM-1",
        without_check("memory_update", "zone_taken"),
    ),
    _wrong_in_one(
        "a mapping whose memory is resized moves to where something is",
        "MEM-1",
        without_check("memory_update", "new_zone_taken"),
    ),
    _wrong_in_one(
        "what a resized mapping shows is not put in the page table",
        "MEM-2",
        without_assignment("memory_update", "entry"),
    ),
    _wrong_in_one(
        "an update of both allows what the capability did not",
        "MEM-4",
        without_check("memory_update", "exceeds_the_capability"),
    ),
    _wrong_in_one(
        "a memory does not learn that a mapping was cut to nothing",
        "MEM-5",
        without_assignment("memory_update", "known"),
    ),
    _wrong_in_one(
        "an update of both cuts the mappings of others",
        "MEM-6",
        without_check("memory_update", "mapping_of_others"),
    ),
)
"""Small wrong kernels where one call changes a memory and a mapping of it."""

_LESS = "a call that does less than it was asked to breaks no promise made here"
_NAMES_ONLY = "the parameter decides nothing where every mapping allows something"
_NEVER_FORCED = "it happens in fewer states, and no guarantee here says what must happen"

SURVIVORS = {
    "memory_dies with atom 0 of nothing_holds_it negated": _NEVER_FORCED,
    "memory_dies without assignment 0 of size": "that the dead stay dead is said of lifetimes",
    "memory_new without assignment 0 of size": _LESS,
    "memory_resize without assignment 0 of size": _LESS,
    "memory_resize_in_place without assignment 0 of size": _LESS,
    "memory_resize_in_place without assignment 0 of pool": "what maps a memory maps no event pool",
    "memory_resize_in_place with atom 0 of foreign_lives negated": _NEVER_FORCED,
    "memory_resize_growing with atom 0 of foreign_lives negated": _NEVER_FORCED,
    "memory_resize_growing with atom 0 of pages_come_later negated": _NAMES_ONLY,
    "memory_update_mapping without assignment 0 of access": _LESS,
    "address_space_new with atom 0 of space_is_new negated": _NEVER_FORCED,
    "address_space_new without assignment 0 of alive": _LESS,
    "event_pool_map without assignment 0 of length": _LESS,
    "phys_mem_map without assignment 0 of length": _LESS,
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
