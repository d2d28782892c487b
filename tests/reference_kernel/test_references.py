"""What goes with the last reference to an object, and how deep that goes."""

from dataclasses import replace

import pytest

from reference_kernel.events import CallContinues
from reference_kernel.fine import DEEPEST
from reference_kernel.machine import IN_SECTIONS, MACHINE, Grain
from reference_kernel.notes import Oddity
from reference_kernel.outcomes import Ok
from reference_kernel.state import CapabilitySpace, Chore, Known
from reference_kernel.step import possible
from spec.design import TeardownWalk
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.program import (
    ALLOCATOR,
    MOVE,
    RIGHTS_ASKED,
    SRC_SELF,
    Program,
)

ALONE_IN_SECTIONS = replace(MACHINE, grain=Grain.SECTIONS)
INTO_ANOTHER = SRC_SELF | MOVE | 0xF


def depths(program: Program) -> list[int]:
    """How many destructors ran one in the other, of each step that noted it, till all is done."""
    found = []
    while possible(program.state, CallContinues(0)):
        program.happens(CallContinues(0))
        for note in program.state.processors[0].noted:
            assert note.oddity is Oddity.TOO_DEEP
            found.append(int(note.what.split()[0]))
    return found


def a_chain(walk: TeardownWalk, links: int) -> Program:
    """A group with a thread whose space holds a group with such a thread, and so on."""
    program = Program(
        replace(AS_BUILT, teardown_walk=walk), replace(IN_SECTIONS, grain=Grain.WHOLE)
    )
    groups = [program.group() for _ in range(links + 1)]
    spaces = [program.thread_with_space(group)[1] for group in groups[:-1]]
    for space, inner in zip(spaces, groups[1:], strict=True):
        program.ok("cap_clone", space, 0, inner, options=INTO_ANOTHER)
        program.destroy(space)
    program.state = replace(program.state, machine=IN_SECTIONS)
    program.call("thread_group_exit", groups[0])
    return program


@pytest.mark.parametrize("links", range(1, 5))
@pytest.mark.parametrize("walk", list(TeardownWalk))
def test_only_recursion_goes_deeper_with_each_owner(walk: TeardownWalk, links: int) -> None:
    found = depths(a_chain(walk, links))
    deepest = 3 * links  # a thread, its space, and the group that this holds
    recurses = walk is TeardownWalk.RECURSIVE
    assert sorted(set(found)) == (list(range(DEEPEST + 1, deepest + 1)) if recurses else [])


def test_how_deep_destructors_run_is_noted_when_one_has_set_off_the_next() -> None:
    program = a_chain(TeardownWalk.RECURSIVE, 4)
    seen = set[int]()
    while possible(program.state, CallContinues(0)):
        done = program.state.processors[0].pending[:1]
        program.happens(CallContinues(0))
        processor = program.state.processors[0]
        set_off = [each.depth for each in (*done, *processor.pending[:1])]
        noted = [int(note.what.split()[0]) for note in processor.noted]
        assert noted == ([max(set_off)] if done and max(set_off) > DEEPEST else [])
        seen |= {*noted}
    assert len(seen) > 1


def test_a_receiver_that_dies_lets_go_of_its_listeners() -> None:
    program = Program(PROPOSED)
    drop_check, receiver = program.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)
    (pool,) = program.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
    before = program.object(pool)
    call = "drop_check_reciever_handle_cap_drop_async"
    assert program.call(call, receiver, pool, 1, options=1) == Ok()
    assert program.object(pool).weak == before.weak + 1
    program.destroy(drop_check)
    assert program.object(pool).weak == before.weak + 1
    program.destroy(receiver)
    assert program.object(pool).weak == before.weak
    assert not program.broken


def released(program: Program) -> set[tuple[int, Known | None]]:
    """Which references go till all is done, and by which capability each was known."""
    found = set[tuple[int, Known | None]]()
    while possible(program.state, CallContinues(0)):
        program.happens(CallContinues(0))
        found |= {
            (each.object, each.known)
            for each in program.state.processors[0].pending
            if each.chore is Chore.RELEASE
        }
    return found


@pytest.mark.parametrize("destroyed", [False, True])
def test_what_a_space_lets_go_is_known_by_the_id_that_it_had_there(destroyed: bool) -> None:
    program = Program(PROPOSED)
    thread, space = program.thread_with_space()
    word = program.key()
    name, of_space = program.named(word), program.space
    call = program.call_made("cap_destroy", 0, word, options=1)
    if not destroyed:
        of_space = program.named(space)
        (word,) = program.ok("cap_clone", space, 0, word, options=INTO_ANOTHER)
        call = program.call_made("thread_destroy", thread, options=1)
    program.state = replace(program.state, machine=ALONE_IN_SECTIONS)
    program.happens(call)
    assert (name, Known(of_space, word)) in released(program)
    assert not program.broken


def test_what_a_waiting_message_held_is_known_by_the_id_that_held_it() -> None:
    mail = Mail(PROPOSED)
    word = mail.key()
    mail.put(1, word)
    mail.sends(16)
    mail.destroy(word)
    body = mail.state.body(mail.space)
    assert isinstance(body, CapabilitySpace)
    ((holder, name),) = body.in_transit.items()
    call = mail.call_made("cap_destroy", 0, mail.channel, options=1)
    mail.state = replace(mail.state, machine=ALONE_IN_SECTIONS)
    mail.happens(call)
    assert (name, Known(mail.space, holder)) in released(mail)
    assert not mail.broken
