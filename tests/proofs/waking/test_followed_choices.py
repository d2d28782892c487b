"""The model follows the kernel where one choice of `proposed` is another."""

from dataclasses import replace

import pytest

from assay.engines.executor import Here
from assay.engines.walk import Subject, walk
from assay.traces.trace import Decision
from proofs.waking.mapping import WakingMapping
from reference_kernel.interface import INTERLEAVED, KERNEL, SECTIONS, ReferenceKernel
from spec.design import Preemption, WakeProtocol
from spec.designs import PROPOSED
from tests.models.waking.recording import recorded
from tests.proofs.going import run_of

ONE_STACK = replace(PROPOSED, name="one stack", preemption=Preemption.NON_PREEMPTIBLE)
AS_IS = replace(PROPOSED, name="as is", wake_protocol=WakeProtocol.AS_IS)
HERE = ("processor", "BOOT")
BOOT = Decision("boot")
ENDED_IN_ITS_WAIT = (
    Decision("thread_new", (("thread", "thread1"), ("autostart", True))),
    Decision("wait_begins", (HERE, ("limited", False))),
    Decision("picks", (HERE, ("thread", "thread1"))),
    Decision("switches", (HERE,)),
    Decision("switch_ends", (HERE,)),
    Decision("thread_destroy_other", (("thread", "FIRST"),)),
)


@pytest.mark.parametrize("kernel", [KERNEL, INTERLEAVED, SECTIONS], ids=lambda each: each.mode)
def test_where_a_processor_has_one_stack_it_leaves_none(kernel: ReferenceKernel) -> None:
    subject = Subject(kernel, ONE_STACK, ((recorded(ONE_STACK), WakingMapping()),))
    ignored = frozenset(check.guarantee for check in kernel.checks)
    found = walk(subject, executor=Here(), steps=1_000, ignored=ignored)
    assert not found.broken
    assert found.models["waking"].taken["switches"] == found.models["waking"].taken["switch_ends"]


def test_an_entry_of_an_ended_wait_is_seen_as_long_as_its_thread() -> None:
    coverage, _ = run_of("waking", AS_IS, BOOT, ENDED_IN_ITS_WAIT)
    assert coverage.taken["thread_is_freed"]
