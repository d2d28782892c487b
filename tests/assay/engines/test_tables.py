"""The tables of a model state are made out of those of another."""

from assay.engines.interpret import ModelState
from assay.engines.tables import Tables

KNOWN: ModelState = {"owner": {(1,): 7, (2,): 0}, "life": {(7,): True}}


def test_what_changes_nothing_gives_the_state_itself() -> None:
    tables = Tables(KNOWN)
    tables.put("owner", (1,), 7)
    tables.clear("life", (8,))
    tables.fill("life", {(7,): True})
    assert tables.finish() is KNOWN


def test_a_table_that_changes_is_a_copy_and_the_others_are_the_same() -> None:
    tables = Tables(KNOWN)
    tables.put("owner", (3,), 9)
    tables.clear("owner", (2,))
    assert tables.cell("owner", (2,)) is None
    assert tables.cells("owner") == {(1,): 7, (3,): 9}
    new = tables.finish()
    assert new == {"owner": {(1,): 7, (3,): 9}, "life": {(7,): True}}
    assert new["life"] is KNOWN["life"]
    assert KNOWN["owner"] == {(1,): 7, (2,): 0}


def test_a_table_may_be_filled_anew_and_emptied() -> None:
    tables = Tables(KNOWN)
    tables.fill("life", {(1,): True})
    tables.clear("life", (1,))
    assert tables.cells("life") == {}
    assert tables.finish()["life"] == {}
