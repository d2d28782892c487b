"""The parts that a project names, imported when they are asked for.

A mistake in one of them is the user's: it is answered with its file and line, never with a Python
traceback.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from assay.engines.kernel import WHOLE, Kernel, ModelMapping, Realise
from assay.engines.performing import Performer
from assay.lang import (
    Claims,
    Model,
    ModelError,
    Rankings,
    Recorded,
    State,
    Statement,
    record,
)
from assay.lang.fingerprint import canonical, fingerprint
from assay.lang.recording import recording
from assay.problems import ToolError, pick, unknown
from assay.project import Project
from assay.traces.expect import nearest

if TYPE_CHECKING:
    from assay.engines.conform.logs import Logs
    from assay.engines.schedules import Scenario


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


_OTHERWISE = re.compile(r"\+(?=\w+=)")
"""Between a design and what is chosen otherwise."""
_FRAME = re.compile(r'File "(.+)", line (\d+)')
_OTHER_MODES = ("interleaved", "sections")
_LISTED = {
    "guarantees": ("id", "name", "statement"),
    "questions": ("field", "choices", "guarantees"),
    "calls": ("number", "name"),
    "costs": ("name", "about", "counts"),
}
"""What the records of a project have, whatever else they hold."""


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

    `DESIGN+QUESTION=CHOICE` is a design but for its answer to one question, or to several.

    Errors: ToolError with file, line and the nearest known name.
    """
    wanted, *others = _OTHERWISE.split(wanted)
    found = _design(project, wanted)
    for each in others:
        question, _, choice = each.partition("=")
        found = otherwise(project, found, question, choice)
    return found


def otherwise(project: Project, base: Design, question: str, choice: str) -> Design:
    """The design but for its answer to one question, under a name that `design` knows.

    The same design where that is its answer.

    Errors: ToolError with the nearest question or choice, or when no code reads the answer.
    """
    questions = {each.field: each for each in listed(project, "questions")}
    asked = pick(questions, question, "question")
    member = pick(asked.choices.__members__, choice, f"choice of {question}")
    if question in unread(project):
        raise ToolError(f"{question}={choice}: no code reads the answer to {question}")
    if getattr(base, question) is member:
        return base
    name = f"{base.name}+{question}={choice}"
    record: Any = base
    found: Design = replace(
        record,
        name=name,
        summary=f"{base.name}, with another answer to {question}",
        **{question: member},
    )
    return found


def unread(project: Project) -> frozenset[str]:
    """The questions whose answers no code reads, as the module of questions names them."""
    named: frozenset[str] = getattr(part(project, "questions"), "NOT_YET_READ", frozenset())
    return named


def _design(project: Project, wanted: str) -> Design:
    shipped = {path.stem: path for path in _shipped(project)}
    path = Path(wanted) if wanted.endswith(".toml") else pick(shipped, wanted, "design")
    if not path.is_file():
        raise ToolError(f"{path}: there is no such file")
    load = _export(project, _named(project, "designs"), "load_design")
    mistake: type[Exception] = _export(project, _named(project, "designs"), "DesignError")
    with explained(project):
        try:
            loaded: Design = load(path)
        except mistake as error:
            raise ToolError(*getattr(error, "problems", (str(error),))) from error
    return loaded


def listed(project: Project, setting: str) -> tuple[Any, ...]:
    """The records that the module of a setting lists under the setting's name in capitals.

    Errors: ToolError when it lists none, or when a record has not what every such record has.
    """
    records: tuple[Any, ...] = tuple(_export(project, _named(project, setting), setting.upper()))
    for each in records:
        _require(part(project, setting), each, _LISTED[setting], f"{setting.upper()} hold")
    return records


def design_hash(of: object) -> str:
    """Sixteen hex digits over the choices of a design."""
    return sha256(canonical(of).encode()).hexdigest()[:16]


def hashes(chosen: Design, models: Iterable[Recorded]) -> dict[str, object]:
    """What a document says of the versions of a design and of models under it."""
    versions = {each.name: {chosen.name: fingerprint(each)} for each in models}
    return {"designs": {chosen.name: design_hash(chosen)}, "models": versions}


def recorded(project: Project, name: str, under: Design) -> Recorded:
    """The model of that name under the design, with its lemmas and rankings.

    Errors: ToolError with file and line of every mistake in the model, its name included.
    """
    model = _model(project, pick(project.explorable, name, "model"), name)
    lemmas: list[Claims[State, Design]] = []
    if _exists(project, f"{project.proofs}.{name}.lemmas"):
        lemmas.append(_export(project, f"{project.proofs}.{name}.lemmas", "lemmas"))
    rankings: Rankings[State, Design] | None = proof(project, name, "rankings", "rankings")
    with explained(project):
        found = record(model, under, *lemmas, rankings=rankings)
    if name in project.benchmarks:
        return found
    _only_promised(
        project, ((f"{each.where}: {each.name}", each.guarantee or "") for each in found.promises)
    )
    return found


