"""The named designs, and the reading of design files.

[design]   name, summary, base (the design that it differs from; as-built has none)
[choices]  the fields that differ from the base
[planned]  the same for questions whose choice no code reads yet: noted, nothing depends on it
"""

import re
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
_FEW = 12
"""So many names can be told in one message."""
_HEADER = re.compile(r"\s*\[+\s*(?P<name>[^\]\s]*)\s*\]+")
_TOML_PLACE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


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
    problems: list[tuple[int, int, str]] = field(default_factory=list)

    def note(self, table: str, key: str, message: str) -> None:
        """Add a mistake, at the place of the key in a table where the file shows one."""
        self.problems.append((*_place(self.lines, table, key), message))

    def told(self) -> tuple[str, ...]:
        """The mistakes as messages with file, line and column, in the order of their places."""
        return tuple(
            f"{self.path}:{line}:{column}: {message}"
            for line, column, message in sorted(self.problems)
        )


def _place(lines: tuple[str, ...], table: str, key: str) -> tuple[int, int]:
    """Line and column of a key, or of a table's header where no table is named, from 1 on.

    The first of the file where the text shows no such key.
    """
    as_key = re.compile(rf"""(?:^|[\s{{,.])(["']?){re.escape(key)}\1\s*[=.]""")
    below = ""
    for number, line in enumerate(lines, start=1):
        header = _HEADER.match(line)
        if header is not None:
            below = header["name"]
            if not table and below == key:
                return number, header.start("name") + 1
        elif below in ("", table) and not line.lstrip().startswith("#"):
            found = as_key.search(line)
            if found is not None:
                return number, line.index(key, found.start()) + 1
    return 1, 1


def _load(path: Path, above: tuple[Path, ...]) -> Design:
    text, document = _read(path)
    source = _Source(path, tuple(text.splitlines()))
    for key in document:
        if key not in _TABLES:
            source.note("", key, f"unknown table `{key}`; {_nearest(key, _TABLES)}")
    about = _table(source, document, "design")
    for key in about:
        if key not in _ABOUT:
            hint = _nearest(key, _ABOUT)
            source.note("design", key, f"unknown entry `{key}` of [design]; {hint}")
    name, summary = (_text(source, about, key) for key in ("name", "summary"))
    if name and not _NAME.fullmatch(name):
        source.note("design", "name", f"`{name}` is no name: letters, digits and any of _ . - are")
    choices = _base(source, about, (*above, path))
    for table in ("choices", "planned"):
        for key, value in _table(source, document, table).items():
            _choose(source, choices, table, key, value)
    for question in BY_FIELD:
        if question not in choices and not source.problems:
            source.note("", "design", f"no answer to `{question}`, and no base to take it from")
    if source.problems:
        raise DesignError(source.told())
    # The fields of Design and the questions are the same, each with its own enum: a test says so.
    return Design(name, summary, **choices)  # type: ignore[arg-type]


def _read(path: Path) -> tuple[str, dict[str, object]]:
    try:
        text = path.read_text("utf-8")
        # The last line is ended, so that a mistake in it has a place.
        return text, tomllib.loads(f"{text}\n")
    except OSError as error:
        raise DesignError((f"{path}: cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise DesignError((f"{path}: cannot be read: it is no UTF-8 text",)) from error
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.fullmatch(str(error))
        place, why = (f":{found[2]}:{found[3]}", found[1]) if found else ("", str(error))
        raise DesignError((f"{path}{place}: no TOML: {why}",)) from error


def _base(source: _Source, about: dict[str, object], above: tuple[Path, ...]) -> dict[str, Enum]:
    base = about.get("base")
    if base is None:
        return {}
    if not isinstance(base, str) or base not in names():
        source.note("design", "base", f"unknown base `{base}`; {_nearest(str(base), names())}")
        return {key: question.as_built for key, question in BY_FIELD.items()}
    path = _FOLDER / f"{base}.toml"
    if path.resolve() in {each.resolve() for each in above}:
        source.note("design", "base", f"base `{base}` leads back to this design")
        return {key: question.as_built for key, question in BY_FIELD.items()}
    below = _load(path, above)
    return {key: cast(Enum, getattr(below, key)) for key in BY_FIELD}


def _choose(source: _Source, choices: dict[str, Enum], table: str, key: str, value: object) -> None:
    question = BY_FIELD.get(key)
    if question is None:
        source.note(table, key, f"unknown question `{key}`; {_nearest(key, tuple(BY_FIELD))}")
        return
    known = tuple(question.choices.__members__)
    if not isinstance(value, str) or value not in known:
        hint = _nearest(str(value), known)
        source.note(table, key, f"unknown choice `{value}` of `{key}`; {hint}")
        return
    choices[key] = question.choices[value]
    if key in NOT_YET_READ and table == "choices":
        source.note(table, key, f"no code reads `{key}` yet; note its choice under [planned]")
    if key not in NOT_YET_READ and table == "planned":
        source.note(table, key, f"`{key}` is read by code; write its choice under [choices]")


def _table(source: _Source, document: dict[str, object], name: str) -> dict[str, object]:
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    source.note("", name, f"`{name}` must be a table: [{name}]")
    return {}


def _text(source: _Source, about: dict[str, object], key: str) -> str:
    value = about.get(key)
    if isinstance(value, str) and value:
        return value
    table, place = ("design", key) if key in about else ("", "design")
    source.note(table, place, f"[design] needs `{key}`, a text")
    return ""


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean `{near[0]}`?"
    if len(known) > _FEW:
        return f"it is like none of the {len(known)} that there are"
    return f"expected one of {', '.join(known)}"


AS_BUILT = named("as-built")
SEED = named("seed")
PROPOSED = named("proposed")
