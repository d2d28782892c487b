"""The calls about threads.

Source: syscall/thread.rs, cap/thread.rs.
"""

from immutables import Map

from reference_kernel.capability_space import find, may_hold
from reference_kernel.changing import replace
from reference_kernel.creation import find_allocator, keeps_weak, rights_given
from reference_kernel.draft import Draft
from reference_kernel.entries import insert
from reference_kernel.events import CallMade
from reference_kernel.groups import join, leave
from reference_kernel.listening import (
    UNKNOWN_NUMBER,
    listen_async,
    listen_sync,
    remove_listener,
    removes_listeners,
    wait_result,
)
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome, Refused, Stopped
from reference_kernel.processors import block, end_current
from reference_kernel.ready_queue import enqueue, wake
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NO_SERIALS, NOTHING, CapabilitySpace, Thread, ThreadState, Woke
from reference_kernel.syscalls.thread_group import admits_nobody, find_group
from reference_kernel.threads import end_wait, stop
from spec.design import ResumeScope
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import ThreadDestroy, ThreadNew
from spec.rights import Right

_WEAK_RIGHTS = int(Right.READ | Right.PROD | Right.WRITE)
"""The rights of the weak capabilities that thread_new gives; never UPGRADE."""


def thread_new(draft: Draft, call: CallMade) -> Outcome:
    """A thread in the group, in the two spaces; gives a weak capability to it and its space's id.

    With CREATE_CAPABILITY_SPACE the space is new, and its id that of a weak capability.
    """
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    group = find_group(draft, call, 1, needed=Right.PROD, name="thread_group")
    if not isinstance(group, int):
        return group
    address_space = find(
        draft, call, 2, kind=ObjectType.ADDRESS_SPACE, needed=Right.PROD, name="address_space"
    )
    if not isinstance(address_space, int):
        return address_space
    space = _find_space(draft, call)
    if not isinstance(space, int):
        return space
    if not may_hold(draft, call, 2, address_space):
        return Refused(Error.INVL_PERM, "address_space_lacks_upgrade")
    if space != NOTHING and not may_hold(draft, call, 3, space):
        return Refused(Error.INVL_PERM, "cap_space_lacks_upgrade")
    if admits_nobody(draft, group):
        return Refused(Error.INVL_OP, "thread_group_exited")
    return _start(draft, call, group, address_space, space)


def _find_space(draft: Draft, call: CallMade) -> int | Stopped:
    """The space that the thread is to have, or `NOTHING` if that is a new one."""
    if call.options & ThreadNew.CREATE_CAPABILITY_SPACE:
        return NOTHING
    kind = ObjectType.CAPABILITY_SPACE
    return find(draft, call, 3, kind=kind, needed=Right.WRITE, name="cap_space")


def _start(draft: Draft, call: CallMade, group: int, address_space: int, space: int) -> Outcome:
    own = draft.thread(call.thread).capability_space
    rights = rights_given(draft, call, fixed=_WEAK_RIGHTS)
    space_id = call.arguments[3]
    if space == NOTHING:
        empty = CapabilitySpace(Map(), NO_SERIALS)
        space = draft.create(ObjectType.CAPABILITY_SPACE, empty)
        space_id = insert(draft, own, space, rights=rights, weak=keeps_weak(draft.design))
    thread = draft.create(ObjectType.THREAD, Thread(group, address_space, space))
    draft.watch(group)
    draft.hand_over(address_space)
    draft.hand_over(space)
    with draft.lock(LockKind.THREAD_LIST, group):
        join(draft, group, thread)
        if call.options & ThreadNew.THREAD_AUTOSTART:
            draft.put(thread, replace(draft.thread(thread), state=ThreadState.READY))
            enqueue(draft, thread)
    if draft.fine is None:
        weak = keeps_weak(draft.design)
        return Ok((insert(draft, own, thread, rights=rights, weak=weak), space_id))
    draft.hold(thread)
    return draft.cut(Section.GIVES_THREAD, call, thread, space_id, holds=thread)


