"""How changes are judged: what a fork gives, and what the table tells."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults import mutants
from tests.faults.mutants import HERE, Judged, function_of, in_a_fork, judge, settings, told


def dies() -> None:
    """Ends the process."""
    os._exit(3)


def raises() -> None:
    """Is wrong."""
    raise ValueError


def test_a_fork_gives_what_was_worked_out_or_nothing() -> None:
    assert in_a_fork(lambda: [1, "a"]) == ([1, "a"], 0)
    assert in_a_fork(raises) == (None, 0)
    answer, status = in_a_fork(dies)
    assert answer is None
    assert os.waitstatus_to_exitcode(status) == 3


def spins() -> None:
    """Never ends."""
    while True:
        pass


def fails(*_: object) -> bool:
    """Fails."""
    return True


def passes(*_: object) -> bool:
    """Takes a while without a processor, and passes."""
    time.sleep(0.2)
    return False


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (passes, ["survived", ""]),
        (fails, ["killed", "a test"]),
        (lambda *_: spins(), ["timeout", "a test"]),
    ],
)
def test_a_change_is_seen_by_who_fails_or_loses_its_way(
    runs: Callable[..., bool], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "LEAST_SECONDS", 0.1)
    monkeypatch.setattr(mutants, "fails", runs)
    items: Any = [SimpleNamespace(nodeid="a test")]
    assert in_a_fork(lambda: judge("no.change", items, {"a test": 0.0})) == (expected, 0)


def test_a_change_that_no_test_reaches_survives() -> None:
    assert in_a_fork(lambda: judge("no.change", [], {})) == (["survived", ""], 0)


def test_the_table_counts_by_file_and_names_what_survived() -> None:
    verdicts = ("killed", "survived", "timeout", "crash")
    known = {
        f"kernel.{file}.x_f__mutmut_{number}": Judged(
            f"kernel.{file}.x_f__mutmut_{number}", verdict, "", 1, 0.5
        )
        for file in ("a", "b")
        for number, verdict in enumerate(verdicts[: 4 if file == "a" else 1])
    }
    _, _, first, second, _, *survived, total = told(known)
    assert first == "| a | 4 | 2 | 1 | 2 |"
    assert second == "| b | 1 | 1 | 0 | 0 |"
    assert survived == ["kernel.a.x_f__mutmut_1", "kernel.a.x_f__mutmut_3"]
    assert total.startswith("2 seconds")
    assert function_of(survived[0]) == "kernel.a.x_f"


def test_every_file_that_is_changed_has_its_line_and_every_test_named_is_there() -> None:
    chosen = settings()
    lines = (HERE / "mutants.md").read_text("utf-8").splitlines()
    named = {each.split(" | ")[0].strip("| ") for each in lines if each.startswith("| ")}
    assert {Path(each).stem for each in chosen["only_mutate"]} <= named
    places = [*chosen["only_mutate"], *chosen["pytest_add_cli_args_test_selection"]]
    assert [each for each in places if not (mutants.PLACE / each).exists()] == []
