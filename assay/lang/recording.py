"""While a model's bodies run: where we are in its source, what is wrong, which names are taken."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from assay.lang.tree import Where

_LANGUAGE = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a model: where, what is wrong, and what to write instead."""

    where: Where
    message: str
    instead: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}; {self.instead}"


class ModelError(Exception):
    """The model is wrong; `problems` holds every mistake that one run found, in order of place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(
            sorted(set(problems), key=lambda p: (p.where.file, p.where.line, p.message))
        )
        super().__init__("\n".join(map(str, self.problems)))


class Abandoned(Exception):
    """A body cannot go on after a mistake that is already noted."""


@dataclass(slots=True)
class Recorder:
    """What one recording knows: mistakes, variable names given out, bodies that a mistake ended."""

    problems: list[Problem] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    ended: set[Where] = field(default_factory=set)

    def fresh(self, name: str) -> str:
        """A name for a bound variable that nothing else in this recording has."""
        self.names[name] = self.names.get(name, 0) + 1
        return f"{name}_{self.names[name]}"


_current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Collect the problems of everything that runs inside; raise ModelError at the end if any."""
    recorder = Recorder()
    token = _current.set(recorder)
    try:
        yield recorder
    finally:
        _current.reset(token)
    if recorder.problems:
        raise ModelError(tuple(recorder.problems))


@contextmanager
def body_at(where: Where) -> Iterator[None]:
    """Run a body; that a mistake ended it is remembered: what it does not say is no news then."""
    try:
        yield
    except Abandoned:
        recorder = _current.get()
        if recorder is not None:
            recorder.ended.add(where)


def ended_early(where: Where) -> bool:
    """Whether a mistake ended the body there before it said everything."""
    recorder = _current.get()
    return recorder is not None and where in recorder.ended


def fresh(name: str) -> str:
    """A unique name for a bound variable; outside a recording (tests, consoles) the name itself."""
    recorder = _current.get()
    return name if recorder is None else recorder.fresh(name)


def here() -> Where:
    """The line of the model that is being run: the nearest caller outside the language."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LANGUAGE):
        frame = frame.f_back
    return Where(short_path(frame.f_code.co_filename), frame.f_lineno)


def short_path(file: str) -> str:
    """The path relative to the working folder when it lies inside it."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def problem(message: str, instead: str, where: Where | None = None) -> None:
    """Note a mistake and go on; outside a recording it is raised at once, as a ModelError."""
    found = Problem(where or here(), message, instead)
    recorder = _current.get()
    if recorder is None:
        raise ModelError((found,))
    recorder.problems.append(found)
