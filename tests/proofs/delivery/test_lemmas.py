"""Every obligation is proved, for any number of sends, receives and replies, by two solvers."""

from dataclasses import replace

from assay.engines.executor import Here
from assay.engines.prove import prove
from assay.traces.verdicts import Verdict
from spec.designs import named
from tests.models.delivery.recording import explored, recorded


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    results = prove(recorded(named("proposed")), executor=Here())
    unproved = [(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED]
    assert not unproved


def test_as_built_all_is_proved_that_is_not_broken() -> None:
    model = recorded(named("as-built"))
    broken = {each.claim for each in explored("as-built").broken}
    kept = replace(model, claims=tuple(each for each in model.claims if each.name not in broken))
    results = prove(kept, executor=Here())
    assert not [each.claim for each in results if each.verdict is not Verdict.PROVED]
