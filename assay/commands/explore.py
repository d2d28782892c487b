"""`assay explore`: every reachable state of a finite instance of a model."""

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from assay import loading
from assay.bounds import fitting_bounds
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.compare import checker, comparison
from assay.commands.progress import progress_facts
from assay.commands.searching import PLAINLY, Searching
from assay.commands.stores import store
from assay.problems import ToolError, unknown
from assay.project import Project
from assay.report.facts import BrokenClaim, ExplorationFacts

if TYPE_CHECKING:
    from rich.console import Console

    from assay.engines.explore import Exploration
    from assay.engines.explore.others import Others
    from assay.lang import Recorded

NO_OTHERS: Mapping[str, "Others"] = {}
"""Where nobody asked for other ways to break a claim."""


def explore_(
    model: str,
    /,
    *,
    design: str = "as-built",
    bounds: str = "",
    ladder: int | None = None,
    traces: int = 1,
    search: Searching = PLAINLY,
    with_: Annotated[Literal["spin", "tlc"] | None, Parameter(name="--with")] = None,
    run: Run = PLAIN,
) -> Answer:
    """Visit every reachable state of a finite instance of a model.

    Args:
        model: The model's name; `assay list models` knows them.
        design: A design by name, or a TOML file.
        bounds: Elements of each kind (Thread=2,Group=3), or the name of a size in bounds.toml.
        ladder: Instances with 1, 2, ... of everything up to so many; each says what it adds.
        traces: Traces of each broken claim at most, none with all the actions of another.
        search: How to search.
        with_: Let spin or tlc count the same instance too; all counts must agree.
        run: How to run and answer.
    """
    search.check()
    if with_ is not None and not search.is_whole:
        raise ToolError("--with compares whole searches: leave out limits and --symmetry")
    if ladder is not None and (bounds or search.checkpoint is not None):
        raise ToolError("--ladder chooses the bounds: leave out --bounds and --checkpoint")
    if traces < 1:
        raise ToolError(f"--traces {traces}: at least one trace is needed")
    other = None if with_ is None else checker(with_)
    project = run.project()
    chosen = loading.design(project, design)
    recorded = loading.recorded(project, model, chosen)
    with loading.explained(project):
        if ladder is None:
            found, rungs = search.search(recorded, _sizes(project, recorded, bounds)), None
        else:
            found, rungs = search.climb(recorded, ladder)
        others = search.others(recorded, found, traces - 1)
    facts = exploration_facts(recorded, found, others)
    facts["progress"] = progress_facts(recorded, found, search)
    facts["rungs"] = rungs
    if search.symmetry:
        facts["symmetry"] = list(found.symmetry)
        facts["no_symmetry"] = found.unreduced
    if other is not None and found.complete:
        facts["compared"] = comparison(other, recorded, facts)
    return Answer(
        facts=facts,
        text=lambda console: _print(facts, console),
        status=_status(facts),
        hashes=loading.hashes(chosen, [recorded]),
    )


def _print(facts: ExplorationFacts, console: "Console") -> None:
    from assay.report.exploration import print_exploration

    print_exploration(facts, console)


def exploration_facts(
    recorded: "Recorded", found: "Exploration", others: Mapping[str, "Others"] = NO_OTHERS
) -> ExplorationFacts:
    """What was found, with a trace stored for each broken claim and for other ways to break it.

    Claims on progress are judged apart.
    """
    return ExplorationFacts(
        model=recorded.name,
        design=recorded.design,
        bounds=dict(found.sizes),
        states=found.states,
        transitions=found.transitions,
        depth=found.depth,
        seconds=found.seconds,
        prepared_seconds=found.prepared,
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
        broken=_broken(recorded, found, others),
        deadlocks=found.deadlocks,
        symmetry=None,
        no_symmetry="",
        progress=[],
        compared=None,
        rungs=None,
    )


def _broken(
    recorded: "Recorded", found: "Exploration", others: Mapping[str, "Others"]
) -> list[BrokenClaim]:
    from assay.engines.explore.others import NOT_ASKED
    from assay.engines.model_traces import trace_of

    listed: list[BrokenClaim] = []
    for each in found.broken:
        further = others.get(each.claim, NOT_ASKED)
        sizes = dict(found.sizes)
        first = store(trace_of(recorded, sizes, each.path, claim=each.claim), each.claim)
        rest: list[str] = []
        for number, path in enumerate(further.paths, start=2):
            other = trace_of(recorded, sizes, path, claim=each.claim, minimal="locally minimal")
            rest.append(store(other, f"{each.claim}-{number}"))
        listed.append(
            BrokenClaim(
                guarantee=recorded.claim(each.claim).guarantee or "auxiliary",
                claim=each.claim,
                depth=each.depth,
                trace=first,
                others=rest,
                no_more=further.reason,
            )
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


def _peak_mib() -> int:
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss // 1024
