"""The contracts of functions, read from their docstrings: what CrossHair reads, evaluated."""

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType, ModuleType
from typing import cast, get_type_hints

from hypothesis import strategies as st

Value = int | bool | None
Function = Callable[..., Value]

_POWERS = {(1 << bit) + near for bit in range(65) for near in (-1, 0, 1)}
EDGES = sorted({-1} | _POWERS | {(1 << 64) - each for each in _POWERS if each <= 1 << 64})
"""Numbers where words, pages and addresses begin and end."""


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """What holds before (`pre`) and after (`post`) a function, as Python conditions.

    `parameters` holds their types by name.
    """

    function: Function
    parameters: Mapping[str, object]
    pre: tuple[str, ...]
    post: tuple[str, ...]

    def admits(self, arguments: Mapping[str, Value]) -> bool:
        """Whether the function may be called with these arguments, or these alone are known."""
        unknown = self.parameters.keys() - arguments.keys()
        return all(self._holds(each, arguments) for each in self.pre if not _names(each) & unknown)

    def broken(self, arguments: Mapping[str, Value]) -> list[str]:
        """The conditions that do not hold after a call with these arguments."""
        given = {**arguments, "__return__": self.function(**arguments)}
        return [each for each in self.post if not self._holds(each, given)]

    def _holds(self, condition: str, given: Mapping[str, Value]) -> bool:
        # The conditions are our own text, in files of this project.
        return bool(eval(_compiled(condition), {**self.function.__globals__, **given}))


@cache
def _compiled(condition: str) -> CodeType:
    return compile(condition, "contract", "eval")


@cache
def _names(condition: str) -> frozenset[str]:
    return frozenset(
        each.id for each in ast.walk(ast.parse(condition)) if isinstance(each, ast.Name)
    )


def public_functions(module: ModuleType) -> list[Function]:
    """The public functions that the module defines."""
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def contract_of(function: Function) -> Contract:
    """The contract in a function's docstring; empty where there is none."""
    words = [line.strip() for line in (inspect.getdoc(function) or "").splitlines()]
    pre, post = (
        tuple(line.removeprefix(kind).strip() for line in words if line.startswith(kind))
        for kind in ("pre:", "post:")
    )
    hints = get_type_hints(function)
    parameters = {name: hints[name] for name in inspect.signature(function).parameters}
    return Contract(function, parameters, pre, post)


@cache
def drawn(contract: Contract) -> st.SearchStrategy[dict[str, Value]]:
    """Arguments that the contract admits, near the edges of their ranges and between them."""
    each = {name: _values(contract, name, kind) for name, kind in contract.parameters.items()}
    return cast("st.SearchStrategy[dict[str, Value]]", st.fixed_dictionaries(each)).filter(
        contract.admits
    )


def _values(contract: Contract, name: str, kind: object) -> st.SearchStrategy[Value]:
    if kind is bool:
        return st.booleans()
    fitting = [edge for edge in EDGES if contract.admits({name: edge})]
    numbers = st.sampled_from(fitting) | st.integers(fitting[0], fitting[-1])
    admitted = numbers.filter(lambda value: contract.admits({name: value}))
    return admitted if kind is int else st.none() | admitted
