"""Bad input of every kind: one clear message each, status 2, and never a Python traceback."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.assay.cli.conftest import TOOL, Assay, Ran
from tests.tidy.tree import ROOT

TRACE = "out/as-built/latch/locked_doors_are_shut.itf.json"
MODEL = Path("latches/latch/model.py")


def refused(ran: Ran, *messages: str) -> None:
    """The tool refused its input with these messages, a line each, and printed nothing else."""
    lines = ran.err.splitlines()
    assert (ran.status, ran.out) == (2, ""), ran
    assert len(lines) == len(messages), ran.err
    for line, message in zip(lines, messages, strict=True):
        assert line.startswith("assay: ")
        assert message in line


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first place of a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("explor latch", 'Unknown command "explor". Did you mean "explore"?'),
        ("explore", "parameter MODEL requires an argument"),
        ("explore latch --sed 3", "Unknown option: --sed. Did you mean --seed?"),
        ("explore latch --seed three", 'unable to convert "three" into int'),
        ("explore latch --seed", "--seed requires an argument"),
        ("explore latch extra", "Unused Tokens: ['extra']"),
        ("explore latc", "there is no model `latc`; did you mean `latch`?"),
        ("explore latch --design propsed", "no design `propsed`; did you mean `proposed`?"),
        ("explore latch --design gone.toml", "gone.toml: there is no such file"),
        ("explore latch --bounds Dor=2", "there is no kind `Dor`; did you mean `Door`?"),
        ("explore latch --bounds Door=none", "Door needs a number from 1, not `none`"),
        ("explore latch --bounds Door=2,Door=2", "Door stands twice"),
        ("explore latch --bounds smal", "there is no size `smal`; did you mean `small`?"),
        ("explore latch --states 0", "--states 0: at least one state is needed"),
        ("explore latch --seconds -1", "--seconds -1: expected seconds above 0"),
        ("explore latch --memory-mib 0", "--memory-mib 0: at least one MiB is needed"),
        (
            "explore latch --checkpoint kept --engine plain",
            "--checkpoint: only the compiled engine knows it",
        ),
        ("explore latch --ladder 0", "--ladder 0: at least one rung is needed"),
        (
            "explore latch --ladder 2 --bounds Door=2",
            "--ladder chooses the bounds: leave out --bounds and --checkpoint",
        ),
        ("explore latch --traces 0", "--traces 0: at least one trace is needed"),
        ("explore latch --threads 0", "--threads 0: at least one thread is needed"),
        ("explore latch --seconds nan", "--seconds nan: expected seconds above 0"),
        ("prove latch --time-limit inf", "--time-limit inf: expected seconds above 0"),
        ("walk --steps 0", "--steps 0: at least one step is needed"),
        ("check --steps 0", "--steps 0: at least one step is needed"),
        ("check --pin gone/pins.json", "cannot be written: there is no folder gone"),
        ("check --pin latches", "--pin latches: cannot be written: it is a folder"),
        ("check --jobs 0", "--jobs 0: at least one worker is needed"),
        ("replay gone.itf.json", "gone.itf.json: cannot be read: No such file"),
        ("replay latches", "latches: cannot be read: Is a directory"),
        ("replay pyproject.toml", "pyproject.toml: line 1, column 2: no JSON"),
    ],
)
def test_wrong_words_are_answered_with_what_was_expected(
    assay: Assay, words: str, message: str
) -> None:
    refused(assay(*words.split()), message)


def test_with_json_the_message_is_in_the_document_too(assay: Assay) -> None:
    ran = assay("explore", "latc", "--json")
    assert ran.status == 2
    assert json.loads(ran.out) == {"problems": [ran.err.removeprefix("assay: ").strip()]}


def test_a_folder_that_is_in_no_project_is_told(assay: Assay, project: Path) -> None:
    (project / "pyproject.toml").unlink()
    refused(assay("explore", "latch"), "is in no project: expected a pyproject.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("proofs =", "profs =", "no setting `profs`; did you mean `proofs`?"),
        ("[tool.assay]", "[tool.assay", "pyproject.toml:1:12: no TOML: Expected ']'"),
        ('"latches.proofs"', "3", "`proofs` under [tool.assay] must be a text"),
        ('latch = "latches.latch.model"', "latch = 3", "must pair names with modules"),
        ("latches.latch.model", "latches.ltch.model", "there is no module `latches.ltch.model`"),
        ('designs = "latches.designs"', "", "[tool.assay] names no `designs`"),
    ],
)
def test_wrong_settings_are_named_with_their_file(
    assay: Assay, project: Path, old: str, new: str, message: str
) -> None:
    edit(project / "pyproject.toml", old, new)
    refused(assay("explore", "latch"), message)


def test_a_design_with_an_unknown_choice_is_refused(assay: Assay, project: Path) -> None:
    edit(project / "latches/designs/proposed.toml", "SHUT_ONLY", "SHUT_OLNY")
    refused(assay("explore", "latch", "--design", "proposed"), "'SHUT_OLNY' is not a valid Locking")


def test_every_slip_in_a_model_is_told_in_one_run_with_its_line(
    assay: Assay, project: Path
) -> None:
    edit(project / MODEL, "new.open[door] = True", "new.opne[door] = True")
    edit(project / MODEL, "new.locked[door] = True", "new.locked[door] = 3")
    ran = assay("explore", "latch")
    assert ran.status == 2
    assert all(line.startswith(f"assay: {MODEL}:") for line in ran.err.splitlines())
    assert "the state has no table `opne`; did you mean `open`?" in ran.err
    assert "`locked` holds Truth, not 3" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def pull(", "def pull)", "model.py:36: unmatched ')'"),
        ("from latches.design", "from latches.desgn", "No module named 'latches.desgn'"),
        ("model = Model(", "modle = Model(", "NameError: name 'model' is not defined"),
        ("class Doors(State)", "class Doors(Sate)", "NameError: name 'Sate' is not defined"),
    ],
)
def test_a_model_that_python_cannot_load_is_told_with_its_line(
    assay: Assay, project: Path, old: str, new: str, message: str
) -> None:
    edit(project / MODEL, old, new)
    ran = assay("explore", "latch")
    refused(ran, message)
    assert f"{MODEL}:" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sizes =", "size =", "bounds.toml: expected [[bounds]] with `name` and `sizes`"),
        ("Door = 2", 'Door = "two"', "bounds.toml: small: Door needs a number from 1, not `two`"),
        ("Door = 2", "Door = -2", "bounds.toml: small: Door needs a number from 1, not `-2`"),
        ("Door = 2", "Dor = 2", "bounds.toml: small: latch has no kind Dor; did you mean Door?"),
        ('"large"', '"small"', "bounds.toml: two bounds have one name"),
        ("Door = 2 }", "Door = 2", "bounds.toml:3:19: no TOML: Unclosed inline table"),
    ],
)
@pytest.mark.parametrize("words", ["explore latch", "check"])
def test_bounds_of_another_form_are_refused(
    assay: Assay, project: Path, words: str, old: str, new: str, message: str
) -> None:
    edit(project / "latches/latch/bounds.toml", old, new)
    refused(assay(*words.split()), message)


@pytest.mark.parametrize(
    ("file", "old", "new", "words", "message"),
    [
        ("guarantees", "GUARANTEES", "PROMISES", "check", "expected it to export `GUARANTEES`"),
        ("guarantees", "DOOR-1", "DOOR-2", "check", "no guarantee `DOOR-1`; did you mean `DOOR-2`"),
        ("questions", "QUESTIONS", "ASKED", "list questions", "to export `QUESTIONS`"),
        ("questions", "guarantees:", "ids:", "list questions", "QUESTIONS hold no `guarantees`"),
        ("calls", "CALLS", "ALL", "list calls", "calls.py: expected it to export `CALLS`"),
        ("designs/__init__", "def load_design", "def load", "check", "to export `load_design`"),
        ("kernel", "KERNEL =", "DOOR =", "walk", "kernel.py: expected it to export `KERNEL`"),
        ("kernel", "def propose", "def suggest", "walk", "KERNEL has no `propose`"),
        (
            "kernel",
            '"DOOR-1"',
            '"DOR-1"',
            "walk",
            "a check: there is no guarantee `DOR-1`; did you",
        ),
        ("kernel", "return Doors()", "return Dors()", "walk", "kernel.py:66: NameError: name 'D"),
        (
            "kernel",
            "state.locked:",
            "state.loked:",
            "walk",
            "kernel.py:73: AttributeError: 'Doors'",
        ),
        ("proofs/latch/mapping", "MAPPING", "MAP", "walk", "to export `MAPPING`"),
        ("proofs/latch/mapping", "range(len", "rang(len", "walk", "mapping.py:28: NameError"),
        ("proofs/latch/mapping", "modes", "moods", "walk", "MAPPING has no `modes`, which is"),
        ("proofs/latch/realise", "tuple(", "3 + tuple(", "check", "realise.py:10: TypeError"),
        ("latch/model", '"latch"', '"lach"', "check", "`model` is named `lach`, in pyproject.toml"),
        ("latch/model", "LOCKED)", "LOKED)", "check", "model.py:38: Error has no `LOKED`; did you"),
    ],
)
def test_a_mistake_in_a_part_of_the_project_is_told_with_its_file(
    assay: Assay, project: Path, file: str, old: str, new: str, words: str, message: str
) -> None:
    edit(project / f"latches/{file}.py", old, new)
    ran = assay(*words.split(), "--jobs", "2")
    refused(ran, message)
    assert f"latches/{'latch/model' if 'DOOR-2' in new else file}.py" in ran.err


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("out", "explore latch", "locked_doors_are_shut.itf.json: cannot be written: Not a dir"),
        (".assay", "prove latch", ".assay/proofs: cannot be made: Not a directory"),
    ],
)
def test_a_file_where_a_folder_should_be_is_told(
    assay: Assay, project: Path, name: str, words: str, message: str
) -> None:
    (project / name).touch()
    refused(assay(*words.split()), message)


def test_a_trace_of_another_version_of_the_model_is_refused(assay: Assay, project: Path) -> None:
    assert assay("explore", "latch").status == 1
    assert assay("replay", TRACE).status == 0
    edit(project / MODEL, "new.open[door] = False", "new.locked[door] = False")
    refused(assay("replay", TRACE), f"{TRACE}: a trace of another version of model:latch")


def test_a_trace_under_another_design_is_told_so(assay: Assay) -> None:
    assay("explore", "latch")
    ran = assay("replay", TRACE, "--design", "proposed")
    refused(ran, "the trace names as-built, it was to run under proposed")


def test_what_is_too_large_for_the_machine_is_no_mistake_of_the_tool(assay: Assay) -> None:
    ran = assay("explore", "latch", "--bounds", f"Door={10**12}")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == "assay: the memory of this machine does not suffice\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"lock"', '"lok"', "step 2: lok(door=door0): no such action; did you mean lock?"),
        ('"door": {', '"dor": {', "expected the arguments door"),
        ('"door0"', '"door7"', "door=door7 lies beyond the bounds"),
        ('"model:latch"', '"model:lach"', "there is no model `lach`; did you mean `latch`?"),
        ('"as-built"', '"as-bilt"', "there is no design `as-bilt`; did you mean `as-built`?"),
        ('"locked_doors_are_shut"', '"locked_doors"', "no claim locked_doors; did you mean"),
        ('"claim"', '"clam"', "#meta: `claim` is missing; did you mean it by `clam`?"),
    ],
)
def test_a_trace_that_names_something_unknown_is_refused(
    assay: Assay, project: Path, old: str, new: str, message: str
) -> None:
    assay("explore", "latch")
    edit(project / TRACE, old, new)
    refused(assay("replay", TRACE), message)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ('move = "ATOMC"', "6:1: unknown choice `ATOMC` of `move`; did you mean `ATOMIC`?"),
        ('moev = "ATOMIC"', "6:1: unknown question `moev`; did you mean `move`?"),
        ('code_model = "ABSOLUTE_CALLS"', "6:1: no code reads `code_model` yet; note its choice"),
    ],
)
def test_a_design_of_this_project_is_refused_with_file_and_line(
    tmp_path: Path, choices: str, message: str
) -> None:
    path = tmp_path / "mine.toml"
    head = '[design]\nname = "mine"\nsummary = "A try"\nbase = "as-built"\n[choices]\n'
    path.write_text(head + choices)
    words = [TOOL, "explore", "thread_groups", "--design", str(path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    refused(Ran(done.returncode, done.stdout, done.stderr), f"{path}:{message}")
