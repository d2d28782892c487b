"""Every obligation is proved, for any number of threads and groups, by two solvers."""

from tests.proofs.proving import results_as_built, results_of_proposed, unproved


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    assert not unproved(results_of_proposed("thread_groups"))


def test_as_built_all_is_proved_that_is_not_broken() -> None:
    results = results_as_built("thread_groups")
    assert not unproved(results)
    assert "GRP-4" in {each.guarantee for each in results}
