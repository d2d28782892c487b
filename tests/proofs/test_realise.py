"""A program that writes itself says what cannot be, and takes note of what happens."""

import pytest

from assay.traces.trace import Decision
from proofs.performing import CannotBe, Given, Later, perform_looking_ahead
from proofs.realise import Program, values_of
from reference_kernel.events import CallReturns, TimerTick
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType, rights_of, type_of
from spec.rights import Right

NOBODY = 999


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_what_is_asked_for_with_all_rights_has_them(design: Design) -> None:
    program = Program(design)
    allocator, caller = program.own(ObjectType.ALLOCATOR), program.state.current
    options = program.asks_for_all_rights(0)
    made, _ = values_of(program.make_call(caller, "memory_new", options, allocator, 1))
    assert type_of(made) == ObjectType.MEMORY
    assert rights_of(made) & Right.WRITE
    assert len(program.events) == 1


def test_what_cannot_be_is_said() -> None:
    program = Program(PROPOSED)
    with pytest.raises(CannotBe, match=f"thread {NOBODY} is gone"):
        program.thread(NOBODY)
    with pytest.raises(CannotBe, match="no Reply is left"):
        program.own(ObjectType.REPLY)
    with pytest.raises(CannotBe, match="cannot happen"):
        program.happens(CallReturns(program.state.current))
    with pytest.raises(CannotBe, match="does not come to run"):
        program.until_it_runs(NOBODY)
    assert set(map(type, program.events)) == {TimerTick}


def test_a_call_that_is_refused_returns_nothing() -> None:
    program = Program(PROPOSED)
    assert values_of(program.make_call(program.state.current, "memory_new", 0, NOBODY)) == ()


def test_what_comes_later_is_known_and_what_cannot_be_is_named() -> None:
    seen = list[int]()

    def looks(_program: None, given: Given, later: Later) -> None:
        seen.append(len(later))
        if given:
            raise CannotBe("it is too late")

    looks_twice = (Decision("looks"), Decision("looks"))
    perform_looking_ahead(None, looks_twice, {"looks": looks})
    assert seen == [1, 0]
    with pytest.raises(ValueError, match=r"looks.*it is too late"):
        perform_looking_ahead(None, (Decision("looks", (("at", 1),)),), {"looks": looks})
    with pytest.raises(ValueError, match="no event does this"):
        perform_looking_ahead(None, (Decision("sleeps"),), {"looks": looks})
