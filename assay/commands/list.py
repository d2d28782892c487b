"""`assay list`: what there is."""

from typing import TYPE_CHECKING, Literal

from assay.commands.answer import PLAIN, Answer, Run

if TYPE_CHECKING:
    from rich.console import Console

    from assay.commands.catalogue import Row


def list_(
    what: Literal["models", "guarantees", "designs", "questions", "calls", "scenarios"],
    /,
    *,
    run: Run = PLAIN,
) -> Answer:
    """List what the project has names for; `assay show NAME` shows one of them in full.

    Args:
        what: What to list.
        run: How to run and answer.
    """
    from assay.commands.catalogue import entries

    rows = [entry.row() for entry in entries(run.project(), what)]
    return Answer(facts={what: rows}, text=lambda console: _print(rows, console))


def _print(rows: "list[Row]", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from assay.report.plain import inline

    if not rows:
        console.print("none")
        return
    table = Table(*rows[0], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(inline(cell)) for cell in row.values()))
    console.print(table)
