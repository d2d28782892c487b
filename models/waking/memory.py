"""Memory that runs out, and the room in the ready queue."""

from assay.lang import FALSE, TRUE, Act, Truth
from models.waking.state import Thread, Waking, grows, model
from spec.design import Design


def asks_for_room(
    act: Act[Design], old: Waking, new: Waking, thread: Thread, *, gets_in: Truth
) -> None:
    """A thread that gets into the ready queue needs room there, which as built may not be had."""
    if grows(act.design):
        new.roomless[thread] = gets_in & old.short


@model.action()
def memory_runs_out(act: Act[Design], old: Waking, new: Waking) -> None:
    """From now on each allocation fails."""
    act.require(~old.short, name="was_there")
    new.short = TRUE


@model.action()
def memory_is_back(act: Act[Design], old: Waking, new: Waking) -> None:
    """Allocations succeed again."""
    act.require(old.short, name="was_out")
    new.short = FALSE
