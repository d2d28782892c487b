"""The lines of the kernel's log, as text and as records.

A log holds what the kernel prints and what the program prints into it. Lines end with a reset of
colours that stands at the front of the next one; colours are dropped before anything else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reference_kernel.log.mending import mended
from reference_kernel.log.reading import UnreadableCall, printed_call

# The first arrow ends the call: to look for a later one takes long on a long line.
_TRACE = re.compile(r"TRACE \([\w:]+:\d+\) ((?:(?! -> ).)+) -> (Ok\(.*\)|Err\(.+\))")
# What is longer than a word of the machine is none.
_RAW = re.compile(r"#raw ([0-9]{1,10}) ([0-9a-f]{1,8})((?: [0-9a-f]{1,16}){8})")
_BY = re.compile(r"# by ([0-9]{1,9})")
_DATA = re.compile(r"# data:(?: ([rw]) ([0-9a-f]{1,16}))?((?: [0-9a-f]{1,16})*)")
_PANIC = re.compile(r"(ERROR \(kernel[\w:]*\) )?panicked at ([^\s:]+:\d+)(?::\d+)?:?")
_PROCESSORS = re.compile(r".*booting ([0-9]{1,9}) ap cores")
_DONE = "# TEST DONE"


@dataclass(frozen=True, slots=True)
class Trace:
    """A call that returned: as printed, and what it gave."""

    line: int
    call: str
    gave: str


@dataclass(frozen=True, slots=True)
class Raw:
    """The true words of the call that a thread is about to make; `by` is who, where it is told."""

    line: int
    number: int
    options: int
    arguments: tuple[int, ...]
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """Words of memory: `way` is w for written, r for read, and empty for the result of an await."""

    line: int
    way: str
    address: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Panicked:
    """A panic, of the kernel or of a program, and its place `file:line`."""

    line: int
    place: str
    of_kernel: bool


@dataclass(frozen=True, slots=True)
class Torn:
    """A line that begins like one of the log and goes on otherwise: a call's, or a remark's."""

    line: int
    text: str
    of_call: bool


@dataclass(frozen=True, slots=True)
class Booted:
    """How many processors the machine has."""

    line: int
    processors: int


@dataclass(frozen=True, slots=True)
class ProgramDone:
    """The program says that it reached its end."""

    line: int


Line = Trace | Raw | Data | Panicked | Torn | Booted | ProgramDone


def lines(text: str) -> Iterator[Line]:
    """What a log tells, in order; remarks of the program and of the kernel are passed over."""
    by: int | None = None
    for number, printed in mended(text, _is_whole):
        if printed.startswith("# by "):
            found = _BY.fullmatch(printed)
            by = int(found[1]) if found else None
            continue
        line = _line(number, printed, by)
        if line is not None:
            yield line
        if isinstance(line, Raw):
            by = None


def _is_whole(printed: str) -> bool:
    """Whether the kernel may have printed this line of a call."""
    trace = _TRACE.fullmatch(printed)
    try:
        return trace is not None and not printed_call(trace[1]).wrong
    except UnreadableCall:
        return False


def _line(number: int, printed: str, by: int | None) -> Line | None:
    if printed.startswith("TRACE"):
        trace = _TRACE.fullmatch(printed)
        return Trace(number, trace[1], trace[2]) if trace else Torn(number, printed, of_call=True)
    if printed.startswith("#raw "):
        raw = _RAW.fullmatch(printed)
        return _raw(number, raw, by) if raw else Torn(number, printed, of_call=False)
    if printed.startswith("# data:"):
        data = _DATA.fullmatch(printed)
        return _data(number, data) if data else Torn(number, printed, of_call=False)
    if printed == _DONE:
        return ProgramDone(number)
    panic = _PANIC.match(printed)
    if panic:
        return Panicked(number, panic[2], of_kernel=panic[1] is not None)
    booted = _PROCESSORS.match(printed)
    if booted:
        return Booted(number, int(booted[1]) + 1)
    return Torn(number, printed, of_call=True) if "TRACE (" in printed else None


def _raw(number: int, found: re.Match[str], by: int | None) -> Raw:
    words = tuple(int(word, 16) for word in found[3].split())
    return Raw(number, int(found[1]), int(found[2], 16), words, by)


def _data(number: int, found: re.Match[str]) -> Data:
    words = tuple(int(word, 16) for word in found[3].split())
    return Data(number, found[1] or "", int(found[2] or "0", 16), words)
