"""A walk that waits for the lock of a child's list for ever, in the kernel, where calls are rows of
sections.

One processor exits a group; a thread of it, on another one, exits the child again and again, and
the first gets the lock of the child's list at no time at which it looks.
"""

from dataclasses import replace

import pytest

from proofs.amid_calls import Processors
from reference_kernel.events import CallContinues
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Spins
from reference_kernel.step import possible
from spec.design import Design, TeardownWalk
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType
from spec.options import CapClone
from spec.rights import ALL_RIGHTS

RECURSIVE = replace(PROPOSED, name="recursive", teardown_walk=TeardownWalk.RECURSIVE)
OUTSIDE, INSIDE = 0, 1
WEAK = int(ALL_RIGHTS) | CapClone.CHANGE_CAP_WEAKNESS | CapClone.MAKE_WEAK
ROUNDS = 3


class _Exits(Processors):
    """A thread of a group runs on the second processor, and can name a child of its group."""

    def __init__(self, design: Design) -> None:
        super().__init__(design, 2)
        above = self.own(ObjectType.THREAD_GROUP)
        allocator = self.own(ObjectType.ALLOCATOR)
        (self.group,) = self.makes("thread_group_new", 0, above, allocator)
        thread, _, space = self.makes_thread_apart(self.group)
        self.child = self.state.next_object
        (child,) = self.makes("thread_group_new", 0, self.group, allocator)
        options = WEAK | CapClone.SRC_CSPACE_SELF
        (self.named,) = self.calls(OUTSIDE, "cap_clone", options, space, 0, child)
        self.runs(INSIDE, thread)

    def has_the_list(self) -> bool:
        """Whether the second processor has the lock of the child's list."""
        return self.at(INSIDE).holds(Lock(LockKind.THREAD_LIST, self.child))

    def begins_exit(self) -> None:
        """The thread exits the child, up to where its list is locked."""
        self.begins(INSIDE, "thread_group_exit", 0, self.named)
        self.goes_on(INSIDE, self.has_the_list)


@pytest.mark.parametrize("design", [AS_BUILT, RECURSIVE], ids=lambda each: each.name)
def test_a_walk_finds_the_list_locked_again_and_again(design: Design) -> None:
    program = _Exits(design)
    program.begins_exit()
    program.begins(OUTSIDE, "thread_group_exit", 0, program.group)
    program.goes_on(OUTSIDE)
    asked = program.at(OUTSIDE).asked
    assert asked is not None
    assert asked.lock == Lock(LockKind.THREAD_LIST, program.child)
    states = []
    for _ in range(ROUNDS):
        program.goes_on(INSIDE)
        assert possible(program.state, CallContinues(OUTSIDE)), "it would get the lock here"
        program.begins_exit()
        assert not possible(program.state, CallContinues(OUTSIDE)), "and does not here"
        states.append(program.state)
    assert states == states[:1] * ROUNDS, "each round ends where it began"


def test_from_a_worklist_a_walk_waits_for_no_list() -> None:
    program = _Exits(PROPOSED)
    program.begins(INSIDE, "thread_group_exit", 0, program.named)
    for _ in range(2):
        assert not isinstance(program.happens(CallContinues(INSIDE)), Spins)
    program.begins(OUTSIDE, "thread_group_exit", 0, program.group)
    program.goes_on(OUTSIDE)
    assert program.at(OUTSIDE).asked is None
    assert not program.at(OUTSIDE).pending
