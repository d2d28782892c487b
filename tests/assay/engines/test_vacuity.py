"""What never happens is found."""

from dataclasses import replace

from assay.engines.explore import explore
from assay.engines.vacuity import Fault, findings
from assay.lang import Role
from assay.lang.mutate import changed_check
from assay.lang.terms import FALSE
from tests.assay.toys import all_toys

LOCKS = all_toys()["locks"]


def test_what_no_instance_shows_is_found() -> None:
    small = explore(LOCKS.recorded, {"Thread": 1, "Lock": 1})
    found = findings(LOCKS.recorded, [small])
    assert [(each.fault, each.subject) for each in found] == [
        (Fault.NEVER_REFUSED, "the refusal busy of take"),
        (Fault.NEVER_ENABLED, "wait"),
        (Fault.PREMISE_NEVER_TRUE, "waits_for_one"),
        (Fault.NEVER_REACHED, "can_deadlock"),
        (Fault.NEVER_REACHED, "can_free_the_dead"),
    ]
    assert all(each.is_vacuous for each in found)
    assert str(found[0]).endswith(f"(all {small.states} states of Thread=1, Lock=1)")


def test_one_instance_that_shows_it_is_enough() -> None:
    explorations = [
        explore(LOCKS.recorded, {"Thread": 1, "Lock": 1}),
        explore(LOCKS.recorded, {"Thread": 2, "Lock": 2}),
    ]
    found = findings(LOCKS.recorded, explorations)
    assert [each.subject for each in found] == ["can_free_the_dead"]


def test_a_dead_action_is_vacuous() -> None:
    dead = changed_check("die", "guard_1", lambda _: FALSE.node)(LOCKS.recorded)
    found = findings(dead, [explore(dead, LOCKS.sizes)])
    subjects = [each.subject for each in found]
    assert "die" in subjects
    assert "the refusal dead of take" in subjects
    assert "owners_live" not in subjects


def test_an_auxiliary_claim_that_is_false_is_shown_with_a_path() -> None:
    claims = tuple(
        replace(claim, role=Role.AUXILIARY) if claim.name == "owners_live" else claim
        for claim in LOCKS.recorded.claims
    )
    recorded = replace(LOCKS.recorded, claims=claims)
    (found,) = (
        each for each in findings(recorded, [explore(recorded, LOCKS.sizes)]) if not each.is_vacuous
    )
    assert found.fault is Fault.AUXILIARY_FALSE
    assert found.subject == "owners_live"
    assert found.path is not None
    assert [step.action for step in found.path.steps] == ["die"]
