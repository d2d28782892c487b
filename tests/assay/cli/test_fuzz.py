"""Whatever is typed, the tool answers with one of its statuses and never with a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.cli import run

COMMANDS = st.sampled_from(
    ["check", "prove", "explore", "walk", "replay", "conform", "list", "show", "explor", ""]
)
OPTIONS = st.sampled_from(
    [
        "--bounds",
        "--bounds=Door=1",
        "--design",
        "--design=proposed",
        "--explain",
        "--expect",
        "--guarantee",
        "--help",
        "--ignore-raw",
        "--jobs",
        "--json",
        "--log",
        "--memory",
        "--model",
        "--no-json",
        "--pin",
        "--question",
        "--raw",
        "--seed",
        "--states=9",
        "--steps",
        "--steps=9",
        "--version",
        "-h",
        "-x",
        "--",
    ]
)
NAMES = st.sampled_from(
    ["latch", "latc", "as-built", "models", "guarantees", "DOOR-1", "pyproject.toml", "gone", "."]
)
ODD = st.text(max_size=6) | st.integers().map(str)
WORDS = st.builds(
    lambda command, rest: [command, *rest], COMMANDS, st.lists(OPTIONS | NAMES | ODD, max_size=5)
)


@given(words=WORDS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_lead_to_a_traceback(
    words: list[str],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    status = run(words)
    printed = capsys.readouterr()
    assert status in {0, 1, 2, 3}, printed.err
    assert "Traceback" not in printed.out + printed.err
    if status == 2:
        assert printed.err.startswith("assay: ")
