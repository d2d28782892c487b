"""Pinned verdicts: what a design was judged to be, to notice when that changes."""

import json
from collections.abc import Sequence
from pathlib import Path

from assay.problems import ToolError
from assay.report.facts import DesignFacts
from assay.traces.expect import TraceError, parse_json, record, text

Pins = dict[str, dict[str, str]]
"""Design to guarantee and subject to verdict."""


def pins_of(designs: Sequence[DesignFacts]) -> Pins:
    """What is pinned of the facts: verdicts, and nothing that another machine would change."""
    return {each["design"]: _pinned(each) for each in designs}


def _pinned(design: DesignFacts) -> dict[str, str]:
    """Verdicts on what one subject says of one guarantee, which several engines may judge."""
    found: dict[str, dict[str, None]] = {}
    for row in sorted(design["verdicts"], key=lambda row: (row["guarantee"], row["subject"])):
        found.setdefault(f"{row['guarantee']} {row['subject']}", {})[row["verdict"]] = None
    return {name: ", ".join(sorted(verdicts)) for name, verdicts in found.items()}


def write_pins(path: Path, designs: Sequence[DesignFacts]) -> None:
    """Store the verdicts, sorted, so that a change shows as a line.

    Errors: ToolError when the file cannot be written.
    """
    try:
        path.write_text(json.dumps(pins_of(designs), indent=1) + "\n", "utf-8")
    except OSError as error:
        raise ToolError(f"--pin {path}: cannot be written: {error.strerror}") from error


def read_pins(path: Path) -> Pins:
    """The verdicts that a file pins.

    Errors: ToolError with the place of what is wrong in it.
    """
    try:
        found = record(parse_json(path.read_text("utf-8")), "the document")
        return {
            design: {
                row: text(verdict, f"{design}.{row}")
                for row, verdict in record(rows, design).items()
            }
            for design, rows in found.items()
        }
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ToolError(f"--expect {path}: cannot be read: {reason}") from error
    except TraceError as error:
        raise ToolError(f"--expect {path}: {error}") from error


def differences(pinned: Pins, designs: Sequence[DesignFacts]) -> list[str]:
    """Each verdict that is not as pinned, in a line; of designs that were judged now."""
    found: list[str] = []
    for design, now in pins_of(designs).items():
        was = pinned.get(design, {})
        found += [
            f"{design}: {row} is {now.get(row, 'not judged')}, pinned is {was.get(row, 'nothing')}"
            for row in sorted({*was, *now})
            if was.get(row) != now.get(row)
        ]
    return found
