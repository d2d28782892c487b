"""What the model of latches sees of the doors."""

from collections.abc import Mapping

from assay.engines.interpret import ModelState, ModelStep
from latches.design import Design
from latches.kernel import DOORS, Doors, Event


class LatchMapping:
    """Doors are the elements of a kind, front first."""

    modes = ("whole",)

    def state(self, design: Design, state: Doors) -> ModelState:
        """Which doors are open, and which are locked."""
        return {
            "open": {(DOORS.index(door),): True for door in state.open},
            "locked": {(DOORS.index(door),): True for door in state.locked},
        }

    def whole(self, design: Design, state: Doors) -> ModelState:
        """The same: doors are few."""
        return self.state(design, state)

    def universe(self, design: Design, state: Doors) -> Mapping[str, frozenset[int]]:
        """Every door."""
        return {"Door": frozenset(range(len(DOORS)))}

    def steps(
        self, design: Design, before: Doors, event: Event, outcome: str, after: Doors
    ) -> tuple[ModelStep, ...]:
        """The action of the same name; its only refusal is its error."""
        refused = None if outcome == "OK" else outcome.lower()
        return (ModelStep(event.name, {"door": DOORS.index(event.door)}, refused),)

    def stutters(self, event: Event, outcome: str) -> bool:
        """Nothing that is done to a door goes unseen."""
        return False


MAPPING = LatchMapping()
