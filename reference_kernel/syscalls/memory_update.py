"""memory_update, which is memory_resize and memory_update_mapping where a design merges the two.

A call asks for another size of a memory, for a change of a mapping of it, or for both: then the
memory changes first.

Source: a proposal; what is done is that of syscall/memory.rs.
"""

from reference_kernel.address_spaces import record_at
from reference_kernel.capability_space import find
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.mappings import commits_steps
from reference_kernel.outcomes import Cut, Ok, Outcome, Panic, Refused, Stopped
from reference_kernel.records import MemoryRecord
from reference_kernel.resizing import resize_in_place
from reference_kernel.syscalls.address_space import find_address_space, page_named
from reference_kernel.updating import Update, asked_part, update_mapping
from spec.design import MappingCalls
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryResize, MemoryUpdate
from spec.rights import Right
from spec.sizes import bytes_of

CHANGES = MemoryUpdate.UPDATE_SIZE | MemoryUpdate.UPDATE_FLAGS | MemoryUpdate.UPDATE_BASE
"""The bits of which one at least asks for a change of a mapping."""


def memory_update(draft: Draft, call: CallMade) -> Outcome:
    """The memory and the mapping are as asked; gives the size of each, 0 of what was not asked."""
    if draft.design.mapping_calls is not MappingCalls.MERGED:
        return Refused(Error.INVL_SYSCALL, "unknown_number")
    resizes, changes = call.options & MemoryUpdate.RESIZE, call.options & CHANGES
    if resizes and bytes_of(call.arguments[1]) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    page = page_named(call, 3) if changes else 0
    if not isinstance(page, int):
        return page
    update = asked_part(draft.design, call) if changes else None
    if isinstance(update, Refused):
        return update
    memory = _find_memory(draft, call) if resizes else None
    if isinstance(memory, Refused | Cut):
        return memory
    space = find_address_space(draft, call, 2) if changes else None
    if isinstance(space, Refused | Cut):
        return space
    if space is None or update is None:
        return Ok((0, 0)) if memory is None else _resized(draft, call, memory)
    return _changed(draft, call, memory, space, page, update)


def _find_memory(draft: Draft, call: CallMade) -> int | Stopped:
    return find(draft, call, 0, kind=ObjectType.MEMORY, needed=Right.PROD, name="memory")


def _resized(draft: Draft, call: CallMade, memory: int) -> Outcome:
    """The memory alone has another size."""
    return _resize(draft, call, memory) or Ok((call.arguments[1], 0))


def _resize(draft: Draft, call: CallMade, memory: int) -> Refused | Panic | None:
    count = call.arguments[1]
    if count == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    if count == draft.memory(memory).size_pages:
        return None
    return resize_in_place(draft, call.thread, memory, count, resize_options(call.options))


def resize_options(options: int) -> int:
    """The same as `memory_resize` would be asked for it."""
    lazy = MemoryResize.LAZY_ALLOC if options & MemoryUpdate.LAZY_ALLOC else 0
    zeroed = MemoryResize.ZEROED if options & MemoryUpdate.ZEROED else 0
    return int(MemoryResize.IN_PLACE | lazy | zeroed)


def _changed(
    draft: Draft, call: CallMade, memory: int | None, space: int, page: int, update: Update
) -> Outcome:
    """The memory, if one is named, and then the mapping that starts there is as asked.

    Refuses, first match wins: no such mapping, or of no memory, or of another; then what the two
    changes refuse. Where a refused call changes nothing, the size of the memory is taken back.
    """
    record = record_at(draft.address_space(space), page)
    if record is None:
        return Refused(Error.INVL_VIRT_ADDR, "no_mapping_there")
    if not isinstance(record, MemoryRecord):
        return Refused(Error.INVL_OP, "maps_no_memory")
    if memory is None:
        return _with_both_sizes(update_mapping(draft, space, record, update), 0)
    if record.memory != memory:
        return Refused(Error.INVL_OP, "maps_another_memory")
    mark = draft.mark()
    refused = _resize(draft, call, memory)
    if refused is not None:
        return refused
    outcome = _updated_after(draft, space, page, update)
    if isinstance(outcome, Refused) and draft.changed_since(mark):
        if commits_steps(draft):
            return Refused(outcome.error, outcome.refusal, after=True)
        draft.back_to(mark)
        return Refused(outcome.error, outcome.refusal)
    return _with_both_sizes(outcome, call.arguments[1])


def _updated_after(draft: Draft, space: int, page: int, update: Update) -> Outcome:
    """The mapping is as asked, if the new size of its memory has left anything of it."""
    record = record_at(draft.address_space(space), page)
    if not isinstance(record, MemoryRecord):
        return Refused(Error.INVL_ARGS, "outside_the_memory")
    return update_mapping(draft, space, record, update)


def _with_both_sizes(outcome: Outcome, pages: int) -> Outcome:
    return Ok((pages, *outcome.values)) if isinstance(outcome, Ok) else outcome
