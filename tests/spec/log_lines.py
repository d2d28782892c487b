"""A reader of a log's lines for the tests alone: it knows the grammar, and nothing of the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLOUR = re.compile(r"\x1b\[[\d;]*m")
TRACE = re.compile(
    r"TRACE \(kernel::syscall:\d+\) (?P<call>.*) -> (?P<result>Ok|Err)\((?P<told>.*)\)"
)
CALL = re.compile(r"sys (?P<name>\w+)\((?P<inside>.*)\)")
BARE = re.compile(r"invalid syscall|interrupt_\w+")
RAW = re.compile(r"#raw (?P<number>\d+)(?P<words>(?: [0-9a-f]+){9})")
"""The number of the call is decimal, its option word and its arguments are hexadecimal."""
CAPABILITY = re.compile(r"(?P<id>[0-9a-f]+)\((?P<type>\w+):(?P<rights>[R-][P-][W-][U-])\)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A word as a log prints it: its form, its value where told, a capability's type."""

    form: str
    value: int | None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A completed call as a log prints it.

    `whole` tells that the log prints more of the call than its name; `raw` holds its number, its
    option word and its eight arguments where the program printed them before.
    """

    name: str
    whole: bool
    flags: tuple[str, ...]
    arguments: tuple[Printed, ...]
    error: str
    returns: tuple[Printed, ...]
    raw: tuple[int, ...]


def word(text: str) -> Printed:
    """A word of the log; ValueError when no form fits."""
    if text == "<null cap id>":
        return Printed("capability", 0)
    if text == "<invalid capid>":
        return Printed("capability", None)
    if found := CAPABILITY.fullmatch(text):
        value = int(found["id"], 16)
        letters = "".join(each if value >> bit & 1 else "-" for bit, each in enumerate("RPWU"))
        if letters != found["rights"]:
            raise ValueError(f"{text}: its rights are not those of its id")
        return Printed("capability", value, found["type"])
    if re.fullmatch(r"0x[0-9a-f]+", text):
        return Printed("address", int(text, 16))
    if re.fullmatch(r"\d+", text):
        return Printed("number", int(text))
    raise ValueError(f"{text!r} is no word")


def words(text: str) -> tuple[Printed, ...]:
    """The words of a list; ValueError when one is none."""
    return tuple(word(each) for each in text.split(", ")) if text else ()


def line(plain: str, raw: tuple[int, ...] = ()) -> Line:
    """The call that a line without colours tells; ValueError when it cannot be read."""
    found = TRACE.fullmatch(plain)
    if found is None:
        raise ValueError(f"{plain!r} is no call")
    well = found["result"] == "Ok"
    error = "Ok" if well else found["told"].removeprefix("SysErr::")
    returns = words(found["told"]) if well else ()
    if call := CALL.fullmatch(found["call"]):
        flags, _, arguments = call["inside"].partition(", ")
        named = tuple(flags.split(" | ")) if flags else ()
        return Line(call["name"], True, named, words(arguments), error, returns, raw)
    if not BARE.fullmatch(found["call"]):
        raise ValueError(f"{plain!r} names no call")
    return Line(found["call"], False, (), (), error, returns, raw)


def read(path: Path) -> Iterator[tuple[int, Line]]:
    """The completed calls of a log of one processor, each with the number of its line.

    Errors: ValueError when a line cannot be read.
    """
    raw: tuple[int, ...] = ()
    for at, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        plain = COLOUR.sub("", text)
        if found := RAW.fullmatch(plain):
            raw = int(found["number"]), *(int(each, 16) for each in found["words"].split())
        elif plain.startswith("TRACE"):
            yield at, line(plain, raw)
            raw = ()
