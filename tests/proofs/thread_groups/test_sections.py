"""Where calls are rows of sections the model is followed on one processor, and not on several.

To the model an exit is one step. In sections it ends one thread after the other, and another
processor sees that: it finds one ended, and then destroys one that sleeps still. No order of whole
calls gives both answers, so no mapping can name the step that the exit is. On one processor nobody
sees it half done: from program to program a row of sections is the step that the whole call is.
"""

from dataclasses import replace

import pytest

from assay.engines.kernel import WHOLE
from proofs.amid_calls import Processors
from proofs.thread_groups.mapping import MAPPING
from reference_kernel import references
from reference_kernel.events import CallContinues
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import Chore, ThreadState
from reference_kernel.step import possible
from spec.design import Design, Preemption, TeardownWalk
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType
from spec.options import CREATED_RIGHTS, ThreadDestroy
from tests.proofs.finer_modes import recorded
from tests.proofs.thread_groups.rows import followed

BOTH = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
SHORT, LONG = 8_000, 60_000
"""Sections on one processor."""
RARE = {"listener_is_cut_off"}
"""What random programs on one processor do too seldom to count on, as built."""


def sleeper(program: Processors, group: int) -> tuple[int, int]:
    """A thread of the group that was not started: its name, and the id of it."""
    kinds = ObjectType.ADDRESS_SPACE, ObjectType.CAPABILITY_SPACE
    spaces = (program.own(each) for each in kinds)
    made = program.makes("thread_new", 0, program.own(ObjectType.ALLOCATOR), group, *spaces)
    return program.state.next_object - 1, made[0]


def destroys(program: Processors, number: int, word: int) -> Outcome:
    """What the call gives, on that processor, by which the thread is destroyed."""
    program.begins(number, "thread_destroy", ThreadDestroy.DESTROY_OTHER, word)
    program.happens(CallContinues(number))
    return program.happens(CallContinues(number))


@pytest.mark.parametrize("preemption", Preemption, ids=lambda each: each.name)
@pytest.mark.parametrize("walk", TeardownWalk, ids=lambda each: each.name)
def test_an_exit_is_seen_half_done_by_another_processor(
    walk: TeardownWalk, preemption: Preemption
) -> None:
    program = Processors(replace(PROPOSED, teardown_walk=walk, preemption=preemption), 2)
    above, allocator = program.own(ObjectType.THREAD_GROUP), program.own(ObjectType.ALLOCATOR)
    (group,) = program.makes("thread_group_new", 0, above, allocator)
    first, second = sleeper(program, group), sleeper(program, group)
    program.runs(1, program.makes_thread(above))
    program.begins(0, "thread_group_exit", CREATED_RIGHTS, group)

    def has_begun() -> bool:
        return any(each.chore is Chore.KILL for each in program.at(0).pending)

    program.goes_on(0, has_begun)
    ended = program.at(0).pending[0].object
    program.happens(CallContinues(0))
    assert program.thread(ended).state is ThreadState.DEAD
    words = dict((first, second))
    (spared,) = words.keys() - {ended}
    assert isinstance(destroys(program, 1, words[ended]), Refused), "it has ended"
    program.goes_on(1)
    assert isinstance(destroys(program, 1, words[spared]), Ok), "and this one not yet"
    assert possible(program.state, CallContinues(0)), "the exit goes on"


@BOTH
def test_on_one_processor_a_row_of_sections_is_what_the_whole_call_is(design: Design) -> None:
    taken = followed(design, SHORT).taken
    assert taken.keys() >= {"thread_new", "slice_ends", "thread_runs", "thread_destroy_self"}


@pytest.mark.thorough
@BOTH
def test_long_runs_on_one_processor_are_followed_and_show_every_action(design: Design) -> None:
    actions = {action.name for action in recorded("thread_groups", design).actions}
    assert actions - followed(design, LONG).taken.keys() <= RARE


@pytest.mark.parametrize("chore", ["kill", "exit_group"])
def test_an_exit_that_ends_nobody_is_noticed_on_one_processor(
    chore: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, chore, lambda *_, **__: None)
    with pytest.raises(AssertionError, match="in the model"):
        followed(PROPOSED, LONG)


def test_the_mapping_knows_whole_calls_alone() -> None:
    assert MAPPING.modes == (WHOLE,)