def statements(project: Project, under: Design) -> tuple[Statement, ...]:
    """What the design says over machine words.

    Errors: ToolError when the project has none; with file and line of every mistake in them.
    """
    make = _export(project, _named(project, "words"), "statements")
    file = _short(part(project, "words").__file__)
    with explained(project), recording():
        found: tuple[object, ...] = tuple(make(under))
    said = tuple(each for each in found if isinstance(each, Statement))
    if len(said) < len(found):
        raise ToolError(f"{file}: `statements` gives what is no Statement")
    twice = sorted(name for name, count in Counter(each.name for each in said).items() if count > 1)
    if twice:
        raise ToolError(f"{file}: two statements with one name: {', '.join(twice)}")
    _only_promised(project, ((f"{file}: {each.name}", each.guarantee) for each in said))
    return said


def _model(project: Project, where: str, name: str) -> Model[State, Design]:
    found: object = _export(project, where, "model")
    file = _short(module(project, where).__file__)
    if not isinstance(found, Model):
        raise ToolError(f"{file}: `model` is no Model")
    if found.name != name:
        named = f"`model` is named `{found.name}`, in pyproject.toml `{name}`"
        raise ToolError(f"{file}: {named}; give it one name")
    return found


def _only_promised(project: Project, spoken_of: Iterable[tuple[str, str]]) -> None:
    """Errors: ToolError for each place that speaks of a guarantee which nothing promises."""
    if not project.guarantees:
        return
    promised = [each.id for each in listed(project, "guarantees")]
    problems = [
        f"{place}: {unknown(promised, guarantee, 'guarantee')}"
        for place, guarantee in spoken_of
        if guarantee not in promised
    ]
    if problems:
        raise ToolError(*problems)


def kernel(project: Project, mode: str = WHOLE) -> Kernel[Any, Any, Any, Any]:
    """The project's reference kernel; its states, events and outcomes are its own affair.

    In another mode it is exported under that name. Errors: ToolError when the project has none,
    when it lacks what a kernel has, or when it checks a guarantee that the project does not
    promise.
    """
    name = "KERNEL" if mode == WHOLE else mode.upper()
    found: Kernel[Any, Any, Any, Any] = _export(project, _named(project, "kernel"), name)
    _require(part(project, "kernel"), found, _members(Kernel), f"{name} has")
    file = _short(part(project, "kernel").__file__)
    _only_promised(project, ((f"{file}: a check", each.guarantee) for each in found.checks))
    return found


def mapping(project: Project, model: str) -> ModelMapping[Any, Any, Any, Any] | None:
    """How the model of that name sees the kernel; None where nothing ties it to one.

    Errors: ToolError when it lacks what a mapping has.
    """
    found: ModelMapping[Any, Any, Any, Any] | None = proof(project, model, "mapping", "MAPPING")
    if found is not None:
        name = f"{project.proofs}.{model}.mapping"
        _require(module(project, name), found, _members(ModelMapping), "MAPPING has")
    return found


def tied(
    project: Project, under: Design, mode: str
) -> tuple[tuple[Recorded, ModelMapping[Any, Any, Any, Any]], ...]:
    """The models under the design, with their mappings, that know the kernel in that mode.

    Errors: ToolError as for `recorded` and `mapping`.
    """
    known = ((name, mapping(project, name)) for name in project.models)
    return tuple(
        (recorded(project, name, under), found)
        for name, found in known
        if found is not None and follows(project, name, found, under, mode)
    )


def follows(
    project: Project,
    model: str,
    known: ModelMapping[Any, Any, Any, Any],
    under: Design,
    mode: str,
) -> bool:
    """Whether the model follows the kernel in that mode, under the design.

    A mode that the mapping knows under some designs alone stands in the model's `modes.py`.
    Errors: ToolError as for `proof`.
    """
    if mode not in known.modes:
        return False
    partly: Mapping[str, Callable[[Design], bool]] | None
    partly = proof(project, model, "modes", "PARTLY")
    return partly is None or mode not in partly or partly[mode](under)


