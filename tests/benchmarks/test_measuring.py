"""Checkers take turns; one that fails is left out, and one that counts otherwise is an error."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from assay.engines.export import Counted, ToolFailed
from benchmarks.checkers import Entrant, Field, measure

COUNTED = Counted("x", 200_000, 5, None, frozenset(), 1.0, 1.0, 1.0, 100, 0.0, "")


def entrant(name: str, run: Callable[[], Counted] = lambda: COUNTED) -> Entrant:
    """A checker that counts as it is told."""
    return Entrant(name, run)


def failing_from(nth: int) -> Callable[[], Counted]:
    """A checker that fails from its nth run on."""
    runs: Iterator[int] = count(1)

    def run() -> Counted:
        if next(runs) >= nth:
            raise ToolFailed("out of memory")
        return COUNTED

    return run


def test_each_runs_once_in_a_round_and_a_slow_one_once_in_all() -> None:
    found = Field([entrant("assay"), entrant("SPIN, depth first"), entrant("TLC")], [])
    measure(found, 3)
    assert [len(each.results) for each in found.entrants] == [3, 3, 1]


def test_one_that_fails_is_named_and_left_out() -> None:
    found = Field([entrant("assay"), entrant("SPIN, depth first", failing_from(2))], [])
    measure(found, 3)
    assert [each.name for each in found.entrants] == ["assay"]
    assert found.absent == ["SPIN, depth first: out of memory"]
    with pytest.raises(ToolFailed):
        measure(Field([entrant("assay", failing_from(1))], []), 1)


def test_one_that_counts_otherwise_is_an_error() -> None:
    other = entrant("TLC", lambda: replace(COUNTED, transitions=6))
    with pytest.raises(AssertionError, match="TLC"):
        measure(Field([entrant("assay"), other], []), 1)
    measure(Field([entrant("assay"), replace(other, keeps_all=False)], []), 1)
