"""`assay check`: the main job, every guarantee of each design by every engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.judging import Effort, Selection, cases, judged
from assay.commands.kept import kept
from assay.commands.pins import differences, read_pins, write_pins
from assay.commands.stores import store, writable
from assay.engines.kernel import WHOLE
from assay.problems import ToolError, pick
from assay.project import Project
from assay.report.facts import DesignFacts
from assay.report.verdicts import design_facts
from assay.traces import Verdict

if TYPE_CHECKING:
    from rich.console import Console

_DESIGNS = ("as-built", "proposed")


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
    by_design = {each.name: cases(project, each, selection.models) for each in chosen}
    effort = Effort(run, steps, kept(project, f"{run.seed} {steps}", use=cache))
    known = judged(project, chosen, by_design, selection, effort)
    facts = [design_facts(name, known.judged.get(name, ()), store) for name in names]
    if pin is not None:
        write_pins(pin, facts)
    changed = None if pinned is None else differences(pinned, facts)
    hashes = [loading.hashes(each, [c.recorded for c in by_design[each.name]]) for each in chosen]
    sentences = {each.id: each.name for each in loading.listed(project, "guarantees")}
    return Answer(
        facts={"designs": facts, "changed": changed, "interrupted": known.interrupted},
        text=lambda console: _print(facts, sentences, changed, console),
        status=_status(facts, changed, interrupted=known.interrupted),
        hashes={each.name: found for each, found in zip(chosen, hashes, strict=True)},
    )


def _selection(project: Project, question: str, guarantee: str, model: str) -> Selection:
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
    modes = (WHOLE,) if project.kernel and not model else ()
    words = bool(project.words) and model in ("", project.words_name)
    return Selection(models, None if asked is None else frozenset(asked), modes, words)


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
