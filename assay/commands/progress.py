"""Claims on progress, judged beside an exploration of the same instance."""

from typing import TYPE_CHECKING

from assay.commands.searching import Searching, line
from assay.commands.stores import store
from assay.commands.ticker import Ticker
from assay.report.facts import ProgressFacts

if TYPE_CHECKING:
    from assay.engines.explore import Exploration
    from assay.engines.explore.progress import Progressed
    from assay.lang import Recorded
    from assay.lang.recorded import Progress

MOST_STATES = 1_000_000
"""The graph of a larger instance is not kept: its steps take far more memory than its states.

A search by symmetry may count fewer; the graph has every state, so that its cycles are real ones.
"""


def progress_facts(
    recorded: "Recorded", explored: "Exploration", search: Searching
) -> list[ProgressFacts]:
    """Each claim on progress, with a stored trace of a run that breaks it.

    The limits of the search are limits of the judging too.
    """
    if not recorded.progress:
        return []
    if not explored.complete:
        return [_facts(claim, reason="the search is not complete") for claim in recorded.progress]
    from assay.engines.explore import Limits
    from assay.engines.explore.progress import check_progress

    sizes = dict(explored.sizes)
    too_many = f"more than {MOST_STATES:,} states; choose smaller bounds"
    if explored.states > MOST_STATES:
        return [_facts(claim, reason=too_many) for claim in recorded.progress]
    limits = Limits(MOST_STATES + 1, search.seconds, search.memory_mib)
    with Ticker() as ticker:
        found = check_progress(
            recorded, sizes, limits=limits, listener=lambda p: ticker.tell(line(p))
        )
    if found.reason:
        reason = too_many if found.states > MOST_STATES else found.reason
        return [_facts(claim, reason=reason) for claim in recorded.progress]
    return [_judged(recorded, sizes, claim, found) for claim in recorded.progress]


def _judged(
    recorded: "Recorded", sizes: dict[str, int], claim: "Progress", found: "Progressed"
) -> ProgressFacts:
    from assay.engines.judge_progress import endless_trace
    from assay.engines.lasso import told

    facts = _facts(claim, holds=True, premise_seen=found.premises[claim.name])
    for run in found.broken:
        if run.claim == claim.name:
            trace = endless_trace(recorded, sizes, run)
            facts["holds"] = False
            facts["arguments"] = told(claim, run.arguments)
            facts["steps"] = trace.steps
            facts["trace"] = store(trace, claim.name)
    return facts


def _facts(
    claim: "Progress",
    *,
    holds: bool | None = None,
    premise_seen: bool = False,
    reason: str = "",
) -> ProgressFacts:
    return ProgressFacts(
        guarantee=claim.guarantee,
        claim=claim.name,
        holds=holds,
        premise_seen=premise_seen,
        reason=reason,
        arguments="",
        steps=None,
        trace=None,
    )
