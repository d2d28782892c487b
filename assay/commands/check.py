"""`assay check`: the main job, every guarantee of each design by every engine."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import loading
from assay.bounds import fitting_bounds
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.kept import Kept, kept
from assay.commands.pins import differences, read_pins, write_pins
from assay.commands.stores import proofs, store, writable
from assay.commands.ticker import Ticker
from assay.commands.workers import workers
from assay.problems import ToolError, pick
from assay.project import Project
from assay.report.facts import DesignFacts
from assay.report.verdicts import design_facts
from assay.traces import Judgement, Replayed, Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from assay.engines.judge import Case

_DESIGNS = ("as-built", "proposed")
_Begun = tuple[str, Callable[[], tuple[Judgement, ...]]]
"""The name of what is judged, and who waits for the judgements."""


@dataclass(frozen=True, slots=True)
class _Selection:
    """Which models and guarantees were asked for; None is all guarantees.

    `kernel` and `words` tell whether the kernel is to be walked, and statements over words proved.
    """

    models: tuple[str, ...]
    guarantees: frozenset[str] | None
    kernel: bool
    words: bool

    def admits(self, guarantee: str) -> bool:
        """Whether a verdict on the guarantee was asked for."""
        return self.guarantees is None or guarantee in self.guarantees


@dataclass(frozen=True, slots=True)
class _Effort:
    """How the work is done and how far it goes, and what is kept of it."""

    run: Run
    steps: int
    kept: Kept


@dataclass(slots=True)
class _Progress:
    """What is known so far; an interrupt leaves it as it is."""

    judged: dict[str, list[Judgement]] = field(default_factory=dict)
    interrupted: bool = False


def check_(
    *designs: str,
    question: str = "",
    guarantee: str = "",
    model: str = "",
    steps: int = 10_000,
    cache: bool = True,
    expect: Path | None = None,
    pin: Path | None = None,
    run: Run = PLAIN,
) -> Answer:
    """Judge every guarantee of each design, and show the verdicts side by side.

    Models are searched and proved; what is broken there is replayed in the reference kernel, which
    then runs at random for what only it can show.

    Args:
        designs: Designs by name, or TOML files; as-built and proposed when none is named.
        question: Only the guarantees that this question puts at stake.
        guarantee: Only this guarantee, by id or name.
        model: Only this model, or only the statements over machine words; not the kernel.
        steps: Random steps of the kernel under each design.
        cache: Use and keep verdicts of earlier checks, as long as no source changes.
        expect: Compare the verdicts with this file; the status is 0 when they are as pinned.
        pin: Write the verdicts to this file.
        run: How to run and answer.
    """
    if steps < 1:
        raise ToolError(f"--steps {steps}: at least one step is needed")
    if pin is not None:
        writable("--pin", pin)
    project = run.project()
    chosen = [loading.design(project, each) for each in designs or _DESIGNS]
    names = [each.name for each in chosen]
    if len(set(names)) < len(names):
        raise ToolError(f"two designs with one name: {', '.join(names)}")
    pinned = None if expect is None else read_pins(expect)
    selection = _selection(project, question, guarantee, model)
    cases = {each.name: _cases(project, each, selection) for each in chosen}
    effort = _Effort(run, steps, kept(project, f"{run.seed} {steps}", use=cache))
    known = _judged(project, chosen, cases, selection, effort)
    facts = [design_facts(name, known.judged.get(name, ()), store) for name in names]
    if pin is not None:
        write_pins(pin, facts)
    changed = None if pinned is None else differences(pinned, facts)
    hashes = [loading.hashes(each, [c.recorded for c in cases[each.name]]) for each in chosen]
    sentences = {each.id: each.name for each in loading.listed(project, "guarantees")}
    return Answer(
        facts={"designs": facts, "changed": changed, "interrupted": known.interrupted},
        text=lambda console: _print(facts, sentences, changed, console),
        status=_status(facts, changed, interrupted=known.interrupted),
        hashes={each.name: found for each, found in zip(chosen, hashes, strict=True)},
    )


def _selection(project: Project, question: str, guarantee: str, model: str) -> _Selection:
    if model:
        pick(project.provable, model, "model")
    asked: set[str] | None = None
    if question:
        questions = {each.field: each for each in loading.listed(project, "questions")}
        asked = set(pick(questions, question, "question").guarantees)
    if guarantee:
        promised = loading.listed(project, "guarantees")
        ids = {name: each.id for each in promised for name in (each.id, each.name)}
        one = pick(ids, guarantee, "guarantee")
        if asked is not None and one not in asked:
            raise ToolError(f"--question {question} does not put {one} at stake")
        asked = {one}
    models = tuple(name for name in project.models if model in ("", name))
    kernel = bool(project.kernel) and not model
    words = bool(project.words) and model in ("", project.words_name)
    return _Selection(models, None if asked is None else frozenset(asked), kernel, words)


def _cases(
    project: Project, design: loading.Design, selection: _Selection
) -> list["Case[Any, Any, Any, Any]"]:
    from assay.engines.judge import Case

    return [
        Case(
            recorded=recorded,
            sizes=tuple(each.sizes for each in fitting_bounds(project, recorded).values()),
            mapping=loading.mapping(project, name),
            realise=loading.proof(project, name, "realise", "realise"),
        )
        for name in selection.models
        for recorded in [loading.recorded(project, name, design)]
    ]


def _judged(
    project: Project,
    designs: Collection[loading.Design],
    cases: Mapping[str, list["Case[Any, Any, Any, Any]"]],
    selection: _Selection,
    effort: _Effort,
) -> _Progress:
    """The judgements of each design, in order; what an interrupt leaves of them."""
    from assay.engines.judge import Settings, judge_kernel, judge_model
    from assay.engines.judge_words import judge_words
    from assay.engines.prove import Cache
    from assay.engines.walk import Subject

    known, words = effort.kept, project.words_name
    settings = Settings(seed=effort.run.seed, steps=effort.steps, cache=Cache(proofs(project)))
    kernel = loading.kernel(project) if project.kernel else None
    progress = _Progress({each.name: [] for each in designs})

    def begun(executor: Executor, design: loading.Design) -> Iterator[_Begun]:
        """The models and the statements of the design, all of which are judged side by side."""
        for case in cases[design.name]:
            finest = loading.finest(project, case.mapping)
            judge = partial(executor.submit, judge_model, case, finest, design, settings)
            name = case.recorded.name
            yield name, known.judged(_part(design, name), judge)
        if selection.words:
            said = loading.statements(project, design)
            judge = partial(executor.submit, judge_words, words, said, settings)
            yield words, known.judged(_part(design, words), judge)

    try:
        with workers(effort.run) as executor, Ticker() as ticker, loading.explained(project):
            asked = {each.name: list(begun(executor, each)) for each in designs}
            for design in designs:
                judged = progress.judged[design.name]
                for name, wait in asked[design.name]:
                    ticker.tell(f"{name} under {design.name}")
                    judged += wait()
                if kernel is not None and selection.kernel:
                    ticker.tell(f"the kernel under {design.name}")
                    mapped = [(c.recorded, c.mapping) for c in cases[design.name] if c.mapping]
                    tied = [each for each in mapped if kernel.mode in each[1].modes]
                    subject = Subject(kernel, design, tuple(tied))
                    shown = {j.guarantee for j in judged if j.replayed is Replayed.YES}
                    judged += known.judged_now(
                        _part(design, "kernel", *selection.models, *sorted(shown)),
                        partial(judge_kernel, subject, executor, settings, known=shown),
                    )
    except KeyboardInterrupt:
        progress.interrupted = True
    for name, judged in progress.judged.items():
        progress.judged[name] = [each for each in judged if selection.admits(each.guarantee)]
    return progress


def _part(design: loading.Design, *of: str) -> str:
    """A name that no other part of a check has; a design is told by all of its choices."""
    return " ".join((repr(design), *of))


def _status(designs: list[DesignFacts], changed: list[str] | None, *, interrupted: bool) -> Status:
    if interrupted:
        return Status.UNSETTLED
    if changed is not None:
        return Status.BROKEN if changed else Status.FINE
    counts = {
        verdict: sum(each["counts"][verdict.value] for each in designs) for verdict in Verdict
    }
    if counts[Verdict.BROKEN]:
        return Status.BROKEN
    return Status.UNSETTLED if counts[Verdict.VACUOUS] or counts[Verdict.UNKNOWN] else Status.FINE


def _print(
    designs: list[DesignFacts],
    sentences: Mapping[str, str],
    changed: list[str] | None,
    console: "Console",
) -> None:
    from assay.report.verdicts import print_designs

    print_designs(designs, sentences, console)
    for line in changed or ():
        console.print(line, markup=False, soft_wrap=True)
    if changed == []:
        console.print("all verdicts are as pinned")
