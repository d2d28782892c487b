"""check, prove and walk: verdicts with their evidence, pins, and the exit status that fits."""

import json
from pathlib import Path

import pytest

from tests.assay.cli.conftest import Assay

TRACE = "out/as-built/latch/locked_doors_are_shut.itf.json"


def verdicts(out: str) -> dict[str, list[tuple[str, str, str]]]:
    """Guarantee, subject and verdict of each row, by design."""
    return {
        each["design"]: [
            (row["guarantee"], row["subject"], row["verdict"]) for row in each["verdicts"]
        ]
        for each in json.loads(out)["designs"]
    }


def test_check_shows_designs_side_by_side_with_the_way_to_the_trace(assay: Assay) -> None:
    ran = assay("check")
    assert ran.status == 1
    assert "BROKEN latch: 2 steps, replayed in the kernel" in ran.out
    assert "PROVED latch: 4 obligations by cvc5 and z3" in ran.out
    assert "SURVIVED kernel: 10,000 random steps" in ran.out
    assert f"assay replay {TRACE}" in ran.out
    assert ran.out.endswith("as-built: 1 BROKEN\nproposed: 1 PROVED, 1 SURVIVED\n")
    assert assay("replay", TRACE).status == 0


def test_a_trace_that_only_finer_steps_show_replays_as_check_says(
    assay: Assay, project: Path
) -> None:
    coarse = project / "latches" / "proofs" / "latch" / "realise.py"
    performs = coarse.read_text()
    coarse.with_name("amid_calls.py").write_text(f'{performs}\n\nMODE = "whole"\n')
    body = performs.index("    return tuple(")
    coarse.write_text(f'{performs[:body]}    raise ValueError("in one step")\n')
    assert "BROKEN latch: 2 steps, replayed in the kernel" in assay("check", "as-built").out
    ran = assay("replay", TRACE)
    assert (ran.status, ran.out.splitlines()[-2]) == (0, "in the kernel: holds")
    coarse.with_name("amid_calls.py").unlink()
    ran = assay("replay", TRACE)
    told = "in the kernel: DOOR-1 is broken in the model; no calls do it: in one step"
    assert (ran.status, ran.out.splitlines()[-2]) == (1, told)


def test_check_answers_machines_with_the_same_facts(assay: Assay) -> None:
    ran = assay("check", "--json", "--steps", "500")
    assert verdicts(ran.out) == {
        "as-built": [("DOOR-1", "latch", "BROKEN")],
        "proposed": [("DOOR-1", "latch", "PROVED"), ("DOOR-1", "kernel", "SURVIVED")],
    }
    row = json.loads(ran.out)["designs"][0]["verdicts"][0]
    assert (row["trace"], row["trace_steps"], row["replayed"]) == (TRACE, 2, "yes")
    assert json.loads(ran.out)["designs"][1]["counts"]["PROVED"] == 1


@pytest.mark.parametrize(
    "words", [["--guarantee", "DOOR-1"], ["--question", "locking"], ["--model", "latch"]]
)
def test_check_of_a_part_leaves_out_the_rest(assay: Assay, words: list[str]) -> None:
    ran = assay("check", "proposed", *words, "--json", "--steps", "500")
    assert ran.status == 0
    assert ("DOOR-1", "latch", "PROVED") in verdicts(ran.out)["proposed"]


def test_pinned_verdicts_guard_a_design_that_is_known_to_be_broken(
    assay: Assay, project: Path
) -> None:
    assert assay("check", "--pin", "pins.json").status == 1
    as_pinned = assay("check", "--expect", "pins.json")
    assert as_pinned.status == 0
    assert "all verdicts are as pinned" in as_pinned.out
    design = project / "latches/designs/as-built.toml"
    design.write_text(design.read_text().replace("FREE", "SHUT_ONLY"))
    changed = assay("check", "--expect", "pins.json")
    assert changed.status == 1
    assert "as-built: DOOR-1 latch is PROVED, pinned is BROKEN" in changed.out


