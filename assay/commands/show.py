"""`assay show`: one thing in full."""

from typing import TYPE_CHECKING

from assay.commands.answer import PLAIN, Answer, Run
from assay.problems import pick
from assay.report.plain import lines

if TYPE_CHECKING:
    from rich.console import Console


def show_(name: str, /, *, run: Run = PLAIN) -> Answer:
    """Show a call with its refusals, a guarantee, a question, a design or a model.

    Args:
        name: The name, or the number of a call or the id of a guarantee.
        run: How to run and answer.
    """
    from assay.commands.catalogue import everything

    known = {each: entry for entry in everything(run.project()) for each in entry.names}
    facts = pick(known, name, "model, guarantee, design, question or call").facts()

    def text(console: "Console") -> None:
        for line in lines(facts):
            console.print(line, markup=False, soft_wrap=True)

    return Answer(facts=facts, text=text)
