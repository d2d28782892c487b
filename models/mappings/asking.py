"""What a call asks in order, for the steps of the model that are one call."""

from collections.abc import Iterable
from dataclasses import dataclass

from assay.lang import Act, Truth
from spec.design import Design
from spec.errors import Error


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of a call, and the error where it fails; without one the step cannot happen."""

    name: str
    condition: Truth
    error: Error | None = None


def refuse(act: Act[Design], asked: Iterable[Asked]) -> None:
    """The call refuses with the first that fails."""
    for each in asked:
        if each.error is None:
            act.require(each.condition, name=each.name)
        else:
            act.check(each.condition, otherwise=each.error, name=each.name)


def require_all(act: Act[Design], asked: Iterable[Asked]) -> None:
    """The call comes as far as to hold them all; that it refuses else is said of another step."""
    for each in asked:
        act.require(each.condition, name=each.name)
