"""A log with one field of one line changed is contradicted there, or where its value is used."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from assay.engines.conform import Answer
from spec.designs import AS_BUILT
from tests.reference_kernel.log.changes import (
    Change,
    Disorder,
    Field,
    changes,
    disordered,
    traced,
)
from tests.reference_kernel.log.checking import checked, generated, real

OF_EACH, FEWER_OF_EACH = 200, 50
PLAIN_OF_EACH = 25
SHARE_NOTICED = 0.98
OCCUR = set(Field)
"""The fields that the calls of these logs print."""
HIDDEN = {Field.RIGHTS}
"""In results: what a hidden input decides when the true words are not told."""
MEMORY_WORDS = "memory words"
"""What unseen messages brought: a hidden input that may decide a serial until it is used."""
RAW = ("t_caps_raw_smp1", "t_cspace_raw_smp1")
PLAIN = ("t_caps_smp1", "t_cspace_smp1")
LEAST_NOTICED = {Disorder.DROPPED: 0.9, Disorder.DOUBLED: 0.9, Disorder.SWAPPED: 0.9}
RARE = {Field.KEY_ID, Field.ADDRESS}
TIMES = 20
RUNS = 400


def sources(*, raw: bool) -> Iterator[str]:
    """Logs of the real kernel, each a few times, and of runs of this one."""
    for _ in range(TIMES):
        yield from map(real, RAW if raw else PLAIN)
    for seed in range(RUNS):
        yield generated(AS_BUILT, seed, raw=raw)


def chosen(of_each: int, *, raw: bool) -> list[tuple[str, Change]]:
    """So many changes of each field, from as many logs as it takes."""
    found: list[tuple[str, Change]] = []
    counts: Counter[Field] = Counter()
    for seed, log in enumerate(sources(raw=raw)):
        chance = Random(seed)
        for change in changes(log, chance):
            wanted = raw or change.in_result
            often = change.field in RARE or chance.random() < 0.2
            if wanted and often and counts[change.field] < of_each:
                counts[change.field] += 1
                found.append((log, change))
        if all(counts[field] == of_each for field in (OCCUR if raw else ())):
            break
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "of_each", [FEWER_OF_EACH, pytest.param(OF_EACH, marks=pytest.mark.thorough)]
)
def test_with_the_true_words_a_change_is_noticed_at_its_line(of_each: int) -> None:
    noticed: Counter[Field] = Counter()
    tried: Counter[Field] = Counter()
    for log, change in chosen(of_each, raw=True):
        result = checked(change.applied(log))
        tried[change.field] += 1
        if result.first is None:
            assert result.assumed != checked(log).assumed, "a second history, told as witness"
        elif result.first.line <= change.line:
            noticed[change.field] += 1
        else:
            hidden = MEMORY_WORDS in {each.kind for each in result.assumed}
            noticed[change.field] += hidden and result.first.line == change.first_use(log)
    assert {field for field, count in tried.items() if count >= of_each} == OCCUR
    for field, count in tried.items():
        assert noticed[field] >= SHARE_NOTICED * count, (field, noticed[field], count)


@pytest.mark.slow
def test_without_them_what_is_not_noticed_has_another_explanation() -> None:
    """A change that leaves a log which the kernel could have printed is explained, whole."""
    noticed: Counter[Field] = Counter()
    tried: Counter[Field] = Counter()
    for log, change in chosen(PLAIN_OF_EACH, raw=False):
        result = checked(change.applied(log))
        tried[change.field] += 1
        noticed[change.field] += result.first is not None
        if result.first is None:
            assert result.answers[Answer.PREDICTED] + result.answers[Answer.EXPLAINED] == (
                result.calls
            )
        elif change.field not in HIDDEN:
            assert result.first.line >= change.line
    for field in tried.keys() - HIDDEN:
        assert noticed[field] >= 0.9 * tried[field], (field, noticed[field], tried[field])


@pytest.mark.slow
@pytest.mark.parametrize("disorder", Disorder)
def test_lines_in_disorder_are_mostly_noticed(disorder: Disorder) -> None:
    """A doubled or lost call that changes nothing leaves a log that could be."""
    tried = noticed = 0
    for seed, log in enumerate(
        (*map(real, RAW), *(generated(AS_BUILT, s, raw=True) for s in range(20)))
    ):
        chance = Random(seed)
        for line in chance.sample(traced(log), min(4, len(traced(log)))):
            tried += 1
            noticed += checked(disordered(log, line, disorder)).first is not None
    assert tried > 60
    assert noticed >= LEAST_NOTICED[disorder] * tried, (noticed, tried)
