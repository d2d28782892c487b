"""A model: a state, actions with refusals in order, and what is claimed of them.

Bodies are ordinary functions. `Model.record(design)` runs each of them once, with terms in place of
values, and keeps what they say; a design choice is a plain Python condition in a body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from inspect import getdoc, signature, unwrap
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar, get_type_hints

from assay.lang.progress import Fairly, LeadsTo
from assay.lang.recorded import Assignment, Check, Role
from assay.lang.recording import Abandoned, here, problem, short_path
from assay.lang.sorts import Sort
from assay.lang.state import State
from assay.lang.terms import Term, Truth
from assay.lang.tree import Argument, Named, Taken, Where


class NamedDesign(Protocol):
    """What a model needs to know of a design: its name."""

    @property
    def name(self) -> str:
        """The name that traces and tables show."""
        ...


_D = TypeVar("_D", bound=NamedDesign)
_D_co = TypeVar("_D_co", bound=NamedDesign, covariant=True)
_S = TypeVar("_S", bound=State)
_T = TypeVar("_T", bound=Term)
_P = ParamSpec("_P")


class Act(Generic[_D_co]):
    """What an action's body says besides its assignments: its checks, in order."""

    def __init__(self, design: _D_co, assignments: list[Assignment]) -> None:
        self._design = design
        self._assignments = assignments
        self.checks: list[Check] = []

    @property
    def design(self) -> _D_co:
        """The design under which the model is recorded: ordinary values, ordinary `if`."""
        return self._design

    def check(self, condition: Truth, *, otherwise: Enum, name: str = "") -> None:
        """Refuse with the error `otherwise` where the condition fails; the first refusal wins.

        `name` tells two refusals with one error apart; it is the error's own name by default.
        """
        self._add(condition, otherwise.name, name or otherwise.name.lower())

    def require(self, condition: Truth, *, name: str = "") -> None:
        """The action cannot happen where the condition fails; nobody is told."""
        self._add(condition, None, name or f"guard_{len(self.checks) + 1}")

    def _add(self, condition: object, error: str | None, name: str) -> None:
        if self._assignments:
            problem("a check after an assignment", "put every check above the first assignment")
        if any(check.name == name for check in self.checks):
            problem(f"two checks named `{name}`", "tell them apart with `name=`")
        if not isinstance(condition, Truth):
            problem("a check of something that is no Truth", "check a condition on the state")
            return
        self.checks.append(Check(name, condition.node, error, here()))


class Step:
    """In a claim over steps: which action was taken, with which arguments."""

    def took(self, action: Callable[..., object]) -> Truth:
        """The step was this action, and it was not refused."""
        return Truth(Taken(_name_of(action), here()))

    def argument(self, action: Callable[..., object], name: str, kind: type[_T]) -> _T:
        """The argument `name` of the action; means nothing in a step that did not take it."""
        annotation = get_type_hints(unwrap(action)).get(name)
        if annotation is not kind:
            problem(
                f"{_name_of(action)} has no parameter `{name}` of {kind.__name__}",
                f"its parameters are {', '.join(signature(action).parameters)}",
            )
            raise Abandoned
        return kind(Argument(_name_of(action), name, kind.sort(), here()))


def _name_of(body: Callable[..., object]) -> str:
    return str(getattr(body, "__name__", body))


@dataclass(frozen=True, slots=True)
class Stated:
    """A body with what its decorator said of it."""

    body: Callable[..., object]
    role: Role | None = None
    guarantee: str | None = None
    over_steps: bool = False
    when: Callable[..., bool] | None = None
    apart: bool = False

    @property
    def name(self) -> str:
        """The name of the function: the name of the action or claim."""
        return _name_of(self.body)

    @property
    def meaning(self) -> str:
        """The first line of the function's docstring."""
        return (getdoc(self.body) or "").split("\n")[0]

    @property
    def where(self) -> Where:
        """The line of the `def`, after decorators."""
        code = unwrap(self.body).__code__
        return Where(short_path(code.co_filename), code.co_firstlineno)

    def parameters(self, skip: int) -> dict[str, type[Term]]:
        """The parameters after the first `skip`, with their sorts; notes those that have none."""
        hints = get_type_hints(unwrap(self.body))
        found: dict[str, type[Term]] = {}
        for name in list(signature(self.body).parameters)[skip:]:
            kind = hints.get(name)
            if isinstance(kind, type) and issubclass(kind, Term):
                found[name] = kind
            else:
                problem(
                    f"parameter `{name}` of {self.name} has no sort",
                    "annotate it with a kind, an enumeration, a set of flags or a number",
                    self.where,
                )
        return found


