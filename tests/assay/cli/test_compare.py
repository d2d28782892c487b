"""`assay explore --with`: another checker beside ours, and what is said where one is missing."""

from pathlib import Path

import pytest

from assay.commands.compare import comparison
from assay.commands.explore import exploration_facts
from assay.engines.explore import explore
from assay.engines.export import Counted, ExportError, ToolMissing, spin_is_there
from assay.problems import ToolError
from tests.assay.cli.conftest import Assay
from tests.assay.toys import all_toys

TOY = all_toys()["families"]
TRUE_COUNTS = Counted(
    tool="SPIN",
    states=112,
    transitions=469,
    depth=6,
    noted=frozenset({"can_have_a_grandchild", "parents_are_above"}),
    seconds=0.1,
    process_s=0.1,
    cpu_s=0.1,
    peak_mib=30,
    prepared_s=2.0,
    remark="",
)


def test_spin_agrees_and_the_model_that_it_searched_is_kept(assay: Assay, project: Path) -> None:
    try:
        spin_is_there()
    except ToolMissing as missing:
        pytest.skip(str(missing))
    ran = assay("explore", "latch", "--design", "proposed", "--with", "spin")
    assert ran.status == 0
    last = ran.out.splitlines()[-1]
    assert last.startswith("AGREES   SPIN, breadth first: 9 states, ")
    assert "without SPIN's state from before the start" in last
    assert (project / "out/export/proposed/latch/model.pml").is_file()


def test_a_checker_that_is_missing_is_named(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = assay("explore", "latch", "--with", "spin")
    assert (ran.status, ran.out) == (2, "")
    assert "--with spin: spin and gcc not found" in ran.err
    ran = assay("explore", "latch", "--with", "tlc")
    assert "--with tlc: java not found" in ran.err


def test_only_complete_searches_are_compared(assay: Assay) -> None:
    ran = assay("explore", "latch", "--with", "spin", "--states", "3")
    assert ran.status == 2
    assert "leave out limits and --symmetry" in ran.err


def differences(counted: Counted, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a comparison with these counts says; the traces that ours stores go to the folder."""
    monkeypatch.chdir(folder)
    facts = exploration_facts(TOY.recorded, explore(TOY.recorded, TOY.sizes))
    return comparison(lambda *_: counted, TOY.recorded, facts)["differs"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"depth": None}, []),
        ({"states": 113}, ["states: 113, not 112"]),
        ({"transitions": 470, "depth": 5}, ["transitions: 470, not 469", "depth: 5, not 6"]),
        (
            {"noted": frozenset({"parents_are_above"})},
            ["can_have_a_grandchild: noted by one of them alone"],
        ),
    ],
)
def test_every_difference_is_told(
    change: dict[str, object], told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = {name: getattr(TRUE_COUNTS, name) for name in Counted.__slots__} | change
    assert differences(Counted(**counted), tmp_path, monkeypatch) == told


def test_what_cannot_be_said_is_an_error_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Counted:
        raise ExportError("Word40: SPIN has no words wider than 30 bits")

    monkeypatch.chdir(tmp_path)
    facts = exploration_facts(TOY.recorded, explore(TOY.recorded, TOY.sizes))
    with pytest.raises(ToolError, match="families: Word40"):
        comparison(refuse, TOY.recorded, facts)
