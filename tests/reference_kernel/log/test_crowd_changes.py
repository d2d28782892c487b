"""A log of several threads with one line changed is contradicted, unless its run may print it."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from reference_kernel.log.writing import Piece, pieces
from spec.designs import AS_BUILT
from tests.reference_kernel.log import crowds
from tests.reference_kernel.log.changes import Disorder, Field, changes, disordered, traced
from tests.reference_kernel.log.checking import checked
from tests.reference_kernel.log.witnesses import may_be_of

Kind = Field | Disorder
KINDS: tuple[Kind, ...] = (
    *(Field.ERROR, Field.COUNT, Field.SERIAL, Field.TYPE, Field.RIGHTS),
    *Disorder,
)
"""What is changed: a field of a result, as far as results often have it, or a whole line."""
STEPS = 60
FEW, MANY = 2, 200
LEAST = 0.98


def runs() -> Iterator[tuple[list[Piece], str, Random]]:
    """Runs of several threads and their logs, by turns on one processor and on two."""
    for seed in range(10 * MANY):
        processors = 1 + seed % 2
        machine = crowds.machine(processors)
        events = crowds.run(seed, processors, STEPS)
        run = list(pieces(AS_BUILT, events, raw=True, machine=machine))
        yield run, crowds.log_of(seed, processors, STEPS, raw=True), Random(seed)


def changed(kind: Kind) -> Iterator[tuple[list[Piece], str]]:
    """Runs, each with its log in which one line is changed so."""
    for run, log, chance in runs():
        if isinstance(kind, Disorder):
            found = [disordered(log, line, kind) for line in traced(log)]
        else:
            every = changes(log, chance)
            found = [each.applied(log) for each in every if each.field is kind and each.in_result]
        others = [each for each in found if each != log]
        if others:
            yield run, chance.choice(others)


def answers(kind: Kind, count: int) -> Counter[tuple[bool, bool]]:
    """How many of so many changed logs may come of their run, and are contradicted."""
    found: Counter[tuple[bool, bool]] = Counter()
    for _, (run, log) in zip(range(count), changed(kind), strict=False):
        found[may_be_of(run, log), checked(log).first is not None] += 1
    return found


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        *((kind, FEW) for kind in KINDS),
        *(pytest.param(kind, MANY, marks=pytest.mark.thorough) for kind in KINDS),
    ],
)
def test_a_change_is_noticed_unless_the_run_may_have_printed_it(kind: Kind, count: int) -> None:
    found = answers(kind, count)
    assert sum(found.values()) == count
    assert not found[True, True], "what the run may print is contradicted"
    noticed, missed = found[False, True], found[False, False]
    assert noticed >= LEAST * (noticed + missed), f"{kind.value}: {missed} of {count} are missed"


def test_a_run_may_print_its_own_log_and_no_other() -> None:
    found = runs()
    (run, log, _), (_, other, _) = next(found), next(found)
    assert may_be_of(run, log)
    assert not may_be_of(run, other)
