"""Frames in pieces: what they still suffice for, and that what is refused costs nothing."""

from dataclasses import replace

import pytest
from immutables import Map

from reference_kernel import spans
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.frames import (
    Content,
    Frames,
    enter_block,
    forget_contents,
    frames_of,
    free_runs,
    keep_alone,
    release,
    share,
    take_block,
    take_single_pages,
    unshare,
)
from reference_kernel.guarantees.changes import free_frames
from reference_kernel.machine import Machine, Zone
from reference_kernel.outcomes import Ok
from reference_kernel.state import Allocator
from spec.design import PageUnit
from spec.designs import PROPOSED
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED
from tests.reference_kernel.test_syscalls_memory import NO_MEMORY, Mapped

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


WHOLE = PageUnit.WHOLE_BLOCK
ONE_ZONE = Machine((Zone(1 << 12, 5),))


@pytest.mark.parametrize(
    "parts",
    [
        [(0, 4, 4), (4, 4, 4), (8, 2, 2)],
        [(1, 2, 0), (0, 1, 0), (3, 5, 8), (9, 1, 0), (8, 1, 2)],
        [(0, 10, 10)],
        [(5, 1, 0), (0, 5, 4), (6, 4, 6)],
        [(7, 2, 0), (4, 3, 4), (9, 1, 2), (2, 2, 0), (0, 2, 4)],
    ],
)
def test_a_block_comes_free_with_the_last_of_its_frames(parts: list[tuple[int, int, int]]) -> None:
    """Two blocks of four, one of two, two of one; parts are first, count, how many come free."""
    empty = frames_of(ONE_ZONE)
    left, begin = empty, 1 << 12
    for at, order in ((0, 2), (4, 2), (8, 1), (10, 0), (11, 0)):
        taken = take_block(left, ONE_ZONE, order)
        assert taken is not None
        left, first = taken
        assert first == begin + at
        left = enter_block(left, WHOLE, first, order)
    for at, count, expected in (*parts, (11, 1, 1), (10, 1, 1)):
        left, freed = release(left, ONE_ZONE, WHOLE, begin + at, count)
        assert freed == expected
    assert left.blocks == empty.blocks
    assert free_runs(left, ONE_ZONE) == [(begin, begin + 32)]


@pytest.mark.parametrize("unit", [PageUnit.SINGLE_PAGES, PageUnit.BLOCK_FREED_SINGLY])
def test_a_run_over_two_zones_comes_free_in_both(unit: PageUnit) -> None:
    machine = Machine((Zone(1 << 12, 3), Zone((1 << 12) + 8, 3), Zone((1 << 12) + 16, 3)))
    empty = frames_of(machine)
    left: Frames = empty
    for _ in range(24):
        taken = take_block(left, machine, 0)
        assert taken is not None
        left, _ = taken
    for first, count in ((5, 13), (0, 5), (18, 6)):
        left, freed = release(left, machine, unit, (1 << 12) + first, count)
        assert freed == count
    assert free_runs(left, machine) == free_runs(empty, machine)
    assert take_single_pages(left, machine, 25) is None


def test_frames_are_shared_by_as_many_as_were_told() -> None:
    first = 1 << 12
    left = share(share(frames_of(ONE_ZONE), 1 << 12, 4), (1 << 12) + 2, 4)
    counts = [spans.at(left.sharers, first + at) for at in range(6)]
    assert [each.note if each else 0 for each in counts] == [2, 2, 3, 3, 2, 2]
    left, last = unshare(left, first + 1, 4)
    assert last == ()
    left, last = unshare(left, first, 6)
    assert last == ((first + 1, 1), (first + 4, 1))
    left, last = unshare(left, first + 2, 2)
    assert last == ((first + 2, 2),)
    pair = share(frames_of(ONE_ZONE), first, 3)
    alone = [spans.at(keep_alone(pair, first + 1).sharers, first + at) for at in range(3)]
    assert [each is None for each in alone] == [False, True, False]


@UNITS
def test_who_finds_no_frame_pays_for_none(unit: PageUnit) -> None:
    """Of a frame that the kernel took for itself the quota knows nothing."""
    machine = Machine((Zone(1 << 12, 6),), taken=(((1 << 12) + 40, 2),), code_pages=1)
    program = Mapped(replace(PROPOSED, page_unit=unit), machine)
    for first, end in free_frames(program.state.frames, machine):
        for _ in range(end - first):
            program.new(1)
    before = program.state
    for count in (1, 2, 4):
        words = (ALLOCATOR, count)
        assert program.refusal("memory_new", *words, options=RIGHTS_ASKED) == NO_MEMORY
    assert program.state == before


@pytest.mark.parametrize("count", [1, 4])
def test_just_these_frames_are_cleared(count: int) -> None:
    first, held = 1 << 12, Content(cleared=False, words=Map({0: 5}))
    written = (first - 1, first, first + count)
    left = frames_of(ONE_ZONE).with_contents(Map(dict.fromkeys(written, held)))
    assert sorted(forget_contents(left, first, count).contents) == [first - 1, first + count]
