"""Whom the drop of a group ends where it runs, and whom that spares, by design."""

from dataclasses import replace

import pytest

from reference_kernel.events import ExitInterrupt
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.state import Chore, Thread
from spec.design import Design, GroupDropCurrent
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.program import ALLOCATOR, Program
from tests.reference_kernel.test_sections import (
    leave_stack,
    made,
    made_group,
    moments,
    second_runs,
)

RUNS_ON = replace(PROPOSED, name="runs on", group_drop_current=GroupDropCurrent.RUNS_ON)
WHOLE = (Chore.KILL, Chore.EXIT, Chore.INTERRUPT)
"""What the end of a group is made of, where each piece is a step."""


def member_runs(design: Design) -> tuple[Program, int, tuple[int, int]]:
    """A thread runs that is in a group of another one: its name, and the ids of both groups."""
    program = Program(design)
    above = program.group()
    inner = program.group(above)
    word = program.thread(inner)
    name = program.named(word)
    program.run(word)
    return program, name, (inner, above)


def body(program: Program, name: int) -> Thread:
    """The thread, which is there."""
    found = program.state.body(name)
    assert isinstance(found, Thread)
    return found


@pytest.mark.parametrize("at", [0, 1])
def test_who_drops_its_own_group_or_one_above_runs_on_till_its_slice_ends(at: int) -> None:
    program, name, groups = member_runs(RUNS_ON)
    program.destroy(groups[at])
    assert program.state.current == name
    assert not body(program, name).is_alive
    assert body(program, name).spared
    program.ok("key_new", ALLOCATOR, options=0xF)
    assert program.state.current == name
    program.tick()
    assert program.state.current != name
    gone = program.state.body(name)
    assert not (isinstance(gone, Thread) and (gone.spared or gone.is_alive))


@pytest.mark.parametrize("at", [0, 1])
def test_an_exit_spares_nobody(at: int) -> None:
    program, name, groups = member_runs(RUNS_ON)
    program.call("thread_group_exit", groups[at])
    assert program.state.current != name


@pytest.mark.parametrize("at", [0, 1])
def test_by_design_a_drop_spares_nobody_either(at: int) -> None:
    program, name, groups = member_runs(PROPOSED)
    program.destroy(groups[at])
    assert program.state.current != name


def test_whom_another_processor_runs_is_not_spared() -> None:
    program = Program(RUNS_ON, IN_SECTIONS)
    second_runs(program)
    name = program.state.processors[1].current
    made(program, "cap_destroy", 0, 0x44F, options=1)
    assert not body(program, name).is_alive
    assert not body(program, name).spared
    program.happens(ExitInterrupt(1))
    leave_stack(program)
    assert name not in program.state.running


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED, RUNS_ON], ids=lambda each: each.name)
@pytest.mark.parametrize("drops", [False, True])
def test_each_piece_of_the_end_of_a_group_tells_whether_it_is_dropped(
    design: Design, drops: bool
) -> None:
    program = Program(design, IN_SECTIONS)
    outer = made_group(program)
    inner = made_group(program, outer)
    for group in (outer, inner):
        made(program, "thread_new", ALLOCATOR, group, 0x6F, 0x97, options=0xF00)
    if drops:
        program.call("cap_destroy", 0, outer, options=1)
    else:
        program.call("thread_group_exit", outer)
    pending = [each for moment in moments(program) for each in moment.pending]
    told = {(each.chore, each.drops) for each in pending if each.chore in WHOLE}
    assert told == {(chore, drops) for chore in WHOLE}
