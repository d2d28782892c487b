"""thread_group_new and thread_group_exit.

Source: syscall/thread_group.rs, cap/thread_group.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.creation import find_allocator, give
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.groups import contains, exit_group, join
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome, Refused, Stopped
from reference_kernel.processors import end_current
from reference_kernel.references import drain
from reference_kernel.sections import Rest, Section
from reference_kernel.state import ThreadGroup
from spec.design import GroupAdmission
from spec.errors import Error
from spec.ids import ObjectType
from spec.rights import Right


def thread_group_new(draft: Draft, call: CallMade) -> Outcome:
    """A group below another one, which ends it when it ends itself."""
    parent = find_group(draft, call, 0, needed=Right.PROD, name="parent")
    if not isinstance(parent, int):
        return parent
    allocator = find_allocator(draft, call, 1)
    if not isinstance(allocator, int):
        return allocator
    if admits_nobody(draft, parent):
        return Refused(Error.INVL_OP, "parent_exited")
    child = draft.create(ObjectType.THREAD_GROUP, ThreadGroup(parent))
    word = give(draft, call, child)
    with draft.lock(LockKind.THREAD_LIST, parent):
        join(draft, parent, child)
    return Ok((word,))


def thread_group_exit(draft: Draft, call: CallMade) -> Outcome:
    """Every thread of the group and of the groups below it ends; a second time is Ok too."""
    group = find_group(draft, call, 0, needed=Right.WRITE, name="group")
    if not isinstance(group, int):
        return group
    ends = contains(draft, group, call.thread)
    exit_group(draft, group)
    if draft.fine is not None:
        return draft.cut(Section.ENDS_CALLER, call, int(ends))
    drain(draft)
    return end_current(draft, call) if ends else Ok()


def ends_caller(draft: Draft, rest: Rest) -> Outcome:
    """The members of the group have ended; the caller does now, if it was one."""
    return end_current(draft, rest.event) if rest.words[0] else Ok()


def find_group(draft: Draft, call: CallMade, at: int, *, needed: int, name: str) -> int | Stopped:
    """The living group that the argument names."""
    return find(draft, call, at, kind=ObjectType.THREAD_GROUP, needed=needed, name=name)


def admits_nobody(draft: Draft, group: int) -> bool:
    """Whether the group has exited and the design closes such groups."""
    closes = draft.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT
    return closes and draft.group(group).exited