class Claims(Generic[_S, _D]):
    """Claims over a state class: part of a model, or lemmas that stand elsewhere."""

    def __init__(self, state: type[_S], design: type[_D]) -> None:
        self.state = state
        self.design = design
        self.stated: list[Stated] = []

    def guarantee(
        self, guarantee: str, *, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[[_S], Truth]], Callable[[_S], Truth]]:
        """The function states, of every reachable state, (part of) the guarantee with this id."""
        return self._claim(Role.GUARANTEE, guarantee, when)

    def step_guarantee(
        self, guarantee: str, *, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[[_S, Step, _S], Truth]], Callable[[_S, Step, _S], Truth]]:
        """The function states, of every step, (part of) the guarantee with this id."""

        def state_it(body: Callable[[_S, Step, _S], Truth]) -> Callable[[_S, Step, _S], Truth]:
            self.stated.append(Stated(body, Role.GUARANTEE, guarantee, over_steps=True, when=when))
            return body

        return state_it

    def auxiliary(
        self, *, when: Callable[[_D], bool] | None = None, apart: bool = False
    ) -> Callable[[Callable[[_S], Truth]], Callable[[_S], Truth]]:
        """The function states why the guarantees are inductive; it promises nothing itself.

        One that says of everything that there is something for it keeps solvers busy in every
        proof. Where it stands `apart` it is used for others that do so, and where rankings begin.
        """
        return self._claim(Role.AUXILIARY, None, when, apart=apart)

    def can(
        self, *, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[[_S], Truth]], Callable[[_S], Truth]]:
        """The function describes a state that must be reachable."""
        return self._claim(Role.CAN, None, when)

    def _claim(
        self,
        role: Role,
        guarantee: str | None,
        when: Callable[[_D], bool] | None,
        *,
        apart: bool = False,
    ) -> Callable[[Callable[[_S], Truth]], Callable[[_S], Truth]]:
        def state_it(body: Callable[[_S], Truth]) -> Callable[[_S], Truth]:
            self.stated.append(Stated(body, role, guarantee, when=when, apart=apart))
            return body

        return state_it


class Model(Claims[_S, _D]):
    """A state machine over a state class, under any design of one type."""

    def __init__(self, name: str, state: type[_S], design: type[_D]) -> None:
        super().__init__(state, design)
        self.name = name
        self.where = here()
        self.starts: list[Stated] = []
        self.actions: list[Stated] = []
        self.progress: list[tuple[Stated, tuple[Fairly, ...]]] = []

    def start(
        self, body: Callable[Concatenate[_S, _P], None]
    ) -> Callable[Concatenate[_S, _P], None]:
        """A start state for each value of the parameters; cells not assigned are in normal form."""
        self.starts.append(Stated(body))
        return body

    def start_when(
        self, when: Callable[[_D], bool]
    ) -> Callable[[Callable[Concatenate[_S, _P], None]], Callable[Concatenate[_S, _P], None]]:
        """The same in these designs."""

        def state_it(
            body: Callable[Concatenate[_S, _P], None],
        ) -> Callable[Concatenate[_S, _P], None]:
            self.starts.append(Stated(body, when=when))
            return body

        return state_it

    def action(
        self, *, when: Callable[[_D], bool] | None = None
    ) -> Callable[
        [Callable[Concatenate[Act[_D], _S, _S, _P], None]],
        Callable[Concatenate[Act[_D], _S, _S, _P], None],
    ]:
        """The function is a step: checks in order, then assignments; `when`: in these designs."""

        def state_it(
            body: Callable[Concatenate[Act[_D], _S, _S, _P], None],
        ) -> Callable[Concatenate[Act[_D], _S, _S, _P], None]:
            self.actions.append(Stated(body, when=when))
            return body

        return state_it

    def eventually(
        self, guarantee: str, *fair: Fairly, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[Concatenate[_S, _P], LeadsTo]], Callable[Concatenate[_S, _P], LeadsTo]]:
        """The function states what leads to what, for each value of its parameters.

        It is (part of) the guarantee with this id, in runs that do not pass over what is `fair`.
        """

        def state_it(
            body: Callable[Concatenate[_S, _P], LeadsTo],
        ) -> Callable[Concatenate[_S, _P], LeadsTo]:
            self.progress.append((Stated(body, Role.GUARANTEE, guarantee, when=when), fair))
            return body

        return state_it


def predicate(body: Callable[_P, Truth]) -> Callable[_P, Truth]:
    """A helper with a name: reports show the name where the formula would be long."""

    def named(*args: _P.args, **kwargs: _P.kwargs) -> Truth:
        result = body(*args, **kwargs)
        given = (*args, *kwargs.values())
        nodes = tuple(each.node for each in given if isinstance(each, Term))
        return Truth(Named(_name_of(body), nodes, result.node, here()))

    return named


def sort_of(kind: type[Term]) -> Sort:
    """The sort that a class of terms stands for."""
    return kind.sort()
