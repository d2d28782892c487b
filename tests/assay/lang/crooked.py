"""A model with a mistake on nearly every line: what the tests of messages read."""

from assay.lang import Act, Kind, Model, State, Table, Truth, forall
from tests.assay.lang.slots import Refusal, Slot, SlotDesign, Use


class Other(Kind):
    """A second kind."""


class Crooked(State):
    """Two tables."""

    use: Table[Slot, Use]
    held: Table[Other, Truth]
    worn: Table[Other, int]  # type: ignore[type-var]


crooked = Model("crooked", Crooked, SlotDesign)


@crooked.action()
def mixes_kinds(act: Act[SlotDesign], old: Crooked, new: Crooked, slot: Slot, o: Other) -> None:
    """Compares a slot with another kind."""
    act.check(slot == o, otherwise=Refusal.INVALID_ID)  # type: ignore[arg-type]
    new.held[o] = True


@crooked.action()
def branches(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other) -> None:
    """Uses a value of the state as a Python condition."""
    if old.held[o]:
        new.held[o] = False


@crooked.action()
def misspells(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other) -> None:
    """Names a table that there is not."""
    new.hold[o] = True  # type: ignore[attr-defined]


@crooked.action()
def checks_late(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other) -> None:
    """Checks after it assigned."""
    new.held[o] = True
    act.check(~old.held[o], otherwise=Refusal.SLOT_IN_USE)


@crooked.action()
def writes_twice(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other, p: Other) -> None:
    """Writes two cells that may be one."""
    new.held[o] = True
    new.held[p] = False


@crooked.action()
def idles(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other) -> None:
    """Never uses its parameter."""


@crooked.action()
def forgets_a_sort(  # type: ignore[no-untyped-def]
    act: Act[SlotDesign], old: Crooked, new: Crooked, o
) -> None:
    """Has a parameter of no sort."""
    new.held[o] = True


@crooked.action()  # type: ignore[arg-type]
def takes_too_little(act: Act[SlotDesign], old: Crooked) -> None:
    """Has no new state."""


@crooked.action()
def wears(act: Act[SlotDesign], old: Crooked, new: Crooked, o: Other) -> None:
    """Uses a table whose annotation is wrong."""
    new.worn[o] = 3


@crooked.guarantee("SLOT-1")
def says_nothing(s: Crooked) -> Truth:
    """Gives no condition."""
    return forall(Slot, lambda c: 3)  # type: ignore[arg-type, return-value]
