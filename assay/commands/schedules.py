"""`assay schedules`: every order of steps of small programs on several processors."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from cyclopts import Parameter

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.stores import store
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.problems import ToolError, unknown
from assay.project import Project
from assay.report.facts import BrokenSchedule, EndFacts, ScheduleFacts, SchedulesFacts
from assay.traces.verdicts import Verdict

if TYPE_CHECKING:
    from assay.engines.schedules import End, Progress, Scenario, Schedules
    from assay.engines.walk import Broken, Subject

    _Task = tuple[Subject[Any, Any, Any, Any], Scenario[Any, Any, Any, Any, Any]]


INTERRUPTED = "interrupted"
"""Why a scenario is not settled, where somebody at the keyboard ended the search."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Extent:
    """How much to look at."""

    preemptions: int | None = None
    """At most so many changes from a processor that could go on; as many as can be if left out."""
    states: int | None = None
    """Give a scenario up after so many states."""
    seconds: float | None = None
    """Give a scenario up after so long."""
    random: int | None = None
    """So many runs by chance instead of all."""

    def check(self) -> None:
        """Errors: ToolError for options that make no sense, alone or together."""
        if self.preemptions is not None and self.preemptions < 0:
            raise ToolError(f"--preemptions {self.preemptions}: expected a number from 0")
        if self.states is not None and self.states < 1:
            raise ToolError(f"--states {self.states}: at least one state is needed")
        if self.seconds is not None and not 0 < self.seconds < inf:
            raise ToolError(f"--seconds {self.seconds:g}: expected seconds above 0")
        if self.random is not None and self.random < 1:
            raise ToolError(f"--random {self.random}: at least one run is needed")
        if self.random is not None and (self.preemptions, self.states, self.seconds) != (None,) * 3:
            raise ToolError("--random makes a number of runs: leave out the limits of a search")


ALL = Extent()
"""No option given: every schedule."""


def schedules_(
    *scenario: str,
    mode: str = "",
    design: str = "as-built",
    extent: Extent = ALL,
    run: Run = PLAIN,
) -> Answer:
    """Run the programs of scenarios in every order of their steps; look at every guarantee.

    At each state any processor may take its next step, and what the scenario allows may come from
    outside. What is broken is cut to what it needs and stored as a trace.

    Args:
        scenario: Scenarios by name, or TOML files; all that ship if left out.
        mode: How fine the steps are: interleaved, where a switch takes two, or sections, where a
            call is a row of them; the coarsest if left out.
        design: A design by name, or a TOML file.
        extent: How much to look at.
        run: How to run and answer.
    """
    from assay.report.schedules import print_schedules

    extent.check()
    project = run.project()
    chosen = loading.design(project, design)
    names = scenario or loading.scenario_names(project)
    asked = [_at(mode, each) for each in _scenarios(project, names)]
    tasks = [_task(project, each, chosen) for each in asked if not each.lacks(chosen)]
    found: dict[str, Schedules] = {}
    interrupted = False
    try:
        with loading.explained(project), loading.misread(project):
            for each in _searched(tasks, extent, run):
                found[each.scenario] = each
    except KeyboardInterrupt:
        interrupted = True
    told = [_facts(each, found.get(each.name), chosen) for each in asked]
    facts = SchedulesFacts(design=chosen.name, scenarios=told, interrupted=interrupted)
    hashes = loading.hashes(chosen, [])
    versions = {subject.kernel.mode: subject.kernel.subject_hash() for subject, _ in tasks}
    return Answer(
        facts=facts,
        text=lambda console: print_schedules(facts, console),
        status=_status(told),
        hashes={**hashes, "kernel": versions},
    )


def _scenarios(project: Project, names: Sequence[str]) -> "list[Scenario[Any, Any, Any, Any, Any]]":
    """The scenarios of these names. Errors: ToolError with every mistake in all of them."""
    found, problems = [], list[str]()
    for name in dict.fromkeys(names):
        try:
            found.append(loading.scenario(project, name))
        except ToolError as error:
            problems += error.problems
    counted = Counter(each.name for each in found).items()
    problems += [f"two scenarios with one name: {name}" for name, count in counted if count > 1]
    if problems:
        raise ToolError(*problems)
    return found


def _at(
    mode: str, scenario: "Scenario[Any, Any, Any, Any, Any]"
) -> "Scenario[Any, Any, Any, Any, Any]":
    """The scenario in steps that are so fine."""
    if not mode:
        return scenario
    if mode not in scenario.modes:
        raise ToolError(f"--mode: {unknown(scenario.modes, mode, 'mode')}")
    return scenario.at(mode)


