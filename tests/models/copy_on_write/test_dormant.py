"""What the kernel's dormant code breaks, and what only some instances show."""

from dataclasses import replace

import pytest

from assay.engines.explore import Limits, explore
from spec.design import PageUnit, TranslationFlush
from spec.designs import PROPOSED
from tests.models.copy_on_write.recording import SHARING_AS_BUILT, SMALL, recorded


@pytest.mark.parametrize(
    ("claim", "steps"),
    [
        ("failed_copies_lose_nothing", 2),  # a page that is mapped is shared, and written to
        ("no_processor_remembers_a_free_frame", 3),  # is read, unmapped, goes
        ("no_frame_is_lost", 2),  # comes with others, goes alone
        ("no_frame_is_owned_twice", 4),
        ("no_processor_writes_to_shared_frames", 3),
    ],
)
def test_the_dormant_code_breaks_it_in_so_many_steps(claim: str, steps: int) -> None:
    model = recorded(SHARING_AS_BUILT)
    found = explore(model, SMALL, limits=Limits(until=frozenset({claim})))
    assert {each.claim: each.depth for each in found.broken}[claim] == steps


def test_one_processor_does_not_show_what_a_local_flush_leaves_out() -> None:
    model = recorded(replace(PROPOSED, translation_flush=TranslationFlush.LOCAL))
    found = explore(model, {**SMALL, "Processor": 1})
    assert found.complete
    assert not found.broken


def test_broken_blocks_break_what_they_should() -> None:
    model = recorded(replace(PROPOSED, page_unit=PageUnit.BLOCK_FREED_SINGLY))
    claims = {"no_frame_is_lost", "no_frame_is_owned_twice", "blocks_are_freed_as_blocks"}
    found = explore(model, SMALL, limits=Limits(until_all=frozenset(claims)))
    assert claims <= {each.claim for each in found.broken}
