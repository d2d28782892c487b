"""`assay decide`: each choice of a question, judged on the guarantees at stake, and its costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import loading
from assay.commands.answer import PLAIN, Answer, Run, Status
from assay.commands.dossiers import store_decision, stored_decisions, write_pages
from assay.commands.judging import Effort, Progress, Selection, cases, judged
from assay.commands.kept import kept
from assay.commands.stores import store
from assay.lang import Role
from assay.lang.fingerprint import fingerprint
from assay.problems import ToolError, pick
from assay.project import Project
from assay.report.decisions import broken_besides, cells_of, costs_of, print_decision, silent
from assay.report.facts import CellFacts, ChoiceFacts, DecisionFacts
from assay.report.verdicts import design_facts
from assay.traces import Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from assay.engines.judge import Case

    _Cases = dict[str, list[Case[Any, Any, Any, Any]]]

_UNREAD = "no code reads this choice yet"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the design that answers it, and for each choice the design that makes it.

    No designs where no code reads the choice.
    """

    question: Any
    base: loading.Design
    designs: Mapping[str, loading.Design]

    @property
    def at_stake(self) -> tuple[str, ...]:
        """The ids of the guarantees at stake."""
        return tuple(self.question.guarantees)


def decide_(
    *questions: str,
    base: str = "proposed",
    steps: int = 2_000,
    cache: bool = True,
    write: Path | None = None,
    run: Run = PLAIN,
) -> Answer:
    """Judge every choice of a question on the guarantees at stake, and count what it costs.

    Each choice is made in the base design, everything else staying as it is. The engines are those
    of `check`, and the kernel runs on several processors too.

    Args:
        questions: Questions by name; with --write none is needed: the pages are made again.
        base: The design whose other answers stay: a name, or a TOML file.
        steps: Random steps of the kernel, in each mode, under each choice.
        cache: Use and keep verdicts of earlier runs, as long as no source changes.
        write: A folder for pages: `results`, a page for each question, and a page of all.
        run: How to run and answer.
    """
    if steps < 1:
        raise ToolError(f"--steps {steps}: at least one step is needed")
    if write is not None and not write.is_dir():
        raise ToolError(f"--write {write}: there is no such folder")
    if not questions and write is None:
        raise ToolError("expected a question; `assay list questions` lists them")
    project = run.project()
    chosen = loading.design(project, base)
    asked = [_asked(project, each, chosen) for each in dict.fromkeys(questions)]
    effort = Effort(run, steps, kept(project, f"{run.seed} {steps}", use=cache))
    facts: list[DecisionFacts] = []
    interrupted = False
    for each in asked:
        decided, interrupted = _decided(project, each, effort)
        facts.append(decided)
        if interrupted:
            break
        if write is not None:
            store_decision(write, decided)
    written = [] if write is None else write_pages(write, stored_decisions(write))
    return Answer(
        facts={"questions": facts, "written": written, "interrupted": interrupted},
        text=lambda console: _print(facts, written, console),
        status=_status(facts, interrupted=interrupted),
        hashes=loading.hashes(chosen, []),
    )


def _asked(project: Project, name: str, base: loading.Design) -> _Asked:
    questions = {each.field: each for each in loading.listed(project, "questions")}
    question = pick(questions, name, "question")
    if name in loading.unread(project):
        return _Asked(question, base, {})
    members = [member.name for member in question.choices]
    return _Asked(
        question, base, {each: loading.otherwise(project, base, name, each) for each in members}
    )


def _decided(project: Project, asked: _Asked, effort: Effort) -> tuple[DecisionFacts, bool]:
    """What is known of each choice, and whether an interrupt cut that short."""
    by_design = {
        each.name: cases(project, each, tuple(project.models)) for each in asked.designs.values()
    }
    models = _speaking(by_design, frozenset(asked.at_stake))
    selection = Selection(
        models, None, loading.modes(project) if asked.designs else (), bool(project.words)
    )
    known = judged(project, list(asked.designs.values()), by_design, selection, effort)
    counted = {choice: loading.costs(project, each) for choice, each in asked.designs.items()}
    about = {each.name: each.about for costs in counted.values() for each in costs}
    numbers = {c: {each.name: each.counts for each in costs} for c, costs in counted.items()}
    costs, same = costs_of(numbers, about)
    sentences = {each.id: each.name for each in loading.listed(project, "guarantees")}
    question = asked.question
    by_choice = {each: by_design[design.name] for each, design in asked.designs.items()}
    facts = DecisionFacts(
        question=question.field,
        asks=getattr(question, "asks", ""),
        item=getattr(question, "item", ""),
        base=asked.base.name,
        answer=getattr(asked.base, question.field).name,
        guarantees={each: sentences[each] for each in asked.at_stake},
        steps=effort.steps,
        models=list(models),
        choices=_choices(project, asked, known, _silent(by_choice, asked.at_stake)),
        abilities=_abilities(by_choice),
        costs=costs,
        same=same,
    )
    return facts, known.interrupted


