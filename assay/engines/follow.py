"""A run of a kernel seen through a model: each step is the model's steps that the mapping names.

The mapping says which steps a kernel step is; the model says where they lead, and which check
refuses. What comes out must be what the mapping sees of the kernel's state afterwards.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Generic, TypeVar, assert_never

from assay.engines.interpret import (
    Attempt,
    Disabled,
    ModelState,
    ModelStep,
    Refused,
    Taken,
    key_order,
    normal,
    start_value,
)
from assay.engines.kernel import ModelMapping
from assay.engines.stepper import ANY_OTHER, NO_DOMAINS, Stepper, Universe, elements_of, stepper
from assay.lang.recorded import Recorded
from assay.lang.values import show

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

STEPS_BETWEEN_FULL_LOOKS = 50
"""A full look asks whether a mapping sees what is there, names the elements that its cells name,
and has no normal cell."""


@dataclass(slots=True)
class Coverage:
    """How often a run was seen to take each action, and to be refused by each check of it."""

    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    stuttered: int = 0

    def add(self, other: "Coverage") -> None:
        """Count what another run has seen as well."""
        self.taken.update(other.taken)
        self.refused.update(other.refused)
        self.stuttered += other.stuttered

    def rare(self, recorded: Recorded, times: int) -> tuple[str, ...]:
        """The actions and refusals that were seen less often than `times`, with their counts."""
        found: list[str] = []
        for action in recorded.actions:
            if self.taken[action.name] < times:
                found.append(f"{action.name}: {self.taken[action.name]}")
            for check in action.checks:
                count = self.refused[action.name, check.name]
                if check.error is not None and count < times:
                    found.append(f"{action.name} refuses {check.name}: {count}")
        return tuple(found)


class Follower(Generic[_D, _S, _E, _O]):
    """Follows one kernel through one model, step by step."""

    def __init__(
        self,
        recorded: Recorded,
        mapping: ModelMapping[_D, _S, _E, _O],
        design: _D,
        *,
        steps_between_full_looks: int = STEPS_BETWEEN_FULL_LOOKS,
    ) -> None:
        self.recorded = recorded
        self.mapping = mapping
        self.design = design
        self.coverage = Coverage()
        self._stepper: Stepper = stepper(recorded)
        self._empty: ModelState = {t.name: {} for t in recorded.tables}
        self._steps_between = steps_between_full_looks
        self._steps = 0

    def follow(self, before: _S, event: _E, outcome: _O, after: _S) -> str | None:
        """Why the kernel step is not what the model says, in one line; None when it is."""
        old: ModelState = {**self._empty, **self.mapping.state(self.design, before)}
        new: ModelState = {**self._empty, **self.mapping.state(self.design, after)}
        steps = self.mapping.steps(self.design, before, event, outcome, after)
        if not steps:
            self.coverage.stuttered += 1
            if not self.mapping.stutters(event, outcome):
                return "the step maps to no step of the model, and is none that may"
            return self._difference((), old, new)
        predicted = self._performed(before, old, steps)
        if isinstance(predicted, str):
            return predicted
        return self._difference(steps, predicted, new)

    def _performed(
        self, before: _S, state: ModelState, steps: tuple[ModelStep, ...]
    ) -> ModelState | str:
        run = self._stepper
        self._steps += 1
        due = self._steps % self._steps_between == 1 % self._steps_between
        domains = NO_DOMAINS
        if due or any(run.ranges(step.action) for step in steps):
            universe = self.mapping.universe(self.design, before)
            missing = self._missing(before, universe, state) if due else ""
            if missing:
                return missing
            named = [each for s in steps for each in run.elements(s.action, s.arguments)]
            domains = run.domains(universe, named)
        for step in steps:
            result = run.attempt(state, domains, step.action, step.arguments)
            match result:
                case Taken(new=new) if step.refused is None:
                    state = new
                    self.coverage.taken[step.action] += 1
                case Refused(check=check) if check == step.refused:
                    self.coverage.refused[step.action, check] += 1
                case _:
                    return self._unexpected(step, result)
        return state

    def _missing(self, before: _S, universe: Universe, state: ModelState) -> str:
        """What the mapping keeps from the model."""
        if {**self._empty, **self.mapping.whole(self.design, before)} != state:
            return "what the mapping sees is not what it sees when it looks at everything anew"
        if state != normal(self.recorded, state):
            return "what the mapping sees holds cells that have the value they start with"
        for kind, elements in elements_of(self.recorded, state).items():
            missing = elements - set(universe[kind]) - {ANY_OTHER}
            if missing:
                named = ", ".join(f"{kind} {each}" for each in sorted(missing))
                return f"what lives in the kernel lacks {named}, which is named there"
        return ""

    def _unexpected(self, step: ModelStep, result: Attempt) -> str:
        match result:
            case Taken():
                model = "takes it"
            case Refused(check=check, error=error):
                model = f"refuses it with {error} ({check})"
            case Disabled(check=check):
                model = f"does not allow it ({check})"
            case _:
                assert_never(result)
        kernel = "took it" if step.refused is None else f"refused it ({step.refused})"
        return f"{self._shown(step)}: the kernel {kernel}, the model {model}"

    def _shown(self, step: ModelStep) -> str:
        parameters = self.recorded.action(step.action).parameters
        given = (f"{p.name}={show(step.arguments[p.name], p.sort)}" for p in parameters)
        return f"{step.action}({', '.join(given)})"

    def _difference(
        self, steps: tuple[ModelStep, ...], model: ModelState, kernel: ModelState
    ) -> str | None:
        if model is kernel or model == kernel:
            return None
        what = "; ".join(map(self._shown, steps)) or "nothing"
        for table in self.recorded.tables:
            one, two = model[table.name], kernel[table.name]
            for keys in sorted({*one, *two}, key=key_order):
                left, right = (cells.get(keys, start_value(table)) for cells in (one, two))
                if left != right:
                    shown = [str(show(k, sort)) for k, sort in zip(keys, table.keys, strict=True)]
                    cell = f"{table.name}[{', '.join(shown)}]"
                    said, is_now = (show(value, table.value) for value in (left, right))
                    return f"after {what}: {cell} is {said} in the model, {is_now} in the kernel"
        return None
