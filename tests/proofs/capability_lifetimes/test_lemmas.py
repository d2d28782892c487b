"""Every obligation is proved, for any number of objects and ids, by two solvers."""

from dataclasses import replace
from itertools import product

import pytest

from assay.engines.executor import Here
from assay.engines.prove import prove
from assay.traces.verdicts import Verdict
from spec.design import CreatedRights, Design, Move, WeakAutoDestroy
from spec.designs import named
from tests.models.capability_lifetimes.recording import recorded

PROPOSED = named("proposed")


def unproved(design: Design) -> set[tuple[str, str]]:
    """The actions and claims of the obligations that are not proved."""
    results = prove(recorded(design), executor=Here(), time_limit_s=5, questions=False)
    return {(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED}


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    assert not unproved(PROPOSED)


@pytest.mark.slow
@pytest.mark.parametrize("move", Move, ids=lambda move: move.name)
def test_with_upgrade_checked_nothing_but_a_move_in_two_steps_breaks(move: Move) -> None:
    broken = {("cap_move_ends", "a_move_takes_its_source_away")}
    for dead, rights in product(WeakAutoDestroy, CreatedRights):
        design = replace(PROPOSED, weak_auto_destroy=dead, created_rights=rights, move=move)
        assert unproved(design) == (set() if move is Move.ATOMIC else broken)
