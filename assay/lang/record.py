"""Recording: run every body of a model once and keep what it says."""

from collections.abc import Iterable
from inspect import signature
from typing import TypeVar

from assay.lang.checks import check_recorded
from assay.lang.descent import recorded_rankings
from assay.lang.model import Act, Claims, Model, NamedDesign, Stated, Step
from assay.lang.progress import Fairly, LeadsTo, recorded_fairness
from assay.lang.ranking import Rankings
from assay.lang.recorded import Action, Assignment, Claim, Progress, Recorded, Start, Table
from assay.lang.recording import Abandoned, body_at, problem, recording
from assay.lang.sorts import BitsSort, EnumSort, KindSort, OptionSort, Sort
from assay.lang.state import Access, Opened, Shape, State, recorded_tables, shapes_of
from assay.lang.terms import FALSE, Term, Truth
from assay.lang.tree import Quantified, Variable
from assay.lang.walk import nodes, of_action

_S = TypeVar("_S", bound=State)
_D = TypeVar("_D", bound=NamedDesign)


def record(
    model: Model[_S, _D],
    design: _D,
    *lemmas: Claims[_S, _D],
    rankings: Rankings[_S, _D] | None = None,
) -> Recorded:
    """The model under one design, with the auxiliary claims of `lemmas` and what `rankings` prove.

    Errors: ModelError with every mistake found.
    """
    with recording():
        shapes = shapes_of(model.state)
        tables = recorded_tables(model.state, shapes)
        starts = tuple(_start(stated, model.state, shapes) for stated in _in(model.starts, design))
        actions = tuple(
            _action(stated, model, shapes, design) for stated in _in(model.actions, design)
        )
        stated = [each for claims in (model, *lemmas) for each in _in(claims.stated, design)]
        claims = tuple(_claim(each, model.state, shapes) for each in stated)
        progress = tuple(
            _progress(each, fair, model, shapes, actions)
            for each, fair in model.progress
            if _in([each], design)
        )
        sorts = _sorts(tables, starts, actions, claims, progress)
        recorded = Recorded(
            name=model.name,
            design=design.name,
            kinds=tuple(sort for sort in sorts if isinstance(sort, KindSort)),
            enums=tuple(sort for sort in sorts if isinstance(sort, EnumSort)),
            bit_sets=tuple(sort for sort in sorts if isinstance(sort, BitsSort)),
            tables=tables,
            starts=starts,
            actions=actions,
            claims=claims,
            progress=progress,
            ranked=()
            if rankings is None
            else recorded_rankings(rankings, design, shapes, actions, progress),
        )
        check_recorded(recorded, model.where)
    return recorded


def _in(stated: Iterable[Stated], design: NamedDesign) -> list[Stated]:
    return [each for each in stated if each.when is None or each.when(design)]


def _start(stated: Stated, state: type[State], shapes: dict[str, Shape]) -> Start:
    assignments: list[Assignment] = []
    parameters = stated.parameters(skip=1)
    variables = {
        name: Variable(name, kind.sort(), stated.where) for name, kind in parameters.items()
    }
    with body_at(stated.where):
        new = state(Opened(Access.ASSIGN, shapes, assignments))
        terms = {name: kind(variables[name]) for name, kind in parameters.items()}
        _said(stated, ("new",), (new,), terms)
    return Start(stated.name, tuple(variables.values()), tuple(assignments), stated.where)


def _action(stated: Stated, model: Model[_S, _D], shapes: dict[str, Shape], design: _D) -> Action:
    assignments: list[Assignment] = []
    act = Act(design, assignments)
    parameters = stated.parameters(skip=3)
    variables = {
        name: Variable(name, kind.sort(), stated.where) for name, kind in parameters.items()
    }
    with body_at(stated.where):
        old = model.state(Opened(Access.READ_OLD, shapes, []))
        new = model.state(Opened(Access.ASSIGN, shapes, assignments))
        terms = {name: kind(variables[name]) for name, kind in parameters.items()}
        _said(stated, ("act", "old", "new"), (act, old, new), terms)
    return Action(
        stated.name,
        tuple(variables.values()),
        tuple(act.checks),
        tuple(assignments),
        stated.meaning,
        stated.where,
    )


