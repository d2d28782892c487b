"""The way back: from a state that was seen to a start state, and again forwards in steps.

With symmetry a state seen stands for others; the path is then gone by states that are really there,
each of which a step leads to from the one before.
"""

from dataclasses import dataclass, field

from assay.engines.explore.generate import Found, Generated
from assay.engines.explore.layout import Packed
from assay.engines.explore.representatives import Representatives
from assay.engines.explore.result import Path
from assay.engines.interpret import ModelStep


@dataclass(frozen=True, slots=True)
class Paths:
    """The states seen so far, each with the one it was first reached from (None: a start).

    Steps are not stored: the few that a path needs are found by expanding its states again. Each
    start has its step, and with symmetry the state that was really begun with.
    """

    code: Generated
    standing: Representatives | None = None
    before: dict[Packed, Packed | None] = field(default_factory=dict)
    starts: dict[Packed, tuple[ModelStep, Packed]] = field(default_factory=dict)

    def representative(self, state: Packed) -> Packed:
        """The state that stands for one."""
        return state if self.standing is None else self.standing.of(state)

    def to(self, state: Packed, then: int | None = None, unkept: int | None = None) -> Path:
        """A shortest path to a state, with one more step if `then` is the index of an instance.

        With symmetry that is a step of the same action, which breaks the claim with index `unkept`.
        """
        chain = [state]
        while (before := self.before[chain[-1]]) is not None:
            chain.append(before)
        start, real = self.starts[chain.pop()]
        steps: list[ModelStep] = []
        for following in reversed(chain):
            index, real = self._step(real, following)
            steps.append(self.code.instances[index])
        if then is not None:
            index = then if self.standing is None else self._last(real, then, unkept)
            steps.append(self.code.instances[index])
        return Path(start, tuple(steps))

    def _step(self, real: Packed, following: Packed) -> tuple[int, Packed]:
        found, _ = self._expanded(real)
        return next(step for step in found if self.representative(step[1]) == following)

    def _last(self, real: Packed, then: int, unkept: int | None) -> int:
        found, broken = self._expanded(real)
        taken = [index for index, _ in found if unkept is None or (unkept, index) in broken]
        action = self.code.instances[then].action
        return next(index for index in taken if self.code.instances[index].action == action)

    def _expanded(self, state: Packed) -> tuple[Found, set[tuple[int, int]]]:
        """The steps from a state, and which claims which of them break; nothing is counted."""
        counted = (list(self.code.enabled), list(self.code.refused))
        found: Found = []
        broken: set[tuple[int, int]] = set()

        def note(claim: int, instance: int, *_: Packed) -> None:
            broken.add((claim, instance))

        self.code.expand(state, found, note)
        self.code.enabled[:], self.code.refused[:] = counted
        return found, broken
