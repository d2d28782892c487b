"""Traces of the model become calls from boot, which the model sees as those traces again."""

import pytest

from assay.engines.explore import Path
from assay.engines.follow import Follower
from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision, Trace
from proofs.capability_lifetimes.mapping import CapabilityMapping
from proofs.capability_lifetimes.realise import realise
from reference_kernel.interface import KERNEL
from spec.designs import named
from tests.models.capability_lifetimes.recording import SMALL, explored, recorded

BOOT = Decision("boot")
DESIGNS = ("as-built", "proposed")
CLAIMS = tuple(explored("proposed").can)


def trace(design: str, path: Path) -> Trace:
    return trace_of(recorded(named(design)), SMALL, path)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("design", DESIGNS)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    chosen = named(design)
    reached = explored(design).can[claim]
    assert reached is not None
    shown = trace(design, reached.path)
    decisions = shown.decisions
    follower = Follower(recorded(chosen), CapabilityMapping(), chosen)
    state = KERNEL.boot(chosen)
    for event in realise(chosen, shown.start, decisions):
        after, outcome = KERNEL.step(chosen, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    asked = [each.name for each in decisions if each.name not in DROPS]
    assert all(follower.coverage.taken[name] >= asked.count(name) for name in asked)


DROPS = ("object_lives_on", "object_dies", "id_goes_with_its_space")


def test_a_lookup_alone_is_no_call() -> None:
    decision = Decision("capability_is_used", (("capability", "OWN_SPACE"), ("needed", "USE")))
    with pytest.raises(ValueError, match="no call does only this"):
        realise(named("proposed"), BOOT, (decision,))


def test_after_its_end_the_first_thread_makes_no_calls() -> None:
    ends = Decision("last_holder_goes", (("object", "BOOT_SPACE"),))
    gone = Decision("cap_destroy", (("capability", "OWN_SPACE"),))
    with pytest.raises(ValueError, match="the first thread has ended"):
        realise(named("proposed"), BOOT, (ends, gone))
