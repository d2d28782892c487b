"""Small changes of logs, each of one field of one line, to see whether the checker notices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

from reference_kernel.log.printing import capability
from spec.errors import Error
from spec.ids import ObjectType, pack, parses, rights_of, serial_of, type_of
from spec.ids import is_weak as weak

_ID = re.compile(r"\b([0-9a-f]+)\(\w+:[RPWU-]{4}\)")
_SHOWN = re.compile(r"(?<=Ok\()([0-9a-f]+)\((\w+):")
_ERROR = re.compile(r"SysErr::(\w+)")
_NUMBER = re.compile(r"(?<![\w(:])(\d+)(?=[,)])|(?<=Ok\()(\d+)(?=[,)])")
_ADDRESS = re.compile(r"0x([0-9a-f]+)")


class Field(Enum):
    """What is changed."""

    ERROR = "error"
    COUNT = "count"
    ADDRESS = "address"
    SERIAL = "serial"
    TYPE = "type"
    RIGHTS = "rights nibble"
    KEY_ID = "key id"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one line, printed otherwise: the line counts from 1."""

    field: Field
    line: int
    text: str
    in_result: bool

    def applied(self, log: str) -> str:
        """The log with the line changed."""
        every = log.split("\n")
        every[self.line - 1] = self.text
        return "\n".join(every)

    def first_use(self, log: str) -> int | None:
        """The first later line that names the id that was changed, or gives the next of its type.

        None for a change of anything but the serial of an id.
        """
        lines = log.split("\n")
        old, new = (_SHOWN.search(text) for text in (lines[self.line - 1], self.text))
        if self.field is not Field.SERIAL or old is None or new is None:
            return None
        for number in range(self.line + 1, len(lines) + 1):
            call, arrow, gave = lines[number - 1].rpartition(" -> ")
            named = old[0] in call or new[0] in call or f"({old[2]}:" in gave
            if arrow and named:
                return number
        return None


def changes(log: str, chance: Random) -> Iterator[Change]:
    """One change of each field that a line prints, for each line of a call."""
    for number, line in enumerate(log.split("\n"), start=1):
        if "TRACE" in line:
            call, _, gave = line.rpartition(" -> ")
            for field, text in _changed(call, chance):
                yield Change(field, number, f"{text} -> {gave}", in_result=False)
            is_key_id = " key_id(" in call
            for field, text in _changed(gave, chance):
                known = Field.KEY_ID if is_key_id and field is Field.COUNT else field
                yield Change(known, number, f"{call} -> {text}", in_result=True)


def _changed(text: str, chance: Random) -> Iterator[tuple[Field, str]]:
    ids = list(_ID.finditer(text))
    if ids:
        found = chance.choice(ids)
        for field, word in _other_ids(int(found[1], 16), chance):
            yield field, text[: found.start()] + capability(word) + text[found.end() :]
    for field, pattern in (
        (Field.ERROR, _ERROR),
        (Field.COUNT, _NUMBER),
        (Field.ADDRESS, _ADDRESS),
    ):
        places = list(pattern.finditer(text))
        if places:
            found = chance.choice(places)
            yield (
                field,
                text[: found.start()] + _other(field, found[0], chance) + text[found.end() :],
            )


def _other_ids(word: int, chance: Random) -> Iterator[tuple[Field, int]]:
    kind, rights, serial = type_of(word), rights_of(word), serial_of(word)
    others = [each for each in ObjectType if each != kind and parses(each << 5)]
    new_kind = chance.choice(others)
    yield Field.TYPE, pack(new_kind, rights, weak=weak(word), serial=serial)
    flipped = rights ^ (1 << chance.randrange(4))
    yield Field.RIGHTS, pack(kind, flipped, weak=weak(word), serial=serial)
    moved = serial + chance.choice((1, 2, 5, 64))
    yield Field.SERIAL, pack(kind, rights, weak=weak(word), serial=moved)


def _other(field: Field, text: str, chance: Random) -> str:
    if field is Field.ERROR:
        names = [f"SysErr::{each.printed}" for each in Error if each is not Error.OK]
        return chance.choice([name for name in names if name != text])
    if field is Field.ADDRESS:
        return f"{int(text, 16) ^ (1 << chance.randrange(12, 40)):#x}"
    return str(int(text) + chance.choice((1, 2, 7)))


class Disorder(Enum):
    """What happens to a whole line."""

    DROPPED = "dropped"
    DOUBLED = "doubled"
    SWAPPED = "swapped"


def traced(log: str) -> list[int]:
    """The lines that print a call, counted from 1."""
    every = log.split("\n")
    return [at for at, line in enumerate(every, start=1) if "TRACE" in line]


def disordered(log: str, line: int, how: Disorder) -> str:
    """The log without the line, with it twice, or after the next one that prints a call."""
    every = log.split("\n")
    at = line - 1
    match how:
        case Disorder.DROPPED:
            del every[at]
        case Disorder.DOUBLED:
            every.insert(at, every[at])
        case Disorder.SWAPPED:
            later = [other - 1 for other in traced(log) if other > line]
            if later:
                every[at], every[later[0]] = every[later[0]], every[at]
    return "\n".join(every)