def _task(
    project: Project, scenario: "Scenario[Any, Any, Any, Any, Any]", design: loading.Design
) -> "_Task":
    from assay.engines.walk import Subject

    return Subject(loading.kernel(project, scenario.mode), design), scenario


def _searched(tasks: "Sequence[_Task]", extent: Extent, run: Run) -> "Iterator[Schedules]":
    """What each scenario shows, in order; an interrupt ends that."""
    with workers(run) as executor, Ticker() as ticker:
        if len(tasks) == 1 or run.jobs == 1:
            for task in tasks:
                found = _search(task, extent, run.seed, ticker)
                yield found
                if found.reason == INTERRUPTED:
                    raise KeyboardInterrupt
            return
        futures = [executor.submit(_search, task, extent, run.seed) for task in tasks]
        for number, future in enumerate(futures, start=1):
            yield future.result()
            ticker.tell(f"{number} of {len(tasks)} scenarios")


def _search(task: "_Task", extent: Extent, seed: int, ticker: Ticker | None = None) -> "Schedules":
    """What one scenario shows."""
    from assay.engines.schedules import Limits, sample_schedules, search_schedules

    subject, scenario = task

    def listen(progress: "Progress") -> None:
        if ticker is not None:
            ticker.tell(f"{scenario.name}: {line(progress)}")

    if extent.random is not None:
        return sample_schedules(subject, scenario, runs=extent.random, seed=seed, listener=listen)
    limits = Limits(extent.preemptions, extent.states, extent.seconds)
    return search_schedules(subject, scenario, limits, listen)


def _facts(
    scenario: "Scenario[Any, Any, Any, Any, Any]",
    found: "Schedules | None",
    design: loading.Design,
) -> ScheduleFacts:
    """What is told of a scenario; one that was not looked at has no verdict but UNKNOWN."""
    lacks = scenario.lacks(design)
    facts = ScheduleFacts(
        scenario=scenario.name,
        about=scenario.about,
        lacks=lacks,
        verdict="" if lacks else Verdict.UNKNOWN.value,
        reason="" if lacks else INTERRUPTED,
        bounds=dict(scenario.bounds),
        preemptions=None,
        states=0,
        steps=0,
        runs=0,
        depth=0,
        seconds=0.0,
        broken=[],
        ends=[],
        endless=None,
    )
    if found is None:
        return facts
    name = scenario.name
    return {
        **facts,
        "verdict": _verdict(found).value,
        "reason": found.reason,
        "preemptions": found.preemptions,
        "states": found.states,
        "steps": found.steps,
        "runs": found.runs,
        "depth": found.depth,
        "seconds": round(found.seconds, 3),
        "broken": [_broken(name, at, each) for at, each in enumerate(_in_order(found))],
        "ends": [_end(name, at, each) for at, each in enumerate(found.ends)],
        "endless": None if found.endless is None else store(found.endless, f"{name}-endless"),
    }


def _verdict(found: "Schedules") -> Verdict:
    """What the search says of everything that it looked at."""
    if found.broken or found.stuck or found.endless:
        return Verdict.BROKEN
    if found.runs and not found.reason:
        return Verdict.SURVIVED
    return Verdict.EXHAUSTED if found.complete else Verdict.UNKNOWN


def _in_order(found: "Schedules") -> "list[Broken]":
    return sorted(found.broken, key=lambda each: (each.claim, each.trace.steps, each.why))


def _broken(scenario: str, at: int, broken: "Broken") -> BrokenSchedule:
    return BrokenSchedule(
        guarantee=broken.claim,
        why=broken.why,
        trace=store(broken.trace, f"{scenario}-{at + 1}-{broken.claim}"),
        trace_steps=broken.trace.steps,
        prepared=broken.trace.prepared,
    )


def _end(scenario: str, at: int, end: "End") -> EndFacts:
    """A way to end; that every program is done needs no trace."""
    shown = end.standing != "finished"
    trace = store(end.trace, f"{scenario}-end-{at + 1}") if shown else None
    return EndFacts(standing=end.standing, words=end.words, states=end.states, trace=trace)


def _status(told: "Sequence[ScheduleFacts]") -> Status:
    verdicts = {each["verdict"] for each in told}
    if Verdict.BROKEN.value in verdicts:
        return Status.BROKEN
    return Status.UNSETTLED if Verdict.UNKNOWN.value in verdicts else Status.FINE


def line(progress: "Progress") -> str:
    """How far a search is."""
    return (
        f"{progress.states:,} states, {progress.queued:,} to do, depth {progress.depth}, "
        f"{progress.rate:,.0f}/s"
    )
