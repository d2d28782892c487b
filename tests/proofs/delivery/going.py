"""A trace of the model gone by the kernel, which the model sees as that trace again."""

from assay.engines.follow import Coverage, Follower
from assay.traces.trace import Trace
from proofs.delivery.mapping import DeliveryMapping
from proofs.delivery.realise import realise
from reference_kernel.interface import KERNEL
from spec.designs import named
from tests.models.delivery.recording import recorded


def gone(trace: Trace) -> Coverage:
    """What the model saw of the calls that do what the trace says, each step one of its own."""
    design = named(trace.design)
    follower = Follower(recorded(design), DeliveryMapping(), design)
    state = KERNEL.boot(design)
    for event in realise(design, trace.start, trace.decisions):
        after, outcome = KERNEL.step(design, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    return follower.coverage


def missing(coverage: Coverage, trace: Trace) -> list[str]:
    """The decisions that were seen less often than they stand in the trace."""
    asked = [each.name for each in trace.decisions]
    return [name for name in asked if coverage.taken[name] < asked.count(name)]
