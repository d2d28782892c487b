"""Frames in pieces: what they still suffice for, and that what is refused costs nothing."""

from dataclasses import replace

import pytest

from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.frames import frames_of, take_block
from reference_kernel.guarantees.changes import free_frames
from reference_kernel.machine import Machine, Zone
from reference_kernel.outcomes import Ok
from reference_kernel.state import Allocator
from spec.design import PageUnit
from spec.designs import PROPOSED
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED
from tests.reference_kernel.test_syscalls_memory import Mapped

TWO_ZONES = Machine((Zone(1 << 12, 6), Zone(1 << 14, 4)), code_pages=1)
THREE_ZONES = Machine((Zone(1 << 12, 7), Zone(1 << 13, 3), Zone(1 << 14, 5)), code_pages=1)
UNITS = pytest.mark.parametrize("unit", list(PageUnit), ids=lambda each: each.name)


class Filling(Mapped):
    """A program that takes all frames, each for a memory of its own."""

    def __init__(self, unit: PageUnit) -> None:
        super().__init__(replace(PROPOSED, page_unit=unit), TWO_ZONES)
        self.boot = self.free()
        self.fillers = [self.new(1) for _ in range(self.boot)]

    def free(self) -> int:
        """How many frames are free."""
        runs = free_frames(self.state.frames, TWO_ZONES)
        return sum(end - first for first, end in runs)

    def used(self) -> int:
        """How many frames are paid for."""
        body = self.state.body(ROOT_ALLOCATOR)
        assert isinstance(body, Allocator)
        return body.used_pages

    def frame(self, word: int) -> int:
        """The frame of a memory of one page."""
        (run,) = self.memory_body(word).pages
        return run.frame


@UNITS
def test_every_frame_is_given_out_once_and_comes_back(unit: PageUnit) -> None:
    program = Filling(unit)
    assert program.free() == 0
    frames = [program.frame(each) for each in program.fillers]
    assert len({*frames}) == program.boot
    used = program.used()
    for filler in program.fillers:
        program.destroy(filler)
    assert (program.free(), program.used()) == (program.boot, used - program.boot)
    again = [program.new(1) for _ in range(program.boot)]
    assert {program.frame(each) for each in again} == {*frames}
    assert not program.broken


@UNITS
@pytest.mark.parametrize("count", [2, 3])
def test_of_single_frames_only_single_pages_make_a_memory(count: int, unit: PageUnit) -> None:
    program = Filling(unit)
    odd = [each for each in program.fillers if program.frame(each) % 2]
    for filler in odd[: 2 * count]:
        program.destroy(filler)
    before, free = program.used(), program.free()
    outcome = program.call("memory_new", ALLOCATOR, count, options=RIGHTS_ASKED)
    if unit is PageUnit.SINGLE_PAGES:
        assert isinstance(outcome, Ok)
        pages = program.memory_body(outcome.values[0]).pages
        assert [run.length for run in pages] == [1] * count
        assert (program.used(), program.free()) == (before + count, free - count)
        program.destroy(outcome.values[0])
    assert (program.used(), program.free()) == (before, free)
    assert not program.broken


@UNITS
@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 13])
def test_what_a_memory_gives_back_is_what_it_took(count: int, unit: PageUnit) -> None:
    program = Mapped(replace(PROPOSED, page_unit=unit), TWO_ZONES)
    before = program.state.frames, program.state.body(ROOT_ALLOCATOR)
    memory = program.new(count)
    taken = sum(run.length for run in program.memory_body(memory).pages)
    exact = unit is PageUnit.SINGLE_PAGES
    assert taken == (count if exact else 1 << (count - 1).bit_length())
    program.destroy(memory)
    frames, root = program.state.frames, program.state.body(ROOT_ALLOCATOR)
    assert root == before[1]
    assert frames.blocks == before[0].blocks
    if unit is not PageUnit.BLOCK_FREED_SINGLY:
        assert free_frames(frames, TWO_ZONES) == free_frames(before[0], TWO_ZONES)
    singly = unit is PageUnit.BLOCK_FREED_SINGLY
    assert program.broken <= ({"MEM-3", "MEM-7"} if singly else set())


def test_zones_give_frames_in_turn_and_a_block_comes_from_one_that_has_it() -> None:
    program = Mapped(replace(PROPOSED, page_unit=PageUnit.WHOLE_BLOCK), THREE_ZONES)

    def zone_of(count: int) -> int:
        (run, *_) = program.memory_body(program.new(count)).pages
        return THREE_ZONES.zone_of(run.frame)

    singles = [zone_of(1) for _ in range(7)]
    first = singles[0]
    assert singles == [(first + at) % 3 for at in range(7)]
    program = Mapped(replace(PROPOSED, page_unit=PageUnit.WHOLE_BLOCK), THREE_ZONES)
    while zone_of(1) != 0:
        pass
    assert [zone_of(16), zone_of(16)] == [2, 0]  # the one between is too small


def test_a_block_may_be_all_of_its_zone() -> None:
    left, firsts = frames_of(THREE_ZONES), []
    for zone in THREE_ZONES.zones:
        taken = take_block(left, THREE_ZONES, zone.order)
        assert taken is not None
        left, first = taken
        firsts.append(first)
    assert firsts == [zone.first for zone in THREE_ZONES.zones]
    assert take_block(left, THREE_ZONES, 0) is None
