"""Delta debugging leaves exactly what a failure needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.traces import shorten, shrink


@given(length=st.integers(1, 60), data=st.data())
def test_only_what_the_failure_needs_is_left(length: int, data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.integers(0, length - 1)))
    assert shrink(range(length), lambda items: needed <= set(items)) == tuple(sorted(needed))


@given(items=st.lists(st.integers(0, 9), max_size=30), limit=st.integers(0, 60))
def test_no_single_item_can_be_left_out(items: list[int], limit: int) -> None:
    items = [*items, limit]

    def fails(kept: tuple[int, ...]) -> bool:
        return sum(kept) >= limit

    kept = shrink(items, fails)
    assert fails(kept)
    assert not any(fails(kept[:at] + kept[at + 1 :]) for at in range(len(kept)))


def test_a_run_that_does_not_fail_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fail"):
        shrink("abc", lambda _: False)


def test_long_runs_take_few_tries() -> None:
    tries = 0

    def fails(items: tuple[int, ...]) -> bool:
        nonlocal tries
        tries += 1
        return {100, 900} <= set(items)

    assert shrink(range(1000), fails) == (100, 900)
    assert tries < 200


def test_neighbours_that_are_needed_only_together_go_together() -> None:
    """Opening alone, or closing alone, does not fail."""

    def fails(kept: tuple[str, ...]) -> bool:
        return kept[-1:] == ("x",) and kept.count("(") == kept.count(")")

    assert shrink("(a)x", fails) == ("x",)


def test_one_item_may_stand_for_several() -> None:
    """Whatever gives 5 fails: three twos do, and so do a two and a three."""

    def fails(items: tuple[int, ...]) -> bool:
        return sum(items) >= 5

    needed = shrink((2, 2, 2), fails)
    assert needed == (2, 2, 2)
    assert sorted(shorten(needed, (3, 1), fails)) == [2, 3]
    assert shorten(needed, (1,), fails) == needed
