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
    from assay.engines.judge import Case

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
            realise=loading.proof(project, name, "realise", "realise"),
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
    from assay.engines.judge import Settings, judge_kernel, judge_model
    from assay.engines.judge_words import judge_words
    from assay.engines.prove import Cache
    from assay.engines.walk import Subject

    known, words = effort.kept, project.words_name
    settings = Settings(seed=effort.run.seed, steps=effort.steps, cache=Cache(proofs(project)))
    kernels = [loading.kernel(project, mode) for mode in selection.modes]
    progress = Progress({each.name: [] for each in designs})
    first: dict[tuple[str, str], Waiting] = {}

    def begun(executor: Executor, ticker: Ticker, design: loading.Design) -> Iterator[_Begun]:
        """The models and the statements of the design, all of which are judged side by side."""
        for case in by_design[design.name]:
            name = case.recorded.name
            if name in selection.models:
                finest = loading.finest(project, case.mapping)
                judge = partial(executor.submit, judge_model, case, finest, design, settings)
                wait = partial(known.judged, _part(design, name), judge)
                version = name, fingerprint(replace(case.recorded, design=""))
                if version in first:
                    yield name, partial(_as_before, first[version], wait)
                else:
                    ticker.tell(f"{name} under {design.name}")
                    first[version] = wait()
                    yield name, first[version]
        if selection.words:
            said = loading.statements(project, design)
            judge = partial(executor.submit, judge_words, words, said, settings)
            yield words, known.judged(_part(design, words), judge)

    try:
        with workers(effort.run) as executor, Ticker() as ticker, loading.explained(project):
            asked = {each.name: list(begun(executor, ticker, each)) for each in designs}
            for design in designs:
                found = progress.judged[design.name]
                for name, wait in asked[design.name]:
                    ticker.tell(f"{name} under {design.name}")
                    found += wait()
                mapped = [(c.recorded, c.mapping) for c in by_design[design.name] if c.mapping]
                shown = {j.guarantee for j in found if j.replayed is Replayed.YES}
                for kernel in kernels:
                    ticker.tell(f"the kernel under {design.name}, {kernel.mode}")
                    tied = [each for each in mapped if kernel.mode in each[1].modes]
                    subject = Subject(kernel, design, tuple(tied))
                    names = [recorded.name for recorded, _ in tied]
                    found += known.judged_now(
                        _part(design, "kernel", kernel.mode, *names, *sorted(shown)),
                        partial(judge_kernel, subject, executor, settings, known=set(shown)),
                    )
                    shown |= {j.guarantee for j in found if j.replayed is Replayed.YES}
    except KeyboardInterrupt:
        progress.interrupted = True
    for name, found in progress.judged.items():
        progress.judged[name] = [each for each in found if selection.admits(each.guarantee)]
    return progress


def _as_before(known: Waiting, wait: Callable[[], Waiting]) -> tuple[Judgement, ...]:
    """What is known of the same model under another design, unless a trace is to be replayed."""
    judged = known()
    return wait()() if any(each.trace is not None for each in judged) else judged


def _part(design: loading.Design, *of: str) -> str:
    """A name that no other part of a check has; a design is told by all of its choices."""
    return " ".join((repr(design), *of))
