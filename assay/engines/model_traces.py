"""Paths of a model as traces, and traces of a model run again by the interpreter."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from assay.engines.domains import Sizes, domain
from assay.engines.explore import Path
from assay.engines.interpret import (
    Disabled,
    ModelState,
    ModelStep,
    Refused,
    Taken,
    attempt,
    holds,
    key_order,
    start_value,
    starts,
)
from assay.engines.lasso import Lasso, broken_by, told
from assay.lang.fingerprint import fingerprint
from assay.lang.recorded import Action, Claim, Recorded, Role, Start
from assay.lang.values import Value, parse, show
from assay.traces.trace import Decision, Minimal, Trace

TAKEN = "taken"
"""What a step of a model gave when it was not refused."""


def trace_of(
    recorded: Recorded,
    sizes: Sizes,
    path: Path,
    *,
    claim: str | None = None,
    minimal: Minimal = "proved shortest",
    loop: int | None = None,
) -> Trace:
    """The path in words; a last step that is refused keeps its place."""
    replayer = ModelReplayer(recorded, sizes)
    start = replayer.decision(path.start)
    state = replayer.start(start)
    decisions: list[Decision] = []
    for step in path.steps:
        went = replayer.step(state, replayer.decision(step))
        if went is None:
            raise AssertionError(step)
        state, decision = went
        decisions.append(decision)
    return Trace(
        subject=replayer.subject,
        design=recorded.design,
        subject_hash=replayer.subject_hash,
        bounds=tuple(sizes.items()),
        start=start,
        decisions=tuple(decisions),
        claim=claim,
        minimal=minimal,
        loop=loop,
    )


@dataclass(frozen=True, slots=True)
class ModelReplayer:
    """Performs decisions in a finite instance of a model."""

    recorded: Recorded
    sizes: Sizes

    @property
    def subject(self) -> str:
        """`model:NAME`."""
        return f"model:{self.recorded.name}"

    @property
    def subject_hash(self) -> str:
        """The hash of what the model says under its design."""
        return fingerprint(self.recorded)

    def decision(self, step: ModelStep) -> Decision:
        """A start or a step in words, with nothing yet of what it gives."""
        sorts = {each.name: each.sort for each in self._named(step.action).parameters}
        given = tuple((name, show(step.arguments[name], sort)) for name, sort in sorts.items())
        return Decision(step.action, given)

    def start(self, decision: Decision) -> ModelState:
        """The start state that the decision names; ValueError saying what was expected."""
        names = [start.name for start in self.recorded.starts]
        if decision.name not in names:
            raise ValueError(f"no such start; {_nearest(decision.name, names)}")
        wanted = ModelStep(decision.name, self._arguments(decision))
        return next(state for step, state in starts(self.recorded, self.sizes) if step == wanted)

    def step(self, state: ModelState, decision: Decision) -> tuple[ModelState, Decision] | None:
        """The state after, and the decision as it went; None when it cannot happen there.

        ValueError when it names something unknown.
        """
        names = [action.name for action in self.recorded.actions]
        if decision.name not in names:
            raise ValueError(f"no such action; {_nearest(decision.name, names)}")
        arguments = self._arguments(decision)
        match attempt(self.recorded, self.sizes, state, decision.name, arguments):
            case Taken(new=new):
                changed = self.changed(state, new)
                return new, Decision(decision.name, decision.arguments, TAKEN, changed)
            case Refused(error=error):
                return state, Decision(decision.name, decision.arguments, error)
            case Disabled():
                return None

    def broken(
        self, claim: str, before: ModelState, decision: Decision, after: ModelState
    ) -> str | None:
        """Why the step breaks the claim; a refused step breaks no claim over steps."""
        stated = self._claim(claim)
        if not stated.over_steps:
            return self._shown(stated, after)
        step = ModelStep(decision.name, self._arguments(decision))
        if decision.gave != TAKEN:
            return None
        kept = holds(self.recorded, self.sizes, stated, before, after, step)
        return None if kept else f"{stated.name} is false of this step"

    def broken_at_start(self, claim: str, state: ModelState) -> str | None:
        """Why the start state breaks the claim; None when it does not."""
        stated = self._claim(claim)
        return None if stated.over_steps else self._shown(stated, state)

    def broken_for_ever(
        self,
        claim: str,
        states: Sequence[ModelState],
        decisions: Sequence[Decision],
        loop: int,
    ) -> str | None:
        """Why the run breaks the claim on progress if it goes on from state `loop`.

        ValueError when the model has no such claim.
        """
        names = [progress.name for progress in self.recorded.progress]
        if claim not in names:
            raise ValueError(f"no claim on progress {claim}; {_nearest(claim, names)}")
        progress = self.recorded.progress[names.index(claim)]
        steps = tuple(ModelStep(each.name, self._arguments(each)) for each in decisions)
        lasso = Lasso(tuple(states), steps, loop)
        arguments = broken_by(self.recorded, self.sizes, progress, lasso)
        if arguments is None:
            return None
        given = told(progress, arguments)
        return f"{claim}: the goal never comes" + (f" for {given}" if given else "")

    def changed(self, before: ModelState, after: ModelState) -> tuple[tuple[str, str], ...]:
        """The cells that differ, each with its value before and after."""
        found: list[tuple[str, str]] = []
        for table in self.recorded.tables:
            was, now = before.get(table.name, {}), after.get(table.name, {})
            normal = start_value(table)
            for keys in sorted({*was, *now}, key=key_order):
                one, two = was.get(keys, normal), now.get(keys, normal)
                if one != two:
                    shown = [str(show(k, sort)) for k, sort in zip(keys, table.keys, strict=True)]
                    cell = f"{table.name}[{', '.join(shown)}]" if shown else table.name
                    found.append((cell, f"{show(one, table.value)} -> {show(two, table.value)}"))
        return tuple(found)

    def _shown(self, claim: Claim, state: ModelState) -> str | None:
        true = holds(self.recorded, self.sizes, claim, state)
        if true is (claim.role is Role.CAN):
            return f"{claim.name} is {str(true).lower()} here"
        return None

    def _claim(self, name: str) -> Claim:
        names = [claim.name for claim in self.recorded.claims]
        if name not in names:
            raise ValueError(f"no claim {name}; {_nearest(name, names)}")
        return self.recorded.claim(name)

    def _named(self, name: str) -> Action | Start:
        for start in self.recorded.starts:
            if start.name == name:
                return start
        return self.recorded.action(name)

    def _arguments(self, decision: Decision) -> dict[str, Value]:
        given = dict(decision.arguments)
        sorts = {each.name: each.sort for each in self._named(decision.name).parameters}
        if given.keys() != sorts.keys():
            raise ValueError(f"expected the arguments {', '.join(sorts) or 'none'}")
        found: dict[str, Value] = {}
        for name, sort in sorts.items():
            found[name] = parse(given[name], sort)
            if found[name] not in domain(sort, self.sizes):
                raise ValueError(f"{name}={given[name]} lies beyond the bounds of this instance")
        return found


def _nearest(name: str, among: list[str]) -> str:
    near = get_close_matches(name, among, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(among)}"
