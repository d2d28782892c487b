"""Judging designs by every engine: what `assay check` and `assay decide` do in common."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from assay import loading
from assay.bounds import fitting_bounds
from assay.commands.answer import Run
from assay.commands.kept import Kept
from assay.commands.stores import proofs
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.lang.fingerprint import fingerprint
from assay.project import Project
from assay.traces import Judgement, Replayed

if TYPE_CHECKING:
    from assay.engines.judge import Case, Settings

Waiting = Callable[[], tuple[Judgement, ...]]
"""Waits for judgements that are on their way, or has them already."""
_Begun = tuple[str, Waiting]
"""The name of what is judged, and who waits for the judgements."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which models and guarantees were asked for; None is all guarantees.

    `modes` are those of the kernel that is to be searched and walked; `words` tells whether
    statements over words are to be proved.
    """

    models: tuple[str, ...]
    guarantees: frozenset[str] | None
    modes: tuple[str, ...]
    words: bool

    def admits(self, guarantee: str) -> bool:
        """Whether a verdict on the guarantee was asked for."""
        return self.guarantees is None or guarantee in self.guarantees


@dataclass(frozen=True, slots=True)
class Effort:
    """How the work is done and how far it goes, and what is kept of it."""

    run: Run
    steps: int
    kept: Kept


@dataclass(slots=True)
class Progress:
    """What is known so far; an interrupt leaves it as it is."""

    judged: dict[str, list[Judgement]] = field(default_factory=dict)
    interrupted: bool = False


def cases(
    project: Project, design: loading.Design, models: Collection[str]
) -> "list[Case[Any, Any, Any, Any]]":
    """The models of these names under the design, with their instances and ties to the kernel.

    Errors: ToolError with file and line of what is wrong in them.
    """
    from assay.engines.judge import Case

    return [
        Case(
            recorded=recorded,
            sizes=tuple(each.sizes for each in named if not each.beside),
            beside=tuple(each.sizes for each in named if each.beside),
            mapping=loading.mapping(project, name),
            performers=tuple(loading.performers(project, name)),
        )
        for name in models
        for recorded in [loading.recorded(project, name, design)]
        for named in [fitting_bounds(project, recorded).values()]
    ]


def judged(
    project: Project,
    designs: Collection[loading.Design],
    by_design: "Mapping[str, list[Case[Any, Any, Any, Any]]]",
    selection: Selection,
    effort: Effort,
) -> Progress:
    """The judgements of each design, in order; what an interrupt leaves of them.

    `by_design` has the models of the project that the kernel's steps must follow; those of the
    selection are judged.
    """
    from assay.engines.judge import Settings
    from assay.engines.prove import Cache

    settings = Settings(seed=effort.run.seed, steps=effort.steps, cache=Cache(proofs(project)))
    progress = Progress({each.name: [] for each in designs})
    try:
        with workers(effort.run) as executor, Ticker() as ticker, loading.explained(project):
            work = _Work(project, selection, effort.kept, settings, executor, ticker)
            asked = {each.name: list(work.begun(each, by_design[each.name])) for each in designs}
            for design in designs:
                found = progress.judged[design.name]
                for name, wait in asked[design.name]:
                    ticker.tell(f"{name} under {design.name}")
                    found += wait()
                for mode in selection.modes:
                    found += work.of_kernel(mode, design, by_design[design.name], found)
    except KeyboardInterrupt:
        progress.interrupted = True
    for name, found in progress.judged.items():
        progress.judged[name] = [each for each in found if selection.admits(each.guarantee)]
    return progress


@dataclass(frozen=True, slots=True)
class _Work:
    """What is common to all judging of one run; `first` has the models that were begun."""

    project: Project
    selection: Selection
    kept: Kept
    settings: "Settings"
    executor: Executor
    ticker: Ticker
    first: dict[tuple[str, str], Waiting] = field(default_factory=dict)

    def begun(
        self, design: loading.Design, cases: "list[Case[Any, Any, Any, Any]]"
    ) -> Iterator[_Begun]:
        """The models and the statements of the design, all of which are judged side by side."""
        from assay.engines.judge import judge_model
        from assay.engines.judge_words import judge_words

        for case in cases:
            name = case.recorded.name
            if name not in self.selection.models:
                continue
            submit = partial(self.executor.submit, judge_model, case, design, self.settings)
            wait = partial(self.kept.judged, _part(design, name), submit)
            version = name, fingerprint(replace(case.recorded, design=""))
            if version in self.first:
                yield name, partial(_as_before, self.first[version], wait)
            else:
                self.ticker.tell(f"{name} under {design.name}")
                self.first[version] = wait()
                yield name, self.first[version]
        if self.selection.words:
            words, said = self.project.words_name, loading.statements(self.project, design)
            judge = partial(self.executor.submit, judge_words, words, said, self.settings)
            yield words, self.kept.judged(_part(design, words), judge)

    def of_kernel(
        self,
        mode: str,
        design: loading.Design,
        cases: "list[Case[Any, Any, Any, Any]]",
        found: Collection[Judgement],
    ) -> tuple[Judgement, ...]:
        """The kernel in that mode; what is known to be broken there is not looked for again."""
        from assay.engines.judge import judge_kernel
        from assay.engines.walk import Subject

        self.ticker.tell(f"the kernel under {design.name}, {mode}")
        mapped = [(each.recorded, each.mapping) for each in cases if each.mapping]
        tied = tuple(
            (recorded, known)
            for recorded, known in mapped
            if loading.follows(self.project, recorded.name, known, design, mode)
        )
        shown = {each.guarantee for each in found if each.replayed is Replayed.YES}
        subject = Subject(loading.kernel(self.project, mode), design, tied)
        names = [recorded.name for recorded, _ in tied]
        return self.kept.judged_now(
            _part(design, "kernel", mode, *names, *sorted(shown)),
            partial(judge_kernel, subject, self.executor, self.settings, known=shown),
        )


def _as_before(known: Waiting, wait: Callable[[], Waiting]) -> tuple[Judgement, ...]:
    """What is known of the same model under another design, unless a trace is to be replayed."""
    judged = known()
    return wait()() if any(each.trace is not None for each in judged) else judged


def _part(design: loading.Design, *of: str) -> str:
    """A name that no other part of a check has; a design is told by all of its choices."""
    return " ".join((repr(design), *of))
