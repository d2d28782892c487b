"""The way back: from a state that was seen to a start state, and again forwards in steps."""

from dataclasses import dataclass, field

from assay.engines.explore.generate import Found, Generated
from assay.engines.explore.layout import Packed
from assay.engines.explore.result import Path
from assay.engines.interpret import ModelStep


@dataclass(frozen=True, slots=True)
class Paths:
    """The states seen so far, each with the one it was first reached from (None: a start).

    Steps are not stored: the few that a path needs are found by expanding its states again.
    """

    code: Generated
    before: dict[Packed, Packed | None] = field(default_factory=dict)
    starts: dict[Packed, ModelStep] = field(default_factory=dict)

    def to(self, state: Packed, then: int | None = None) -> Path:
        """A shortest path to a state, with one more step if `then` is the index of an instance."""
        steps = [] if then is None else [self.code.instances[then]]
        while (before := self.before[state]) is not None:
            steps.append(self._step(before, state))
            state = before
        return Path(self.starts[state], tuple(reversed(steps)))

    def _step(self, before: Packed, after: Packed) -> ModelStep:
        counted = (list(self.code.enabled), list(self.code.refused))
        found: Found = []
        self.code.expand(before, found, lambda *_: None)
        self.code.enabled[:], self.code.refused[:] = counted
        return next(self.code.instances[index] for index, new in found if new == after)
