"""What proving finds: for each obligation the answers of two solvers, or a question."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.engines.interpret import ModelState, ModelStep
from assay.traces.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """Why an induction step fails: a state that the claims allow, and a step that breaks one.

    It is no counterexample: nobody says that the state can be reached. `step` is None where the
    claim fails in a start state. `conjunct` is the smallest part of the claim that is false.
    """

    sizes: tuple[tuple[str, int], ...]
    before: ModelState
    step: ModelStep
    after: ModelState
    conjunct: str
    place: str


@dataclass(frozen=True, slots=True)
class ObligationResult:
    """One claim over one action (or start): PROVED by both solvers, or UNKNOWN with the reason.

    An obligation that no solver was asked about, since the action writes nothing that the claim
    reads, has the answers `unchanged`.
    """

    action: str
    claim: str
    guarantee: str | None
    verdict: Verdict
    answers: Mapping[str, str]
    seconds: float
    cached: bool
    reason: str
    question: Question | None
