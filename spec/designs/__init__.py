"""The named designs, and the reading of design files.

[design]   name, summary, base (the design that it differs from; as-built has none)
[choices]  the fields that differ from the base
[planned]  the same for questions whose choice no code reads yet: noted, nothing depends on it
"""

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from functools import cache
from pathlib import Path
from typing import cast

from spec.design import Design
from spec.questions import BY_FIELD, NOT_YET_READ, QUESTIONS

__all__ = [
    "AS_BUILT",
    "PROPOSED",
    "QUESTIONS",
    "SEED",
    "DesignError",
    "load_design",
    "named",
    "names",
]

_FOLDER = Path(__file__).parent
_TABLES = ("design", "choices", "planned")
_ABOUT = ("name", "summary", "base")


class DesignError(Exception):
    """A file is no design; `problems` holds a message for each mistake, with file and line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@cache
def named(name: str) -> Design:
    """The design that ships under that name.

    Errors: DesignError with the nearest name.
    """
    if name not in names():
        raise DesignError((f"there is no design `{name}`; {_nearest(name, names())}",))
    return load_design(_FOLDER / f"{name}.toml")


def names() -> tuple[str, ...]:
    """The names of the designs that ship."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_design(path: Path) -> Design:
    """The design that a file describes.

    Errors: DesignError with every mistake of the file: text that is no TOML, an unknown table,
    field or choice, a choice that no code reads, an unknown base, a base that leads back to the
    file, a question without an answer.
    """
    return _load(path, ())


@dataclass(frozen=True, slots=True)
class _Source:
    """A design file, and the mistakes found in it so far."""

    path: Path
    lines: tuple[str, ...]
    problems: list[str] = field(default_factory=list)

    def note(self, key: str, message: str) -> None:
        """Add a mistake, at the place of the key where the file holds it."""
        for number, line in enumerate(self.lines, start=1):
            name = line.split("=")[0].strip().strip("[]").strip("\"' ")
            if name == key:
                column = len(line) - len(line.lstrip()) + 1
                self.problems.append(f"{self.path}:{number}:{column}: {message}")
                return
        self.problems.append(f"{self.path}: {message}")


def _load(path: Path, above: tuple[Path, ...]) -> Design:
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise DesignError((f"{path}: cannot be read: {error}",)) from error
    except tomllib.TOMLDecodeError as error:
        raise DesignError((f"{path}: no TOML: {error}",)) from error
    source = _Source(path, tuple(text.splitlines()))
    for key in document.keys() - set(_TABLES):
        source.note(key, f"unknown table `{key}`; {_nearest(key, _TABLES)}")
    about = _table(source, document, "design")
    for key in about.keys() - set(_ABOUT):
        source.note(key, f"unknown entry `{key}` of [design]; {_nearest(key, _ABOUT)}")
    name, summary = (_text(source, about, key) for key in ("name", "summary"))
    choices = _base(source, about, (*above, path))
    for table in ("choices", "planned"):
        for key, value in _table(source, document, table).items():
            _choose(source, choices, key, value, planned=table == "planned")
    for question in BY_FIELD:
        if question not in choices and not source.problems:
            source.note("design", f"no answer to `{question}`, and no base to take it from")
    if source.problems:
        raise DesignError(tuple(source.problems))
    # The fields of Design and the questions are the same, each with its own enum: a test says so.
    return Design(name, summary, **choices)  # type: ignore[arg-type]


def _base(source: _Source, about: dict[str, object], above: tuple[Path, ...]) -> dict[str, Enum]:
    base = about.get("base")
    if base is None:
        return {}
    if not isinstance(base, str) or base not in names():
        source.note("base", f"unknown base `{base}`; {_nearest(str(base), names())}")
        return {key: question.as_built for key, question in BY_FIELD.items()}
    path = _FOLDER / f"{base}.toml"
    if path.resolve() in {each.resolve() for each in above}:
        source.note("base", f"base `{base}` leads back to this design")
        return {key: question.as_built for key, question in BY_FIELD.items()}
    below = _load(path, above)
    return {key: cast(Enum, getattr(below, key)) for key in BY_FIELD}


def _choose(
    source: _Source, choices: dict[str, Enum], key: str, value: object, *, planned: bool
) -> None:
    question = BY_FIELD.get(key)
    if question is None:
        source.note(key, f"unknown question `{key}`; {_nearest(key, tuple(BY_FIELD))}")
        return
    known = tuple(question.choices.__members__)
    if not isinstance(value, str) or value not in known:
        source.note(key, f"unknown choice `{value}` of `{key}`; {_nearest(str(value), known)}")
        return
    choices[key] = question.choices[value]
    if key in NOT_YET_READ and not planned:
        source.note(key, f"no code reads `{key}` yet; note its choice under [planned]")
    if key not in NOT_YET_READ and planned:
        source.note(key, f"`{key}` is read by code; write its choice under [choices]")


def _table(source: _Source, document: dict[str, object], name: str) -> dict[str, object]:
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    source.note(name, f"`{name}` must be a table: [{name}]")
    return {}


def _text(source: _Source, about: dict[str, object], key: str) -> str:
    value = about.get(key)
    if isinstance(value, str) and value:
        return value
    source.note(key if key in about else "design", f"[design] needs `{key}`, a text")
    return ""


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(known)}"


AS_BUILT = named("as-built")
SEED = named("seed")
PROPOSED = named("proposed")
