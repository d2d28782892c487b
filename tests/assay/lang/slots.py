"""A small model that the tests of the language read: capabilities in slots."""

from dataclasses import dataclass
from enum import Enum, IntFlag

from assay.lang import (
    TRUE,
    Act,
    Bits,
    Claims,
    Enumeration,
    Ghost,
    Int,
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
    predicate,
    some,
)


class Copying(Enum):
    """Whether a copy asks for a right."""

    CHECKED = "CHECKED"
    UNCHECKED = "UNCHECKED"


@dataclass(frozen=True, slots=True)
class SlotDesign:
    """One design question."""

    name: str
    copying: Copying


class Refusal(Enum):
    """What a call answers."""

    INVALID_ID = 1
    NO_PERMISSION = 2
    SLOT_IN_USE = 3


class Right(IntFlag):
    """Two rights."""

    USE = 1
    GRANT = 2


class Rights(Bits, flags=Right):
    """A set of rights."""


class Slot(Kind):
    """Where a capability can be."""

    ROOT = member()


class Use(Enumeration):
    """What a slot is."""

    EMPTY = member()
    HELD = member()


class Copies(Int, low=0, high=2):
    """How many copies a slot may make."""


class Slots(State):
    """Which capability sits where."""

    use: Table[Slot, Use]
    rights: Table[Slot, Rights]
    parent: Table[Slot, Option[Slot]]
    left: Table[Slot, Copies] = normally(Copies.of(2))
    closed: Truth
    copied: Ghost[tuple[Slot, Slot], Truth]


slots = Model("slots", Slots, SlotDesign)


@slots.start
def boot(new: Slots) -> None:
    """One slot holds everything."""
    new.use[Slot.ROOT] = Use.HELD
    new.rights[Slot.ROOT] = Rights.all()


@slots.start_when(lambda design: design.copying is Copying.UNCHECKED)
def half_used(new: Slots, left: Copies) -> None:
    """The one slot has made copies, which are gone."""
    boot(new)
    new.left[Slot.ROOT] = left


@predicate
def is_held(s: Slots, slot: Slot) -> Truth:
    """The slot holds a capability."""
    return s.use[slot] == Use.HELD


@slots.action()
def cap_clone(
    act: Act[SlotDesign], old: Slots, new: Slots, src: Slot, dst: Slot, mask: Rights
) -> None:
    """Copy src into dst with the rights in mask."""
    act.require(~old.closed)
    act.check(is_held(old, src), otherwise=Refusal.INVALID_ID)
    if act.design.copying is Copying.CHECKED:
        act.check(old.rights[src].has(Right.GRANT), otherwise=Refusal.NO_PERMISSION)
    act.check(~is_held(old, dst), otherwise=Refusal.SLOT_IN_USE)
    act.require(old.left[src] > 0, name="copies_left")
    act.require(src != dst)
    new.use[dst] = Use.HELD
    new.rights[dst] = old.rights[src] & mask
    new.parent[dst] = some(src)
    new.left[src] = old.left[src] - 1
    new.copied[src, dst] = True


@slots.action()
def close(act: Act[SlotDesign], old: Slots, new: Slots) -> None:
    """Empty every slot but the root."""
    act.require(~old.closed)
    new.closed = TRUE
    new.use.each(lambda s: choose(s == Slot.ROOT, old.use[s], Use.EMPTY))
    new.rights.each(lambda s: choose(s == Slot.ROOT, old.rights[s], Rights.none()))
    new.parent.each(lambda _: none(Slot))


@slots.guarantee("SLOT-1")
def a_copy_never_has_more_rights(s: Slots) -> Truth:
    """What a slot may do, the slot it came from may do."""
    return forall(
        Slot,
        lambda c: (is_held(s, c) & s.parent[c].is_some).implies(
            s.rights[c].within(s.rights[s.parent[c].value])
        ),
    )


@slots.step_guarantee("SLOT-2", when=lambda design: design.copying is Copying.CHECKED)
def copies_come_from_grants(old: Slots, step: Step, new: Slots) -> Truth:
    """Who is copied held the right to grant."""
    src = step.argument(cap_clone, "src", Slot)
    return step.took(cap_clone).implies(old.rights[src].has(Right.GRANT) & (new.left[src] < 2))


@slots.can()
def two_copies(s: Slots) -> Truth:
    """A copy of a copy."""
    return exists(Slot, lambda c: s.parent[c].is_some & (s.parent[c].value != Slot.ROOT))


lemmas = Claims(Slots, SlotDesign)


@lemmas.auxiliary()
def parents_are_held(s: Slots) -> Truth:
    """A parent is never empty."""
    return forall(Slot, lambda c: s.parent[c].is_some.implies(is_held(s, s.parent[c].value)))
