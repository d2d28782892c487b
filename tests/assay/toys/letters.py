"""Sets of flags, options of enumerations and of flags, quantifiers over both, options as keys."""

from enum import Enum, IntFlag

from assay.lang import (
    TRUE,
    Act,
    Bits,
    Enumeration,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    choose,
    exists,
    forall,
    member,
    none,
    normally,
    some,
)
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "letters"]


class Answer(Enum):
    """What a refused call answers."""

    NOTHING = 1
    SEALED = 2


class Mark(IntFlag):
    """What may be written on a letter."""

    SEAL = 1
    STAMP = 2


class Marks(Bits, flags=Mark):
    """A set of marks."""


class Box(Kind):
    """Where a letter lies."""


class Sort(Enumeration):
    """What kind of letter it is."""

    PLAIN = member()
    FAST = member()


class Letters(State):
    """A letter in each box."""

    sort: Table[Box, Option[Sort]]
    marks: Table[Box, Option[Marks]]
    latest: Table[Sort, Option[Box]]
    allowed: Table[Marks, Truth] = normally(TRUE)


letters = Model("letters", Letters, Design)


@letters.start
def boot(new: Letters, never: Marks) -> None:
    """Every box is empty; one set of marks is not allowed."""
    new.allowed[never] = False


@letters.action()
def write(act: Act[Design], old: Letters, new: Letters, box: Box, sort: Sort) -> None:
    """A letter without marks."""
    act.require(old.sort[box].is_none)
    new.sort[box] = some(sort)
    new.marks[box] = some(Marks.none())
    new.latest[sort] = some(box)


@letters.action()
def mark(act: Act[Design], old: Letters, new: Letters, box: Box, marks: Marks) -> None:
    """More marks on a letter, as long as it is not sealed."""
    act.check(old.sort[box].is_some, otherwise=Answer.NOTHING)
    act.check(~old.marks[box].value.has(Mark.SEAL), otherwise=Answer.SEALED)
    act.require(old.allowed[old.marks[box].value | marks])
    new.marks[box] = some(old.marks[box].value | marks)


@letters.action()
def forbid(act: Act[Design], old: Letters, new: Letters, sort: Sort) -> None:
    """What the latest letter of a sort has, no letter gets any more."""
    act.require(old.latest[sort].is_some)
    act.require(old.marks[old.latest[sort].value].is_some)
    new.allowed[old.marks[old.latest[sort].value].value] = False


@letters.action()
def send(act: Act[Design], old: Letters, new: Letters, sort: Sort) -> None:
    """The latest letter of a sort goes; its box is known from the state alone."""
    act.check(old.latest[sort].is_some, otherwise=Answer.NOTHING)
    new.sort[old.latest[sort].value] = none(Sort)
    new.marks[old.latest[sort].value] = none(Marks)
    new.latest.each(lambda o: choose(old.latest[o] == old.latest[sort], none(Box), old.latest[o]))


@letters.guarantee("LET-1")
def marks_are_on_letters(s: Letters) -> Truth:
    """An empty box has no marks."""
    return forall(Box, lambda b: s.sort[b].is_some == s.marks[b].is_some)


@letters.guarantee("LET-2")
def some_marks_are_allowed(s: Letters) -> Truth:
    """At least one set of marks may still be had; this is broken."""
    return exists(Marks, lambda m: s.allowed[m] & (m.without(Marks.of(Mark.STAMP)) == Marks.none()))


@letters.step_guarantee("LET-3")
def seals_stay(old: Letters, step: Step, new: Letters) -> Truth:
    """A sealed letter keeps its marks until it goes."""
    return forall(
        Box,
        lambda b: (
            old.marks[b].is_some & old.marks[b].value.has(Mark.SEAL) & new.marks[b].is_some
        ).implies(new.marks[b] == old.marks[b]),
    )


@letters.can()
def can_stamp_both(s: Letters) -> Truth:
    """Both sorts at once, one of them with a stamp."""
    return forall(Sort, lambda o: exists(Box, lambda b: s.sort[b].holds(o))) & exists(
        Box, lambda b: s.marks[b].is_some & s.marks[b].value.has(Mark.STAMP)
    )
