"""How large an instance is thought to become."""

import pytest

from assay.engines.explore.outlook import expected


@pytest.mark.parametrize(
    ("levels", "states"),
    [
        ([], 0),
        ([1], 1),
        ([1, 100], 101),
        ([1, 10, 100], 11_111),  # growth stays as it is
        ([1, 8, 32], 41 + 64 + 64),  # growth halves, and halves again
        ([8, 8, 32], 48 + 128 + 512),  # growth has increased: it is not thought to do so again
        ([8, 8, 8], 40),
        ([100, 10, 1], 111.11),
        ([5, 5, 0], 10),
    ],
)
def test_two_more_levels_are_expected_to_grow_as_the_last_did(
    levels: list[int], states: float
) -> None:
    assert expected(levels) == pytest.approx(states)
