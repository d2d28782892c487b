"""What both solvers say of a model, for any number of everything."""

from collections.abc import Sequence
from dataclasses import replace

from assay.engines.executor import Here
from assay.engines.prove import ObligationResult, prove
from assay.traces.verdicts import Verdict
from spec.designs import named
from tests.models.test_models import recording


def unproved(results: Sequence[ObligationResult]) -> list[tuple[str, str]]:
    """The actions and claims of the obligations that are not proved."""
    return [(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED]


def results_of_proposed(question: str) -> Sequence[ObligationResult]:
    """What is said of each obligation of the model under `proposed`."""
    return prove(recording(question).recorded(named("proposed")), executor=Here())


def results_as_built(question: str) -> Sequence[ObligationResult]:
    """The same as built, of the claims that are not broken there."""
    model = recording(question).recorded(named("as-built"))
    broken = {each.claim for each in recording(question).explored("as-built").broken}
    kept = tuple(each for each in model.claims if each.name not in broken)
    return prove(replace(model, claims=kept), executor=Here())
