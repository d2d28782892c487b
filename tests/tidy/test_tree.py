"""The tree holds what it should, speaks of no one machine, and leaves nothing undone."""

import ast
import re
from pathlib import Path

import pytest

from tests.tidy.tree import PACKAGES, ROOT, files, sources, syntax, text

FOLDERS = {*PACKAGES, "tests", "benchmarks", "docs"}
TOP = {
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "Makefile",
    "README.md",
    "constraints.txt",
    "pyproject.toml",
}
GIVEN = {".log"}
"""Bytes of the real kernel: they say what they say."""
PLACES = re.compile(
    r"(?<![\w.])/(?:home|root|tmp|work|Users|usr|mnt)/|\b(?:https?|ssh|git)://|index-url"
)
UNDONE = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
HERE = Path(__file__).relative_to(ROOT)


def test_the_top_holds_nothing_else() -> None:
    tops = {path.parts[0] for path in files() if not path.parts[0].startswith(".")}
    assert tops <= FOLDERS | TOP
    assert tops >= TOP | set(PACKAGES)


def test_each_package_is_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)


@pytest.mark.parametrize(
    "path", [path for path in files() if path.suffix not in GIVEN and path != HERE], ids=str
)
def test_a_file_names_no_place_and_leaves_nothing_undone(path: Path) -> None:
    wrong = [
        f"{path}:{number}: {found.group()}"
        for number, line in enumerate(text(path).splitlines(), start=1)
        for pattern in (PLACES, UNDONE)
        if (found := pattern.search(line))
    ]
    assert not wrong, "\n".join(wrong)


def stub(node: ast.FunctionDef) -> bool:
    """Whether the function only pretends: nothing but a docstring, `pass` or `...`."""
    return all(
        isinstance(each, ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in node.body
    )


def promises(tree: ast.Module) -> set[ast.AST]:
    """The functions that may be empty: those of protocols, and overloads."""
    protocols = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any("Protocol" in ast.unparse(base) for base in node.bases)
        for part in node.body
    }
    overloads = {
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("overload" in ast.unparse(each) for each in node.decorator_list)
    }
    return protocols | overloads


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=str)
def test_no_function_is_a_stub(path: Path) -> None:
    tree = syntax(path)
    empty = [
        f"{path}:{node.lineno}: {node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and stub(node) and node not in promises(tree)
    ]
    assert not empty
