"""What is asked of the explorer is measured against the right checker, the right way round."""

from dataclasses import replace

import pytest

from assay.engines.export import Counted
from benchmarks.promises import BIG, OURS, PROMISES, SPIN, Promise, promises

COUNTED = Counted("x", 1, 1, None, frozenset(), 1.0, 1.0, 1.0, 100, 0.0, "")
FAST = replace(COUNTED, seconds=1.0, process_s=1.0, peak_mib=40)
SLOW = replace(COUNTED, seconds=9.0, process_s=4.0, peak_mib=100)
SEARCH, PROCESS, MEMORY = PROMISES[0], PROMISES[1], PROMISES[3]


def test_a_ratio_is_the_median_over_rounds_in_which_both_ran() -> None:
    slower = [SLOW, SLOW, replace(SLOW, seconds=900.0)]
    assert SEARCH.figure({BIG: {OURS: [FAST] * 3, SPIN: slower}}) == 9
    assert SEARCH.figure({BIG: {OURS: [FAST] * 3, SPIN: slower[2:]}}) == 900
    assert SEARCH.figure({BIG: {OURS: [FAST]}}) is None
    assert SEARCH.figure({}) is None


@pytest.mark.parametrize(("promise", "kept"), [(SEARCH, True), (PROCESS, False), (MEMORY, True)])
def test_a_promise_is_kept_or_not(promise: Promise, kept: bool) -> None:
    figure = promise.figure({BIG: {OURS: [FAST], SPIN: [SLOW]}})
    assert figure is not None
    assert promise.is_kept(figure) is kept


def test_what_was_not_measured_is_said() -> None:
    cells = list(promises({BIG: {OURS: [FAST], SPIN: [SLOW]}}).columns[3].cells)
    assert cells == ["yes", "NO", "?", "yes", "?", "?", "?", "?", "?"]
