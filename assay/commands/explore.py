"""`assay explore`: every reachable state of a finite instance of a model."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from assay import loading
from assay.bounds import fitting_bounds
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.compare import checker, comparison
from assay.commands.progress import progress_facts
from assay.commands.stores import store, writable
from assay.commands.ticker import Ticker
from assay.problems import ToolError, unknown
from assay.project import Project
from assay.report.facts import BrokenClaim, ExplorationFacts

if TYPE_CHECKING:
    from assay.engines.explore import Exploration, Limits, Progress
    from assay.lang import Recorded


def explore_(
    model: str,
    /,
    *,
    design: str = "as-built",
    bounds: str = "",
    states: int | None = None,
    seconds: float | None = None,
    engine: Literal["any", "plain", "compiled"] = "any",
    threads: int = 1,
    symmetry: bool = False,
    memory_mib: int | None = None,
    checkpoint: Path | None = None,
    with_: Annotated[Literal["spin", "tlc"] | None, Parameter(name="--with")] = None,
    run: Run = PLAIN,
) -> Answer:
    """Visit every reachable state of a finite instance of a model.

    Args:
        model: The model's name; `assay list models` knows them.
        design: A design by name, or a TOML file.
        bounds: Elements of each kind (Thread=2,Group=3), or the name of a size in bounds.toml.
        states: Give up after so many states.
        seconds: Give up after so long.
        engine: Generated Python, machine code, or the first until the second is worth compiling.
        threads: Threads of machine code; of several shortest traces they may show another one.
        symmetry: Keep one of the states that differ by the places of interchangeable elements.
        memory_mib: Give up when the process holds so much.
        checkpoint: Keep the search in this file, each minute and when it gives up; go on from it.
        with_: Let spin or tlc count the same instance too; all counts must agree.
        run: How to run and answer.
    """
    from assay.report.exploration import print_exploration

    limits = _limits(states, seconds, memory_mib)
    search = _Search(limits, engine, threads, symmetry, checkpoint)
    search.check()
    if with_ is not None and (symmetry or {states, seconds, memory_mib} != {None}):
        raise ToolError("--with compares whole searches: leave out limits and --symmetry")
    other = None if with_ is None else checker(with_)
    project = run.project()
    chosen = loading.design(project, design)
    recorded = loading.recorded(project, model, chosen)
    sizes = _sizes(project, recorded, bounds)
    with loading.explained(project):
        found = _explored(recorded, sizes, search)
    facts = exploration_facts(recorded, found)
    if symmetry:
        facts["symmetry"] = list(found.symmetry)
    if other is not None and found.complete:
        facts["compared"] = comparison(other, recorded, facts)
    return Answer(
        facts=facts,
        text=lambda console: print_exploration(facts, console),
        status=_status(facts),
        hashes=loading.hashes(chosen, [recorded]),
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """How to search."""

    limits: "Limits"
    engine: str
    threads: int
    symmetry: bool
    checkpoint: Path | None

    def check(self) -> None:
        """Errors: ToolError for options that make no sense, alone or together."""
        if self.threads < 1:
            raise ToolError(f"--threads {self.threads}: at least one thread is needed")
        if self.engine == "plain" and (self.symmetry or self.checkpoint is not None):
            option = "--symmetry" if self.symmetry else "--checkpoint"
            raise ToolError(f"{option}: only the compiled engine knows it")
        if self.checkpoint is not None:
            writable("--checkpoint", self.checkpoint)


def _limits(states: int | None, seconds: float | None, memory_mib: int | None) -> "Limits":
    from assay.engines.explore import Limits

    if states is not None and states < 1:
        raise ToolError(f"--states {states}: at least one state is needed")
    if seconds is not None and not 0 < seconds < inf:
        raise ToolError(f"--seconds {seconds:g}: expected seconds above 0")
    if memory_mib is not None and memory_mib < 1:
        raise ToolError(f"--memory-mib {memory_mib}: at least one MiB is needed")
    return Limits(states=states, seconds=seconds, memory_mib=memory_mib)


def _explored(recorded: "Recorded", sizes: Mapping[str, int], search: _Search) -> "Exploration":
    from assay.engines.explore import Engine, Foreign, Unsupported, explore
    from assay.engines.interpret import SizesError

    try:
        with Ticker() as ticker:
            return explore(
                recorded,
                sizes,
                limits=search.limits,
                progress=lambda p: ticker.tell(_line(p)),
                engine=Engine(search.engine),
                threads=search.threads,
                reduced=search.symmetry,
                checkpoint=search.checkpoint,
            )
    except SizesError as error:
        raise ToolError(f"the bounds do not fit {recorded.name}: {error}") from error
    except Foreign as error:
        raise ToolError(f"--checkpoint: {error}") from error
    except Unsupported as error:
        raise ToolError(f"{recorded.name} cannot be compiled: {error}") from error


def exploration_facts(recorded: "Recorded", found: "Exploration") -> ExplorationFacts:
    """What was found, with a trace stored for each broken claim."""
    return ExplorationFacts(
        model=recorded.name,
        design=recorded.design,
        bounds=dict(found.sizes),
        states=found.states,
        transitions=found.transitions,
        depth=found.depth,
        seconds=found.seconds,
        states_per_second=round(found.states / max(found.seconds, 1e-9)),
        peak_mib=_peak_mib(),
        complete=found.complete,
        reason=found.reason,
        enabled=dict(found.enabled),
        refused={action: dict(counts) for action, counts in found.refused.items()},
        can={
            claim: None if reached is None else reached.depth
            for claim, reached in found.can.items()
        },
        never_true=[claim for claim, seen in found.premises.items() if not seen],
        broken=_broken(recorded, found),
        deadlocks=found.deadlocks,
        symmetry=None,
        progress=progress_facts(recorded, found),
        compared=None,
    )


def _broken(recorded: "Recorded", found: "Exploration") -> list[BrokenClaim]:
    from assay.engines.model_traces import trace_of

    listed: list[BrokenClaim] = []
    for each in found.broken:
        trace = trace_of(recorded, dict(found.sizes), each.path, claim=each.claim)
        guarantee = recorded.claim(each.claim).guarantee or "auxiliary"
        path = store(trace, each.claim)
        listed.append(
            BrokenClaim(guarantee=guarantee, claim=each.claim, depth=each.depth, trace=path)
        )
    return listed


def _status(facts: ExplorationFacts) -> Status:
    if facts["compared"] is not None and facts["compared"]["differs"]:
        return Status.FAULTY
    judged = [claim["holds"] for claim in facts["progress"]]
    if facts["broken"] or False in judged:
        return Status.BROKEN
    empty = facts["never_true"] or 0 in facts["enabled"].values() or None in facts["can"].values()
    empty = empty or None in judged or not all(c["premise_seen"] for c in facts["progress"])
    return Status.UNSETTLED if empty or not facts["complete"] else Status.FINE


def _sizes(project: Project, recorded: "Recorded", bounds: str) -> Mapping[str, int]:
    """The sizes that the option asks for; without it the first that bounds.toml names."""
    if "=" in bounds:
        return _given(bounds, recorded.sized.keys())
    named = fitting_bounds(project, recorded)
    if not bounds:
        return next(iter(named.values())).sizes
    if bounds not in named:
        raise ToolError(f"--bounds: {unknown(named, bounds, 'size')}")
    return named[bounds].sizes


def _given(bounds: str, kinds: Set[str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    problems: list[str] = []
    for item in bounds.split(","):
        kind, _, count = item.partition("=")
        if kind not in kinds:
            problems.append(f"--bounds {bounds}: {unknown(kinds, kind, 'kind')}")
        elif kind in sizes:
            problems.append(f"--bounds {bounds}: {kind} stands twice")
        elif not (count.isascii() and count.isdecimal() and int(count) > 0):
            problems.append(f"--bounds {bounds}: {kind} needs a number from 1, not `{count}`")
        else:
            sizes[kind] = int(count)
    missing = sorted(kinds - sizes.keys())
    if missing and not problems:
        problems.append(f"--bounds {bounds}: it gives no {', '.join(missing)}")
    if problems:
        raise ToolError(*problems)
    return sizes


def _line(progress: "Progress") -> str:
    return (
        f"{progress.states:,} states, {progress.queued:,} to do, "
        f"{'rising' if progress.rising else 'falling'}, depth {progress.depth}, "
        f"{progress.rate:,.0f}/s, {progress.memory_mib:,} MiB"
    )


def _peak_mib() -> int:
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss // 1024
