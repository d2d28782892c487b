"""Scenario files.

about       what happens, in a sentence
processors  how many there are, from 1 to 4; two where it is left out
before      what the first thread does before anything else may happen: statements, one a line
[thread.NAME]  a program: `first`, which runs on the first processor, or a thread that `before` made
               and called so; `on`: the processor that runs it when the programs begin, else it is
               ready; `does`: its statements
[outside]   what may come, besides exit interrupts: `timeouts` (true); `ticks` (0): how many slices
            may end of threads that could go on; `shortages` (0): how often the kernel's heap may
            run out of memory, where calls are rows of sections
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from re import fullmatch

from reference_kernel.scenarios import boot_words
from reference_kernel.scenarios.boot_words import FIRST
from reference_kernel.scenarios.notes import Notes, ScenarioError, nearest
from reference_kernel.scenarios.parsing import parse
from reference_kernel.scenarios.statements import Statement

_PROCESSORS, _OFTEN = range(1, 5), range(100)
_KEYS = ("about", "processors", "before", "thread", "outside")
_THREAD = ("on", "does")
_OUTSIDE = ("timeouts", "ticks", "shortages")
_TOML_PLACE = r"(?s)(.*) \(at line (\d+), column (\d+)\)"


@dataclass(frozen=True, slots=True)
class Program:
    """What a thread does, and the processor that runs it from the start, if one does."""

    thread: str
    does: tuple[Statement, ...]
    on: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says."""

    path: Path
    about: str
    processors: int
    before: tuple[Statement, ...]
    programs: tuple[Program, ...]
    timeouts: bool = True
    ticks: int = 0
    shortages: int = 0


def read(path: Path) -> Told:
    """What the file says.

    Errors: ScenarioError with every mistake of the file, each with its line and column.
    """
    text, document = _document(path)
    notes = Notes(path, tuple(text.splitlines()) or ("",))
    for key in document:
        if key not in _KEYS:
            notes.note(notes.place("", key), f"unknown key `{key}`; {nearest(key, _KEYS)}")
    about = document.get("about")
    if not isinstance(about, str) or not about:
        notes.note(notes.place("", "about"), "`about` is needed: what happens, in a sentence")
    processors = _number(notes, document, "", "processors", _PROCESSORS, default=2)
    known = {*boot_words.objects()}
    before = _statements(notes, document, "", "before", known)
    made = {name for each in before if each.name == "thread_new" for name in each.gives[:1]}
    if not before:
        made = known  # its threads may be made by what could not be read
    programs = _programs(notes, document, made, known, processors)
    outside = _table(notes, document, "outside")
    for key in outside:
        if key not in _OUTSIDE:
            hint = nearest(key, _OUTSIDE)
            notes.note(notes.place("outside", key), f"unknown key `{key}` of [outside]; {hint}")
    timeouts = outside.get("timeouts", True)
    if not isinstance(timeouts, bool):
        notes.note(notes.place("outside", "timeouts"), "`timeouts` is true or false")
    ticks = _number(notes, outside, "outside", "ticks", _OFTEN, default=0)
    shortages = _number(notes, outside, "outside", "shortages", _OFTEN, default=0)
    if notes.problems:
        raise ScenarioError(notes.told())
    may = bool(timeouts), ticks, shortages
    return Told(path, str(about), processors, before, programs, *may)


def _document(path: Path) -> tuple[str, Mapping[str, object]]:
    try:
        text = path.read_text("utf-8")
        # The last line is ended, so that a mistake in it has a place.
        return text, tomllib.loads(f"{text}\n")
    except OSError as error:
        raise ScenarioError((f"{path}: cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError((f"{path}: cannot be read: it is no UTF-8 text",)) from error
    except tomllib.TOMLDecodeError as error:
        found = fullmatch(_TOML_PLACE, str(error))
        place, why = (f":{found[2]}:{found[3]}", found[1]) if found else ("", str(error))
        raise ScenarioError((f"{path}{place}: no TOML: {why}",)) from error


def _programs(
    notes: Notes, document: Mapping[str, object], made: set[str], known: set[str], processors: int
) -> tuple[Program, ...]:
    """The programs, in the order of the file."""
    taken, found = {0: FIRST}, []
    for name, table in _table(notes, document, "thread").items():
        place = notes.place("thread", name)
        if name != FIRST and name not in made:
            hint = nearest(name, {FIRST, *made})
            notes.note(place, f"`before` makes no thread `{name}` with thread_new; {hint}")
        if not isinstance(table, dict):
            notes.note(place, f"a program is a table: [thread.{name}]")
            continue
        program = _program(notes, name, table, set(known), range(processors))
        if program.on is not None and taken.setdefault(program.on, name) != name:
            told = f"processor {program.on} runs `{taken[program.on]}` already"
            notes.note(notes.place(f"thread.{name}", "on"), told)
        found.append(program)
    if not found and not notes.problems:
        notes.note((1, 1), "nobody does anything: a program is a table [thread.first]")
    return tuple(found)


def _program(
    notes: Notes, name: str, table: Mapping[str, object], known: set[str], processors: range
) -> Program:
    under = f"thread.{name}"
    for key in table:
        if key not in _THREAD:
            hint = nearest(key, _THREAD)
            notes.note(notes.place(under, key), f"unknown key `{key}` of a thread; {hint}")
    if "does" not in table:
        told = f"[{under}] needs `does`: what the thread does, a call a line"
        notes.note(notes.place("thread", name), told)
    does = _statements(notes, table, under, "does", known)
    if name == FIRST:
        if table.get("on", 0) != 0:
            notes.note(notes.place(under, "on"), "processor 0 runs the thread that boot makes")
        return Program(name, does, 0)
    if "on" not in table:
        return Program(name, does)
    on = _number(notes, table, under, "on", processors, default=-1)
    return Program(name, does, None if on < 0 else on)


def _statements(
    notes: Notes, table: Mapping[str, object], under: str, key: str, known: set[str]
) -> tuple[Statement, ...]:
    text = table.get(key, "")
    if not isinstance(text, str):
        notes.note(notes.place(under, key), f"`{key}` is a text with a call on each line")
        return ()
    return parse(notes, text, notes.text_of(under, key), known) if key in table else ()


def _table(notes: Notes, document: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    notes.note(notes.place("", name), f"`{name}` must be a table")
    return {}


def _number(
    notes: Notes, table: Mapping[str, object], under: str, key: str, among: range, *, default: int
) -> int:
    found = table.get(key, default)
    if isinstance(found, int) and not isinstance(found, bool) and found in among:
        return found
    told = f"`{key}` is a number from {among.start} to {among.stop - 1}"
    notes.note(notes.place(under, key), told)
    return default
