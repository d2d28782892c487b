"""What every engine can say of one design: each guarantee with a verdict and what it rests on.

A model is searched in a finite instance, and what holds there is proved for any size. What is
broken there counts when the kernel shows it too. What only the kernel speaks of is walked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from assay.engines.executor import Here
from assay.engines.explore import Broken, Exploration, Limits, Path, explore
from assay.engines.explore.others import other_paths
from assay.engines.judge_progress import judge_progress
from assay.engines.kernel import ModelMapping
from assay.engines.kernel_traces import subject_of
from assay.engines.model_traces import trace_of
from assay.engines.performing import Performer, any_speaks, performed
from assay.engines.prove import Cache, ObligationResult, prove
from assay.engines.vacuity import Fault, findings
from assay.engines.walk import Broken as Failure
from assay.engines.walk import SearchedScenes, Subject, Walked, search_scenes, walk
from assay.lang.recorded import Claim, Ranked, Recorded, Role
from assay.traces import Judgement, Minimal, Replayed, Trace, Verdict

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

_OTHER_WAYS = 3
"""So many other ways to break a claim are tried in the kernel, if it does not show a shortest."""


@dataclass(frozen=True, slots=True)
class Case(Generic[_D, _S, _E, _O]):
    """A model under a design, the instances to search, and its ties to the kernel, if any.

    The first of `sizes` is searched always, and so are those that stand `beside` it: what is empty
    in all of them is told. The next ones are searched for what is neither proved nor broken. What
    one of the `performers` does not show of a trace the next one may, in finer steps.
    """

    recorded: Recorded
    sizes: tuple[Mapping[str, int], ...]
    mapping: ModelMapping[_D, _S, _E, _O] | None = None
    performers: tuple[Performer[_D, _S, _E, _O], ...] = ()
    beside: tuple[Mapping[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """How far to go: the same for every design.

    `steps` are those of the kernel, `scene_steps` those of the search of each of its scenes;
    `states` those of any instance but the first of a model.
    """

    seed: int = 0
    steps: int = 10_000
    scene_steps: int = 1_000
    states: int = 500_000
    solver_s: float = 10.0
    cache: Cache | None = None


def judge_model(
    case: Case[_D, _S, _E, _O], design: _D, settings: Settings
) -> tuple[Judgement, ...]:
    """A judgement of each guarantee of the model; of a broken one for each broken claim."""
    return tuple(_Trial(case, design, settings).judgements())


class _Way(NamedTuple):
    """A claim that an instance breaks."""

    found: Exploration
    broken: Broken


class _Trial(Generic[_D, _S, _E, _O]):
    """One model before the engines."""

    def __init__(self, case: Case[_D, _S, _E, _O], design: _D, settings: Settings) -> None:
        self.case = case
        self.limits = Limits(states=settings.states)
        self.design = design
        recorded = case.recorded
        self.found: Exploration = explore(recorded, case.sizes[0])
        beside = tuple(explore(recorded, sizes) for sizes in case.beside)
        self.broken: dict[str, list[_Way]] = {}
        for found in (self.found, *beside):
            self._note(found)
        kept = tuple(claim for claim in recorded.claims if claim.name not in self.broken)
        self.larger = self.found
        self.open: dict[str, str] = {}
        self.ranked: tuple[Ranked, ...] = ()
        self.proved = self._inductive(replace(recorded, claims=kept), settings)
        for sizes in case.sizes[1:]:
            self._search(sizes, self.limits)
        whole = findings(recorded, (self.found, *beside))
        self.empty = [each for each in whole if each.is_vacuous]

    def judgements(self) -> Iterator[Judgement]:
        """The guarantees in the order of the model, then auxiliary claims that are false."""
        by_guarantee: dict[str, list[Claim]] = {}
        for claim in self.case.recorded.of_role(Role.GUARANTEE):
            by_guarantee.setdefault(claim.guarantee or claim.name, []).append(claim)
        for guarantee, claims in by_guarantee.items():
            broken = [self.broken[claim.name] for claim in claims if claim.name in self.broken]
            if broken:
                yield from (self._broken(guarantee, each) for each in broken)
            else:
                yield self._kept(guarantee, [claim.name for claim in claims])
        for claim in self.case.recorded.of_role(Role.AUXILIARY):
            if claim.name in self.broken:
                reason = "an auxiliary claim is false in a reachable state"
                yield self._judged(claim.name, Verdict.UNKNOWN, reason=reason)
        yield from self._progress()

    def _progress(self) -> Iterator[Judgement]:
        """The claims on progress: which are proved, and what the instances searched always show."""
        shown = {
            each.progress: [r for r in self.proved if r.claim in {c.name for c in each.claims}]
            for each in self.ranked
        }
        instances = (self.case.sizes[0], *self.case.beside)
        yield from judge_progress(self.case.recorded, instances, self.limits, shown)

    def _note(self, found: Exploration) -> None:
        """Remember what an instance breaks, each by a shortest way of it; the shortest first."""
        for each in found.broken:
            ways = self.broken.setdefault(each.claim, [])
            ways.append(_Way(found, each))
            ways.sort(key=lambda way: way.broken.depth)

    def _search(self, sizes: Mapping[str, int], limits: Limits) -> None:
        """Look for what is open in a larger instance."""
        claims = tuple(
            claim
            for claim in self.case.recorded.claims
            if claim.name in self.open and claim.name not in self.broken
        )
        if claims:
            found = explore(replace(self.case.recorded, claims=claims), sizes, limits=limits)
            self._note(found)
            if found.complete:
                self.larger = found

    def _inductive(self, recorded: Recorded, settings: Settings) -> tuple[ObligationResult, ...]:
        """Proofs of the claims that need no claim but each other; notes why the others fail.

        A proof may use every claim that holds before the step: one that fails must not be used.
        What is left of the rankings is all shown.
        """
        while True:
            results = prove(
                recorded,
                executor=Here(),
                cache=settings.cache,
                time_limit_s=settings.solver_s,
                questions=False,
            )
            failed = {r.claim: r.reason for r in results if r.verdict is not Verdict.PROVED}
            if not failed:
                self.ranked = recorded.ranked
                return results
            self.open.update(failed)
            kept = tuple(claim for claim in recorded.claims if claim.name not in failed)
            ranked = tuple(
                each
                for each in recorded.ranked
                if not any(claim.name in failed for claim in each.claims)
            )
            if (kept, ranked) == (recorded.claims, recorded.ranked):
                self.open.update((claim.name, "a range is not kept") for claim in kept)
                return ()
            recorded = replace(recorded, claims=kept, ranked=ranked)

    def _kept(self, guarantee: str, claims: list[str]) -> Judgement:
        empty = [
            each
            for each in self.empty
            if each.fault is not Fault.PREMISE_NEVER_TRUE or each.subject in claims
        ]
        if empty:
            return self._judged(guarantee, Verdict.VACUOUS, reason=str(empty[0]))
        results = [each for each in self.proved if each.claim in claims]
        open_ = [self.open[claim] for claim in claims if claim in self.open]
        if not open_:
            solvers = tuple(sorted({name for each in results for name in each.answers}))
            proved = self._judged(guarantee, Verdict.PROVED, engine="prove")
            return replace(proved, obligations=len(results), solvers=solvers)
        verdict = Verdict.EXHAUSTED if self.larger.complete else Verdict.UNKNOWN
        return self._judged(guarantee, verdict, reason=open_[0])

    def _broken(self, guarantee: str, ways: Sequence[_Way]) -> Judgement:
        claim = self.case.recorded.claim(ways[0].broken.claim)
        trace, replayed, why = self._shown(guarantee, ways)
        verdict = Verdict.UNKNOWN if replayed is Replayed.NO else Verdict.BROKEN
        judged = self._judged(guarantee, verdict, reason=why)
        conjunct = f"{claim.name}: {claim.meaning} ({claim.where})"
        return replace(judged, trace=trace, replayed=replayed, conjunct=conjunct)

    def _shown(self, guarantee: str, ways: Sequence[_Way]) -> tuple[Trace, Replayed, str]:
        """A shortest trace; where the kernel does not show it, some other one that it shows."""
        performers = self.case.performers
        told = (
            (each, *performed(performers, self.design, guarantee, each))
            for each in self._traces(ways)
        )
        first = next(told)
        if first[1] is Replayed.YES or not any_speaks(performers, guarantee):
            return first
        return next((each for each in told if each[1] is Replayed.YES), first)

    def _traces(self, ways: Sequence[_Way]) -> Iterator[Trace]:
        """The shortest in each instance, then such as do without some action that those take."""
        recorded, shortest = self.case.recorded, ways[0].broken.depth
        for found, broken in ways:
            minimal: Minimal = "proved shortest" if broken.depth == shortest else "locally minimal"
            sizes, path = dict(found.sizes), broken.path
            yield trace_of(recorded, sizes, path, claim=broken.claim, minimal=minimal)
        sizes = dict(ways[0].found.sizes)
        for path in self._others(sizes, ways[0].broken):
            claim = ways[0].broken.claim
            yield trace_of(recorded, sizes, path, claim=claim, minimal="locally minimal")

    def _others(self, sizes: Mapping[str, int], broken: Broken) -> tuple[Path, ...]:
        def look(limited: Recorded, _claim: str) -> Exploration:
            return explore(limited, sizes, limits=self.limits)

        return other_paths(self.case.recorded, broken, _OTHER_WAYS, look).paths

    def _judged(
        self, guarantee: str, verdict: Verdict, *, engine: str = "explore", reason: str = ""
    ) -> Judgement:
        return Judgement(
            guarantee=guarantee,
            subject=self.case.recorded.name,
            engine=engine,
            verdict=verdict,
            seconds=self.larger.seconds,
            bounds=self.larger.sizes,
            states=self.larger.states,
            depth=self.larger.depth,
            reason=reason,
        )


def judge_kernel(
    subject: Subject[_D, _S, _E, _O],
    executor: Executor,
    settings: Settings,
    *,
    known: Iterable[str] = (),
) -> tuple[Judgement, ...]:
    """A judgement of each guarantee that the kernel's steps show, of a broken one for each cause.

    The scenes of the kernel are searched first; then it walks for what is neither broken there nor
    `known` to be broken. An interrupt ends the walk and keeps what it saw.
    """
    searched = search_scenes(subject, executor=executor, steps=settings.scene_steps)
    ignored = frozenset(known) | searched.broken.keys()
    walked = walk(
        subject, executor=executor, steps=settings.steps, seed=settings.seed, ignored=ignored
    )
    claims = dict.fromkeys(check.guarantee for check in subject.kernel.checks)
    claims.update(dict.fromkeys(walked.broken))
    name = subject_of(subject.kernel.mode)
    return tuple(chain.from_iterable(_of_kernel(name, searched, walked, claims, ignored)))


def _of_kernel(
    name: str,
    searched: SearchedScenes,
    walked: Walked,
    claims: Iterable[str],
    ignored: frozenset[str],
) -> Iterator[list[Judgement]]:
    for claim in claims:
        found = searched.found(claim)
        if found:
            yield [_broken(name, each, "search", searched.seconds) for each in found]
        elif claim in walked.broken:
            yield [_broken(name, walked.broken[claim], "walk", walked.seconds)]
        elif claim not in ignored:
            steps = f"{walked.steps:,} random steps"
            reason = f"{steps}, {searched.steps:,} searched" if searched.steps else steps
            verdict = Verdict.UNKNOWN if walked.interrupted else Verdict.SURVIVED
            reason = f"interrupted after {reason}" if walked.interrupted else reason
            yield [Judgement(claim, name, "walk", verdict, walked.seconds, reason=reason)]


def _broken(name: str, failure: Failure, engine: str, seconds: float) -> Judgement:
    return Judgement(
        failure.claim,
        name,
        engine,
        Verdict.BROKEN,
        seconds,
        trace=failure.trace,
        replayed=Replayed.YES,
        reason=failure.why,
    )
