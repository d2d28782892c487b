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


@pytest.mark.parametrize(
    ("model", "modes"),
    [
        ("thread_groups", [WHOLE]),
        ("waking", [INTERLEAVED, "sections_3"]),
        ("capability_lifetimes", [WHOLE, SECTIONS]),
        ("user_handles", []),
    ],
)
def test_a_trace_is_shown_in_the_last_mode_and_then_in_finer_steps(
    model: str, modes: list[str]
) -> None:
    assert [each.kernel.mode for each in loading.performers(PROJECT, model)] == modes
