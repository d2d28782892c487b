"""What a check of a guarantee is."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_kernel.events import Event
from reference_kernel.guarantees.touching import Part
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design

Broken = Callable[[Design, State, Event, Outcome, State], str | None]
"""Why the step from the one state to the other breaks a guarantee, or None."""


@dataclass(frozen=True, slots=True)
class Check:
    """A guarantee as it shows on one step.

    A `full` check looks at the whole state after; the others rely on the state before having been
    right, and look only at what the step changed. A step that touches nothing that a check
    `looks_at` cannot break its guarantee; None says that it looks at everything.
    """

    guarantee: str
    broken: Broken
    full: bool
    looks_at: frozenset[Part] | None = None


def full(guarantee: str, broken: Broken) -> Check:
    """A check that looks at the whole state after."""
    return Check(guarantee, broken, full=True)


def quick(guarantee: str, broken: Broken, *looks_at: Part) -> Check:
    """A check that relies on the state before, and looks at these parts alone."""
    return Check(guarantee, broken, full=False, looks_at=frozenset(looks_at))


def together(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks, those of one guarantee as one: it is broken when one of them says so."""
    alike: dict[tuple[str, bool], list[Check]] = {}
    for each in checks:
        alike.setdefault((each.guarantee, each.full), []).append(each)
    return tuple(_as_one(found) for found in alike.values())


def _as_one(checks: list[Check]) -> Check:
    first, *others = checks
    if not others:
        return first

    def broken(
        design: Design, before: State, event: Event, outcome: Outcome, after: State
    ) -> str | None:
        whys = (each.broken(design, before, event, outcome, after) for each in checks)
        return next((why for why in whys if why is not None), None)

    looked = [each.looks_at for each in checks if each.looks_at is not None]
    looks_at = frozenset[Part]().union(*looked) if len(looked) == len(checks) else None
    return Check(first.guarantee, broken, first.full, looks_at)
