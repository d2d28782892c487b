"""The parts that a project names, imported when they are asked for.

A mistake in one of them is the user's: it is answered with its file and line, never with a Python
traceback.
"""

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any, Protocol

from assay.engines.conform.logs import Logs
from assay.engines.kernel import Kernel
from assay.lang import Claims, Model, ModelError, Recorded, State, record
from assay.lang.fingerprint import canonical, fingerprint
from assay.problems import ToolError, pick
from assay.project import Project


class Design(Protocol):
    """What the tool needs to know of a design."""

    @property
    def name(self) -> str:
        """The name that tables and traces show."""
        ...

    @property
    def summary(self) -> str:
        """What it stands for, in a sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """A named size of a finite instance, and what exploring it gave when it was pinned."""

    name: str
    sizes: dict[str, int]
    counts: dict[str, dict[str, int]]


def part(project: Project, setting: str) -> ModuleType:
    """The module that a setting names.

    Errors: ToolError when the project has no such part, or the module cannot be imported.
    """
    return module(project, _named(project, setting))


def design_names(project: Project) -> list[str]:
    """The designs that ship with the project: the TOML files beside the module of designs."""
    return sorted(path.stem for path in _shipped(project))


def design(project: Project, wanted: str) -> Design:
    """The design of that name, or in that TOML file.

    Errors: ToolError with file, line and the nearest known name.
    """
    shipped = {path.stem: path for path in _shipped(project)}
    path = Path(wanted) if wanted.endswith(".toml") else pick(shipped, wanted, "design")
    if not path.is_file():
        raise ToolError(f"{path}: there is no such file")
    loader = part(project, "designs")
    with explained(project):
        try:
            loaded: Design = loader.load_design(path)
        except loader.DesignError as error:
            raise ToolError(*getattr(error, "problems", (str(error),))) from error
    return loaded


def design_hash(of: object) -> str:
    """Sixteen hex digits over the choices of a design."""
    return sha256(canonical(of).encode()).hexdigest()[:16]


def hashes(chosen: Design, models: Iterable[Recorded]) -> dict[str, object]:
    """What a document says of the versions of a design and of models under it."""
    versions = {each.name: {chosen.name: fingerprint(each)} for each in models}
    return {"designs": {chosen.name: design_hash(chosen)}, "models": versions}


def recorded(project: Project, name: str, under: Design) -> Recorded:
    """The model of that name under the design, with its lemmas.

    Errors: ToolError with file and line of every mistake in the model.
    """
    model: Model[State, Design] = _export(project, pick(project.models, name, "model"), "model")
    lemmas: list[Claims[State, Design]] = []
    if _exists(project, f"{project.proofs}.{name}.lemmas"):
        lemmas.append(_export(project, f"{project.proofs}.{name}.lemmas", "lemmas"))
    with explained(project):
        return record(model, under, *lemmas)


def bounds(project: Project, name: str) -> dict[str, Bounds]:
    """The named bounds of a model, as its bounds.toml gives them, in order.

    Errors: ToolError with the file when they are missing or of another form.
    """
    found = module(project, pick(project.models, name, "model"))
    path = Path(found.__file__ or "").with_name("bounds.toml")
    try:
        listed = tomllib.loads(path.read_text("utf-8"))["bounds"]
        named = [Bounds(each["name"], each["sizes"], each.get("counts", {})) for each in listed]
    except OSError as error:
        raise ToolError(f"{path}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise ToolError(f"{path}: no TOML: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ToolError(f"{path}: expected [[bounds]] with `name` and `sizes`") from error
    return {each.name: each for each in named}


def kernel(project: Project) -> Kernel[Any, Any, Any, Any]:
    """The project's reference kernel; its states, events and outcomes are its own affair.

    Errors: ToolError when the project has none.
    """
    found: Kernel[Any, Any, Any, Any] = _export(project, _named(project, "kernel"), "KERNEL")
    return found


def logs(project: Project) -> Logs[Any, Any]:
    """The project's reader of its kernel's logs.

    Errors: ToolError when the project has none.
    """
    found: Logs[Any, Any] = _export(project, _named(project, "logs"), "LOGS")
    return found


def proof(project: Project, model: str, what: str, export: str) -> Any:
    """What proofs/MODEL/`what`.py exports under a name; None when there is no such file.

    Errors: ToolError when it cannot be imported or exports no such thing.
    """
    name = f"{project.proofs}.{model}.{what}"
    return _export(project, name, export) if _exists(project, name) else None


@contextmanager
def explained(project: Project) -> Iterator[None]:
    """Turn every mistake in the project's own files into a ToolError with file and line."""
    try:
        yield
    except (ToolError, AssertionError):
        raise
    except ModelError as error:
        raise ToolError(*map(str, error.problems)) from error
    except SyntaxError as error:
        raise ToolError(f"{_short(error.filename)}:{error.lineno}: {error.msg}") from error
    except Exception as error:
        place = _place(project, error)
        if place is None:
            raise
        raise ToolError(f"{place}: {type(error).__name__}: {error}") from error


def _shipped(project: Project) -> list[Path]:
    return sorted(Path(part(project, "designs").__file__ or "").parent.glob("*.toml"))


def _named(project: Project, setting: str) -> str:
    name: str = getattr(project, setting)
    if not name:
        raise ToolError(
            f"{project.root / 'pyproject.toml'}: [tool.assay] names no `{setting}`, needed here"
        )
    return name


def module(project: Project, name: str) -> ModuleType:
    """The module of that dotted name.

    Errors: ToolError with file and line of what is wrong in it.
    """
    if not _exists(project, name):
        raise ToolError(f"{project.root / 'pyproject.toml'}: there is no module `{name}`")
    with explained(project):
        return import_module(name)


def _exists(project: Project, name: str) -> bool:
    with explained(project):
        try:
            return find_spec(name) is not None
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            return False


def _export(project: Project, where: str, name: str) -> Any:
    found = module(project, where)
    if not hasattr(found, name):
        raise ToolError(f"{_short(found.__file__)}: expected it to export `{name}`")
    return getattr(found, name)


def _place(project: Project, error: BaseException) -> str | None:
    """The line of the project's own files that raised; None when it was not theirs."""
    for frame in reversed(extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        installed = "site-packages" in path.parts or path.is_relative_to(Path(__file__).parent)
        if path.is_relative_to(project.root) and not installed:
            return f"{_short(frame.filename)}:{frame.lineno}"
    return None


def _short(file: str | None) -> str:
    path = Path(file or "?")
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