def test_what_never_happens_is_vacuous(assay: Assay, project: Path) -> None:
    model = project / "latches/latch/model.py"
    text = model.read_text().replace(
        "    new.locked[door] = True",
        "    act.require(old.open[door] & ~old.open[door])\n    new.locked[door] = True",
    )
    model.write_text(text)
    ran = assay("check", "proposed", "--model", "latch", "--json")
    assert ran.status == 3
    assert verdicts(ran.out) == {"proposed": [("DOOR-1", "latch", "VACUOUS")]}
    assert "never" in json.loads(ran.out)["designs"][0]["verdicts"][0]["reason"]


def test_a_failed_proof_is_a_question_in_the_words_of_the_model(assay: Assay) -> None:
    ran = assay("prove")
    assert ran.status == 3
    assert "lock keeps DOOR-1 locked_doors_are_shut: the induction step fails" in ran.out
    assert "can it be that open[door0] = True?" in ran.out
    assert "then lock(door=door0) makes locked[door0]: False -> True," in ran.out


def test_proofs_are_kept_for_the_next_run(assay: Assay) -> None:
    first = json.loads(assay("prove", "--design", "proposed", "--json").out)
    second = json.loads(assay("prove", "--design", "proposed", "--json").out)
    assert not any(each["cached"] for each in first["models"][0]["obligations"])
    assert all(each["cached"] for each in second["models"][0]["obligations"])
    for each in second["models"][0]["obligations"]:
        assert each["solver_answers"] == {"z3": "unsat", "cvc5": "unsat"}


def test_a_walk_counts_what_it_saw_and_stores_what_broke(assay: Assay) -> None:
    ran = assay("walk", "--json", "--steps", "3000", "--seed", "5")
    facts = json.loads(ran.out)
    assert ran.status == 1
    assert facts["steps"] >= 3000
    assert set(facts["calls"]) == {"lock", "pull", "push"}
    assert facts["models"]["latch"]["pull refuses locked"] > 0
    assert [each["guarantee"] for each in facts["broken"]] == ["DOOR-1"]
    assert assay("replay", facts["broken"][0]["trace"]).status == 0


def test_a_step_that_is_none_of_the_model_is_found_and_replays(assay: Assay, project: Path) -> None:
    kernel = project / "latches" / "kernel.py"
    right = "open=state.open - door"
    assert right in kernel.read_text()
    kernel.write_text(kernel.read_text().replace(right, "open=state.open"))
    facts = json.loads(assay("walk", "--design", "proposed", "--json", "--steps", "500").out)
    assert [each["guarantee"] for each in facts["broken"]] == ["follows latch"]
    ran = assay("replay", facts["broken"][0]["trace"], "--json")
    shown = json.loads(ran.out)
    assert (ran.status, shown["kernel"], shown["model"]) == (0, "holds", "n/a")
    kernel.write_text(kernel.read_text().replace("open=state.open)", f"{right})"))
    again = assay("replay", facts["broken"][0]["trace"])
    assert again.status == 1
    assert "in the kernel: follows latch is not broken at the end" in again.out


def test_a_walk_of_a_sound_design_survives(assay: Assay) -> None:
    ran = assay("walk", "--design", "proposed", "--steps", "500")
    assert ran.status == 0
    assert "SURVIVED: no step broke a guarantee or left a model" in ran.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("check propsed", "there is no design `propsed`; did you mean `proposed`?"),
        ("check proposed proposed", "two designs with one name"),
        ("check --question lokking", "there is no question `lokking`; did you mean `locking`?"),
        ("check --guarantee DOR-1", "there is no guarantee `DOR-1`; did you mean `DOOR-1`?"),
        ("check --model latc", "there is no model `latc`; did you mean `latch`?"),
        ("check --expect gone.json", "--expect gone.json: cannot be read: No such file"),
        ("check --expect pyproject.toml", "--expect pyproject.toml: line 1, column 2: no JSON"),
        ("check --jobs 0", "--jobs 0: at least one worker is needed"),
        ("prove latc", "there is no model `latc`; did you mean `latch`?"),
        ("prove --time-limit 0", "--time-limit 0: expected seconds above 0"),
        ("walk --steps 0", "--steps 0: at least one step is needed"),
        ("walk --mode hole", 'Did you mean "whole"?'),
    ],
)
def test_wrong_words_are_answered(assay: Assay, words: str, message: str) -> None:
    ran = assay(*words.split())
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
