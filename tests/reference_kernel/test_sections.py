"""Two processors, on which a call is a row of sections."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assay.engines.walk.chance import Chance
from reference_kernel.boot import boot
from reference_kernel.events import (
    CallContinues,
    CallMade,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    SwitchEnds,
    TimerTick,
)
from reference_kernel.fine import DEEPEST
from reference_kernel.interface import SECTIONS, of_processors
from reference_kernel.interleaved import seen_by
from reference_kernel.locks import Lock, LockKind, may_nest
from reference_kernel.machine import IN_SECTIONS, MACHINE, Grain
from reference_kernel.notes import Oddity
from reference_kernel.outcomes import Cut, Deadlock, Done, Ok, Outcome, Refused, Spins
from reference_kernel.sections import Asked, Section
from reference_kernel.state import NOTHING, Chore, Processor, State
from reference_kernel.step import possible, step
from reference_kernel.words import decode, encode
from spec.design import Design, Preemption, TeardownWalk
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from tests.reference_kernel.program import ALLOCATOR, GROUP, RIGHTS_ASKED, Program
from tests.reference_kernel.section_runs import beginning, steps


def finish(program: Program, processor: int = 0) -> Outcome:
    """What the processor is in the middle of goes on to its end; gives the last answer."""
    answer: Outcome = Done()
    while program.state.processors[processor].is_busy:
        outcome = program.happens(CallContinues(processor))
        answer = answer if isinstance(outcome, Cut | Done) else outcome
    return answer


def moments(program: Program, number: int = 0) -> Iterator[Processor]:
    """The processor before each step that is left of what it is in the middle of."""
    while program.state.processors[number].is_busy:
        yield program.state.processors[number]
        program.happens(CallContinues(number))


def sections(program: Program, number: int = 0) -> list[Section]:
    """The sections that are left of what the processor is in the middle of."""
    at = moments(program, number)
    return [each.rest.section for each in at if each.rest is not None and not each.pending]


def made(program: Program, name: str, *words: int, options: int = 0) -> Outcome:
    """The call of the first processor's thread, to its end."""
    assert isinstance(program.call(name, *words, options=options), Cut)
    return finish(program)


def test_each_look_up_is_a_section_that_holds_what_it_found() -> None:
    program = Program(PROPOSED, IN_SECTIONS)
    outcome = program.call("thread_group_new", GROUP, ALLOCATOR, options=0xF00)
    assert isinstance(outcome, Cut)
    assert outcome.rest.interrupts
    held = []
    for _ in range(2):
        program.happens(CallContinues(0))
        rest = program.state.processors[0].rest
        assert rest is not None
        assert not rest.interrupts
        assert rest.ids == (GROUP, ALLOCATOR)[: len(rest.held)]
        held.append(rest.held)
    assert [len(each) for each in held] == [1, 2]
    assert program.named(GROUP) == held[1][0]
    assert isinstance(finish(program), Ok)
    assert program.state.processors[0].rest is None
    assert not program.broken


def test_while_a_processor_is_in_a_call_its_thread_does_nothing_else() -> None:
    program = Program(PROPOSED, IN_SECTIONS)
    program.call("key_new", ALLOCATOR, options=0xF)
    again = CallMade(program.state.current, 37, 0xF, (ALLOCATOR, 0, 0, 0, 0, 0, 0, 0))
    assert not possible(program.state, again)
    assert not possible(program.state, TimerTick(0))
    assert not possible(program.state, CallContinues(1))
    assert not possible(program.state, CallContinues(2))
    finish(program)
    assert not possible(program.state, CallContinues(0))


def test_as_built_a_move_has_a_section_in_which_there_are_two() -> None:
    for design, expected in (
        (AS_BUILT, [Section.BEGINS, Section.MOVED, Section.RETURNS]),
        (PROPOSED, [Section.BEGINS, Section.RETURNS]),
    ):
        program = Program(design, IN_SECTIONS)
        key = made(program, "key_new", ALLOCATOR, options=0xF)
        assert isinstance(key, Ok)
        program.call("cap_clone", 0, 0, key.values[0], options=0x1CF)
        assert sections(program) == expected


