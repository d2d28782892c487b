"""Statements over machine words: what holds for all values of some words, in no state at all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from assay.lang.numbers import Word
from assay.lang.recording import here, problem
from assay.lang.sorts import WordSort
from assay.lang.terms import Truth
from assay.lang.tree import Expr, Variable
from assay.lang.walk import nodes

_W = TypeVar("_W", bound=Word)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a statement says."""

    name: str
    body: Expr


@dataclass(frozen=True, slots=True)
class Statement:
    """Whatever the words are: where every premise holds, every part holds.

    `guarantee` is the id of what it speaks of; `name` is its own in the whole project.
    """

    name: str
    guarantee: str
    words: tuple[Variable, ...]
    premises: tuple[Expr, ...]
    parts: tuple[Part, ...]


def free(kind: type[_W], name: str) -> _W:
    """A word that may be any: one of those over which a statement speaks."""
    return kind(Variable(name, kind.sort(), here()))


def statement(
    name: str, guarantee: str, parts: Mapping[str, Truth], *, given: Iterable[Truth] = ()
) -> Statement:
    """That every part holds of all values of its free words for which all of `given` hold.

    Notes a mistake where it says nothing, or where two words have one name.
    """
    premises = tuple(each.node for each in given)
    said = tuple(Part(part, truth.node) for part, truth in parts.items())
    if not said:
        problem(f"the statement `{name}` says nothing", "give it a part, or leave it out")
    words = _words((*premises, *(part.body for part in said)))
    sorts: dict[str, WordSort] = {}
    for word in words:
        if not isinstance(word.sort, WordSort) or sorts.setdefault(word.name, word.sort) != (
            word.sort
        ):
            problem(f"`{name}` speaks of two sorts of `{word.name}`", "give each word its own name")
    return Statement(name, guarantee, words, premises, said)


def _words(said: Iterable[Expr]) -> tuple[Variable, ...]:
    """The free words, in the order in which they are first spoken of."""
    found = {(each.name, each.sort): each for each in _variables(said)}
    return tuple(found.values())


def _variables(said: Iterable[Expr]) -> Iterator[Variable]:
    for expr in said:
        yield from (node for node in nodes(expr) if isinstance(node, Variable))
