"""What can be said of a model's claims on progress: by rankings, and in a finite instance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assay.engines.explore import Limits
from assay.engines.explore.progress import Endless, Progressed, check_progress
from assay.engines.model_traces import trace_of
from assay.engines.prove import ObligationResult
from assay.lang.recorded import Progress, Recorded
from assay.traces import Judgement, Trace, Verdict

Shown = Mapping[str, Sequence[ObligationResult]]
"""For each claim on progress that is proved, by name: the obligations of its rankings."""
_OPEN = (Verdict.UNKNOWN, Verdict.VACUOUS)
"""What another instance may say more of."""


def judge_progress(
    recorded: Recorded, instances: Sequence[Mapping[str, int]], limits: Limits, shown: Shown
) -> Iterator[Judgement]:
    """A judgement of each claim on progress, in the order of the model.

    Each is looked at in the first of the instances that is within the limits and shows its premise,
    what is proved too. What is not proved is then looked for in all others: it may be broken there.
    """
    judged: dict[str, Judgement] = {}
    left = recorded.progress
    for sizes in instances:
        if not left:
            break
        found = check_progress(replace(recorded, progress=left), sizes, limits=limits)
        broken = {run.claim: run for run in found.broken}
        for claim in left:
            if not found.reason or claim.name not in judged:
                run = broken.get(claim.name)
                judgement = _judged(recorded, sizes, claim, found, run)
                known = judged.get(claim.name)
                if known is None or known.verdict in _OPEN or run is not None:
                    judged[claim.name] = judgement
        left = tuple(claim for claim in left if _may_be_other(judged[claim.name], claim, shown))
    for claim in recorded.progress:
        known = judged[claim.name]
        can_be = known.verdict in (Verdict.EXHAUSTED, Verdict.UNKNOWN)
        yield _proved(known, shown[claim.name]) if can_be and claim.name in shown else known


def _may_be_other(judged: Judgement, claim: Progress, shown: Shown) -> bool:
    """Whether another instance may say something else of the claim."""
    unproved = judged.verdict is Verdict.EXHAUSTED and claim.name not in shown
    return unproved or judged.verdict in _OPEN


def _proved(judged: Judgement, results: Sequence[ObligationResult]) -> Judgement:
    return replace(
        judged,
        engine="prove",
        verdict=Verdict.PROVED,
        obligations=len(results),
        solvers=tuple(sorted({name for each in results for name in each.answers})),
        reason="",
    )


def _judged(
    recorded: Recorded,
    sizes: Mapping[str, int],
    claim: Progress,
    found: Progressed,
    run: Endless | None,
) -> Judgement:
    verdict, reason = _verdict(claim, found, run)
    return Judgement(
        guarantee=claim.guarantee,
        subject=recorded.name,
        engine="progress",
        verdict=verdict,
        seconds=found.seconds,
        bounds=tuple(sizes.items()),
        states=found.states,
        trace=None if run is None else endless_trace(recorded, sizes, run),
        conjunct="" if run is None else f"{claim.name}: {claim.meaning} ({claim.where})",
        reason=reason,
    )


def _verdict(claim: Progress, found: Progressed, run: Endless | None) -> tuple[Verdict, str]:
    if found.reason:
        return Verdict.UNKNOWN, f"{claim.name}: {found.reason}"
    if run is not None:
        return Verdict.BROKEN, "a fair run goes on for ever without"
    if not found.premises[claim.name]:
        return Verdict.VACUOUS, f"a premise of {claim.name} is never true"
    return Verdict.EXHAUSTED, "every fair run of a finite instance"


def endless_trace(recorded: Recorded, sizes: Mapping[str, int], run: Endless) -> Trace:
    """The run in words."""
    return trace_of(recorded, sizes, run.path, claim=run.claim, minimal="", loop=run.loop)