def test_memory_that_is_out_refuses_what_takes_room_and_nothing_else() -> None:
    program = Program(PROPOSED, IN_SECTIONS)
    key = made(program, "key_new", ALLOCATOR, options=0xF)
    assert isinstance(key, Ok)
    assert program.happens(MemoryRunsOut()) == Done()
    assert not possible(program.state, MemoryRunsOut())
    before = program.state
    refused = made(program, "key_new", ALLOCATOR, options=0xF)
    assert isinstance(refused, Refused)
    assert refused.error is Error.OUT_OF_MEM
    assert program.state.objects == before.objects
    assert isinstance(made(program, "key_id", key.values[0]), Ok)
    program.happens(MemoryIsBack())
    assert isinstance(made(program, "key_new", ALLOCATOR, options=0xF), Ok)
    assert not program.broken


def test_memory_never_runs_out_where_calls_are_whole() -> None:
    state = boot(PROPOSED, MACHINE)
    assert not possible(state, MemoryRunsOut())
    assert not possible(state, MemoryIsBack())
    assert not possible(state, CallContinues(0))


def doing(processor: Processor, **parts: Any) -> Processor:
    """The processor in the middle of something else."""
    return replace(processor, doing=replace(processor.doing, **parts))


def holding(state: State, lock: Lock) -> State:
    """The second processor holds the lock."""
    other = doing(state.processors[1], locks=(lock,))
    return replace(state, processors=(state.processors[0], other))


def test_a_processor_spins_for_a_lock_of_another_and_does_nothing_else() -> None:
    program = Program(PROPOSED, IN_SECTIONS)
    queue = Lock(LockKind.READY_QUEUE)
    program.call("thread_yield")
    program.happens(CallContinues(0))
    free = program.state
    program.state = holding(free, queue)
    before = program.state
    assert program.happens(CallContinues(0)) == Spins(queue)
    asks = program.state.processors[0]
    assert asks.asked == Asked(queue, CallContinues(0))
    assert doing(asks, asked=None) == before.processors[0]
    assert not possible(program.state, CallContinues(0))
    program.state = replace(program.state, processors=(asks, free.processors[1]))
    assert not isinstance(program.happens(CallContinues(0)), Spins)
    assert program.state.processors[0].asked is None


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_who_wakes_a_thread_that_is_about_to_sleep_spins_and_holds_its_locks(
    design: Design,
) -> None:
    (scene,) = [each for each in SECTIONS.scenes if "sends at once" in each.name]
    level, seen, spinning = [beginning(design, scene)], set[State](), set[Processor]()
    while level:
        found = [each for state in level for each in steps(design, scene, state)]
        assert not any(isinstance(outcome, Deadlock) for _, outcome, _ in found)
        spinning |= {
            after.processors[0] for _, outcome, after in found if isinstance(outcome, Spins)
        }
        level = list({after for _, _, after in found} - seen)[:200]
        seen |= set(level)
    waits = [each for each in spinning if each.asked and each.asked.lock.kind is LockKind.STATUS]
    assert waits
    for each in waits:
        assert each.asked is not None
        assert [lock.kind for lock in each.asked.held] == [LockKind.CHANNEL]
        assert each.holds(each.asked.held[0])


def test_two_processors_that_wait_for_each_other_hang() -> None:
    program = Program(PROPOSED, IN_SECTIONS)
    queue, other = Lock(LockKind.READY_QUEUE), Lock(LockKind.CHANNEL, 7)
    program.call("thread_yield")
    program.happens(CallContinues(0))
    state = holding(program.state, queue)
    first = doing(state.processors[0], locks=(other,))
    second = doing(state.processors[1], asked=Asked(other, CallContinues(1)))
    program.state = replace(state, processors=(first, second))
    outcome = program.happens(CallContinues(0))
    assert isinstance(outcome, Deadlock)
    assert "its holder waits" in outcome.reason
    assert not possible(program.state, CallContinues(1))