def performers(project: Project, model: str) -> list[Performer[Any, Any, Any, Any]]:
    """All kernels that perform the model's traces: that of its mapping, then one in finer steps.

    Errors: ToolError as for `kernel` and `proof`.
    """
    realise: Realise[Any, Any] | None = proof(project, model, "realise", "realise")
    if realise is None or not project.kernel:
        return []
    known = mapping(project, model)
    found = [Performer(kernel(project, WHOLE if known is None else known.modes[-1]), realise)]
    mode: str | None = proof(project, model, "amid_calls", "MODE")
    if mode is not None:
        finer: Realise[Any, Any] = proof(project, model, "amid_calls", "realise")
        found.append(Performer(kernel(project, mode), finer))
    return found


def scenario_names(project: Project) -> list[str]:
    """The scenarios that ship with the project: the TOML files beside the module of scenarios."""
    return sorted(path.stem for path in _beside(project, "scenarios"))


def scenario(project: Project, wanted: str) -> "Scenario[Any, Any, Any, Any, Any]":
    """The scenario of that name, or in that TOML file.

    Errors: ToolError with every mistake of the file and its place, or the nearest known name.
    """
    shipped = {path.stem: path for path in _beside(project, "scenarios")}
    path = Path(wanted) if wanted.endswith(".toml") else pick(shipped, wanted, "scenario")
    load = _export(project, _named(project, "scenarios"), "load_scenario")
    with explained(project), misread(project):
        loaded: Scenario[Any, Any, Any, Any, Any] = load(path)
    return loaded


@contextmanager
def misread(project: Project) -> Iterator[None]:
    """Turn what is wrong with a scenario into a ToolError with file and line."""
    mistake: type[Exception] = _export(project, _named(project, "scenarios"), "ScenarioError")
    try:
        yield
    except mistake as error:
        raise ToolError(*getattr(error, "problems", (str(error),))) from error


def modes(project: Project) -> tuple[str, ...]:
    """The modes in which the project's kernel can run; none without a kernel."""
    if not project.kernel:
        return ()
    found = part(project, "kernel")
    return (WHOLE, *(mode for mode in _OTHER_MODES if hasattr(found, mode.upper())))


def costs(project: Project, under: Design) -> tuple[Any, ...]:
    """What the project's workloads cost in its kernel under the design; nothing without any.

    Each has a `name`, what it is `about`, and `counts`: numbers by name.

    Errors: ToolError when what it names exports no such thing.
    """
    if not project.costs:
        return ()
    with explained(project):
        found = tuple(_export(project, project.costs, "measured")(under))
    for each in found:
        _require(part(project, "costs"), each, _LISTED["costs"], "`measured` gives")
    return found


def logs(project: Project) -> "Logs[Any, Any]":
    """The project's reader of its kernel's logs.

    Errors: ToolError when the project has none, or when it lacks what a reader has.
    """
    from assay.engines.conform.logs import Logs

    found: Logs[Any, Any] = _export(project, _named(project, "logs"), "LOGS")
    _require(part(project, "logs"), found, _members(Logs), "LOGS has")
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
        raise ToolError(f"{place}: {_why(error)}") from error


def _shipped(project: Project) -> list[Path]:
    return _beside(project, "designs")


def _beside(project: Project, setting: str) -> list[Path]:
    """The TOML files beside the module of a setting."""
    return sorted(Path(part(project, setting).__file__ or "").parent.glob("*.toml"))


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


def _members(protocol: type) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]


def _require(module: ModuleType, thing: object, members: Iterable[str], what: str) -> None:
    for name in members:
        if not hasattr(thing, name):
            raise ToolError(f"{_short(module.__file__)}: {what} no `{name}`, which is needed")


def _why(error: BaseException) -> str:
    """What Python says of a mistake, with the nearest name where one is missing."""
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        owner = error.obj.__name__ if isinstance(error.obj, type) else type(error.obj).__name__
        known = [name for name in dir(error.obj) if not name.startswith("_")]
        return f"{owner} has no `{error.name}`; {nearest(error.name, known)}"
    return f"{type(error).__name__}: {error}"


def _place(project: Project, error: BaseException) -> str | None:
    """The line of the project's own files that raised; None when it was not theirs."""
    for file, line in reversed(_frames(error)):
        path = Path(file)
        installed = "site-packages" in path.parts or path.is_relative_to(Path(__file__).parent)
        if path.is_relative_to(project.root) and not installed:
            return f"{_short(file)}:{line}"
    return None


def _frames(error: BaseException) -> list[tuple[str, int]]:
    """The lines that an error came through, those in a worker process too."""
    ours = [(frame.filename, frame.lineno or 0) for frame in extract_tb(error.__traceback__)]
    # concurrent.futures keeps the traceback of another process as a text, in the cause.
    theirs = [(file, int(line)) for file, line in _FRAME.findall(str(error.__cause__ or ""))]
    return [*ours, *theirs]


def _short(file: str | None) -> str:
    path = Path(file or "?")
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
