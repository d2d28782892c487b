"""The folder of pages about questions: what is stored there, and the pages made of that."""

import json
from pathlib import Path
from typing import cast

from assay.problems import ToolError
from assay.report.dossiers import dossier, index
from assay.report.facts import DecisionFacts

_RESULTS, _ARGUMENTS, _INDEX = "results", "arguments", "README.md"
_FIELDS = frozenset(DecisionFacts.__annotations__)


def store_decision(folder: Path, facts: DecisionFacts) -> None:
    """Keep what was found out about one question.

    Errors: ToolError when it cannot be written.
    """
    _write(folder / _RESULTS / f"{facts['question']}.json", json.dumps(facts, indent=1) + "\n")


def stored_decisions(folder: Path) -> list[DecisionFacts]:
    """All that is kept, by question.

    Errors: ToolError naming the file that is of another form.
    """
    return [_read(path) for path in sorted((folder / _RESULTS).glob("*.json"))]


def argument_of(folder: Path, question: str) -> str:
    """What somebody wrote for the answer; empty where nobody did.

    Errors: ToolError when the file cannot be read.
    """
    path = folder / _ARGUMENTS / f"{question}.md"
    try:
        return path.read_text("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(f"{path}: cannot be read: {error}") from error


def write_pages(folder: Path, decided: list[DecisionFacts]) -> list[str]:
    """Make a page for each question and the page of all; gives their paths.

    Errors: ToolError when one cannot be written.
    """
    written = []
    for name, text in pages(folder, decided).items():
        _write(folder / name, text)
        written.append(str(folder / name))
    return written


def pages(folder: Path, decided: list[DecisionFacts]) -> dict[str, str]:
    """The text of each page, by the name of its file."""
    made = {
        f"{each['question']}.md": dossier(each, argument_of(folder, each["question"]))
        for each in decided
    }
    return {_INDEX: index(decided), **made}


def _read(path: Path) -> DecisionFacts:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ToolError(f"{path}: cannot be read: {error}") from error
    if not isinstance(found, dict) or found.keys() != _FIELDS:
        raise ToolError(f"{path}: it is no result of `assay decide`; make it again")
    return cast(DecisionFacts, found)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ToolError(f"{path}: cannot be written: {error.strerror}") from error