def gives_thread(draft: Draft, rest: Rest) -> Outcome:
    """The thread is there, perhaps it runs already; the caller gets a capability to it."""
    thread, space_id = rest.words
    assert isinstance(rest.event, CallMade), rest
    own = draft.thread(rest.event.thread).capability_space
    rights = rights_given(draft, rest.event, fixed=_WEAK_RIGHTS)
    weak = keeps_weak(draft.design)
    return Ok((insert(draft, own, thread, rights=rights, weak=weak), space_id))


def thread_yield(draft: Draft, call: CallMade) -> Outcome:
    """The caller goes to the tail of the ready queue; the call ends when it runs again."""
    return block(draft, call, ThreadState.READY)


def thread_destroy(draft: Draft, call: CallMade) -> Outcome:
    """Ends the caller, or with DESTROY_OTHER the named thread, which must be suspended."""
    if not call.options & ThreadDestroy.DESTROY_OTHER:
        return end_current(draft, call)
    thread = _find_thread(draft, call, needed=Right.WRITE)
    if not isinstance(thread, int):
        return thread
    body = draft.thread(thread)
    if body.state is not ThreadState.SUSPENDED:
        return Refused(Error.INVL_OP, "thread_not_suspended")
    stop(draft, thread)
    leave(draft, body.group, thread)
    return Ok()


def thread_suspend(draft: Draft, call: CallMade) -> Outcome:
    """The caller sleeps till it is resumed or, with SUSPEND_TIMEOUT, its time has come."""
    return block(draft, call, ThreadState.SUSPENDED)


def thread_suspend_returns(draft: Draft, woken: Thread) -> Outcome:
    """Ok or OkTimeout; without a handshake the reason may be that of an earlier wait."""
    if woken.reason.woke is Woke.TIMEOUT:
        return Refused(Error.OK_TIMEOUT, "timed_out")
    return Ok()


def thread_resume(draft: Draft, call: CallMade) -> Outcome:
    """The suspended thread becomes ready; as built whatever it waits for."""
    thread = _find_thread(draft, call, needed=Right.WRITE)
    if not isinstance(thread, int):
        return thread
    body = draft.thread(thread)
    if body.state is not ThreadState.SUSPENDED:
        return Refused(Error.INVL_OP, "thread_not_suspended")
    if draft.design.resume_scope is not ResumeScope.ANY_WAIT and body.waits_on != NOTHING:
        return Refused(Error.INVL_OP, "thread_waits")
    end_wait(draft, thread)
    wake(draft, thread, None)
    return Ok()


def thread_set_property(draft: Draft, call: CallMade) -> Outcome:
    """Sets the base of the caller's thread-local data, which no other call reads."""
    if call.arguments[0] != 0:
        return Refused(Error.INVL_ARGS, "unknown_property")
    return Ok()


def thread_handle_thread_exit_sync(draft: Draft, call: CallMade) -> Outcome:
    """The caller sleeps till the thread ends or, with TIMEOUT, its time has come."""
    thread = _find_thread(draft, call, needed=Right.PROD)
    if not isinstance(thread, int):
        return thread
    return listen_sync(draft, call, thread)


def thread_handle_thread_exit_sync_returns(draft: Draft, woken: Thread) -> Outcome:
    """Ok or OkTimeout; any other wake reason panics."""
    return wait_result(woken, Woke.THREAD_EXIT, place="src/syscall/thread.rs")


def thread_handle_thread_exit_async(draft: Draft, call: CallMade) -> Outcome:
    """The pool is told when the thread ends."""
    thread = _find_thread(draft, call, needed=Right.PROD)
    if not isinstance(thread, int):
        return thread
    return listen_async(draft, call, thread)


def thread_remove_listener(draft: Draft, call: CallMade) -> Outcome:
    """The pool is told no more when the thread ends."""
    if not removes_listeners(draft):
        return UNKNOWN_NUMBER
    thread = _find_thread(draft, call, needed=Right.PROD)
    return remove_listener(draft, call, thread) if isinstance(thread, int) else thread


def _find_thread(draft: Draft, call: CallMade, *, needed: int) -> int | Stopped:
    return find(draft, call, 0, kind=ObjectType.THREAD, needed=needed, name="thread")
