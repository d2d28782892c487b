"""Each refusal of each call is reached by walks or by a call made for it, or it cannot be."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import reference_kernel
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, CallReturns, Event
from reference_kernel.guarantees.changes import free_frames
from reference_kernel.machine import MACHINE, Machine, Zone
from reference_kernel.outcomes import Deadlock, Panic, Refused
from reference_kernel.proposals import ended, propose
from reference_kernel.state import State, Thread
from reference_kernel.step import step
from spec.design import (
    DeliveryFault,
    Design,
    DyingObjects,
    Overflow,
    PoolUnmap,
    WakeProtocol,
    chosen,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import UpdateMappingApart
from spec.panics import NO_ONE_CALL
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NUMBER, CALLS
from tests.reference_kernel.attempting import a_new
from tests.reference_kernel.attempts import FAULTS
from tests.reference_kernel.message_attempts import CANNOT_SUCCEED, by_another
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROW_MAPPING,
    IN_PLACE,
    LAZY,
    MEMORY,
    MMIO_ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    Program,
)
from tests.reference_kernel.test_guarantees import Seeded

Row = tuple[str, str]
"""A call and one of its refusals, by name."""

RUNS, STEPS = 260, 200
NO_CALL = "no call"
"""What ends a run in which a program did something else."""
SOURCES = Path(reference_kernel.__path__[0])
TOLD = replace(
    AS_BUILT,
    delivery_fault=DeliveryFault.REPORT_TO_OWNER,
    wake_protocol=WakeProtocol.HANDSHAKE,
)
SHORT = Machine((Zone(1 << 12, 6),), code_pages=1)
"""A machine that has few frames."""
SENDS = {
    "channel_try_send": (),
    "channel_sync_send": (1,),
    "channel_async_send": (0,),
    "channel_sync_call": (MEMORY, 0, 8),
    "channel_async_call": (0,),
}
"""What each way to send is given behind the message; 0 is a pool."""
AT = 0x60_0000_0000
MOVES = int(UpdateMappingApart.UPDATE_BASE)


def rows(design: Design) -> set[Row]:
    """The refusals of the calls that the design has."""
    return {
        (call.name, refusal.name)
        for call in CALLS
        for refusal in call.refusals
        if chosen(design, call.choice) and chosen(design, refusal.choice)
    }


@cache
def seen(design: Design, machine: Machine = MACHINE) -> tuple[frozenset[Row], frozenset[Row]]:
    """What random runs are refused, and where they stop the kernel.

    What ends a wait counts for the call that began it.
    """
    found: set[Row] = set()
    stopped: set[Row] = set()
    for seed in range(RUNS):
        state, chooser = boot(design, machine), Seeded(seed)
        for _ in range(STEPS):
            if ended(state):
                break
            event = propose(state, chooser)
            number = _number(state, event)
            state, outcome = step(design, state, event)
            if number in BY_NUMBER and isinstance(outcome, Refused):
                found.add((BY_NUMBER[number].name, outcome.refusal))
            elif isinstance(outcome, Panic | Deadlock):
                call = BY_NUMBER.get(number)
                stopped.add((NO_CALL if call is None else call.name, outcome.place))
    return frozenset(found), frozenset(stopped)


def walked(design: Design) -> frozenset[Row]:
    """What random runs are refused."""
    return seen(design)[0]


def _number(state: State, event: Event) -> int:
    """The call that the event makes or ends; -1 if it does neither."""
    match event:
        case CallMade(number=number):
            return number
        case CallReturns(thread=thread):
            body = state.body(thread)
            assert isinstance(body, Thread)
            assert body.call is not None
            return body.call.number
        case _:
            return -1


class Short(Program):
    """A program on a machine with a channel, a pool and no frame, or as many as are left."""

    def __init__(self, design: Design, *, left: int = 0) -> None:
        super().__init__(design, SHORT)
        self.channel = self.ok("channel_new", ALLOCATOR, options=15)[0]
        self.pool = self.ok("event_pool_new", ALLOCATOR, 4, options=RIGHTS_ASKED)[0]
        self.lazy = self.ok("memory_new", ALLOCATOR, 1, options=LAZY | RIGHTS_ASKED)[0]
        self.leave(left)

    def leave(self, left: int) -> None:
        """So many frames are free, and no more."""
        free = sum(end - first for first, end in free_frames(self.state.frames, SHORT))
        for _ in range(free - left):
            self.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)


def by_hand() -> set[Row]:
    """What takes a long way: the tests below go it."""
    found = {(name, "no_memory_for_message") for name in (*SENDS, "reply_reply")}
    found |= {(name, "no_memory_for_pages") for name in (*RECEIVES, "reply_reply")}
    found |= {("reply_reply", why) for why in CANNOT_SHOW}
    found |= {(name, "waits_for_the_dead") for name in DYING}
    shown = (*MAPS, "memory_resize", "event_pool_await")
    found |= {(name, "no_memory_for_tables") for name in shown}
    return found | {("channel_sync_recv", "caller_buffer_dead")}


@pytest.mark.parametrize("name", SENDS)
def test_a_message_for_whose_page_there_is_no_frame(name: str) -> None:
    program = Short(TOLD)
    words = (program.channel, 0xCAF, 0, 64)
    by_another(program, lambda: program.call("channel_sync_recv", *words))
    more = [program.pool if word == 0 else word for word in SENDS[name][:1]]
    words = (program.channel, program.lazy, 0, 8, *more, *SENDS[name][1:])
    assert program.refusal(name, *words) == "no_memory_for_message"


RECEIVES = ("channel_try_recv", "channel_sync_recv", "channel_async_recv")


@pytest.mark.parametrize("name", RECEIVES)
def test_a_place_to_receive_for_which_there_is_no_frame(name: str) -> None:
    program = Short(TOLD)
    program.ok("channel_async_send", program.channel, MEMORY, 0, 8, program.pool, 1)
    into = (program.pool, 1) if name == "channel_async_recv" else (program.lazy, 0, 64)
    assert program.refusal(name, program.channel, *into) == "no_memory_for_pages"


def a_reply(program: Short) -> int:
    """The reply to a call whose answer goes into the pool."""
    program.ok("channel_async_call", program.channel, MEMORY, 0, 8, program.pool, 1)
    return program.ok("channel_try_recv", program.channel, 0xCAF, 0, 64)[1]


def test_an_answer_for_which_there_is_no_frame() -> None:
    program = Short(TOLD)
    reply = a_reply(program)
    assert program.refusal("reply_reply", reply, 0x8AF, 0, 8) == "no_memory_for_pages"
    program = Short(TOLD, left=1)
    reply = a_reply(program)
    words = (program.channel, program.pool, 1)
    program.ok("channel_async_recv", *words)
    program.ok("channel_try_send", program.channel, MEMORY, 0, 8)
    assert program.refusal("reply_reply", reply, program.lazy, 0, 8) == "no_memory_for_message"


CANNOT_SHOW = ("pool_not_mapped", "address_space_dead", "no_memory_for_tables")


@pytest.mark.parametrize("why", CANNOT_SHOW)
def test_an_answer_that_its_pool_cannot_show(why: str) -> None:
    program = Short(AS_BUILT, left=1)
    reply = a_reply(program)
    space = ADDRESS_SPACE
    if why == "address_space_dead":
        program = Short(AS_BUILT, left=2)
        reply = a_reply(program)
        space = program.ok("address_space_new", ALLOCATOR)[0]
    program.ok("event_pool_map", space, program.pool, AT)
    by_another(program, lambda: program.call("event_pool_await", program.pool))
    if why == "pool_not_mapped":
        program.ok("address_space_unmap", space, AT)
    elif why == "address_space_dead":
        program.destroy(space)
    assert program.refusal("reply_reply", reply, 0x8AF, 0, 8) == why


def test_events_for_whose_tables_there_is_no_frame() -> None:
    program = Short(AS_BUILT, left=1)
    program.ok("event_pool_map", ADDRESS_SPACE, program.pool, AT)
    program.ok("channel_async_recv", program.channel, program.pool, 1)
    program.ok("channel_try_send", program.channel, MEMORY, 0, 8)
    assert program.refusal("event_pool_await", program.pool) == "no_memory_for_tables"
    assert program.ok("address_space_unmap", ADDRESS_SPACE, AT) == ()


def test_a_place_to_receive_that_dies_meanwhile() -> None:
    program = Program(TOLD)
    channel = program.ok("channel_new", ALLOCATOR, options=15)[0]
    made = program.ok("memory_new", ALLOCATOR, 1)[0]
    thread = by_another(program, lambda: program.call("channel_sync_recv", channel, made, 0, 64))
    program.destroy(made)
    assert "IPC-4" in program.broken
    pool = program.ok("event_pool_new", ALLOCATOR, 1)[0]
    program.ok("channel_async_send", channel, MEMORY, 0, 8, pool, 1)
    while program.state.current != program.named(thread):
        program.tick()
    assert program.returns() == Refused(Error.INVL_WEAK, "caller_buffer_dead")


DYING = {
    "channel_sync_send": (0xCAF, 0, 64),
    "channel_sync_recv": (0xCAF, 0, 64),
    "channel_sync_call": (0xCAF, 0, 64, 0x8AF, 0, 64),
    "event_pool_await": (),
}


@pytest.mark.parametrize("name", DYING)
def test_a_wait_for_something_that_dies(name: str) -> None:
    program = Program(replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR))
    awaits = name == "event_pool_await"
    kind = ObjectType.EVENT_POOL if awaits else ObjectType.CHANNEL
    dying = a_new(program, kind)
    if awaits:
        program.ok("event_pool_map", ADDRESS_SPACE, dying, AT)
    thread = by_another(program, lambda: program.call(name, dying, *DYING[name]))
    if awaits:
        unmap_pool(program)
    program.destroy(dying)
    while program.state.current != program.named(thread):
        program.tick()
    assert program.returns() == Refused(Error.INVL_WEAK, "waits_for_the_dead")


def unmap_pool(program: Program) -> None:
    """The address space maps the pool no more, whose record as built would stay."""
    program.design = replace(program.design, pool_unmap=PoolUnmap.REMOVES_RECORD)
    program.ok("address_space_unmap", ADDRESS_SPACE, AT)


MAPS = {
    "memory_map": ((ADDRESS_SPACE, 0x8AF, AT, 0, 0), READ),
    "phys_mem_map": ((ADDRESS_SPACE, 0, AT), READ),
    "memory_update_mapping": ((ADDRESS_SPACE, 0x20_0000, 0, AT), MOVES),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_mapping_for_whose_tables_there_is_no_frame(name: str) -> None:
    program = Short(PROPOSED)
    words, options = list(MAPS[name][0]), MAPS[name][1]
    if name == "phys_mem_map":
        made = (MMIO_ALLOCATOR, ALLOCATOR, 0xFEE0_0000, 1)
        words[1] = program.ok("mmio_allocator_alloc", *made, options=RIGHTS_ASKED)[0]
    assert program.refusal(name, *words, options=options) == "no_memory_for_tables"


def test_a_memory_that_grows_with_its_mapping_for_whose_tables_there_is_no_frame() -> None:
    program = Short(PROPOSED, left=6)
    made = program.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    last = AT + 511 * PAGE_BYTES
    program.ok("memory_map", ADDRESS_SPACE, made, last, 0, 0, options=READ)
    program.leave(1)
    options = IN_PLACE | GROW_MAPPING
    assert program.refusal("memory_resize", made, 2, options=options) == "no_memory_for_tables"


def tried() -> set[Row]:
    """What calls are refused that are made for that: another test makes them."""
    return {(name, refusal) for name, faults in FAULTS.items() for refusal in faults}


@cache
def named_in_the_kernel() -> frozenset[str]:
    """Every name that some line of the kernel could give a refusal; guarantees only ask."""
    texts = (path.read_text() for path in SOURCES.rglob("*.py") if path.parent.name != "guarantees")
    return frozenset(name for text in texts for name in re.findall(r'"(\w+)"', text))


@cache
def endings() -> tuple[str, ...]:
    """What some line of the kernel may put behind the name of an argument."""
    texts = (path.read_text() for path in SOURCES.rglob("*.py"))
    return tuple({end for text in texts for end in re.findall(r'\}(_\w+)"', text)})


def cannot_be(row: Row) -> bool:
    """Whether no line of the kernel gives the refusal, or what it is about does not exist.

    The kernel's heap does not run out here, so no line refuses for want of it. The root allocator
    is the only one, and the kernel holds it. No interrupt is ever made. A clone needs a page table
    only where mappings lie over each other: not where the design has clones and ranges are tested.
    """
    call, refusal = row
    if refusal == "allocator_dead" or call in CANNOT_SUCCEED:
        return True
    if row == ("memory_clone", "no_memory_for_memory"):
        return True
    return not refusal.endswith(endings()) and refusal not in named_in_the_kernel()


def test_every_refusal_is_reached_or_cannot_be() -> None:
    reached = walked(AS_BUILT) | walked(PROPOSED) | tried() | by_hand()
    left = (rows(AS_BUILT) | rows(PROPOSED)) - reached
    assert not {row for row in left if not cannot_be(row)}


def test_what_cannot_be_is_never_seen() -> None:
    seen = walked(AS_BUILT) | walked(PROPOSED)
    assert not {row for row in seen if cannot_be(row) and row[0] not in CANNOT_SUCCEED}


def test_walks_alone_reach_most() -> None:
    for design in (AS_BUILT, PROPOSED):
        possible = {row for row in rows(design) if not cannot_be(row)}
        assert len(walked(design) & possible) >= 0.6 * len(possible)


def test_a_walk_is_refused_only_by_rows_of_the_table() -> None:
    for design in (AS_BUILT, PROPOSED):
        known = rows(design) | {(name, "unknown_number") for name, _ in tried()}
        assert walked(design) <= known | {(c.name, "unknown_number") for c in CALLS}


def test_a_call_stops_the_kernel_only_where_its_page_says() -> None:
    """What other events stop it with, a call may do too, or no call does."""
    told = {(call.name, each.place) for call in CALLS for each in call.panics + call.hangs}
    of_others = {each.place for each in NO_ONE_CALL} | {place for _, place in told}
    _, wrapping = seen(AS_BUILT)
    _, trapping = seen(AS_BUILT, replace(MACHINE, overflow=Overflow.PANICS))
    stopped = wrapping | trapping
    assert {row for row in stopped if row[0] != NO_CALL} <= told
    assert {place for name, place in stopped if name == NO_CALL} <= of_others
    assert len(stopped) > 20
    assert not seen(PROPOSED)[1]


def test_the_root_allocator_outlives_every_capability_to_it() -> None:
    program = Program(AS_BUILT)
    for word in program.entries():
        if program.entries().get(word) == ROOT_ALLOCATOR:
            program.destroy(word)
    assert program.is_alive(ROOT_ALLOCATOR)
    assert ROOT_ALLOCATOR not in program.entries().values()
