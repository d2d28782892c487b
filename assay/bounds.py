"""The sizes at which a model is explored: its bounds.toml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assay import loading
from assay.engines.domains import SizesError, check_sizes
from assay.lang import Recorded
from assay.problems import ToolError, pick, toml
from assay.project import Project

_FORM = "expected [[bounds]] with `name` and `sizes`"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A named size of a finite instance, and what exploring it gave when it was pinned.

    One that stands `beside` the first is explored as wholly as that: each shows what the other is
    too small for.
    """

    name: str
    sizes: dict[str, int]
    counts: dict[str, dict[str, int]]
    beside: bool = False


def bounds(project: Project, name: str) -> dict[str, Bounds]:
    """The named bounds of a model, as its bounds.toml gives them, in order.

    Errors: ToolError with the file when they are missing or of another form.
    """
    path = _file(project, name)
    try:
        tables = toml(path)["bounds"]
        found = [_bounds(path, each) for each in cast("list[dict[str, Any]]", tables)]
    except FileNotFoundError as error:
        raise ToolError(f"{path}: cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ToolError(f"{path}: {_FORM}") from error
    named = {each.name: each for each in found}
    if not found:
        raise ToolError(f"{path}: it has no bounds; {_FORM}")
    if len(named) < len(found):
        raise ToolError(f"{path}: two bounds have one name")
    return named


def fitting_bounds(project: Project, recorded: Recorded) -> dict[str, Bounds]:
    """The named bounds of a recorded model, which fit its kinds.

    Errors: ToolError with the file when they are missing, of another form or do not fit.
    """
    path = _file(project, recorded.name)
    named = bounds(project, recorded.name)
    problems: list[str] = []
    for each in named.values():
        try:
            check_sizes(recorded, each.sizes)
        except SizesError as error:
            problems.append(f"{path}: {each.name}: {error}")
    if problems:
        raise ToolError(*problems)
    return named


def _file(project: Project, name: str) -> Path:
    about = loading.module(project, pick(project.explorable, name, "model"))
    return Path(about.__file__ or "").with_name("bounds.toml")


def _bounds(path: Path, table: dict[str, Any]) -> Bounds:
    name, sizes, counts = table["name"], table["sizes"], table.get("counts", {})
    wrong = [
        f"{path}: {name}: {kind} needs a number from 1, not `{size}`"
        for kind, size in sizes.items()
        if not isinstance(size, int) or isinstance(size, bool) or size < 1
    ]
    if wrong:
        raise ToolError(*wrong)
    return Bounds(name, sizes, counts, table.get("beside", False) is True)
