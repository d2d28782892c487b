"""How a trace of the model is done to real doors."""

from assay.traces import Decision
from latches.design import Design
from latches.kernel import DOORS, Event


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """Each action is the event of the same name."""
    return tuple(
        Event(each.name, DOORS[int(str(dict(each.arguments)["door"]).removeprefix("door"))])
        for each in decisions
    )
