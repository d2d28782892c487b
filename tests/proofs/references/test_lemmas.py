"""Every obligation is proved, for any number of objects, references and stacks, by two solvers."""

from dataclasses import replace

import pytest

from assay.engines.executor import Here
from assay.engines.prove import prove
from assay.traces.verdicts import Verdict
from spec.design import Design, KilledWaits, Move
from spec.designs import PROPOSED
from tests.models.references.recording import recorded


def unproved(design: Design) -> set[tuple[str, str]]:
    """The actions and claims of the obligations that are not proved."""
    results = prove(recorded(design), executor=Here(), time_limit_s=5, questions=False)
    return {(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED}


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    assert not unproved(PROPOSED)


@pytest.mark.slow
def test_each_choice_alone_leaves_open_what_it_breaks() -> None:
    two_steps = replace(PROPOSED, move=Move.INSERT_THEN_REMOVE)
    assert unproved(two_steps) == {("reference_is_kept", "one_move_inserts_for_an_entry")}
    leaking = replace(PROPOSED, killed_waits=KilledWaits.LEAKED)
    assert ("call_is_killed", "no_reference_is_lost") in unproved(leaking)
