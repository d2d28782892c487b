"""The state of a model: a class whose annotations are its tables.

In a body `old.table[key]` is a term and `new.table[key] = value` an assignment. Single variables
are annotated with their sort and read and assigned as attributes.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from inspect import get_annotations, getsourcefile, getsourcelines
from typing import TYPE_CHECKING, Generic, TypeVar, get_args, get_origin, get_type_hints, overload

from assay.lang.numbers import Number
from assay.lang.options import Option, plain
from assay.lang.quantify import bound_variables
from assay.lang.recorded import Assignment
from assay.lang.recorded import Table as RecordedTable
from assay.lang.recording import Abandoned, here, problem, short_path
from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    Sort,
    WordSort,
    same_family,
    sort_name,
)
from assay.lang.terms import FALSE, Term, Truth, literal
from assay.lang.tree import Constant, Element, Expr, Read, Version, Where

_K = TypeVar("_K")
_V = TypeVar("_V", bound=Term)
_N = TypeVar("_N", bound=Number)
_A = TypeVar("_A", bound=Term)
_B = TypeVar("_B", bound=Term)


class Access(Enum):
    """What a body may do with the state that it is given."""

    READ_OLD = "old"
    READ_NEW = "new, in a claim"
    ASSIGN = "new, in an action"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an annotation says of one table."""

    keys: tuple[type[Term], ...]
    value: Sort
    build: Callable[[Expr], Term]
    ghost: bool
    single: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A state as one body sees it; assignments are appended as the body makes them."""

    access: Access
    shapes: dict[str, Shape]
    assignments: list[Assignment]


class Table(Generic[_K, _V]):
    """A value for each key, one term or a tuple of terms: `Table[tuple[Group, Group], Truth]`."""

    def __init__(self, name: str, opened: Opened) -> None:
        self._name = name
        self._opened = opened
        self._shape = opened.shapes[name]

    def __getitem__(self, key: _K) -> _V:
        if self._opened.access is Access.ASSIGN:
            problem(
                f"`new.{self._name}` is read", f"read `old.{self._name}`: updates are simultaneous"
            )
        version = Version.NEW if self._opened.access is Access.READ_NEW else Version.OLD
        node = Read(self._name, self._keys(key), version, self._shape.value, here())
        return self._shape.build(node)  # type: ignore[return-value]

    @overload
    def __setitem__(self: "Table[_K, Truth]", key: _K, value: Truth | bool) -> None: ...
    @overload
    def __setitem__(self: "Table[_K, _N]", key: _K, value: _N | int) -> None: ...
    @overload
    def __setitem__(self, key: _K, value: _V) -> None: ...
    def __setitem__(self, key: _K, value: object) -> None:
        _assign(self._opened, self._name, self._keys(key), value)

    @overload
    def each(self: "Table[tuple[_A, _B], _V]", value: Callable[[_A, _B], _V]) -> None: ...
    @overload
    def each(self, value: Callable[[_K], _V]) -> None: ...
    def each(self, value: Callable[..., _V]) -> None:
        """Assign every cell at once: `new.life.each(lambda t: choose(..., old.life[t]))`."""
        self._each((), value)

    def row(self: "Table[tuple[_A, _B], _V]", first: _A, value: Callable[[_B], _V]) -> None:
        """Assign every cell whose first key is `first`."""
        self._each((first.node,), value)

    def column(self: "Table[tuple[_A, _B], _V]", second: _B, value: Callable[[_A], _V]) -> None:
        """Assign every cell whose second key is `second`."""
        classes = self._shape.keys
        binders = bound_variables(value, (classes[0].sort(),))
        result = value(classes[0](binders[0]))  # type: ignore[arg-type]
        keys = (binders[0], second.node)
        _assign(self._opened, self._name, keys, result, binders)

    def _each(self, fixed: tuple[Expr, ...], value: Callable[..., _V]) -> None:
        classes = self._shape.keys[len(fixed) :]
        binders = bound_variables(value, tuple(kind.sort() for kind in classes))
        result = value(*(kind(node) for kind, node in zip(classes, binders, strict=True)))
        _assign(self._opened, self._name, (*fixed, *binders), result, binders)

    def _keys(self, key: object) -> tuple[Expr, ...]:
        keys = key if isinstance(key, tuple) else (key,)
        expected = tuple(kind.sort() for kind in self._shape.keys)
        nodes = tuple(each.node for each in keys if isinstance(each, Term))
        if tuple(node.sort for node in nodes) != expected or len(nodes) != len(keys):
            got = ", ".join(sort_name(node.sort) for node in nodes) or "no term"
            want = ", ".join(map(sort_name, expected))
            problem(f"`{self._name}` is read at [{got}]", f"its keys are [{want}]")
            raise Abandoned
        return nodes


class Ghost(Table[_K, _V]):
    """A table that only claims and other ghosts read: it explains, it decides nothing."""


def _assign(
    opened: Opened,
    table: str,
    keys: tuple[Expr, ...],
    value: object,
    binders: tuple[Expr, ...] = (),
) -> None:
    if opened.access is not Access.ASSIGN:
        problem(f"`{table}` of a state that is only read is assigned", f"assign `new.{table}`")
        return
    node = coerced(value, opened.shapes[table].value)
    if node is None:
        want = sort_name(opened.shapes[table].value)
        problem(f"`{table}` holds {want}, not {_name(value)}", f"assign a {want}")
        return
    variables = tuple(binder for binder in binders if hasattr(binder, "name"))
    opened.assignments.append(
        Assignment(table, variables, keys, node, here())  # type: ignore[arg-type]
    )


def _name(value: object) -> str:
    return sort_name(value.node.sort) if isinstance(value, Term) else repr(value)


def coerced(value: object, sort: Sort) -> Expr | None:
    """The node of `value` as a value of `sort`; None when it is none."""
    if isinstance(value, Term):
        return value.node if same_family(value.node.sort, sort) else None
    return literal(value, sort)


@dataclass(frozen=True, slots=True)
class Normally:
    """The normal form given in the class body."""

    value: Term
    where: Where


def normally(value: _V) -> Table[_K, _V]:
    """In the class body: the value of every cell that holds nothing (`normally(Group.ROOT)`)."""
    return Normally(value, here())  # type: ignore[return-value]


class State:
    """Derive from it and annotate the tables."""

    def __init__(self, opened: Opened) -> None:
        for name, shape in opened.shapes.items():
            if not shape.single:
                self.__dict__[name] = Table(name, opened)
            elif opened.access is not Access.ASSIGN:
                self.__dict__[name] = _single(name, opened)
        self.__dict__["_opened"] = opened

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> None:
            opened = self.__dict__["_opened"]
            if name in opened.shapes:
                instead = f"read `old.{name}`: updates are simultaneous"
                problem(f"`new.{name}` is read", instead)
                raise Abandoned
            raise _no_table(type(self), name, opened)

        def __setattr__(self, name: str, value: object) -> None:
            opened = self.__dict__["_opened"]
            if name not in opened.shapes:
                raise _no_table(type(self), name, opened)
            _assign(opened, name, (), value)


def _no_table(state: type[State], name: str, opened: Opened) -> Abandoned:
    """Note that the state has no such table, with the nearest one; or its annotation is noted."""
    if name in get_type_hints(state):
        return Abandoned()
    known = tuple(opened.shapes)
    near = get_close_matches(name, known, n=1)
    problem(
        f"the state has no table `{name}`",
        f"did you mean `{near[0]}`?" if near else f"the tables are {', '.join(known)}",
    )
    return Abandoned()


def _single(name: str, opened: Opened) -> Term:
    shape = opened.shapes[name]
    version = Version.NEW if opened.access is Access.READ_NEW else Version.OLD
    return shape.build(Read(name, (), version, shape.value, here()))


def shapes_of(state: type[State]) -> dict[str, Shape]:
    """The tables that the annotations of a state class declare, in their order."""
    shapes: dict[str, Shape] = {}
    for name, annotation in get_type_hints(state).items():
        shape = _shape(annotation)
        if shape is None:
            problem(
                f"`{name}` of {state.__name__} is no table: {annotation!r}",
                "annotate it `Table[Key, Value]`, `Ghost[Key, Value]` or with a sort",
                declared(state, name),
            )
        else:
            shapes[name] = shape
    return shapes


def declared(state: type[State], name: str) -> Where:
    """The line of a table's annotation; the nearest place that is known where there is no text."""
    for owner in state.__mro__:
        if name not in get_annotations(owner):
            continue
        with suppress(OSError, TypeError):
            lines, first = getsourcelines(owner)
            file = short_path(getsourcefile(owner) or "")
            for at, line in enumerate(lines):
                if line.split(":")[0].strip() == name:
                    return Where(file, first + at)
    return here()


