"""Traces as sections of calls: what nothing does is named; tests of traces show the rest."""

import pytest

from assay.traces.trace import Decision
from proofs.amid_calls import CannotBe, Processors
from proofs.capability_lifetimes import amid_calls as moves
from proofs.references import amid_calls as references
from proofs.teardown import amid_calls as teardown
from proofs.waking import amid_calls as waking
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType

BOOT = Decision("boot", (("thread", "thread0"), ("group", "group0"), ("processor", "processor0")))
MOVES = Decision("cap_move", (("source", "OWN_SPACE"), ("made", "capability1")))
AGAIN = Decision("cap_move", (("source", "OWN_SPACE"), ("made", "capability2")))


@pytest.mark.parametrize("module", [moves, references, teardown])
def test_an_action_that_no_section_does_is_named(module: object) -> None:
    with pytest.raises(ValueError, match="no section does this"):
        module.realise(AS_BUILT, BOOT, (Decision("thread_sleeps"),))  # type: ignore[attr-defined]


def test_memory_is_back_only_when_it_has_run_out() -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        waking.realise(AS_BUILT, Decision("boot"), (Decision("memory_is_back"),))


def test_each_move_has_a_processor() -> None:
    with pytest.raises(ValueError, match="2 processors"):
        moves.realise(AS_BUILT, BOOT, (MOVES, AGAIN, AGAIN))


def test_a_trace_speaks_of_the_first_thread() -> None:
    gives = Decision("queue_gives", (("processor", "processor1"), ("thread", "thread1")))
    with pytest.raises(ValueError, match="thread1"):
        teardown.realise(PROPOSED, BOOT, (gives,))


def test_a_thread_that_is_not_ready_does_not_come_to_run() -> None:
    processors = Processors(PROPOSED, 2)
    with pytest.raises(CannotBe, match="does not come to run"):
        processors.runs(1, 99)
    with pytest.raises(CannotBe, match="no Interrupt is left"):
        processors.own(ObjectType.INTERRUPT)