def test_the_order_of_locks_is_one_and_groups_come_before_those_below() -> None:
    locks = [Lock(kind, name) for kind in LockKind for name in (1, 2)]
    for outer in locks:
        assert not may_nest(outer, outer)
        for inner in locks:
            assert outer == inner or may_nest(outer, inner) is not may_nest(inner, outer)


def leave_stack(program: Program) -> None:
    """The second processor goes on till it is in the middle of nothing."""
    finish(program, 1)
    if program.state.processors[1].leaving is not None:
        program.happens(SwitchEnds(1))
        finish(program, 1)


def made_group(program: Program, parent: int = GROUP) -> int:
    """A new group, and its call to its end."""
    group = made(program, "thread_group_new", parent, ALLOCATOR, options=RIGHTS_ASKED)
    assert isinstance(group, Ok)
    return group.values[0]


def second_runs(program: Program) -> None:
    """The second processor runs a thread of a group below the first one's."""
    words = (ALLOCATOR, made_group(program), 0x6F, 0x97)
    assert isinstance(made(program, "thread_new", *words, options=0xF02), Ok)
    while not program.state.processors[1].current:
        program.happens(TimerTick(1))
        leave_stack(program)


@pytest.mark.parametrize(
    ("preemption", "ends"),
    [
        (Preemption.INTERRUPT_DISABLE, Section.PICKS),
        (Preemption.CHECK_ON_RETURN, Section.BEGINS),
        (Preemption.NON_PREEMPTIBLE, None),
    ],
)
def test_where_the_exit_interrupt_ends_a_thread_that_is_in_a_call(
    preemption: Preemption, ends: Section | None
) -> None:
    program = Program(replace(PROPOSED, preemption=preemption), IN_SECTIONS)
    second_runs(program)
    thread = program.state.processors[1].current
    program.state = seen_by(program.state, 1)
    program.call("key_new", ALLOCATOR, options=0xF)
    program.state = seen_by(program.state, 1)
    made(program, "thread_group_exit", 0x44F)
    assert possible(program.state, ExitInterrupt(1)) is (ends is not None)
    if ends is not None:
        program.happens(ExitInterrupt(1))
        rest = program.state.processors[1].rest
        assert rest is not None
        assert rest.section is ends
    noted = [each.oddity for each in program.state.processors[1].noted]
    lost = preemption is Preemption.INTERRUPT_DISABLE
    assert noted == ([Oddity.LEFT_ON_STACK] if lost else [])
    leave_stack(program)
    if ends is None:
        program.happens(ExitInterrupt(1))
        leave_stack(program)
    assert thread not in program.state.running
    assert not program.is_alive(thread)
    assert not program.broken


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_chores_of_an_exit_are_steps_and_its_lock_is_held_as_built(design: Design) -> None:
    program = Program(design, IN_SECTIONS)
    group = made_group(program)
    program.call("thread_group_exit", group)
    for _ in range(2):
        program.happens(CallContinues(0))
    processor = program.state.processors[0]
    lock = Lock(LockKind.THREAD_LIST, program.named(group))
    assert processor.locks == ((lock,) if design is AS_BUILT else ())
    chores = [(each.chore, each.object) for each in processor.pending]
    assert chores == [(Chore.INTERRUPT, lock.object)]
    finish(program)
    assert program.state.processors[0].locks == ()
    assert program.state.processors[1].interrupted


def interrupts(program: Program) -> list[int]:
    """Whose lists the processor had worked off when it interrupted the others, till it is done."""
    first = (each.pending[0] for each in moments(program) if each.pending)
    return [each.object for each in first if each.chore is Chore.INTERRUPT]


