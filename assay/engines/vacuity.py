"""What a green result would hide: things that a model speaks of and that never happen.

A claim that is true because nothing puts it to the test says nothing. Whether something happens is
seen on finite instances; what none of them shows is reported, with the instances looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assay.engines.explore import Exploration, Path
from assay.lang.recorded import Recorded, Role


class Fault(Enum):
    """What is wrong; all but AUXILIARY_FALSE make a result vacuous."""

    NEVER_ENABLED = "is never enabled, so what is proved of it says nothing"
    NEVER_REFUSED = "never happens"
    PREMISE_NEVER_TRUE = "is never put to the test: its premise is true nowhere"
    NEVER_REACHED = "is never reached"
    AUXILIARY_FALSE = "is false in a reachable state"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `path` leads to it where there is a way."""

    fault: Fault
    subject: str
    looked_at: str
    path: Path | None = None

    @property
    def is_vacuous(self) -> bool:
        """Nothing is false, but something is empty."""
        return self.fault is not Fault.AUXILIARY_FALSE

    def __str__(self) -> str:
        return f"{self.subject} {self.fault.value} ({self.looked_at})"


def findings(recorded: Recorded, explorations: Sequence[Exploration]) -> tuple[Finding, ...]:
    """Everything that no exploration shows, and auxiliary claims that one of them refutes.

    A reachable state in which an action is enabled is the witness of all its obligations: there
    their hypothesis, which is what holds of reachable states, and the guard are true together.
    """
    return tuple(_findings(recorded, explorations))


def _findings(recorded: Recorded, explorations: Sequence[Exploration]) -> Iterator[Finding]:
    looked_at = "; ".join(map(_looked_at, explorations))
    for action in recorded.actions:
        if not any(each.enabled[action.name] for each in explorations):
            yield Finding(Fault.NEVER_ENABLED, action.name, looked_at)
        for check in action.checks:
            seen = any(each.refused[action.name][check.name] for each in explorations)
            if check.error is not None and not seen:
                subject = f"the refusal {check.name} of {action.name}"
                yield Finding(Fault.NEVER_REFUSED, subject, looked_at)
    for claim in recorded.claims:
        if claim.role is Role.CAN:
            if all(each.can[claim.name] is None for each in explorations):
                yield Finding(Fault.NEVER_REACHED, claim.name, looked_at)
        elif not any(each.premises[claim.name] for each in explorations):
            yield Finding(Fault.PREMISE_NEVER_TRUE, claim.name, looked_at)
    for claim in recorded.of_role(Role.AUXILIARY):
        paths = (b.path for each in explorations for b in each.broken if b.claim == claim.name)
        path = min(paths, key=lambda path: len(path.steps), default=None)
        if path is not None:
            yield Finding(Fault.AUXILIARY_FALSE, claim.name, looked_at, path)


def _looked_at(exploration: Exploration) -> str:
    sizes = ", ".join(f"{kind}={size}" for kind, size in exploration.sizes)
    ended = "all" if exploration.complete else f"ended by {exploration.reason},"
    return f"{ended} {exploration.states} states of {sizes}"
