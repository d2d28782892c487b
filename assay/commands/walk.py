"""`assay walk`: random runs of the reference kernel."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.stores import store
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.problems import ToolError
from assay.project import Project
from assay.report.facts import BrokenRun, WalkFacts

if TYPE_CHECKING:
    from assay.engines.follow import Coverage
    from assay.engines.walk import Walked


def walk_(
    *,
    steps: int = 20_000,
    mode: Literal["whole", "interleaved", "sections"] = "whole",
    log: Path | None = None,
    raw: Annotated[bool, Parameter(negative="")] = False,
    design: str = "as-built",
    run: Run = PLAIN,
) -> Answer:
    """Run the reference kernel at random; look at every guarantee and every model after each step.

    A run that breaks something is cut to what it needs and stored as a trace.

    Args:
        steps: How many steps, in runs from boot.
        mode: Each call runs as one step; or interleaved, on several processors, of which others may
            act while one switches; or in sections, where they may act while one is in the middle of
            a call. Only models whose mappings know the mode follow.
        log: Write what the real kernel would print in one run to this file, and do nothing else.
        raw: In that log, the true words of each call too.
        design: A design by name, or a TOML file.
        run: How to run and answer.
    """
    from assay.engines.kernel import WHOLE
    from assay.engines.walk import Subject, walk
    from assay.report.walks import print_walk

    if steps < 1:
        raise ToolError(f"--steps {steps}: at least one step is needed")
    project = run.project()
    chosen = loading.design(project, design)
    if log is not None and mode != WHOLE:
        raise ToolError(f"--mode {mode}: with --log FILE each call is one step")
    if log is not None:
        return _logged(project, chosen, log, steps, raw=raw, seed=run.seed)
    if raw:
        raise ToolError("--raw: it goes with --log FILE, the log in which the words are to stand")
    kernel = loading.kernel(project, mode)
    tied = loading.tied(project, chosen, mode)
    subject = Subject(kernel, chosen, tied)
    with workers(run) as executor, Ticker() as ticker, loading.explained(project):
        walked = walk(
            subject,
            executor=executor,
            steps=steps,
            seed=run.seed,
            listener=lambda known: ticker.tell(f"{known.steps:,} steps"),
        )
    facts = _facts(chosen.name, walked)
    hashes = loading.hashes(chosen, [recorded for recorded, _ in tied])
    return Answer(
        facts={**facts, "mode": mode, "interrupted": walked.interrupted},
        text=lambda console: print_walk(facts, console),
        status=_status(walked),
        hashes={**hashes, "kernel": kernel.subject_hash()},
    )


def _logged(
    project: Project, chosen: loading.Design, path: Path, steps: int, *, raw: bool, seed: int
) -> Answer:
    """One run, as its log; a file is written whole or not at all."""
    from assay.engines.walk.chance import Chance

    logs = loading.logs(project)
    with loading.explained(project):
        events = list(logs.run(chosen, Chance(seed), steps))
        text = logs.write(chosen, events, raw=raw)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ToolError(f"--log {path}: cannot be written: {error.strerror}") from error
    lines = text.count("\n")
    told = f"{path}: {lines:,} lines of a run of {len(events):,} events"
    return Answer(
        facts={"design": chosen.name, "log": str(path), "lines": lines, "steps": len(events)},
        text=lambda console: console.print(told, markup=False, soft_wrap=True),
        hashes=loading.hashes(chosen, []),
    )


def _status(walked: "Walked") -> Status:
    if walked.broken:
        return Status.BROKEN
    return Status.UNSETTLED if walked.interrupted else Status.FINE


def _facts(design: str, walked: "Walked") -> WalkFacts:
    return WalkFacts(
        design=design,
        steps=walked.steps,
        seconds=round(walked.seconds, 3),
        steps_per_second=round(walked.steps / max(walked.seconds, 1e-9)),
        calls={name: _sorted(outcomes) for name, outcomes in sorted(walked.calls.items())},
        models={name: _seen(coverage) for name, coverage in walked.models.items()},
        broken=[
            BrokenRun(
                guarantee=claim,
                why=broken.why,
                trace=store(broken.trace, claim),
                trace_steps=broken.trace.steps,
            )
            for claim, broken in sorted(walked.broken.items())
        ],
    )


def _seen(coverage: "Coverage") -> dict[str, int]:
    """How often each action was taken, and refused by each of its checks."""
    refused = {f"{action} refuses {check}": n for (action, check), n in coverage.refused.items()}
    return dict(sorted({**coverage.taken, **refused}.items()))


def _sorted(outcomes: Counter[str]) -> dict[str, int]:
    return dict(sorted(outcomes.items()))