@pytest.mark.parametrize("walk", list(TeardownWalk))
def test_others_are_interrupted_for_each_list_or_once_for_all(walk: TeardownWalk) -> None:
    program = Program(replace(PROPOSED, teardown_walk=walk), IN_SECTIONS)
    outer = made_group(program)
    inner = made_group(program, outer)
    names = [program.named(each) for each in (inner, outer)]
    program.call("thread_group_exit", outer)
    assert interrupts(program) == (names[1:] if walk is TeardownWalk.WORKLIST else names)


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("exits", [False, True])
def test_a_group_that_has_exited_works_off_its_list_again_as_built_alone(
    design: Design, exits: bool
) -> None:
    program = Program(design, IN_SECTIONS)
    group = made_group(program)
    name = program.named(group)
    if exits:
        made(program, "thread_group_exit", group)
    program.call("cap_destroy", 0, group, options=1)
    is_over = exits and design is PROPOSED
    assert interrupts(program) == [NOTHING if is_over else name]


def test_owners_of_each_kind_in_a_row_are_not_too_deep() -> None:
    assert len(("group", "thread", "space", "address space", "memory", "block")) == DEEPEST


def run(design: Design, seed: int, count: int) -> tuple[list[Event], list[State]]:
    """A run of random events, and the states after them."""
    chance, state = Chance(seed), SECTIONS.boot(design)
    events: list[Event] = []
    states = [state]
    while len(events) < count and not SECTIONS.ended(state):
        event = SECTIONS.propose(design, state, chance)
        state, _ = step(design, state, event)
        events.append(event)
        states.append(state)
    return events, states


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_run_is_repeated_exactly_from_its_written_decisions(design: Design) -> None:
    for seed in range(5):
        events, states = run(design, seed, 300)
        state = SECTIONS.boot(design)
        for event, expected in zip(events, states[1:], strict=True):
            name, arguments = encode(event)
            assert decode(name, dict(arguments)) == event
            state, _ = step(design, state, event)
            assert state == expected


@pytest.mark.parametrize("processors", [1, 2, 3, 4])
def test_on_any_number_of_processors_nothing_breaks(processors: int) -> None:
    kernel = of_processors(processors, Grain.SECTIONS)
    asked = [each for each in kernel.checks if not each.full]
    together = 0
    for seed in range(6):
        chance, state = Chance(seed), kernel.boot(PROPOSED)
        for _ in range(250):
            if kernel.ended(state):
                break
            event = kernel.propose(PROPOSED, state, chance)
            after, outcome = step(PROPOSED, state, event)
            assert not any(each.broken(PROPOSED, state, event, outcome, after) for each in asked), (
                event
            )
            state = after
            together = max(together, sum(each.is_busy for each in state.processors))
    assert together >= min(processors, 2)


def idle(processor: Processor) -> bool:
    """Whether the processor is in the middle of nothing and holds no lock."""
    return not processor.is_busy and not processor.locks


def test_who_is_in_the_middle_of_nothing_holds_no_lock_and_no_reference() -> None:
    seen = 0
    for seed in range(10):
        _, states = run(PROPOSED, seed, 300)
        for state in states:
            free = [each for each in state.processors if not each.is_busy]
            assert all(idle(each) for each in free)
            seen += sum(each.rest is not None for each in state.processors)
    assert seen > 100


@pytest.mark.parametrize("full", [False, True])
def test_quick_and_full_checks_agree_that_nothing_is_broken(full: bool) -> None:
    asked: list[Callable[..., str | None]] = [
        each.broken for each in SECTIONS.checks if each.full is full
    ]
    for seed in range(3):
        events, states = run(PROPOSED, 100 + seed, 100)
        for before, event, after in zip(states[:-1], events, states[1:], strict=True):
            outcome = step(PROPOSED, before, event)[1]
            assert not any(each(PROPOSED, before, event, outcome, after) for each in asked)


def test_as_built_the_lock_of_a_switch_is_let_go_after_what_was_left() -> None:
    program = Program(AS_BUILT, IN_SECTIONS)
    second_runs(program)
    program.happens(TimerTick(1))
    finish(program, 1)
    program.happens(SwitchEnds(1))
    lock = Lock(LockKind.POST_SWITCH, 1)
    assert lock in program.state.processors[1].locks
    finish(program, 1)
    assert program.state.processors[1].locks == ()
