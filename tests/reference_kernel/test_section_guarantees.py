"""What only sections can break, seen on steps that the kernel does not make."""

from dataclasses import replace

import pytest

from reference_kernel.events import CallContinues, UserReads, UserWrites
from reference_kernel.guarantees.sections import (
    an_unmap_takes_what_it_was_asked_for,
    what_page_tables_allow_is_done,
)
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Cut, Done, Ended, Ok, Outcome, Refused
from reference_kernel.sections import Rest, Section
from reference_kernel.state import State
from reference_kernel.step import step
from spec.designs import PROPOSED
from spec.errors import Error
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import ADDRESS_SPACE, MAX_SIZE, MEMORY, READ, Program
from tests.reference_kernel.test_sections import made

AT = 0x50_0000_0000
GOES_ON = CallContinues(0)
NOTHING_THERE = Refused(Error.INVL_VIRT_ADDR, "no_mapping_there")


def mapped() -> Program:
    """A memory is mapped there, only to be read."""
    program = Program(PROPOSED, IN_SECTIONS)
    made(program, "memory_map", ADDRESS_SPACE, MEMORY, AT, 1, options=READ | MAX_SIZE)
    return program


def unmapping() -> tuple[State, State]:
    """The kernel before and after the step in which what is mapped there goes."""
    program = mapped()
    program.call("address_space_unmap", ADDRESS_SPACE, AT)
    while True:
        before = program.state
        rest = before.processors[0].rest
        assert rest is not None
        if program.happens(GOES_ON) == Ok():
            assert rest.section is Section.UNMAPS
            return before, program.state


def test_an_unmap_takes_what_it_saw_and_says_so() -> None:
    before, after = unmapping()
    asks = an_unmap_takes_what_it_was_asked_for
    assert asks(PROPOSED, before, GOES_ON, Ok(), after) is None
    assert asks(PROPOSED, before, GOES_ON, NOTHING_THERE, after)
    assert asks(PROPOSED, before, GOES_ON, Ok(), before)


def test_an_unmap_of_what_is_gone_takes_nothing_and_says_so() -> None:
    before, after = unmapping()
    gone = replace(before, objects=after.objects)
    asks = an_unmap_takes_what_it_was_asked_for
    assert step(PROPOSED, gone, GOES_ON)[1] == NOTHING_THERE
    assert asks(PROPOSED, gone, GOES_ON, NOTHING_THERE, gone) is None
    assert asks(PROPOSED, gone, GOES_ON, Ok(), gone)


@pytest.mark.parametrize("outcome", [Ended(), Cut(Rest(Section.PICKS, GOES_ON))])
@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        (UserReads(11, AT), True),
        (UserWrites(11, AT, 1), False),
        (UserReads(11, AT + PAGE_BYTES), False),
    ],
)
def test_a_program_is_stopped_only_in_what_page_tables_forbid(
    outcome: Outcome, access: UserReads | UserWrites, allowed: bool
) -> None:
    state = mapped().state
    assert state.current == access.thread
    doing = replace(state.processors[0].doing, rest=Rest(Section.FAULTS, access))
    first = replace(state.processors[0], doing=doing)
    before = replace(state, processors=(first, *state.processors[1:]))
    told = what_page_tables_allow_is_done(PROPOSED, before, GOES_ON, outcome, before)
    assert (told is not None) is allowed
    assert what_page_tables_allow_is_done(PROPOSED, before, GOES_ON, Done(), before) is None
    after, given = step(PROPOSED, before, GOES_ON)
    assert what_page_tables_allow_is_done(PROPOSED, before, GOES_ON, given, after) is None
