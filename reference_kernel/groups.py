"""Thread groups: who is in them, and what their end sets off.

Source: cap/thread_group.rs.
"""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.locks import Lock, LockKind
from reference_kernel.state import NOTHING, Chore, Pending, ThreadGroup
from spec.design import TeardownWalk
from spec.ids import ObjectType


def join(draft: Draft, group: int, member: int) -> None:
    """The thread (strong) or child group (weak) joins the living group, whose list is locked."""
    body = draft.group(group)
    draft.put(group, replace(body, members=(*body.members, member)))
    if draft.objects[member].type is ObjectType.THREAD:
        draft.hold(member)
    else:
        draft.watch(member)


def leave(draft: Draft, group: int, thread: int) -> None:
    """The thread leaves the group, if the group lives and it is a member."""
    body = draft.body(group)
    if isinstance(body, ThreadGroup) and thread in body.members:
        members = tuple(each for each in body.members if each != thread)
        with draft.lock(LockKind.THREAD_LIST, group):
            draft.put(group, replace(body, members=members))
        draft.release(thread)


def unlink(draft: Draft, child: int, parent: int) -> None:
    """The dropped child leaves its parent, if that lives and has it as an entry."""
    body = draft.body(parent)
    if isinstance(body, ThreadGroup) and child in body.members:
        members = tuple(each for each in body.members if each != child)
        with draft.lock(LockKind.THREAD_LIST, parent):
            draft.put(parent, replace(body, members=members))
            draft.forget(child)


def exit_group(draft: Draft, group: int, *, drops: bool = False) -> None:
    """The living group ends its members and those of the groups below it.

    By itself, or since the drop of one above it does.
    """
    body = draft.group(group)
    draft.put(group, replace(body, members=(), exited=True))
    end_members(draft, group, body, drops=drops)


def interrupt_others(draft: Draft) -> None:
    """The other processors are to look whether their threads were ended."""
    for processor in range(len(draft.processors)):
        if processor != draft.here:
            draft.change(processor, interrupted=True)


def end_members(draft: Draft, group: int, body: ThreadGroup, *, drops: bool) -> None:
    """Notes the end of every member, the last one first; other processors are interrupted.

    A member that one of them runs goes on till it takes the interrupt. As built the list of the
    group is locked till all have ended, and nobody sees it free before they are interrupted. Where
    the group has exited, and another processor works off its list or has done so, the interrupts
    are of no list. `drops` tells that the group is dropped, or one above it.
    """
    if draft.fine is None:
        interrupt_others(draft)
        _note_ends(draft, body, drops=drops)
        return
    lock = Lock(LockKind.THREAD_LIST, group)
    draft.take(lock)
    _note_ends(draft, body, drops=drops)
    if draft.design.teardown_walk is TeardownWalk.RECURSIVE:
        draft.pending.append(Pending(Chore.INTERRUPT, group, lock=lock, drops=drops))
        return
    draft.let_go(lock)
    is_over = body.exited and not body.members
    draft.pending.append(Pending(Chore.INTERRUPT, NOTHING if is_over else group, drops=drops))


def _note_ends(draft: Draft, body: ThreadGroup, *, drops: bool) -> None:
    for member in reversed(body.members):
        if draft.objects[member].type is ObjectType.THREAD:
            draft.pending.append(Pending(Chore.KILL, member, drops=drops))
            draft.pending.append(Pending(Chore.RELEASE, member))
        else:
            draft.pending.append(Pending(Chore.EXIT, member, drops=drops))
            draft.forget(member)


def contains(draft: Draft, group: int, thread: int) -> bool:
    """Whether an exit of the living group reaches the thread."""
    left = [group]
    while left:
        body = draft.body(left.pop())
        if isinstance(body, ThreadGroup):
            if thread in body.members:
                return True
            left += [
                each for each in body.members if draft.objects[each].type is ObjectType.THREAD_GROUP
            ]
    return False
