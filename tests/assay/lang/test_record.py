"""Recording a model: what it says is kept, and every mistake is told at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from assay.lang import ModelError, Role, forall, record
from assay.lang.fingerprint import fingerprint
from assay.lang.sorts import BitsSort, EnumSort, KindSort
from assay.lang.tree import Apply, Named, Operator
from assay.lang.walk import nodes
from tests.assay.lang.crooked import crooked
from tests.assay.lang.slots import Copying, Slot, SlotDesign, lemmas, slots

CHECKED = SlotDesign("checked", Copying.CHECKED)
UNCHECKED = SlotDesign("unchecked", Copying.UNCHECKED)


def test_checks_keep_their_order_names_and_errors() -> None:
    clone = record(slots, CHECKED).action("cap_clone")
    assert [(check.name, check.error) for check in clone.checks] == [
        ("guard_1", None),
        ("invalid_id", "INVALID_ID"),
        ("no_permission", "NO_PERMISSION"),
        ("slot_in_use", "SLOT_IN_USE"),
        ("copies_left", None),
        ("guard_6", None),
    ]


def test_a_design_choice_is_decided_while_recording() -> None:
    names = [check.name for check in record(slots, UNCHECKED).action("cap_clone").checks]
    assert "no_permission" not in names
    assert [start.name for start in record(slots, CHECKED).starts] == ["boot"]
    assert [start.name for start in record(slots, UNCHECKED).starts] == ["boot", "half_used"]
    claims = {claim.name for claim in record(slots, UNCHECKED).claims}
    assert "copies_come_from_grants" not in claims


def test_lemmas_of_elsewhere_are_auxiliary_claims() -> None:
    found = record(slots, CHECKED, lemmas).of_role(Role.AUXILIARY)
    assert [claim.name for claim in found] == ["parents_are_held"]


def test_sorts_are_collected_from_tables_and_parameters() -> None:
    recorded = record(slots, CHECKED)
    assert recorded.kinds == (KindSort("Slot", ("ROOT",)),)
    assert recorded.enums == (EnumSort("Use", ("EMPTY", "HELD")),)
    assert recorded.bit_sets == (BitsSort("Rights", ("USE", "GRANT")),)


def test_helpers_keep_their_name_for_messages() -> None:
    body = record(slots, CHECKED).claim("a_copy_never_has_more_rights").body
    assert [node.name for node in nodes(body) if isinstance(node, Named)] == ["is_held"]


def test_bound_variables_have_names_of_their_own() -> None:
    recorded = record(slots, CHECKED, lemmas)
    binders = [
        binder.name
        for action in recorded.actions
        for each in action.assignments
        for binder in each.binders
    ]
    assert len(binders) == len(set(binders)) == 3


def test_places_are_lines_of_the_model() -> None:
    where = record(slots, CHECKED).action("cap_clone").checks[1].where
    line = (Path(where.file).read_text().splitlines())[where.line - 1]
    assert line.strip() == "act.check(is_held(old, src), otherwise=Refusal.INVALID_ID)"


def test_a_fingerprint_tells_designs_apart_and_stays_the_same() -> None:
    assert fingerprint(record(slots, CHECKED)) == fingerprint(record(slots, CHECKED))
    assert fingerprint(record(slots, CHECKED)) != fingerprint(record(slots, UNCHECKED))


def test_all_mistakes_are_told_at_once_with_their_lines_and_what_to_write() -> None:
    with pytest.raises(ModelError) as caught:
        record(crooked, CHECKED)
    found = "\n".join(map(str, caught.value.problems))
    for expected in (
        "a Slot is used together with a Other; both sides must be a Slot",
        "a value of the state is used as a Python condition; write `&` for and",
        "the state has no table `hold`; did you mean `held`?",
        "a check after an assignment; put every check above the first assignment",
        "two assignments to `held` may write one cell; check that the keys differ",
        "idles never uses its parameter `o`; use it or leave it out",
        "the body of a quantifier is no Truth; return a condition on the state",
        "crooked has no start state; add a function under `@model.start`",
        "`worn` of Crooked is no table",
        "parameter `o` of forgets_a_sort has no sort",
        "takes_too_little takes (act, old); expected (act, old, new)",
    ):
        assert expected in found
    assert all("tests/assay/lang/crooked.py:" in line for line in found.splitlines())


def test_what_follows_from_a_mistake_is_no_mistake_of_its_own() -> None:
    with pytest.raises(ModelError) as caught:
        record(crooked, CHECKED)
    told = [str(each) for each in caught.value.problems]
    assert not any("branches never uses" in each for each in told)
    assert not any("no table `worn`" in each for each in told)
    assert sum("forgets_a_sort" in each for each in told) == 1


def test_outside_a_recording_a_mistake_is_told_at_once() -> None:
    with pytest.raises(ModelError, match="is used together with"):
        forall(Slot, lambda slot: slot == 3)


def test_an_implication_is_one_node() -> None:
    body = record(slots, CHECKED).claim("a_copy_never_has_more_rights").body
    operators = [node.operator for node in nodes(body) if isinstance(node, Apply)]
    assert Operator.IMPLIES in operators


def test_mypy_rejects_mixed_kinds(tmp_path: Path) -> None:
    wrong = tmp_path / "mixed.py"
    wrong.write_text(
        "from assay.lang import Truth\n"
        "from tests.assay.lang.crooked import Other\n"
        "from tests.assay.lang.slots import Slot, Slots\n\n\n"
        "def compares(slot: Slot, other: Other) -> Truth:\n"
        "    return slot == other\n\n\n"
        "def reads(s: Slots, other: Other) -> Truth:\n"
        "    return s.rights[other].within(s.rights[Slot.ROOT])\n"
    )
    arguments = ["--strict", "--explicit-package-bases", "--no-error-summary", str(wrong)]
    found = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments], capture_output=True, text=True, check=False
    )
    lines = [line for line in found.stdout.splitlines() if "mixed.py" in line and "error" in line]
    assert {line.split(":")[1] for line in lines} == {"7", "11"}, found.stdout
