"""Everything that a project has names for: what `list` lists and `show` shows."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any

from assay import loading
from assay.bounds import bounds
from assay.project import Project
from assay.report.plain import plain

if TYPE_CHECKING:
    from assay.lang import Recorded

Row = dict[str, object]
"""What a line of a list says, by column."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A named thing, and ways to its line in a list and to all that is known of it."""

    names: tuple[str, ...]
    row: Callable[[], Row]
    facts: Callable[[], Row]


def entries(project: Project, what: str) -> list[Entry]:
    """All things of one sort: models, guarantees, designs, questions, calls or scenarios."""
    return _MAKERS[what](project)


def everything(project: Project) -> list[Entry]:
    """The things of every sort that the project has."""
    return [
        each for what, make in _MAKERS.items() if getattr(project, what) for each in make(project)
    ]


def _models(project: Project) -> list[Entry]:
    return [
        Entry((name,), partial(_model_row, project, name), partial(_model_facts, project, name))
        for name in project.models
    ]


def _model_row(project: Project, name: str) -> Row:
    about = loading.module(project, project.models[name]).__doc__ or ""
    return {"model": name, "about": about.strip().split("\n")[0]}


def _model_facts(project: Project, name: str) -> Row:
    """What the model says under each design: a claim or action may be there in some only."""
    sizes = bounds(project, name).values()
    return {
        **_model_row(project, name),
        "bounds": {each.name: dict(each.sizes) for each in sizes},
        "designs": {
            design: _contents(loading.recorded(project, name, loading.design(project, design)))
            for design in loading.design_names(project)
        },
    }


def _contents(recorded: "Recorded") -> Row:
    return {
        "actions": [
            {
                "name": action.name,
                "arguments": [parameter.name for parameter in action.parameters],
                "refuses": [check.name for check in action.checks if check.error is not None],
                "meaning": action.meaning,
            }
            for action in recorded.actions
        ],
        "claims": [
            {
                "name": claim.name,
                "role": claim.role.value,
                "guarantee": claim.guarantee or "",
                "meaning": claim.meaning,
            }
            for claim in recorded.claims
        ],
        "progress": [
            {
                "name": claim.name,
                "guarantee": claim.guarantee,
                "fair": [f"{each.action}: {each.fairness.value}" for each in claim.fair],
                "meaning": claim.meaning,
            }
            for claim in recorded.progress
        ],
    }


def _guarantees(project: Project) -> list[Entry]:
    return [
        Entry(
            (each.id, each.name),
            partial(dict, guarantee=each.id, name=each.name, statement=each.statement),
            partial(_record, each, checked_by=partial(_checkers, project, each.id)),
        )
        for each in loading.listed(project, "guarantees")
    ]


def _checkers(project: Project, guarantee: str) -> list[str]:
    """The claims and statements, under any design, and the kernel's checks that speak of it."""
    designs = [loading.design(project, name) for name in loading.design_names(project)]
    claims = {
        f"{name}: {claim.name}"
        for name in project.models
        for design in designs
        for claim in loading.recorded(project, name, design).promises
        if claim.guarantee == guarantee
    }
    said = (
        each for design in designs if project.words for each in loading.statements(project, design)
    )
    words = [f"{project.words_name}, over machine words"] * any(
        s.guarantee == guarantee for s in said
    )
    checks = loading.kernel(project).checks if project.kernel else ()
    speaks = any(check.guarantee == guarantee for check in checks)
    return [*sorted(claims), *words, *(["the kernel, after every step"] if speaks else [])]


def _designs(project: Project) -> list[Entry]:
    designs = [loading.design(project, name) for name in loading.design_names(project)]
    return [
        Entry(
            (each.name,),
            partial(dict, design=each.name, summary=each.summary),
            partial(_record, each),
        )
        for each in designs
    ]


def _questions(project: Project) -> list[Entry]:
    return [
        Entry(
            (each.field,),
            partial(dict, question=each.field, choices=[choice.name for choice in each.choices]),
            partial(_record, each, chosen_by=partial(_choosers, project, each.field)),
        )
        for each in loading.listed(project, "questions")
    ]


def _choosers(project: Project, field: str) -> Row:
    designs = (loading.design(project, name) for name in loading.design_names(project))
    return {each.name: plain(getattr(each, field)) for each in designs}


def _calls(project: Project) -> list[Entry]:
    return [
        Entry(
            (each.name, str(each.number)),
            partial(dict, number=each.number, call=each.name),
            partial(_record, each),
        )
        for each in loading.listed(project, "calls")
    ]


def _scenarios(project: Project) -> list[Entry]:
    known = [(each, loading.scenario(project, each)) for each in loading.scenario_names(project)]
    return [
        Entry(
            (name,),
            partial(dict, scenario=name, about=each.about),
            partial(dict, scenario=name, about=each.about, bounds=dict(each.bounds)),
        )
        for name, each in known
    ]


def _record(thing: Any, **more: Callable[[], object]) -> Row:
    """All fields of a record, and what more is known of it."""
    known = {part.name: plain(getattr(thing, part.name)) for part in fields(thing)}
    return {**known, **{name: make() for name, make in more.items()}}


_MAKERS: dict[str, Callable[[Project], list[Entry]]] = {
    "models": _models,
    "guarantees": _guarantees,
    "designs": _designs,
    "questions": _questions,
    "calls": _calls,
    "scenarios": _scenarios,
}
