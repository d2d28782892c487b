"""What a program gets that reads or writes a word, however it lies."""

from dataclasses import replace

import pytest

from reference_kernel.events import CallContinues, UserReads, UserWrites
from reference_kernel.machine import MACHINE, Grain, Machine, Zone
from reference_kernel.outcomes import Done, Ended, Outcome, Panic, Seen
from reference_kernel.pages import page_at
from reference_kernel.sections import Section
from reference_kernel.step import possible
from spec.design import Design, LazyPages, UserFaults
from spec.designs import AS_BUILT, PROPOSED
from spec.panics import PAGE_FAULT
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    LAZY,
    MMIO_ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    WRITE,
    ZEROED,
    Program,
)
from tests.reference_kernel.test_syscalls_memory import AT, Mapped

FILLS = replace(PROPOSED, lazy_pages=LazyPages.FAULT_IN_KERNEL)
LOWEST = PAGE_BYTES
"""Nothing is mapped below."""
NOWHERE = (0, AT - PAGE_BYTES, AT + 4 * PAGE_BYTES, 1 << 62)


class Lazy(Mapped):
    """A program that has mapped four lazy pages there; a fault fills them."""

    def __init__(self, at: int = AT, options: int = READ | WRITE, design: Design = FILLS) -> None:
        super().__init__(design)
        self.memory = self.new(5, LAZY | ZEROED)
        self.map(self.memory, at, options, offset=1)

    def resident(self) -> list[int]:
        """The numbers of the pages of the memory that have frames."""
        pages = self.memory_body(self.memory).pages
        return [number for number in range(5) if page_at(pages, number).resident]

    def in_sections(self, event: UserReads | UserWrites) -> tuple[list[Section], Outcome]:
        """What follows the event, a row of sections, and how it ends."""
        self.state = replace(self.state, machine=replace(MACHINE, grain=Grain.SECTIONS))
        outcome, found = self.happens(event), []
        while possible(self.state, CallContinues(0)):
            rest = self.state.processors[0].rest
            if rest is not None:
                found.append(rest.section)
                assert rest.event == event
                assert rest.interrupts is (rest.section is Section.TRIES_AGAIN)
            outcome = self.happens(CallContinues(0))
        return found, outcome


GAP = Machine((Zone(1 << 12, 6), Zone(1 << 13, 6)), code_pages=1)


@pytest.mark.parametrize("frame", [(1 << 12) + (1 << 6), (1 << 13) - 1])
def test_nobody_knows_what_a_device_gives_that_was_written_to(frame: int) -> None:
    """Not even of one that lies beside memory."""
    program = Program(PROPOSED, GAP)
    words = (MMIO_ALLOCATOR, ALLOCATOR, frame * PAGE_BYTES, 1)
    (device,) = program.ok("mmio_allocator_alloc", *words, options=RIGHTS_ASKED)
    program.ok("phys_mem_map", ADDRESS_SPACE, device, AT, options=READ | WRITE)
    assert program.writes(AT, 5) == Done()
    assert program.reads(AT) is None


@pytest.mark.parametrize("byte", [0, 8, PAGE_BYTES - 8])
def test_only_the_word_changes_that_is_written(byte: int) -> None:
    program = Lazy()
    assert program.reads(AT + byte) == 0
    assert program.writes(AT + byte, 7) == Done()
    assert program.reads(AT + byte) == 7
    assert program.reads(AT + (byte + 8) % PAGE_BYTES) == 0
    assert not program.broken


@pytest.mark.parametrize("at", [LOWEST, AT])
@pytest.mark.parametrize("page", range(4))
def test_the_page_that_is_touched_gets_a_frame(page: int, at: int) -> None:
    program = Lazy(at)
    assert program.writes(at + page * PAGE_BYTES, 5) == Done()
    assert program.resident() == [page + 1]
    assert program.reads(at + page * PAGE_BYTES) == 5
    assert not program.broken


def test_a_page_that_may_only_be_read_is_filled_for_who_reads() -> None:
    program = Lazy(options=READ)
    assert program.reads(AT) == 0
    assert program.resident() == [1]
    assert program.writes(AT, 5) == Ended()


@pytest.mark.parametrize("address", NOWHERE)
def test_who_touches_what_is_not_mapped_ends_or_panics_the_kernel(address: int) -> None:
    program = Lazy(design=replace(AS_BUILT, lazy_pages=LazyPages.FAULT_IN_KERNEL))
    assert program.writes(address, 5) == Panic(PAGE_FAULT.place, PAGE_FAULT.why)
    program = Lazy()
    assert program.design.user_faults is UserFaults.END_THREAD
    assert program.writes(address, 5) == Ended()
    program = Lazy()
    assert program.happens(UserReads(program.state.current, address)) == Ended()
    assert not program.broken


FAULT = [Section.FAULTS, Section.TRIES_AGAIN]


def test_in_sections_a_fault_is_served_and_tried_again() -> None:
    program = Lazy()
    thread = program.state.current
    assert program.in_sections(UserReads(thread, AT)) == (FAULT, Seen(0))
    assert program.in_sections(UserWrites(thread, AT + PAGE_BYTES, 5)) == (FAULT, Done())
    assert program.in_sections(UserReads(thread, AT + PAGE_BYTES)) == ([], Seen(5))
    assert program.resident() == [1, 2]


@pytest.mark.parametrize(
    ("address", "design"), [*((each, FILLS) for each in NOWHERE), (AT, PROPOSED)]
)
def test_in_sections_who_gets_no_page_ends(address: int, design: Design) -> None:
    """Nothing is mapped there, or a lazy page that no fault fills."""
    program = Lazy(design=design)
    program.thread()
    thread = program.state.current
    program.in_sections(UserWrites(thread, address, 5))
    assert program.state.current != thread
