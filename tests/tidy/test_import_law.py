"""Imports flow one way. Every import counts, also one inside a function or for types only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.tree import PACKAGES, module, sources, syntax

WORDS = ("assay.lang", "assay.traces")
ENGINES = (*WORDS, "assay.engines", "hypothesis")
PROOFS = ("proofs", "models", "spec", *WORDS, "assay.engines.kernel")
LAW: dict[str, tuple[str, ...]] = {
    "spec": ("spec",),
    "reference_kernel": ("reference_kernel", "spec", "immutables"),
    "models": ("models", "spec", "assay.lang"),
    "proofs": PROOFS,
    "assay.lang": ("assay.lang",),
    "assay.traces": WORDS,
    "assay.engines": ENGINES,
    "assay.engines.explore.compiled": (*ENGINES, "llvmlite"),
    "assay.engines.prove": (*ENGINES, "z3", "cvc5"),
    "assay.report": (*WORDS, "assay.report", "rich"),
    "assay.commands": ("assay", "cyclopts", "rich"),
    "assay.cli": ("assay", "cyclopts", "rich"),
    "assay": ("assay",),
}
"""What a package may import besides the standard library; the longest name decides."""
TIES = {"mapping", "realise", "amid_calls"}
"""The modules and packages of a question in proofs/ that may import the kernel too."""


def inside(name: str, package: str) -> bool:
    """Whether the module lies in the package."""
    return name == package or name.startswith(f"{package}.")


def allowed(importer: str) -> tuple[str, ...]:
    """What the module may import besides the standard library."""
    law = LAW[max((package for package in LAW if inside(importer, package)), key=len)]
    ties = inside(importer, "proofs") and not TIES.isdisjoint(importer.split("."))
    return (*law, "reference_kernel") if ties else law


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Each module that the file imports, with its line."""
    known = {module(each) for each in sources(*PACKAGES)}
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or "a relative import"
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield node.lineno, full if full in known else base


def breaches(path: Path) -> list[str]:
    """The imports of the file that the law does not allow."""
    law = allowed(module(path))
    return [
        f"{path}:{line}: imports {name}; allowed are {', '.join(law)}"
        for line, name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(inside(name, package) for package in law)
    ]


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=str)
def test_a_module_imports_only_what_the_law_allows(path: Path) -> None:
    assert not breaches(path)


@pytest.mark.parametrize(
    ("importer", "name", "fine"),
    [
        ("spec.errors", "assay.lang", False),
        ("assay.engines.explore", "models.thread_groups.model", False),
        ("assay.engines.explore.layout", "z3", False),
        ("assay.engines.explore.layout", "llvmlite", False),
        ("assay.engines.explore.compiled.machine", "llvmlite.binding", True),
        ("assay.engines.prove.solve", "z3", True),
        ("proofs.thread_groups.mapping", "reference_kernel.state", True),
        ("proofs.thread_groups.mapping.calls", "reference_kernel.state", True),
        ("proofs.thread_groups.lemmas", "reference_kernel.state", False),
        ("models.thread_groups.model", "assay.engines", False),
        ("assay.commands.prove", "assay.engines.prove", True),
        ("assay.commands.prove", "models", False),
    ],
)
def test_the_law_says_what_it_should(importer: str, name: str, fine: bool) -> None:
    assert any(inside(name, package) for package in allowed(importer)) is fine
