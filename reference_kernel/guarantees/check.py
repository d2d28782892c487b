"""What a check of a guarantee is."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_kernel.events import Event
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design

Broken = Callable[[Design, State, Event, Outcome, State], str | None]
"""Why the step from the one state to the other breaks a guarantee, or None."""


@dataclass(frozen=True, slots=True)
class Check:
    """A guarantee as it shows on one step.

    A `full` check looks at the whole state after; the others rely on the state before having been
    right, and look only at what the step changed.
    """

    guarantee: str
    broken: Broken
    full: bool
