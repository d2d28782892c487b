"""What the pinned instances have one of: a second address space."""

import pytest

from assay.engines.explore import explore
from spec.designs import PROPOSED
from tests.models.mappings.recording import SMALL, recorded


@pytest.mark.slow
def test_two_spaces_break_nothing_either() -> None:
    found = explore(recorded(PROPOSED), {**SMALL, "Space": 2})
    assert found.complete
    assert not found.broken
