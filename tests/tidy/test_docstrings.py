"""Whatever is public says what it means; what raises says so; what the kernel does has a source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.tree import PACKAGES, sources, syntax, text

OURS = {"AssertionError", "Abandoned"}
"""A bug of ours, or control flow inside one package: no caller handles it."""

Documented = ast.FunctionDef | ast.ClassDef


def public(body: list[ast.stmt]) -> Iterator[Documented]:
    """The public functions and classes, methods of public classes too."""
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            overload = any("overload" in ast.unparse(each) for each in node.decorator_list)
            if not overload:
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def raised(node: Documented) -> set[str]:
    """The names of the exceptions that the function itself raises anew."""
    return {
        ast.unparse(each.exc.func).split(".")[-1]
        for each in ast.walk(node)
        if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call)
    }


def is_command(path: Path) -> bool:
    """A command's docstring is its help: what is wrong with the words is told when it is wrong."""
    return path.parts[:2] == ("assay", "commands")


def faults(path: Path, node: Documented) -> Iterator[str]:
    """What the docstring lacks."""
    place = f"{path}:{node.lineno}: {node.name}"
    words = ast.get_docstring(node)
    if words is None:
        yield f"{place} has no docstring"
        return
    first = words.split("\n\n")[0]
    if not first.rstrip().endswith((".", ":", "?")):
        yield f"{place}: the first paragraph is no sentence"
    if isinstance(node, ast.FunctionDef):
        yield from (
            f"{place} raises {name} and does not say so"
            for name in sorted(raised(node) - OURS - ({"ToolError"} if is_command(path) else set()))
            if name not in words
        )


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=str)
def test_everything_public_says_what_it_means(path: Path) -> None:
    tree = syntax(path)
    wrong = [fault for node in public(tree.body) for fault in faults(path, node)]
    if tree.body and ast.get_docstring(tree) is None:
        wrong.append(f"{path}: the module has no docstring")
    assert not wrong, "\n".join(wrong)


CALLS = [p for p in sources("spec", "reference_kernel") if p.parts[1] == "syscalls"]


@pytest.mark.parametrize("path", [p for p in CALLS if p.stem != "__init__"], ids=str)
def test_what_a_call_does_names_its_source(path: Path) -> None:
    assert "Source:" in text(path) or "source=" in text(path)
