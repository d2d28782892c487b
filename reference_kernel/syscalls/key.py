"""key_new and key_id.

Source: syscall/key.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.creation import create_asked, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import Key
from spec.ids import ObjectType
from spec.rights import Right


def key_new(draft: Draft, call: CallMade) -> Outcome:
    """A key with a number that no key had before."""
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    number = draft.next_key
    draft.next_key = number + 1
    return Ok((create_asked(draft, call, ObjectType.KEY, Key(number)),))


def key_id(draft: Draft, call: CallMade) -> Outcome:
    """The key's number, the same through each of its capabilities."""
    key = find(draft, call, 0, kind=ObjectType.KEY, needed=Right.READ, name="key")
    if not isinstance(key, int):
        return key
    body = draft.body(key)
    assert isinstance(body, Key)
    return Ok((body.number,))
