"""Another checker on the same instance: its counts beside ours, which must be the same."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assay.problems import ToolError
from assay.report.facts import ComparisonFacts, ExplorationFacts

if TYPE_CHECKING:
    from assay.engines.export import Counted
    from assay.lang import Recorded

Count = Callable[["Recorded", Mapping[str, int], Path], "Counted"]
_FOLDER = Path("out/export")


def checker(name: Literal["spin", "tlc"]) -> Count:
    """The checker of that name.

    Errors: ToolError saying what is missing on this machine.
    """
    from assay.engines.export import ToolMissing, spin_is_there, tlc_is_there

    try:
        match name:
            case "spin":
                spin_is_there()
                return _spin
            case "tlc":
                tlc_is_there()
                return _tlc
    except ToolMissing as error:
        raise ToolError(f"--with {name}: {error}") from error


def comparison(count: Count, recorded: "Recorded", found: ExplorationFacts) -> ComparisonFacts:
    """The counts of the other checker, and in what it differs from a complete exploration.

    Errors: ToolError when the model cannot be said in its language, or when it fails.
    """
    from assay.engines.export import ExportError, ToolFailed

    folder = _FOLDER / recorded.design / recorded.name
    try:
        counted = count(recorded, found["bounds"], folder)
    except (ExportError, ToolFailed) as error:
        raise ToolError(f"{recorded.name}: {error}") from error
    except OSError as error:
        raise ToolError(f"{folder}: cannot be written: {error.strerror}") from error
    return ComparisonFacts(
        checker=counted.tool,
        states=counted.states,
        transitions=counted.transitions,
        depth=counted.depth,
        noted=sorted(counted.noted),
        differs=list(_differences(recorded, found, counted)),
        seconds=counted.seconds,
        prepared_s=counted.prepared_s,
        remark=counted.remark,
        files=folder.as_posix(),
    )


def _spin(recorded: "Recorded", sizes: Mapping[str, int], folder: Path) -> "Counted":
    from assay.engines.export import promela, run_spin

    return run_spin(promela(recorded, sizes), folder)


def _tlc(recorded: "Recorded", sizes: Mapping[str, int], folder: Path) -> "Counted":
    """TLC's counts, and then each claim on progress by a run of its own."""
    from assay.engines.export import run_tlc, tla, tla_progress, tlc_keeps

    counted = run_tlc(tla(recorded, sizes), folder)
    progress = {
        claim.name: tlc_keeps(tla_progress(recorded, sizes, claim), folder / claim.name)
        for claim in recorded.progress
    }
    return replace(counted, progress=progress)


def _differences(recorded: "Recorded", ours: ExplorationFacts, theirs: "Counted") -> Iterator[str]:
    """What the other checker counts otherwise, or says otherwise of a claim."""
    counts = [
        ("states", ours["states"], theirs.states),
        ("transitions", ours["transitions"], theirs.transitions),
        ("depth", ours["depth"], theirs.depth),
    ]
    for what, our, their in counts:
        if their is not None and our != their:
            yield f"{what}: {their:,}, not {our:,}"
    noted = {each["claim"] for each in ours["broken"]}
    noted |= {claim for claim, depth in ours["can"].items() if depth is not None}
    for claim in recorded.claims:
        if (claim.name in noted) is not (claim.name in theirs.noted):
            yield f"{claim.name}: noted by one of them alone"
    for judged in ours["progress"]:
        kept = theirs.progress.get(judged["claim"])
        if None not in (kept, judged["holds"]) and kept is not judged["holds"]:
            yield f"{judged['claim']}: holds for one of them alone"