def _speaking(by_design: "_Cases", at_stake: frozenset[str]) -> tuple[str, ...]:
    """The models that promise something at stake, or that are not the same for every choice."""
    versions: dict[str, set[str]] = {}
    speaking = set()
    for found in by_design.values():
        for case in found:
            name = case.recorded.name
            versions.setdefault(name, set()).add(fingerprint(replace(case.recorded, design="")))
            if any(each.guarantee in at_stake for each in case.recorded.promises):
                speaking.add(name)
    return tuple(name for name, some in versions.items() if len(some) > 1 or name in speaking)


def _abilities(by_choice: "_Cases") -> dict[str, list[str]]:
    """What models can do or reach under some choices only."""
    having: dict[str, list[str]] = {}
    for choice, found in by_choice.items():
        for case in found:
            recorded = case.recorded
            cans = [f"`{each.name}` can be" for each in recorded.of_role(Role.CAN)]
            for each in (*(f"`{action.name}` is done" for action in recorded.actions), *cans):
                having.setdefault(f"{recorded.name}: {each}", []).append(choice)
    return {what: some for what, some in having.items() if len(some) < len(by_choice)}


def _silent(by_choice: "_Cases", at_stake: Iterable[str]) -> dict[str, list[CellFacts]]:
    """For each choice the models that promise something at stake under another one only."""
    promised = {
        (each.guarantee, case.recorded.name, choice)
        for choice, found in by_choice.items()
        for case in found
        for each in case.recorded.promises
    }
    speaking = sorted({(guarantee, name) for guarantee, name, _ in promised if guarantee})
    return {
        choice: [
            silent(guarantee, name)
            for guarantee, name in speaking
            if guarantee in at_stake and (guarantee, name, choice) not in promised
        ]
        for choice in by_choice
    }


def _choices(
    project: Project, asked: _Asked, known: Progress, silence: Mapping[str, list[CellFacts]]
) -> list[ChoiceFacts]:
    field = asked.question.field
    shipped = [loading.design(project, name) for name in loading.design_names(project)]
    rows = {
        choice: list(
            zip(
                design_facts(design.name, known.judged[design.name], store)["verdicts"],
                known.judged[design.name],
                strict=True,
            )
        )
        for choice, design in asked.designs.items()
    }
    answer = getattr(asked.base, field).name
    usual = {r["guarantee"] for r, _ in rows.get(answer, ()) if r["verdict"] == "BROKEN"}
    found = []
    for member in asked.question.choices:
        judgements = rows.get(member.name, [])
        found.append(
            ChoiceFacts(
                choice=member.name,
                meaning=str(member.value),
                design="" if not rows else asked.designs[member.name].name,
                chosen_by=[each.name for each in shipped if getattr(each, field) is member],
                not_built="" if rows else _UNREAD,
                cells=[*cells_of(judgements, asked.at_stake), *silence[member.name]]
                if rows
                else [],
                besides=broken_besides(judgements, {*asked.at_stake, *usual}),
            )
        )
    return found


def _status(facts: list[DecisionFacts], *, interrupted: bool) -> Status:
    choices = [choice for each in facts for choice in each["choices"]]
    verdicts = {cell["verdict"] for choice in choices for cell in choice["cells"]}
    if interrupted:
        return Status.UNSETTLED
    if Verdict.BROKEN.value in verdicts:
        return Status.BROKEN
    unsettled = {Verdict.UNKNOWN.value, Verdict.VACUOUS.value} & verdicts
    unbuilt = any(choice["not_built"] for choice in choices)
    return Status.UNSETTLED if unsettled or unbuilt else Status.FINE


def _print(facts: list[DecisionFacts], written: list[str], console: "Console") -> None:
    for each in facts:
        print_decision(each, console)
    for path in written:
        console.print(path, markup=False, soft_wrap=True)
