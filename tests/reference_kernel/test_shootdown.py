"""A processor changes pages that another one may remember: the steps that this takes."""

from dataclasses import replace

import pytest

from assay.engines.schedules import Limits, search_schedules
from assay.engines.walk import Subject
from reference_kernel import spans
from reference_kernel.events import (
    CallContinues,
    CallMade,
    Event,
    ShootdownInterrupt,
    UserReads,
    UserWrites,
)
from reference_kernel.interface import SECTIONS
from reference_kernel.locks import Lock, LockKind
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Cut, Done, Ok, Outcome, Seen, Spins
from reference_kernel.scenarios import named
from reference_kernel.sections import Asked, Change, Section
from reference_kernel.step import possible
from reference_kernel.words import decode, encode, gave
from spec.design import Design, ExitInterrupt, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, MAX_SIZE, READ, WRITE, Program
from tests.reference_kernel.test_sections import finish, made, second_runs

PAGE = 0x5000000
AT = PAGE * PAGE_BYTES
SPACE_NAME = 9
"""The address space of the image, by its name."""
MOST = 40


def made_word(program: Program, name: str, *words: int, options: int = 0) -> int:
    """The first value of a call that gives one."""
    outcome = made(program, name, *words, options=options)
    assert isinstance(outcome, Ok), outcome
    return outcome.values[0]


def both_run(design: Design, pages: int = 1) -> tuple[Program, int]:
    """Two threads of one address space run, and pages are mapped there; and the memory's id."""
    program = Program(design, IN_SECTIONS)
    memory = made_word(program, "memory_new", ALLOCATOR, pages, options=0xF00)
    mapped = (ADDRESS_SPACE, memory, AT, pages)
    assert made_word(program, "memory_map", *mapped, options=READ | WRITE | MAX_SIZE) == pages
    second_runs(program)
    return program, memory


def beside(program: Program) -> int:
    """The id of a memory that is mapped on both sides of the page."""
    other = made_word(program, "memory_new", ALLOCATOR, 1, options=0xF00)
    for at in (AT - PAGE_BYTES, AT + PAGE_BYTES):
        mapped = (ADDRESS_SPACE, other, at, 1)
        assert made_word(program, "memory_map", *mapped, options=READ | WRITE | MAX_SIZE) == 1
    return other


def goes_on(program: Program, number: int, *, to: Section | None = None) -> Outcome:
    """The processor goes on till it spins, or has come to the section, or has done."""
    outcome: Outcome = Done()
    for _ in range(MOST):
        processor = program.state.processors[number]
        if not processor.is_busy or not possible(program.state, CallContinues(number)):
            return outcome
        if to is not None and processor.rest is not None and processor.rest.section is to:
            return outcome
        outcome = program.happens(CallContinues(number))
    raise AssertionError(outcome)


def call_of(program: Program, number: int, name: str, *words: int, options: int = 0) -> CallMade:
    """The call, which the processor's thread is about to make."""
    padded = (*words, *(0 for _ in range(8 - len(words))))
    current = program.state.processors[number].current
    return CallMade(current, BY_NAME[name].number, options, padded)


def user(program: Program, number: int, value: int | None = None) -> Event:
    """The processor's thread reads the first word of the page, or writes it."""
    current = program.state.processors[number].current
    return UserReads(current, AT) if value is None else UserWrites(current, AT, value)


def unmapping(program: Program) -> None:
    """The second processor remembers the page, and the first has asked it to forget that."""
    assert program.happens(user(program, 1, 5)) == Done()
    program.call("address_space_unmap", ADDRESS_SPACE, AT)
    outcome = goes_on(program, 0)
    assert outcome == Spins(Lock(LockKind.TRANSLATIONS, SPACE_NAME))
    assert gave(outcome) == "waits till other processors have forgotten what changes"


def test_who_unmaps_waits_till_the_others_have_forgotten() -> None:
    program, _ = both_run(PROPOSED)
    before = program.state
    unmapping(program)
    waits = program.state.processors[0].asked
    assert waits is not None
    assert waits.changes == (Change(SPACE_NAME, PAGE, PAGE + 1),)
    assert waits.owing == (1,)
    assert [lock.kind for lock in waits.held] == [LockKind.MEMORY, LockKind.ADDRESS_SPACE]
    assert program.state.body(SPACE_NAME) == before.body(SPACE_NAME)
    assert not possible(program.state, CallContinues(0))
    assert not possible(program.state, ShootdownInterrupt(0))
    assert program.happens(user(program, 1)) == Seen(5)

    assert program.happens(ShootdownInterrupt(1)) == Done()
    assert spans.at(program.state.processors[1].cache, PAGE) is None
    assert not possible(program.state, ShootdownInterrupt(1))
    assert finish(program) == Ok()
    assert program.state.processors[0].asked is None
    assert program.broken == set()


def test_a_page_that_is_changing_is_found_by_nobody_and_a_fault_waits_for_the_change() -> None:
    program, _ = both_run(PROPOSED)
    unmapping(program)
    program.happens(ShootdownInterrupt(1))
    reads = user(program, 1)
    assert isinstance(program.happens(reads), Cut)
    assert goes_on(program, 1) == Spins(Lock(LockKind.ADDRESS_SPACE, SPACE_NAME))
    assert finish(program) == Ok()
    goes_on(program, 1)
    assert program.state.processors[1].current == 0  # the page is gone, and so is who read it
    assert program.broken == set()


