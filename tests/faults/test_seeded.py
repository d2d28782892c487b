"""The patches apply; a sample of them is found as `make faults` finds all."""

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.seeded import AREAS, PLACE, README, Patch, find, git, patches

EACH = 20
SECONDS = 60
SAMPLE = (
    "a_new_thread_is_not_held_till_its_capability_is_given",
    "an_upgrade_does_not_look_whether_the_object_lives",
    "the_block_goes_with_the_last_strong_reference",
    "a_member_is_released_before_it_is_ended",
    "an_exit_interrupts_before_it_ends_its_members",
    "a_woken_thread_is_queued_before_it_left_its_stack",
    "nobody_waits_for_who_is_about_to_sleep",
    "a_parent_owns_what_it_shares",
    "a_shootdown_forgets_its_own_processor",
    "a_memory_shrinks_before_its_mappings_do",
)
"""Those that are tried with every test; all of them take too long."""


def test_there_are_as_many_about_each_subject() -> None:
    assert Counter(each.area for each in patches()) == dict.fromkeys(AREAS, EACH)
    assert len({each.name for each in patches()}) == EACH * len(AREAS)
    assert len({each.says for each in patches()}) == EACH * len(AREAS)


@pytest.mark.parametrize("patch", patches(), ids=lambda each: each.name)
def test_the_patch_applies_to_the_kernel_alone(patch: Patch) -> None:
    applied = git("--check", patch.path, folder=PLACE)
    assert applied.returncode == 0, applied.stderr
    touched = git("--numstat", patch.path, folder=PLACE).stdout.splitlines()
    assert [Path(each.split("\t")[2]).parts[0] for each in touched] == ["reference_kernel"]


def test_the_table_tells_of_each_fault() -> None:
    text = README.read_text("utf-8")
    assert [each.name for each in patches() if each.says not in text] == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    "patch",
    [each for each in patches() if each.name in SAMPLE],
    ids=lambda each: each.name,
)
def test_the_fault_is_found(patch: Patch) -> None:
    assert find(patch, SECONDS).by


def test_the_sample_is_of_faults_that_are_there() -> None:
    assert {each.name for each in patches()} >= {*SAMPLE}


@pytest.mark.thorough
def test_without_a_fault_nothing_is_found() -> None:
    assert not find(None, 10).by
