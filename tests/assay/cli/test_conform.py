"""Logs on the command line: what is said of good ones, of wrong ones, and of what is no log."""

import json
import re
from pathlib import Path

import pytest

from tests.assay.cli.test_main_job import assay
from tests.tidy.tree import ROOT

LOGS = ROOT / "tests" / "reference_kernel" / "log" / "logs"
GOOD = LOGS / "t_caps_smp1.log"
RAW = LOGS / "t_cspace_raw_smp1.log"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A log in which one result is another."""
    path = tmp_path / "changed.log"
    path.write_text(RAW.read_text().replace("-> Ok(0)", "-> Ok(9)", 1))
    return path


def test_logs_that_the_kernel_could_print_are_fine() -> None:
    ran = assay("conform", GOOD, RAW)
    assert ran.returncode == 0
    assert "weak auto destroy bit 11" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_the_answer_for_machines_says_the_same() -> None:
    answer = json.loads(assay("conform", GOOD, "--json").stdout)
    (log,) = answer["logs"]
    counts = [log[each] for each in ("predicted", "explained", "contradicted", "unread", "cut")]
    assert sum(counts) == log["calls"]
    assert log["ending"] == {"kind": "done", "place": "", "verdict": "none"}
    assert log["first_contradiction"] is None
    assert answer["coverage"]["cap_clone"]["cap_unknown"] > 0
    assert answer["hashes"]["designs"].keys() == {"as-built"}


def test_it_is_told_how_much_of_the_specification_the_logs_show() -> None:
    ran = assay("conform", GOOD)
    last = ran.stdout.strip().split("\n")[-1]
    found = re.fullmatch(
        r"shown by these logs: (\d+) of (\d+) calls, (\d+) of their (\d+) refusals; .*", last
    )
    assert found is not None, last
    calls, every_call, refusals, every_refusal = map(int, found.groups())
    assert 5 < calls < every_call
    assert 5 < refusals < every_refusal


def test_the_outcomes_of_each_call_and_what_no_log_shows_are_listed() -> None:
    answer = json.loads(assay("conform", GOOD, "--json").stdout)
    ran = assay("conform", GOOD, "--coverage")
    assert "cap_clone: " in ran.stdout
    for call, never in answer["never_seen"].items():
        assert not set(never) & set(answer["coverage"].get(call, {}))
        (line,) = (text for text in ran.stdout.split("\n") if text.startswith(f"{call}: "))
        assert line.endswith(f"never: {', '.join(never)}" if never else line[-1:])
        assert all(name in line for name in answer["coverage"].get(call, ["nothing"]))


def test_a_wrong_result_is_named_with_its_line(changed: Path) -> None:
    ran = assay("conform", changed)
    line = next(
        at for at, text in enumerate(changed.read_text().split("\n"), 1) if "-> Ok(9)" in text
    )
    assert ran.returncode == 1
    assert f"CONTRADICTED  {changed}:{line}: key_id gave Ok(9)" in ran.stdout
    assert "expected Ok(0)" in ran.stdout


def test_the_same_log_explains_what_was_possible_at_a_line(changed: Path) -> None:
    answer = json.loads(assay("conform", GOOD, "--explain", "20", "--json").stdout)
    assert [each for each in answer["possible"] if each["survives"]]


def test_another_design_is_contradicted() -> None:
    assert assay("conform", GOOD, "--design", "proposed").returncode == 1


def test_a_log_that_breaks_off_is_told_with_its_last_line(tmp_path: Path) -> None:
    text = GOOD.read_text()
    cut = tmp_path / "cut.log"
    cut.write_text(text[: text.rindex("-> Ok(") + 4])
    ran = assay("conform", cut)
    assert ran.returncode == 3
    last = len(cut.read_text().split("\n"))
    assert f"{cut}:{last}: the line breaks off" in ran.stdout


def test_calls_that_cannot_be_read_are_told_with_what_was_expected(tmp_path: Path) -> None:
    odd = tmp_path / "odd.log"
    lines = ("sys key_idd(, 167(Key:RPW-)) -> Ok(1)", "sys key_id(, 1, 2) -> Ok(1)")
    odd.write_text("".join(f"TRACE (kernel::syscall:316) {line}\n" for line in lines))
    ran = assay("conform", odd)
    assert ran.returncode == 3
    assert f"{odd}:1: unread: there is no call `key_idd`" in ran.stdout
    assert f"{odd}:2: unread: key_id has 1 arguments" in ran.stdout


def test_a_call_that_is_told_twice_before_it_returns_is_contradicted(tmp_path: Path) -> None:
    lines = RAW.read_text().split("\n")
    at = next(number for number, line in enumerate(lines) if "#raw" in line)
    twice = tmp_path / "twice.log"
    twice.write_text("\n".join((*lines[: at + 1], *lines[at:])))
    ran = assay("conform", twice)
    assert ran.returncode == 1
    assert f"CONTRADICTED  {twice}:{at + 2}: " in ran.stdout
    assert " is to be made: no thread that may call here" in ran.stdout


@pytest.mark.parametrize(
    "line",
    [
        f"#raw {'9' * 5000} 0 0 0 0 0 0 0 0 0",
        f"# by {'9' * 5000}",
        f"booting {'9' * 5000} ap cores",
        f"# data: r {'f' * 5000} 0",
        "\0\ufffd\x1b[",
        "x" * 1_000_000,
    ],
    ids=["raw", "by", "booting", "data", "binary", "long"],
)
def test_a_line_that_no_kernel_prints_is_passed_over(tmp_path: Path, line: str) -> None:
    odd = tmp_path / "odd.log"
    odd.write_bytes(f"{line}\r\n{GOOD.read_text()}".encode())
    ran = assay("conform", "--ignore-raw", odd)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("conform",), "a log is needed"),
        (("conform", ROOT / "README.md"), "README.md: no line of it is a line of the kernel's log"),
        (("conform", "none.log", "nor.log"), "nor.log: cannot be read"),
        (("conform", GOOD, "--memory", "3"), "--memory 3: expected"),
        (("conform", GOOD, "--memory", "much"), "--memory"),
        (("conform", GOOD, "--design", "as-buildt"), "as-built"),
        (("conform", GOOD, "--ignore-row"), "--ignore-r"),
        (("walk", "--raw"), "--log FILE"),
    ],
)
def test_wrong_use_is_told_in_one_message(words: tuple[str | Path, ...], expected: str) -> None:
    ran = assay(*words)
    assert ran.returncode == 2
    assert expected in ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout


@pytest.mark.parametrize("raw", [True, False])
def test_a_run_is_written_as_a_log_that_conforms(tmp_path: Path, raw: bool) -> None:
    path = tmp_path / "run.log"
    ran = assay("walk", "--log", path, "--steps", "300", "--seed", "1", *(["--raw"] if raw else []))
    assert ran.returncode == 0, ran.stderr
    assert ("#raw" in path.read_text()) is raw
    assert assay("conform", path).returncode in (0, 3)
    assert json.loads(assay("conform", path, "--json").stdout)["logs"][0]["contradicted"] == 0
