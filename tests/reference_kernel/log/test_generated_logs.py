"""Logs of the reference kernel's own runs: what it prints, the checker must be able to read."""

from dataclasses import replace

import pytest

from assay.engines.conform import Answer
from spec.design import MappingCalls
from spec.designs import AS_BUILT, PROPOSED
from spec.panics import PLACES
from tests.reference_kernel.log.checking import checked, generated

SEEDS = 1000
AT_ONCE = 100
GROUPS = [range(first, first + AT_ONCE) for first in range(0, SEEDS, AT_ONCE)]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", GROUPS, ids=str)
def test_with_the_true_words_every_line_is_predicted(seeds: range) -> None:
    calls = 0
    for seed in seeds:
        result = checked(generated(AS_BUILT, seed, raw=True))
        assert result.first is None, (seed, result.first)
        assert result.answers[Answer.PREDICTED] == result.calls, seed
        kind, place, verdict = result.ending
        unknown = kind == "kernel_panic" and place not in PLACES  # no log has shown its line yet
        assert verdict == "unknown_place" if unknown else verdict in ("none", "explained"), seed
        calls += result.calls
    assert calls > 20 * AT_ONCE


@pytest.mark.slow
@pytest.mark.parametrize("seeds", GROUPS, ids=str)
def test_without_them_nothing_is_contradicted(seeds: range) -> None:
    for seed in seeds:
        result = checked(generated(AS_BUILT, seed, raw=False))
        assert result.first is None, (seed, result.first)
        assert not result.answers[Answer.UNREAD], seed


@pytest.mark.parametrize("raw", [True, False])
def test_a_changed_kernel_prints_what_its_own_design_says(raw: bool) -> None:
    for seed in range(20):
        assert checked(generated(PROPOSED, seed, raw=raw), PROPOSED).first is None, seed


def test_a_changed_kernel_is_told_from_the_one_as_built() -> None:
    apart = [checked(generated(PROPOSED, seed, raw=True)).first is not None for seed in range(20)]
    assert sum(apart) > 10


@pytest.mark.parametrize("raw", [True, False])
def test_a_kernel_with_one_call_for_both_prints_what_its_own_design_says(raw: bool) -> None:
    design = replace(PROPOSED, mapping_calls=MappingCalls.MERGED)
    for seed in range(10):
        assert checked(generated(design, seed, raw=raw), design).first is None, seed
