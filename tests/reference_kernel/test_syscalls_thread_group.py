"""thread_group_new and thread_group_exit, and what the drop of a group does."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ended, Ok
from reference_kernel.state import NOTHING, ThreadGroup
from spec.design import Design, GroupAdmission, GroupDrop, GroupDropCurrent, TeardownWalk, ThreadEnd
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.program import GROUP, OWN_THREAD, STRONG, WEAK, Program

DESIGNS = (AS_BUILT, PROPOSED)


@pytest.fixture
def program() -> Program:
    return Program(AS_BUILT)


def members(program: Program, word: int) -> tuple[int, ...]:
    body = program.state.body(program.named(word))
    assert isinstance(body, ThreadGroup)
    return body.members


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.name)
def test_an_exit_ends_every_thread_below(design: Design) -> None:
    program = Program(design)
    outer = program.group()
    inner = program.group(outer)
    threads = [program.thread(outer), program.thread(inner), program.thread(inner, starts=False)]
    names = [program.named(each) for each in threads]
    assert program.call("thread_group_exit", outer) == Ok()
    assert not any(program.is_alive(each) for each in names)
    assert not program.broken


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.name)
def test_an_exit_again_is_ok(design: Design) -> None:
    program = Program(design)
    group = program.group()
    assert program.call("thread_group_exit", group) == Ok()
    assert program.call("thread_group_exit", group) == Ok()


def test_a_thread_that_ends_its_own_group_never_returns(program: Program) -> None:
    group = program.group()
    thread = program.thread(group)
    name = program.named(thread)
    program.run(thread)
    assert program.call("thread_group_exit", group) == Ended()
    assert not program.is_alive(name)


@pytest.mark.parametrize("below", [(0,), (1,), (0, 2), (1, 2)], ids=str)
def test_a_thread_ends_itself_with_any_group_above_its_own(
    program: Program, below: tuple[int, ...]
) -> None:
    outer = group = program.group()
    for choice in below:
        group = [program.group(group) for _ in range(3)][choice]
    program.run(program.thread(group))
    assert program.call("thread_group_exit", outer) == Ended()


def test_the_first_thread_can_end_everything(program: Program) -> None:
    assert program.call("thread_group_exit", GROUP) == Ended()
    assert program.state.current == NOTHING


@pytest.mark.parametrize("admission", list(GroupAdmission))
def test_who_may_enter_an_exited_group(admission: GroupAdmission) -> None:
    program = Program(replace(AS_BUILT, group_admission=admission))
    group = program.group()
    program.call("thread_group_exit", group)
    if admission is GroupAdmission.OPEN:
        program.thread(group)
        assert program.broken == {"GRP-2"}
        program.tick()
        program.tick()
        assert program.broken == {"GRP-1", "GRP-2"}
    else:
        words = (0x18F, group, 0x6F, 0x97)
        assert program.refusal("thread_new", *words) == "thread_group_exited"
        assert program.refusal("thread_group_new", group, 0x18F) == "parent_exited"
        assert not program.broken


@pytest.mark.parametrize("drop", list(GroupDrop))
def test_whether_a_dropped_group_leaves_its_parent(drop: GroupDrop) -> None:
    program = Program(replace(AS_BUILT, group_drop=drop))
    parent = program.group()
    child = program.named(program.group(parent))
    program.destroy(0x84F)
    assert not program.is_alive(child)
    if drop is GroupDrop.UNLINKED:
        assert members(program, parent) == ()
        assert not program.broken
    else:
        assert members(program, parent) == (child,)
        assert program.broken == {"GRP-3", "ROB-3"}


@pytest.mark.parametrize("choice", list(GroupDropCurrent))
def test_whether_the_running_thread_survives_the_drop_of_its_group(
    choice: GroupDropCurrent,
) -> None:
    program = Program(replace(AS_BUILT, group_drop_current=choice))
    outcome = program.destroy(GROUP)
    if choice is GroupDropCurrent.RUNS_ON:
        assert outcome == Ok()
        assert "GRP-3" in program.broken
    else:
        assert outcome == Ended()
        assert not any(each.startswith("GRP") for each in program.broken)


def test_a_thread_whose_group_was_dropped_runs_only_till_it_is_switched_away(
    program: Program,
) -> None:
    thread = program.state.current
    program.destroy(GROUP)
    program.tick()
    assert not program.is_alive(thread)


def test_a_dropped_group_ends_its_threads(program: Program) -> None:
    group = program.group()
    thread = program.named(program.thread(group))
    program.destroy(group)
    assert not program.is_alive(thread)


def test_a_group_outlives_the_drop_of_its_parent_and_admits_threads_as_built(
    program: Program,
) -> None:
    parent = program.group()
    child = program.group(parent)
    thread = program.named(program.thread(child))
    program.destroy(parent)
    assert not program.is_alive(thread)
    program.thread(child)
    assert "GRP-2" in program.broken


@pytest.mark.parametrize("walk", list(TeardownWalk))
@pytest.mark.parametrize("end", list(ThreadEnd))
def test_both_walks_release_the_same(walk: TeardownWalk, end: ThreadEnd) -> None:
    program = Program(replace(AS_BUILT, teardown_walk=walk, thread_end=end))
    outer = program.group()
    before = len(program.state.objects)
    inner = program.group(outer)
    for _ in range(3):
        program.thread(inner)
    _, space = program.thread_with_space(inner)
    program.ok("cap_clone", space, 0, inner, options=0xCF)
    for word in (0x437, 0x837, 0xC37, 0x1037, space):
        program.destroy(word)
    program.call("thread_group_exit", outer)
    program.tick()
    program.tick()
    assert len(program.state.objects) == before
    assert "CAP-1" not in program.broken
    assert "GRP-4" not in program.broken


@pytest.mark.parametrize("walk", list(TeardownWalk))
def test_recursion_finishes_what_a_member_sets_off_before_the_next_member(
    walk: TeardownWalk,
) -> None:
    """The last member holds another group; somebody waits for its thread and for a first member."""
    program = Program(replace(AS_BUILT, teardown_walk=walk))
    group, held = program.group(), program.group()
    first = program.thread(group, starts=False)
    _, space = program.thread_with_space(group)
    below = program.thread(held, starts=False)
    program.ok("cap_clone", space, 0, held, options=0xCF)
    waiters = [program.thread(), program.thread()]
    for waiter, ended in zip(waiters, (first, below), strict=True):
        program.run(waiter)
        program.call("thread_handle_thread_exit_sync", ended)
    program.run(OWN_THREAD)
    program.call("thread_group_exit", group)
    of_first, of_below = (program.named(each) for each in waiters)
    expected = (of_below, of_first) if walk is TeardownWalk.RECURSIVE else (of_first, of_below)
    assert program.state.ready[-2:] == expected


def test_a_weak_group_capability_does_not_keep_the_group(program: Program) -> None:
    group = program.group()
    weak = program.clone(group, WEAK)
    program.destroy(group)
    assert program.refusal("thread_group_exit", weak) == "group_dead"


def test_a_killed_thread_that_somebody_holds_is_not_freed_as_built(program: Program) -> None:
    group = program.group()
    thread = program.thread(group, starts=False)
    strong = program.clone(thread, STRONG)
    program.call("thread_group_exit", group)
    assert program.call("thread_resume", strong) == Ok()
    program.tick()
    program.tick()
    assert "SCH-1" in program.broken
