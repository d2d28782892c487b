"""A page tells what is broken apart from what a model does not know."""

from assay.report.dossiers import dossier, index
from assay.report.facts import CellFacts, ChoiceFacts, DecisionFacts


def cell(guarantee: str, subject: str, verdict: str) -> CellFacts:
    """What one subject shows, in one step."""
    steps = ["1. push(door0)"] if verdict == "BROKEN" else []
    return CellFacts(
        guarantee=guarantee,
        subject=subject,
        verdict=verdict,
        evidence="so it is",
        why="a door | is open",
        ways=1,
        steps=steps,
    )


def choice(name: str, cells: list[CellFacts], besides: list[CellFacts]) -> ChoiceFacts:
    """A choice that was judged."""
    return ChoiceFacts(
        choice=name,
        meaning="what it means",
        design=f"proposed+locking={name}",
        chosen_by=[],
        not_built="",
        cells=cells,
        besides=besides,
    )


FACTS = DecisionFacts(
    question="locking",
    asks="What locking does.",
    item="",
    base="proposed",
    answer="SHUT",
    guarantees={"DOOR-1": "doors_are_shut"},
    steps=10,
    models=["latch"],
    choices=[
        choice("SHUT", [cell("DOOR-1", "latch", "PROVED")], []),
        choice(
            "FREE",
            [cell("DOOR-1", "latch", "PROVED"), cell("DOOR-1", "kernel", "SURVIVED")],
            [cell("follows latch", "kernel", "BROKEN"), cell("DOOR-2", "kernel", "BROKEN")],
        ),
    ],
    abilities={"latch: `kick` is done": ["FREE"]},
    costs=[],
    same=[],
)


def test_what_a_model_does_not_follow_is_no_broken_guarantee() -> None:
    page = dossier(FACTS, "Because.")
    row = next(line for line in page.splitlines() if line.startswith("| DOOR-1"))
    shut, free = row.split(" | ")[1:]
    assert "none of this model's" not in shut
    told, kernel = free.split("<br>")
    assert told.startswith("PROVED latch: so it is; but the kernel takes steps here")
    assert kernel.startswith("SURVIVED kernel: so it is")
    assert "follows latch" not in page
    assert "- `FREE` breaks DOOR-2" in page


def test_a_row_keeps_its_columns_whatever_is_in_its_cells() -> None:
    page = dossier(FACTS, "Because.")
    row = next(line for line in page.splitlines() if "DOOR-2" in line and line.startswith("|"))
    assert row.replace("\\|", "").count("|") == 6


def test_the_page_of_all_tells_each_answer_and_what_it_rests_on() -> None:
    (row,) = (line for line in index([FACTS]).splitlines() if "[locking]" in line)
    assert "| `SHUT` | DOOR-1 PROVED | `FREE` breaks DOOR-2 |" in row


def test_without_an_argument_the_page_says_so() -> None:
    assert dossier(FACTS, " ").endswith("## Argument\nThere is no argument yet.\n")
