"""The project's own files, as git knows them, and their syntax."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("spec", "reference_kernel", "models", "proofs", "assay")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root, in order."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    names = sorted(name for name in listed.split("\0") if name)
    return tuple(Path(name) for name in names if (ROOT / name).exists())


def sources(*folders: str) -> list[Path]:
    """The Python files, all of them or those under one of the folders."""
    python = [path for path in files() if path.suffix == ".py"]
    return [path for path in python if path.parts[0] in folders] if folders else python


@cache
def text(path: Path) -> str:
    """What the file says."""
    return (ROOT / path).read_text("utf-8")


@cache
def syntax(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(text(path), str(path))


def module(path: Path) -> str:
    """The dotted name under which the file is imported."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