def _claim(stated: Stated, state: type[State], shapes: dict[str, Shape]) -> Claim:
    if stated.role is None:
        raise AssertionError(stated)
    old = state(Opened(Access.READ_OLD, shapes, []))
    new = state(Opened(Access.READ_NEW, shapes, []))
    body: object = FALSE
    with body_at(stated.where):
        if stated.over_steps:
            body = _said(stated, ("old", "step", "new"), (old, Step(), new), {})
        else:
            body = _said(stated, ("now",), (old,), {})
    if not isinstance(body, Truth):
        problem(f"{stated.name} returns no Truth", "return a condition on the state", stated.where)
        body = FALSE
    return Claim(
        stated.name,
        stated.guarantee,
        stated.role,
        stated.over_steps,
        body.node,
        stated.meaning,
        stated.where,
        stated.apart,
    )


def _progress(
    stated: Stated,
    fair: tuple[Fairly, ...],
    model: Model[_S, _D],
    shapes: dict[str, Shape],
    actions: tuple[Action, ...],
) -> Progress:
    now = model.state(Opened(Access.READ_OLD, shapes, []))
    parameters = stated.parameters(skip=1)
    variables = {
        name: Variable(name, kind.sort(), stated.where) for name, kind in parameters.items()
    }
    said: object = LeadsTo(FALSE, FALSE)
    with body_at(stated.where):
        terms = {name: kind(variables[name]) for name, kind in parameters.items()}
        said = _said(stated, ("now",), (now,), terms)
    if not isinstance(said, LeadsTo):
        instead = "return `leads_to(premise, goal)`"
        problem(f"{stated.name} does not say what leads to what", instead, stated.where)
        said = LeadsTo(FALSE, FALSE)
    every = tuple(each.name for each in model.actions)
    return Progress(
        stated.name,
        stated.guarantee or "",
        tuple(variables.values()),
        said.premise.node,
        said.goal.node,
        recorded_fairness(fair, every, actions),
        stated.meaning,
        stated.where,
    )


def _said(
    stated: Stated, names: tuple[str, ...], given: tuple[object, ...], terms: dict[str, Term]
) -> object:
    """What the body returns. Errors: Abandoned when it takes other arguments, which is noted."""
    taken = signature(stated.body).parameters
    if stated.role is None and len(taken) > len(given) + len(terms):
        raise Abandoned  # a parameter has no sort, of which a problem tells
    try:
        signature(stated.body).bind(*given, **terms)
    except TypeError:
        expected = ", ".join((*names, *terms))
        problem(f"{stated.name} takes ({', '.join(taken)})", f"expected ({expected})", stated.where)
        raise Abandoned from None
    return stated.body(*given, **terms)


def _sorts(
    tables: tuple[Table, ...],
    starts: tuple[Start, ...],
    actions: tuple[Action, ...],
    claims: tuple[Claim, ...],
    progress: tuple[Progress, ...],
) -> tuple[Sort, ...]:
    found: dict[Sort, None] = {}
    for table in tables:
        found.update(dict.fromkeys((*table.keys, table.value)))
    steps: tuple[Start | Action | Progress, ...] = (*starts, *actions, *progress)
    for step in steps:
        found.update(dict.fromkeys(parameter.sort for parameter in step.parameters))
    exprs = [part for action in actions for part in of_action(action)]
    exprs += [claim.body for claim in claims]
    exprs += [said for each in progress for said in (each.premise, each.goal)]
    for expr in exprs:
        found.update(dict.fromkeys(n.binder.sort for n in nodes(expr) if isinstance(n, Quantified)))
    return tuple(
        dict.fromkeys(sort.inner if isinstance(sort, OptionSort) else sort for sort in found)
    )