def test_a_page_beside_one_that_is_changing_is_found() -> None:
    program, _ = both_run(PROPOSED)
    beside(program)
    unmapping(program)
    for at in (AT - PAGE_BYTES, AT + PAGE_BYTES):
        current = program.state.processors[1].current
        assert isinstance(program.happens(UserReads(current, at)), Seen), at


def test_a_write_to_a_shared_page_goes_to_the_copy_once_all_have_forgotten() -> None:
    program, memory = both_run(PROPOSED)
    program.happens(user(program, 1, 5))
    program.call("memory_clone", ALLOCATOR, memory, 0, 1, options=0xF00)
    assert isinstance(goes_on(program, 0), Spins)
    program.happens(user(program, 1, 6))
    program.happens(ShootdownInterrupt(1))
    assert isinstance(finish(program), Ok)
    (shared,) = program.state.frames.sharers

    program.happens(user(program, 1))
    program.happens(user(program, 0, 7))
    assert isinstance(goes_on(program, 0), Spins)
    assert program.happens(user(program, 1)) == Seen(6)
    program.happens(ShootdownInterrupt(1))
    goes_on(program, 0)
    program.happens(user(program, 1))
    goes_on(program, 1)
    assert program.happens(user(program, 1)) == Seen(7)
    assert program.state.frames.contents[shared.first].word(0) == 6
    assert program.broken == set()


def test_who_spins_for_a_lock_answers_whoever_has_it() -> None:
    program, _ = both_run(PROPOSED)
    unmapping(program)
    program.happens(call_of(program, 1, "address_space_unmap", ADDRESS_SPACE, AT))
    spins = goes_on(program, 1, to=Section.RETURNS)
    assert isinstance(spins, Spins)
    assert spins.lock.kind is LockKind.MEMORY
    asked = program.state.processors[1].asked
    assert program.happens(ShootdownInterrupt(1)) == Done()
    assert program.state.processors[1].asked == asked
    assert finish(program) == Ok()


def test_two_processors_that_wait_for_each_other_answer_each_other() -> None:
    program, _ = both_run(PROPOSED)
    state = program.state
    waits = Asked(Lock(LockKind.TRANSLATIONS, SPACE_NAME), CallContinues(0))
    change = Change(SPACE_NAME, PAGE, PAGE + 1)
    first, second = (
        replace(
            each,
            doing=replace(each.doing, asked=waits._replace(changes=(change,), owing=(1 - number,))),
        )
        for number, each in enumerate(state.processors)
    )
    program.state = replace(state, processors=(first, second))
    assert not any(possible(program.state, CallContinues(number)) for number in (0, 1))
    for number in (0, 1):
        assert program.happens(ShootdownInterrupt(number)) == Done()
    assert [each.asked and each.asked.owing for each in program.state.processors] == [(), ()]


def test_nobody_is_asked_who_runs_in_another_address_space_or_where_nothing_was() -> None:
    program, _ = both_run(PROPOSED)
    other = beside(program)
    space = made_word(program, "address_space_new", ALLOCATOR, options=0xF00)
    assert made_word(program, "memory_map", space, other, AT, 1, options=READ | MAX_SIZE) == 1
    assert made(program, "address_space_unmap", space, AT) == Ok()


@pytest.mark.parametrize(
    "flush", [each for each in TranslationFlush if each is not TranslationFlush.SHOOTDOWN]
)
def test_without_a_shootdown_nobody_waits(flush: TranslationFlush) -> None:
    program, _ = both_run(replace(PROPOSED, name="other", translation_flush=flush))
    program.happens(user(program, 1, 5))
    assert made(program, "address_space_unmap", ADDRESS_SPACE, AT) == Ok()
    assert spans.at(program.state.processors[1].cache, PAGE) is not None


def test_the_interrupt_is_a_decision_that_traces_hold() -> None:
    event = ShootdownInterrupt(1)
    name, arguments = encode(event)
    assert decode(name, dict(arguments)) == event


@pytest.mark.parametrize(
    ("design", "is_stuck"),
    [(PROPOSED, False), (AS_BUILT, True)],
    ids=lambda each: each.name if isinstance(each, Design) else "",
)
def test_an_exit_interrupt_that_is_not_acknowledged_holds_up_a_shootdown(
    design: Design, is_stuck: bool
) -> None:
    asks = replace(
        PROPOSED,
        name="asks",
        exit_interrupt=design.exit_interrupt,
        translation_flush=TranslationFlush.SHOOTDOWN,
    )
    assert (asks.exit_interrupt is ExitInterrupt.ALWAYS_ACKNOWLEDGED) is not is_stuck
    chosen = named("unmap_after_an_exit").at(SECTIONS.mode)
    found = search_schedules(Subject(SECTIONS, asks), chosen, Limits())
    assert found.complete
    assert bool(found.stuck) is is_stuck
