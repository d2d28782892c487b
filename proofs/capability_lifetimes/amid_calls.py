"""Moves in a trace of capability_lifetimes as sections of calls, each on a processor of its own.

What is moved is there twice from where its copy was made to where the move ends; meanwhile another
processor may destroy it.

Not realised, ValueError: whatever is no move of an id of the first program, and does not destroy
one.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.amid_calls import Processors
from proofs.performing import CannotBe, Given, perform
from reference_kernel.events import Event
from reference_kernel.sections import Section
from spec.design import Design
from spec.ids import ObjectType
from spec.options import CapClone, CapDestroy
from spec.rights import ALL_RIGHTS

MODE = "sections"
_PROCESSORS = 2
_ENTRIES = MappingProxyType({"OWN_SPACE": ObjectType.CAPABILITY_SPACE})
_MOVES = (
    int(ALL_RIGHTS) | CapClone.DESTROY_SRC_CAP | CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
)


def realise(design: Design, _start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    program = _Program(design)
    perform(program, decisions, _DOES, "section")
    return tuple(program.processors.events)


class _Program:
    """Two threads on two processors; each begins one move."""

    def __init__(self, design: Design) -> None:
        self.processors = Processors(design, _PROCESSORS)
        second = self.processors.makes_thread(self.processors.own(ObjectType.THREAD_GROUP))
        self.processors.runs(1, second)
        self.moves: dict[TraceValue, int] = {}


def _begins(program: _Program, given: Given) -> None:
    """The move begins, and goes on to where both are there."""
    number = len(program.moves)
    if number == _PROCESSORS:
        raise CannotBe(f"there are {_PROCESSORS} processors")
    program.moves[given["made"]] = number
    word = program.processors.own(_ENTRIES[str(given["source"])])
    program.processors.begins(number, "cap_clone", _MOVES, 0, 0, word)
    program.processors.goes_on(number, lambda: _is_twice(program, number))


def _is_twice(program: _Program, number: int) -> bool:
    rest = program.processors.at(number).rest
    return rest is not None and rest.section is Section.MOVED


def _is_destroyed(program: _Program, given: Given) -> None:
    """A processor that moves nothing destroys the capability."""
    number = len(program.moves)
    if number == _PROCESSORS:
        raise CannotBe(f"all of {_PROCESSORS} processors are in the middle of moves")
    word = program.processors.own(_ENTRIES[str(given["capability"])])
    program.processors.calls(number, "cap_destroy", CapDestroy.CSPACE_SELF, 0, word)


def _ends(program: _Program, given: Given) -> None:
    program.processors.goes_on(program.moves[given["made"]])


_DOES: Mapping[str, Callable[[_Program, Given], None]] = MappingProxyType(
    {"cap_move": _begins, "cap_destroy": _is_destroyed, "cap_move_ends": _ends}
)
