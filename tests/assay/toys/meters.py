"""Counting: words that wrap, bounded and unbounded integers, integers as keys."""

from enum import Enum

from assay.lang import (
    Act,
    Int,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    Word,
    choose,
    exists,
    forall,
    none,
    normally,
    some,
)
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "meters"]


class Answer(Enum):
    """What a refused call answers."""

    FULL = 1
    EMPTY = 2


class Meter(Kind):
    """What counts."""


class Place(Int, low=1, high=3):
    """A place in a queue, the first is 1."""


class Small(Word, width=2):
    """A word of two bits."""


class Meters(State):
    """Counts of several sorts."""

    place: Table[Meter, Place] = normally(Place.of(2))
    word: Table[Meter, Small]
    sum: Int
    queue: Table[Place, Option[Meter]]
    last: Option[Place]


meters = Model("meters", Meters, Design)


@meters.start
def boot(new: Meters, last: Place) -> None:
    """All is normal, but for the last place."""
    new.last = some(last)


@meters.action()
def tick(act: Act[Design], old: Meters, new: Meters, meter: Meter, by: Small) -> None:
    """A word goes on and wraps; the sum goes up or down by one."""
    act.require((old.sum < 2) & (Int.of(-2) < old.sum) & (by != 0))
    new.word[meter] = old.word[meter] + by
    new.sum = choose(old.word[meter] + by < old.word[meter], old.sum - 1, old.sum + 1)


@meters.action()
def mask(act: Act[Design], old: Meters, new: Meters, meter: Meter, by: Small) -> None:
    """Bits are taken away."""
    act.require((old.word[meter] & by) != 0)
    new.word[meter] = old.word[meter].without(by)


@meters.action()
def forward(act: Act[Design], old: Meters, new: Meters, meter: Meter) -> None:
    """A meter moves towards the first place."""
    act.check(old.place[meter] > 1, otherwise=Answer.EMPTY)
    new.place[meter] = old.place[meter] - 1


@meters.action()
def enter(act: Act[Design], old: Meters, new: Meters, meter: Meter) -> None:
    """A meter enters the queue at its place, which is computed from the state."""
    act.check(old.queue[old.place[meter]].is_none, otherwise=Answer.FULL)
    new.queue[old.place[meter]] = some(meter)
    new.last = choose(old.last.holds(old.place[meter]), none(Place), some(old.place[meter]))


@meters.guarantee("MET-1")
def each_has_one_place(s: Meters) -> Truth:
    """This is broken: a meter that moves can enter twice."""
    return forall(
        Meter,
        lambda m: (
            exists(Meter, lambda o: o == m)
            & (~s.queue[Place.of(1)].holds(m) | ~s.queue[Place.of(2)].holds(m))
        ),
    )


@meters.step_guarantee("MET-2")
def words_go_on(old: Meters, step: Step, new: Meters) -> Truth:
    """After a tick by a word, the difference is this word."""
    meter = step.argument(tick, "meter", Meter)
    by = step.argument(tick, "by", Small)
    return step.took(tick).implies(new.word[meter] - old.word[meter] == by)


@meters.can()
def can_be_behind(s: Meters) -> Truth:
    """The place before the last is taken and the last is not (places beyond the ends are free)."""
    return (
        s.last.is_some
        & s.queue[s.last.value].is_some
        & s.queue[s.last.value - 1].is_none
        & s.queue[s.last.value + 1].is_some
    )
