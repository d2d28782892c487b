"""A trace of a model gone by the kernel, which the model sees as that trace again."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

from assay.engines.explore import explore
from assay.engines.follow import Coverage, Follower
from assay.engines.model_traces import trace_of
from assay.lang.recorded import Action, Claim, Role
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Operator, Taken
from assay.traces.trace import Decision, Trace
from reference_kernel.events import Event
from reference_kernel.interface import INTERLEAVED, KERNEL
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design
from spec.designs import named
from tests.models.recordings import Recording
from tests.models.test_models import recording
from tests.proofs.finer_modes import fresh

IN_MODE = {each.mode: each for each in (KERNEL, INTERLEAVED)}


@cache
def follower_of(question: str, design: Design) -> Follower[Design, State, Event, Outcome]:
    """The model under the design, compiled once for all traces."""
    return Follower(recording(question).recorded(design), fresh(question), design)


def run_of(
    question: str, design: Design, start: Decision, decisions: tuple[Decision, ...]
) -> tuple[Coverage, State]:
    """What the model sees of the events that do what the decisions say, and where those lead.

    Each step is one of its own.
    """
    follower = follower_of(question, design)
    follower.coverage = Coverage()
    kernel = IN_MODE[follower.mapping.modes[-1]]
    state = kernel.boot(design)
    for event in import_module(f"proofs.{question}.realise").realise(design, start, decisions):
        after, outcome = kernel.step(design, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    return follower.coverage, state


def gone(question: str, trace: Trace) -> Coverage:
    """What the model sees of the events that do what the trace says."""
    return run_of(question, named(trace.design), trace.start, trace.decisions)[0]


def missing(coverage: Coverage, trace: Trace, but: Collection[str] = ()) -> list[str]:
    """The decisions that were seen less often than they stand in the trace, `but` for some."""
    asked = [each.name for each in trace.decisions]
    return [name for name in asked if name not in but and coverage.taken[name] < asked.count(name)]


def trace_to(question: str, design: str, claim: str) -> Trace:
    """A shortest trace to what can happen in the small instance."""
    model: Recording = recording(question)
    reached = model.explored(design).can[claim]
    assert reached is not None
    return trace_of(model.recorded(named(design)), model.small, reached.path)


def traces_to_actions(question: str, design: str, but: Collection[str]) -> Iterator[Trace]:
    """A shortest trace to each action of the model, `but` for some."""
    model = recording(question)
    recorded = model.recorded(named(design))
    asked = [each for each in recorded.actions if each.name not in but]
    found = explore(replace(recorded, claims=tuple(map(_never_taken, asked))), model.small).broken
    assert len(found) == len(asked)
    for broken in found:
        yield trace_of(recorded, model.small, broken.path)


def _never_taken(action: Action) -> Claim:
    """That the action never happens."""
    taken = Taken(action.name, action.where)
    body = Apply(Operator.NOT, (taken,), BOOL, action.where)
    return Claim(action.name, None, Role.GUARANTEE, True, body, "", action.where)