def _shape(annotation: object) -> Shape | None:
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Table):
        key, value = get_args(annotation)
        keys = get_args(key) if get_origin(key) is tuple else (key,)
        inner = _value(value)
        if inner is None or not all(_is_sort(each) for each in keys):
            return None
        return Shape(tuple(keys), *inner, ghost=origin is Ghost, single=False)
    single = _value(annotation)
    return None if single is None else Shape((), *single, ghost=False, single=True)


def _is_sort(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Term)


def _value(annotation: object) -> tuple[Sort, Callable[[Expr], Term]] | None:
    if get_origin(annotation) is Option:
        (inner,) = get_args(annotation)
        if not _is_sort(inner):
            return None
        return OptionSort(plain(inner.sort())), lambda node: Option(node, inner)
    if isinstance(annotation, type) and issubclass(annotation, Term):
        return annotation.sort(), annotation
    return None


def normal_form(state: type[State], name: str, value: Sort) -> Expr:
    """What a cell holds that nothing was assigned to: the sort's own, or what `normally` says."""
    given = state.__dict__.get(name)
    if isinstance(given, Normally):
        node = coerced(given.value, value)
        if node is None:
            problem(f"`{name}` is normally no {sort_name(value)}", "fit the value", given.where)
            return FALSE.node
        return node
    match value:
        case BoolSort():
            return Constant(False, value, here())
        case IntSort(low=low):
            return Constant(max(0, low or 0), value, here())
        case WordSort() | BitsSort() | EnumSort():
            return Constant(0, value, here())
        case OptionSort():
            return Constant(None, value, here())
        case KindSort(constants=constants) if constants:
            return Element(constants[0], value, here())
        case KindSort():
            problem(
                f"`{name}` holds a {value.name} in every cell, also where nothing is meant",
                f"write Option[{value.name}], or give {value.name} a constant with `member()`",
                declared(state, name),
            )
            return FALSE.node


def recorded_tables(state: type[State], shapes: dict[str, Shape]) -> tuple[RecordedTable, ...]:
    """The tables as data, with their normal forms."""
    return tuple(
        RecordedTable(
            name,
            tuple(kind.sort() for kind in shape.keys),
            shape.value,
            normal_form(state, name, shape.value),
            shape.ghost,
            declared(state, name),
        )
        for name, shape in shapes.items()
    )
