"""Small mistakes in the kernel, each of which a walk has to find.

They were written before any check was tried on them. `quiet` says that no call returns another
value within three calls of the one that goes wrong; `needs_models` that no guarantee is about it.
"""

from tests.reference_kernel.faulty import Fault
from tests.reference_kernel.memory_faults import MEMORY_FAULTS
from tests.reference_kernel.message_faults import MESSAGE_FAULTS

FAULTS = (
    *MEMORY_FAULTS,
    *MESSAGE_FAULTS,
    Fault(
        "an_address_space_needs_no_allocator",
        "syscalls/address_space.py",
        "if not isinstance(allocator, int):",
        "if isinstance(allocator, Refused) and allocator.after:",
    ),
    Fault(
        "a_clone_has_the_rights_that_were_asked",
        "syscalls/cap.py",
        "attenuate(rights_of(word), call.options & CapClone.RIGHTS)",
        "call.options & CapClone.RIGHTS",
    ),
    Fault(
        "a_move_of_a_weak_capability_leaves_the_old_one",
        "syscalls/cap.py",
        "        remove(draft, source, word)\n        return moved",
        "        if not is_weak(word):\n"
        "            remove(draft, source, word)\n"
        "        return moved",
        quiet=True,
    ),
    Fault(
        "a_capability_is_destroyed_in_the_callers_space",
        "syscalls/cap.py",
        "        remove(draft, space, word)\n        return Ok()",
        "        own = draft.thread(call.thread).capability_space\n"
        "        remove(draft, own if word in draft.space(own).entries else space, word)\n"
        "        return Ok()",
        quiet=True,
        needs_models=True,
    ),
    Fault(
        "a_drop_check_does_not_hold_its_receiver",
        "syscalls/drop_check.py",
        "    draft.hold(receiver)\n",
        "",
        quiet=True,
    ),
    Fault(
        "whoever_may_read_the_receiver_may_listen",
        "syscalls/drop_check.py",
        "needed=Right.PROD",
        "needed=Right.READ",
    ),
    Fault(
        "the_pages_of_a_pool_are_tested_after_the_allocator",
        "syscalls/event_pool.py",
        "bytes_of(pages) is None",
        "bytes_of(pages) is None and call.arguments[0] >> 5 & 31 == ObjectType.ALLOCATOR",
    ),
    Fault(
        "a_pool_of_the_largest_size_is_refused",
        "syscalls/event_pool.py",
        "bytes_of(pages) is None",
        "bytes_of(pages + 1) is None",
    ),
    Fault(
        "any_key_can_be_read",
        "syscalls/key.py",
        "needed=Right.READ",
        "needed=Right.UPGRADE",
    ),
    Fault(
        "a_refused_key_uses_a_number",
        "syscalls/key.py",
        "    allocator = find_allocator(draft, call, 0)\n",
        "    draft.next_key += 1\n    allocator = find_allocator(draft, call, 0)\n",
        quiet=True,
    ),
    Fault(
        "a_new_thread_does_not_watch_its_group",
        "syscalls/thread.py",
        "    draft.watch(group)\n",
        "",
        quiet=True,
    ),
    Fault(
        "a_ready_thread_can_be_resumed",
        "syscalls/thread.py",
        "    if body.state is not ThreadState.SUSPENDED:\n"
        '        return Refused(Error.INVL_OP, "thread_not_suspended")\n'
        "    if draft.design.resume_scope",
        "    if body.state is ThreadState.READY:\n"
        "        enqueue(draft, thread)\n"
        "        return Ok()\n"
        "    if body.state is not ThreadState.SUSPENDED:\n"
        '        return Refused(Error.INVL_OP, "thread_not_suspended")\n'
        "    if draft.design.resume_scope",
    ),
    Fault(
        "a_destroyed_thread_stays_in_its_group",
        "syscalls/thread.py",
        "    leave(draft, body.group, thread)\n    return Ok()",
        "    return Ok()",
        quiet=True,
        needs_models=True,
    ),
    Fault(
        "a_child_group_may_enter_an_exited_parent",
        "syscalls/thread_group.py",
        "    if admits_nobody(draft, parent):",
        "    if admits_nobody(draft, parent) and draft.group(parent).members:",
    ),
    Fault(
        "an_exit_of_the_callers_group_returns",
        "syscalls/thread_group.py",
        "return end_current(draft, call) if ends else Ok()",
        "return Ok()",
        needs_models=True,
    ),
    Fault(
        "an_exit_forgets_the_first_member",
        "groups.py",
        "    for member in reversed(body.members):",
        "    for member in reversed(body.members[1:]):",
        quiet=True,
    ),
    Fault(
        "a_woken_thread_is_queued_twice",
        "ready_queue.py",
        "        leave_reason(draft, thread, reason)\n    enqueue(draft, thread)",
        "        leave_reason(draft, thread, reason)\n"
        "    enqueue(draft, thread)\n"
        "    enqueue(draft, thread)",
        quiet=True,
    ),
    Fault(
        "a_pool_that_listens_once_is_not_forgotten",
        "emitters.py",
        "        draft.forget(listener_name(listener))\n        if stops",
        "        if told and isinstance(listener, WaitingThread):\n"
        "            draft.forget(listener_name(listener))\n        if stops",
        quiet=True,
    ),
)
"""At least two in every file of calls."""
