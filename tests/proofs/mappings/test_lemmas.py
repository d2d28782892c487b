"""Every obligation is proved, for any number of spaces, memories, mappings and pages."""

from tests.proofs.proving import results_as_built, results_of_proposed, unproved


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    assert not unproved(results_of_proposed("mappings"))


def test_as_built_all_is_proved_that_is_not_broken() -> None:
    results = results_as_built("mappings")
    assert not unproved(results)
    assert "page_tables_match_records" in {each.claim for each in results}
