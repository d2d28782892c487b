"""What a choice alone breaks in a model, the kernel shows too, in calls or amid them."""

from dataclasses import replace
from enum import Enum
from importlib import import_module
from importlib.util import find_spec

import pytest

from assay.engines.explore import explore
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.model_traces import trace_of
from assay.traces import Trace
from reference_kernel import interface
from spec.design import (
    CopyOnWrite,
    DeliveryFault,
    Design,
    DyingObjects,
    GroupAdmission,
    GroupDropCurrent,
    WakeProtocol,
)
from spec.designs import AS_BUILT, PROPOSED
from tests.models.recordings import Recording
from tests.models.test_traces import IN_MODE


def _broken(question: str, design: Design) -> dict[str, tuple[str, Trace]]:
    """For each claim that is broken in the bounds: its guarantee, and a shortest trace."""
    model = Recording(question)
    recorded = model.recorded(design)
    found: dict[str, tuple[str, Trace]] = {}
    for name in model.whole:
        sizes = model.sizes(name)
        for each in explore(recorded, sizes).broken:
            trace = trace_of(recorded, sizes, each.path, claim=each.claim)
            known = found.get(each.claim)
            if known is None or trace.steps < known[1].steps:
                found[each.claim] = recorded.claim(each.claim).guarantee or "", trace
    return found


def _is_shown(question: str, design: Design, guarantee: str, trace: Trace) -> bool:
    """Whether the kernel breaks the guarantee too when calls, or sections, do what the trace does.

    What a trace needs is refused with a ValueError where calls are whole, and tried amid them.
    """
    proof = f"proofs.{question}"
    shown_in = import_module(f"{proof}.mapping").MAPPING.modes[-1]
    ways = [(import_module(f"{proof}.realise"), shown_in)]
    if find_spec(f"{proof}.amid_calls"):
        finer = import_module(f"{proof}.amid_calls")
        ways.append((finer, finer.MODE))
    for module, mode in ways:
        kernel = IN_MODE.get(mode) or getattr(interface, mode.upper())
        try:
            events = module.realise(design, trace.start, trace.decisions)
        except ValueError:
            continue
        if run(KernelReplayer(kernel, design), events, claim=guarantee)[1] is not None:
            return True
    return False


@pytest.mark.parametrize(
    ("question", "choice", "breaks"),
    [
        ("teardown", GroupAdmission.OPEN, {"GRP-1", "GRP-2"}),
        ("teardown", GroupDropCurrent.RUNS_ON, {"GRP-1", "GRP-3"}),
        ("waking", DyingObjects.SILENT, {"SCH-3"}),
        ("waking", WakeProtocol.AS_IS, {"SCH-2", "SCH-4", "SCH-5", "ROB-1"}),
        ("waking", DeliveryFault.BLAME_QUEUED, {"SCH-3"}),
    ],
)
def test_all_that_a_choice_breaks_is_shown(question: str, choice: Enum, breaks: set[str]) -> None:
    assert broken_and_unseen(question, _with(PROPOSED, choice)) == (breaks, [])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("question", "more"),
    [("copy_on_write", {"MEM-2", "MEM-8"}), ("translations", set[str]())],
)
def test_all_that_dormant_sharing_would_break_is_shown(question: str, more: set[str]) -> None:
    """The last sharer keeps the frame even there (COW-3)."""
    breaks = {"COW-1", "COW-2", "COW-4", "MEM-3", "MEM-7"} | more
    design = _with(AS_BUILT, CopyOnWrite.SHARE_ON_CLONE)
    assert broken_and_unseen(question, design) == (breaks, [])


def _with(base: Design, choice: Enum) -> Design:
    """The design with this choice."""
    fields = (each for each in Design.__slots__ if isinstance(getattr(base, each), type(choice)))
    return replace(base, **{next(fields): choice})  # type: ignore[arg-type]


def broken_and_unseen(question: str, design: Design) -> tuple[set[str], list[str]]:
    """The guarantees that are broken, and the claims of which the kernel shows no trace."""
    broken = _broken(question, design)
    unseen = [
        claim
        for claim, (guarantee, trace) in broken.items()
        if not _is_shown(question, design, guarantee, trace)
    ]
    return {guarantee for guarantee, _ in broken.values()}, unseen
