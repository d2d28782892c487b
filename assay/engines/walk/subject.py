"""What a walk is about: a kernel under a design, and the models that each step must be one of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from assay.engines.follow import STEPS_BETWEEN_FULL_LOOKS, Follower
from assay.engines.kernel import Kernel, KernelCheck, ModelMapping
from assay.lang.recorded import Recorded

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")


@dataclass(frozen=True, slots=True)
class Subject(Generic[_D, _S, _E, _O]):
    """A kernel under one design, with recorded models and their mappings; it can be sent."""

    kernel: Kernel[_D, _S, _E, _O]
    design: _D
    models: tuple[tuple[Recorded, ModelMapping[_D, _S, _E, _O]], ...] = ()

    def followers(
        self, *, steps_between_full_looks: int = STEPS_BETWEEN_FULL_LOOKS
    ) -> tuple[Follower[_D, _S, _E, _O], ...]:
        """A new follower for each model."""
        between = steps_between_full_looks
        return tuple(
            Follower(recorded, mapping, self.design, steps_between_full_looks=between)
            for recorded, mapping in self.models
        )

    def check(self, claim: str, *, full: bool) -> KernelCheck[_D, _S, _E, _O]:
        """The check of a guarantee, or of a model that `follows` names; all, where it has several.

        Errors: KeyError when there is none.
        """
        every = self.kernel.checks
        checks = [each for each in every if each.guarantee == claim and each.full is full]
        if checks:
            return checks[0] if len(checks) == 1 else _together(checks)
        for follower in self.followers(steps_between_full_looks=1):
            if follows(follower.recorded.name) == claim:
                return as_check(follower)
        raise KeyError(claim)


def _together(checks: Sequence[KernelCheck[_D, _S, _E, _O]]) -> KernelCheck[_D, _S, _E, _O]:
    """A check of their guarantee that each of them breaks, the first that does with its reason."""

    def broken(design: _D, before: _S, event: _E, outcome: _O, after: _S) -> str | None:
        whys = (each.broken(design, before, event, outcome, after) for each in checks)
        return next((why for why in whys if why is not None), None)

    return KernelCheck(checks[0].guarantee, broken, checks[0].full)


def follows(model: str) -> str:
    """The claim that each step of the kernel is one of the model."""
    return f"follows {model}"


def as_check(follower: Follower[_D, _S, _E, _O]) -> KernelCheck[_D, _S, _E, _O]:
    """The follower as a check of `follows` its model."""

    def broken(_: _D, before: _S, event: _E, outcome: _O, after: _S) -> str | None:
        return follower.follow(before, event, outcome, after)

    return KernelCheck(follows(follower.recorded.name), broken, full=False)
