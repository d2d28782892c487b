"""Many random runs, fast: each seed is a task, and each gives the same whoever performs it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import Generic, TypeVar

from assay.engines.follow import Coverage
from assay.engines.kernel import KernelCheck
from assay.engines.walk.chance import Chance
from assay.engines.walk.finding import Broken, finding
from assay.engines.walk.subject import Subject
from assay.engines.walk.watch import Watch

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

_STEPS_OF_A_TASK = 5_000
STEPS_OF_A_RUN = 200
_STEPS_WITHOUT_CHANGE = 50
_TASKS_AHEAD = 8

Listener = Callable[["Walked"], None]


@dataclass(slots=True)
class Walked:
    """What random runs showed: steps and runs, what calls gave, what models saw, what broke.

    `calls` counts the outcomes of each call; `models` what was seen of each model.
    """

    steps: int = 0
    runs: int = 0
    seconds: float = 0.0
    calls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    models: dict[str, Coverage] = field(default_factory=lambda: defaultdict(Coverage))
    broken: dict[str, Broken] = field(default_factory=dict)
    interrupted: bool = False

    def add(self, other: "Walked") -> None:
        """Count what other runs showed too."""
        self.steps += other.steps
        self.runs += other.runs
        for name, outcomes in other.calls.items():
            self.calls[name].update(outcomes)
        for name, coverage in other.models.items():
            self.models[name].add(coverage)


@dataclass(frozen=True, slots=True)
class _Failing(Generic[_E]):
    """A run that breaks a claim with its last event, as it was found; the shortest counts."""

    seed: int
    full: bool
    events: tuple[_E, ...]

    def is_better(self, known: "_Failing[_E] | None") -> bool:
        """Whether it is the one to keep, whichever of them came first."""
        if known is None:
            return True
        return (len(self.events), self.seed) < (len(known.events), known.seed)


def walk(
    subject: Subject[_D, _S, _E, _O],
    *,
    executor: Executor,
    steps: int,
    seed: int = 0,
    ignored: frozenset[str] = frozenset(),
    listener: Listener | None = None,
) -> Walked:
    """At least so many steps, in runs from boot; an interrupt ends them and keeps what is known.

    `ignored` claims are not looked at. `listener` hears of all that is known so far. Of the runs
    that break a claim the shortest is cut to what it needs.
    """
    started, walked = perf_counter(), Walked()
    failing: dict[str, _Failing[_E]] = {}
    seeds = iter(range(seed, seed + -(-steps // _STEPS_OF_A_TASK)))
    size = min(_STEPS_OF_A_TASK, steps)
    open_: set[Future[tuple[Walked, dict[str, _Failing[_E]]]]] = set()
    try:
        while True:
            for each in islice(seeds, _TASKS_AHEAD - len(open_)):
                open_.add(executor.submit(walk_seed, subject, each, size, ignored))
            if not open_:
                break
            done, open_ = wait(open_, return_when=FIRST_COMPLETED)
            for future in done:
                seen, failed = future.result()
                walked.add(seen)
                _keep_better(failing, failed)
            walked.seconds = perf_counter() - started
            if listener is not None:
                listener(walked)
    except KeyboardInterrupt:
        walked.interrupted = True
        for future in open_:
            future.cancel()
    for claim, found in failing.items():
        walked.broken[claim] = finding(subject, claim, found.events, full=found.full)
    walked.seconds = perf_counter() - started
    return walked


def _keep_better(known: dict[str, _Failing[_E]], found: Mapping[str, _Failing[_E]]) -> None:
    for claim, failing in found.items():
        if failing.is_better(known.get(claim)):
            known[claim] = failing


def walk_seed(
    subject: Subject[_D, _S, _E, _O], seed: int, steps: int, ignored: frozenset[str]
) -> tuple[Walked, dict[str, _Failing[_E]]]:
    """The runs of one seed: what they showed, and for each broken claim the shortest of them."""
    walked, chance, followers = Walked(), Chance(seed), subject.followers()
    failing: dict[str, _Failing[_E]] = {}
    watch = Watch(subject, followers, ignored)
    boot = subject.kernel.boot(subject.design)
    while walked.steps < steps:
        watch.begin()
        most = min(STEPS_OF_A_RUN, steps - walked.steps)
        for check, events in _run(subject, boot, chance, most, watch, walked):
            _keep_better(failing, {check.guarantee: _Failing(seed, check.full, events)})
    for follower in followers:
        walked.models[follower.recorded.name].add(follower.coverage)
    return walked, failing


def _run(
    subject: Subject[_D, _S, _E, _O],
    boot: _S,
    chance: Chance,
    steps: int,
    watch: Watch[_D, _S, _E, _O],
    walked: Walked,
) -> Iterator[tuple[KernelCheck[_D, _S, _E, _O], tuple[_E, ...]]]:
    """One run from boot, counted; each check that it fails, with the events up to there."""
    kernel, design = subject.kernel, subject.design
    events: list[_E] = []
    state, idle, ended = boot, 0, kernel.ended(boot)
    while len(events) < steps and idle < _STEPS_WITHOUT_CHANGE and not ended:
        event = kernel.propose(design, state, chance)
        after, outcome = kernel.step(design, state, event)
        events.append(event)
        name, gave = kernel.counted_as(event, outcome)
        walked.calls[name][gave] += 1
        ended = kernel.ended(after)
        last = len(events) == steps or ended
        for check, _ in list(watch.broken(state, event, outcome, after, last=last)):
            watch.forget(check.guarantee)
            yield check, tuple(events)
        idle = idle + 1 if after is state else 0
        state = after
    walked.steps += len(events)
    walked.runs += 1
