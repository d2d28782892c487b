"""Traces of the model become calls from boot, which the model sees as the same small steps."""

import pytest

from assay.traces.trace import Decision
from proofs.references.realise import realise
from reference_kernel.interface import KERNEL
from reference_kernel.state import Thread
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.proofs.going import gone, trace_to

BOOT = Decision("boot")
DESIGNS = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda design: design.name)


@DESIGNS
@pytest.mark.parametrize("claim", ["can_name_the_dead", "can_end"])
def test_what_whole_calls_can_do_is_done(design: Design, claim: str) -> None:
    trace = trace_to("references", design.name, claim)
    coverage = gone("references", trace)
    for action in ("object_is_made", "entry_is_taken_out", "last_thread_lets_go"):
        assert coverage.taken[action] >= [each.name for each in trace.decisions].count(action)


@DESIGNS
def test_a_killed_call_has_waited_with_a_memory(design: Design) -> None:
    stack, killer = ("stack", "stack0"), ("killer", "stack1")
    space = ("space", "BOOT_SPACE")
    made = (("object", "object1"), ("reference", "reference1"), space, ("upgradable", True))
    copied = (("entry", "reference1"), ("copy", "reference2"), ("weak", False))
    decisions = (
        Decision("object_is_made", (stack, *made)),
        Decision("entry_is_copied", (stack, *copied)),
        Decision("call_is_killed", (stack, killer, space)),
    )
    state, held = KERNEL.boot(design), []
    for event in realise(design, BOOT, decisions):
        state, _ = KERNEL.step(design, state, event)
        bodies = (state.body(name) for name in state.objects)
        held += [each.held for each in bodies if isinstance(each, Thread) and each.held]
    assert held


def test_a_copy_alone_is_no_call() -> None:
    stack, entry = ("stack", "stack0"), ("entry", "OWN_SPACE")
    copied = Decision("entry_is_copied", (stack, entry, ("copy", "reference1"), ("weak", False)))
    assert realise(PROPOSED, BOOT, (copied,)) == ()


def test_after_its_end_the_first_thread_makes_no_calls() -> None:
    stack = ("stack", "stack0")
    ends = Decision("last_thread_lets_go", (stack, ("object", "BOOT_SPACE")))
    gone = Decision("entry_is_taken_out", (stack, ("entry", "OWN_SPACE")))
    with pytest.raises(ValueError, match="the first thread has ended"):
        realise(PROPOSED, BOOT, (ends, gone))
