"""The known defects of memory: searched for in the models, and shown by the kernel from boot.

All are found as `assay check` finds them, in the instance that it searches first, and no trace is
longer than the shortest steps that were known. K32 is about words: the tests of `proofs/abi`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore import Limits, explore
from assay.engines.kernel import Realise
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.model_traces import trace_of
from assay.lang.recorded import Recorded
from proofs.copy_on_write.realise import realise as realise_sharing
from proofs.mappings.realise import realise as realise_mappings
from reference_kernel.events import Event
from reference_kernel.interface import KERNEL
from spec.design import Design
from spec.designs import AS_BUILT
from tests.models.copy_on_write import recording as copy_on_write
from tests.models.mappings import recording as mappings


@dataclass(frozen=True)
class _Model:
    recorded: Callable[[Design], Recorded]
    sizes: Sizes
    realise: Realise[Design, Event]


MAPPINGS = _Model(mappings.recorded, mappings.SMALL, realise_mappings)
SHARING = _Model(copy_on_write.recorded, copy_on_write.SMALL, realise_sharing)


@dataclass(frozen=True)
class Defect:
    """A defect: which claim it breaks, and in how many steps that was known."""

    name: str
    model: _Model
    guarantee: str
    claim: str
    steps: int
    design: Design = AS_BUILT


DEFECTS = (
    Defect("K30", MAPPINGS, "MEM-1", "mappings_are_disjoint", 2),
    Defect("K31", MAPPINGS, "MEM-4", "mapping_rights_come_from_the_capability", 2),
    Defect("K33", MAPPINGS, "MEM-5", "the_count_is_that_of_the_mappings", 3),
    Defect("K34", SHARING, "MEM-3", "no_processor_remembers_a_free_frame", 5),
    Defect("K35", SHARING, "MEM-3", "no_frame_is_lost", 3),
    Defect("K35 too", SHARING, "MEM-7", "blocks_are_freed_as_blocks", 3),
    Defect(
        "K36",
        SHARING,
        "COW-2",
        "failed_copies_lose_nothing",
        2,
        copy_on_write.SHARING_AS_BUILT,
    ),
    Defect("K37", MAPPINGS, "MEM-6", "resize_respects_other_spaces", 1),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_search_finds_the_defect_and_the_kernel_shows_it(defect: Defect) -> None:
    """The last of the events that perform the trace breaks the guarantee, and none before it."""
    recorded, sizes = defect.model.recorded(defect.design), defect.model.sizes
    found = explore(recorded, sizes, limits=Limits(until=frozenset({defect.claim})))
    (broken,) = (each for each in found.broken if each.claim == defect.claim)
    assert recorded.claim(defect.claim).guarantee == defect.guarantee
    assert broken.depth <= defect.steps
    trace = trace_of(recorded, sizes, broken.path, claim=defect.claim)
    events = defect.model.realise(defect.design, trace.start, trace.decisions)
    shown, why = run(KernelReplayer(KERNEL, defect.design), events, claim=defect.guarantee)
    assert why is not None
    assert shown.steps == len(events)
