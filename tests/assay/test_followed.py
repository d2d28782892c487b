"""Which models are followed in which mode of the kernel, and where their traces are shown."""

from pathlib import Path

import pytest

from assay import loading
from assay.engines.kernel import WHOLE
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)
INTERLEAVED, SECTIONS = "interleaved", "sections"


def followed(mode: str, under: str = "proposed") -> set[str]:
    """The models that are followed in the mode under the design."""
    design = loading.design(PROJECT, under)
    return {recorded.name for recorded, _ in loading.tied(PROJECT, design, mode)}


def test_a_model_is_followed_in_the_modes_that_its_mapping_knows() -> None:
    assert followed(WHOLE) >= {"thread_groups", "delivery", "waking"}
    assert followed(INTERLEAVED) >= {"waking", "delivery", "references", "translations"}
    assert followed(INTERLEAVED).isdisjoint({"thread_groups", "teardown"})
    assert followed(SECTIONS) >= {"waking", "references", "translations", "teardown"}
    assert "teardown" in followed(SECTIONS, "as-built")
    assert not followed("in no mode")


@pytest.mark.parametrize(("model", "mode"), [("thread_groups", WHOLE), ("waking", INTERLEAVED)])
def test_a_trace_is_shown_in_the_last_mode(model: str, mode: str) -> None:
    kernel = loading.shown_in(PROJECT, loading.mapping(PROJECT, model))
    assert kernel is not None
    assert kernel.mode == mode


def test_where_no_mapping_says_more_calls_are_whole() -> None:
    kernel = loading.shown_in(PROJECT, None)
    assert kernel is not None
    assert kernel.mode == WHOLE
