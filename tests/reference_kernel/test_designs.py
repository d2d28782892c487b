"""Whatever the choices: what no choice may break, and that each of them changes something."""

import random
import re
from dataclasses import replace
from enum import Enum
from pathlib import Path

import pytest

import reference_kernel
from reference_kernel.boot import boot
from reference_kernel.guarantees import CHECKS
from reference_kernel.proposals import ended, propose
from reference_kernel.step import step
from spec.design import Design, KilledWaits, ReplyBufferRight
from spec.designs import AS_BUILT
from spec.guarantees import GUARANTEES
from spec.questions import NOT_YET_READ, QUESTIONS, Question
from tests.reference_kernel.test_guarantees import Seeded

READ = [each for each in QUESTIONS if each.field not in NOT_YET_READ]
KEPT_BY_ALL = {"CAP-1", "CAP-2", "CAP-4", "CAP-5", "CAP-6", "CAP-9", "GRP-4"}
LEAKED = {"CAP-1", "GRP-4"}
"""What no design keeps in which a thread that is killed while it waits leaks what it held."""
STEPS = 300


def with_choices(choices: dict[str, Enum]) -> Design:
    """As built, but for these choices."""
    return replace(AS_BUILT, **choices)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(40))
def test_no_design_breaks_what_all_of_them_keep(seed: int) -> None:
    chosen = random.Random(seed)
    design = with_choices({each.field: chosen.choice(list(each.choices)) for each in READ})
    kept = KEPT_BY_ALL - (LEAKED if design.killed_waits is KilledWaits.LEAKED else set())
    kept -= {"CAP-2"} if design.reply_buffer_right is ReplyBufferRight.WRITE else set()
    state, chooser = boot(design), Seeded(seed)
    for _ in range(STEPS):
        if ended(state):
            break
        event = propose(state, chooser)
        before, (state, outcome) = state, step(design, state, event)
        for check in CHECKS:
            broken = check.broken(design, before, event, outcome, state)
            assert not broken or check.guarantee not in kept, (event, broken)


OF_PROGRAMS = {"user_handles"}
"""What programs do with what the kernel gives: a model reads it, and no part of the kernel."""


@pytest.mark.parametrize(
    "question",
    [each for each in READ if each.field not in OF_PROGRAMS],
    ids=lambda each: each.field,
)
def test_the_kernel_reads_every_choice_that_counts_as_read(question: Question) -> None:
    root = Path(reference_kernel.__path__[0])
    sources = [path.read_text() for path in root.rglob("*.py") if path.parent.name != "guarantees"]
    assert any(f"design.{question.field} is" in each for each in sources) or any(
        re.search(rf"match [\w.]*design\.{question.field}:", each) for each in sources
    )


def test_every_guarantee_that_is_checked_is_promised() -> None:
    promised = {each.id for each in GUARANTEES if "K" in each.checked_on}
    assert {check.guarantee for check in CHECKS} <= promised


def test_every_guarantee_is_checked_in_both_forms() -> None:
    forms = {(check.guarantee, check.full) for check in CHECKS}
    assert all((guarantee, not full) in forms for guarantee, full in forms)
