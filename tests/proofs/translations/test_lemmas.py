"""Every obligation is proved, for any number of pages, frames and processors, by two solvers."""

from assay.engines.executor import Here
from assay.engines.prove import prove
from assay.traces.verdicts import Verdict
from spec.designs import PROPOSED
from tests.models.translations.recording import recorded


def test_every_obligation_of_the_proposed_design_is_proved() -> None:
    results = prove(recorded(PROPOSED), executor=Here(), time_limit_s=10, questions=False)
    unproved = {(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED}
    assert not unproved
