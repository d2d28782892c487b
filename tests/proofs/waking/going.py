"""A trace of the model gone by the kernel on two processors, which the model sees again."""

from functools import cache

from assay.engines.follow import Coverage, Follower
from assay.traces.trace import Trace
from proofs.waking.mapping import WakingMapping
from proofs.waking.realise import realise
from reference_kernel.events import Event
from reference_kernel.interface import INTERLEAVED
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design
from spec.designs import named
from tests.models.waking.recording import recorded


@cache
def follower_of(design: Design) -> Follower[Design, State, Event, Outcome]:
    """The model under the design, compiled once for all traces."""
    return Follower(recorded(design), WakingMapping(), design)


def gone(trace: Trace) -> Coverage:
    """What the model saw of the events that do what the trace says, each step one of its own."""
    design = named(trace.design)
    follower = follower_of(design)
    follower.coverage = Coverage()
    state = INTERLEAVED.boot(design)
    for event in realise(design, trace.start, trace.decisions):
        after, outcome = INTERLEAVED.step(design, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    return follower.coverage


def missing(coverage: Coverage, trace: Trace) -> list[str]:
    """The decisions that were seen less often than they stand in the trace."""
    asked = [each.name for each in trace.decisions]
    return [name for name in asked if coverage.taken[name] < asked.count(name)]
