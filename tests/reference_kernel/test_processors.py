"""Several processors at the grain of whole calls."""

from dataclasses import replace

import pytest

from assay.engines.walk.chance import Chance
from reference_kernel.boot import boot
from reference_kernel.events import Event, ExitInterrupt, TimerTick, UserReads
from reference_kernel.guarantees import CHECKS
from reference_kernel.interleaved import seen_by
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Done, Ended, Ok, Seen
from reference_kernel.proposals import ended, propose
from reference_kernel.state import NOTHING, State
from reference_kernel.step import possible, step
from reference_kernel.words import decode, encode
from spec.design import Design, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, MAX_SIZE, READ, WRITE, Program

DESIGNS = (AS_BUILT, PROPOSED)
PAGE = 0x4000_0000


def machine(processors: int) -> Machine:
    return replace(MACHINE, processors=processors)


def run_second(program: Program, thread: int) -> None:
    """The thread, which is ready, runs on the second processor."""
    while program.state.processors[1].current != thread:
        program.happens(TimerTick(1))


@pytest.mark.parametrize("processors", [1, 2, 4])
def test_at_first_one_processor_has_work(processors: int) -> None:
    state = boot(AS_BUILT, machine(processors))
    assert len(state.processors) == processors
    assert len(state.running) == 1
    assert state.ready == (NOTHING,)
    assert state.processor_of(state.current) == 0


def test_each_processor_runs_a_thread_of_its_own() -> None:
    program = Program(PROPOSED, machine(2))
    first = program.state.current
    thread = program.named(program.thread())
    run_second(program, thread)
    assert program.state.running == (first, thread)
    assert program.state.processor_of(thread) == 1
    program.happens(TimerTick(0))
    program.happens(TimerTick(1))
    assert not program.broken


def test_a_processor_that_is_not_there_gets_no_interrupt() -> None:
    state = boot(AS_BUILT, machine(2))
    assert possible(state, TimerTick(1))
    assert not possible(state, TimerTick(2))
    assert not possible(state, TimerTick(-1))
    assert not possible(state, ExitInterrupt(1))
    assert not possible(state, ExitInterrupt(2))


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.name)
def test_a_member_elsewhere_runs_on_till_its_processor_is_interrupted(design: Design) -> None:
    program = Program(design, machine(2))
    group = program.group()
    thread = program.named(program.thread(group))
    run_second(program, thread)
    assert program.call("thread_group_exit", group) == Ok()
    assert thread in program.state.running
    assert not {"GRP-1", "GRP-3"} & set(program.broken)  # the exit is not complete
    assert program.happens(ExitInterrupt(1)) == Ended()
    assert thread not in program.state.running
    assert not program.is_alive(thread)
    assert not possible(program.state, ExitInterrupt(1))


def test_an_interrupt_for_others_changes_nothing_else() -> None:
    program = Program(AS_BUILT, machine(2))
    group, other = program.group(), program.named(program.thread())
    run_second(program, other)
    program.call("thread_group_exit", group)
    assert program.happens(ExitInterrupt(1)) == Done()
    assert other in program.state.running


@pytest.mark.parametrize(
    ("flush", "stale"),
    [
        (TranslationFlush.NONE, True),
        (TranslationFlush.LOCAL, True),
        (TranslationFlush.SHOOTDOWN, False),
    ],
)
def test_what_is_unmapped_here_is_remembered_there(flush: TranslationFlush, stale: bool) -> None:
    program = Program(replace(PROPOSED, translation_flush=flush), machine(2))
    memory = program.ok("memory_new", ALLOCATOR, 1, options=0xF00)[0]
    program.ok("memory_map", ADDRESS_SPACE, memory, PAGE, 1, 0, options=READ | WRITE | MAX_SIZE)
    run_second(program, program.named(program.thread()))
    program.writes(PAGE, 7)
    program.state = seen_by(program.state, 1)
    assert program.reads(PAGE) == 7
    program.state = seen_by(program.state, 1)
    program.ok("address_space_unmap", ADDRESS_SPACE, PAGE)
    program.state = seen_by(program.state, 1)
    outcome = program.happens(UserReads(program.state.current, PAGE))
    assert isinstance(outcome, Seen) is stale


@pytest.mark.parametrize("event", [TimerTick(0), TimerTick(3), ExitInterrupt(2)])
def test_interrupts_are_written_with_their_processor(event: Event) -> None:
    name, arguments = encode(event)
    assert decode(name, dict(arguments)) == event


def events(state: State, chance: Chance) -> Event:
    """What happens next, on any processor."""
    busy = [at for at, each in enumerate(state.processors) if each.current != NOTHING]
    if not busy or chance.below(12) == 0:
        at = chance.below(len(state.processors))
        interrupt = ExitInterrupt(at)
        return interrupt if possible(state, interrupt) else TimerTick(at)
    at = chance.pick(busy)
    event = propose(seen_by(state, at), chance)
    return TimerTick(at) if isinstance(event, TimerTick) else event


def walk(design: Design, processors: int, seed: int) -> tuple[set[str], int]:
    """What a run breaks, looked at in full after each step, and how many threads ran at once."""
    state, chance = boot(design, machine(processors)), Chance(seed)
    broken: set[str] = set()
    together = 0
    for _ in range(150):
        if state.panicked is not None or (not state.running and ended(state)):
            break
        event = events(state, chance)
        after, outcome = step(design, state, event)
        broken |= {
            check.guarantee
            for check in CHECKS
            if check.full and check.broken(design, state, event, outcome, after)
        }
        state = after
        together = max(together, len(state.running))
    return broken, together


@pytest.mark.parametrize("processors", [2, 3])
def test_nothing_breaks_on_several_processors(processors: int) -> None:
    walks = [walk(PROPOSED, processors, seed) for seed in range(25)]
    assert max(together for _, together in walks) > 1
    assert not set().union(*(broken for broken, _ in walks))


def test_threads_move_between_processors() -> None:
    program = Program(PROPOSED, machine(2))
    first = program.state.current
    program.happens(TimerTick(0))
    program.happens(TimerTick(1))
    assert program.state.processor_of(first) == 1
