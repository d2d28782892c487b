"""What is wrong with a scenario file, each with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

_FEW = 14
"""So many names can be told in one message."""
_HEADER = re.compile(r"\s*\[+\s*(?P<name>[^\]\s]*)\s*\]+")


class ScenarioError(Exception):
    """A file is no scenario; `problems` holds a message for each mistake, with file and line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Notes:
    """A file, and the mistakes found in it so far."""

    path: Path
    lines: tuple[str, ...]
    problems: list[tuple[int, int, str]] = field(default_factory=list)

    def note(self, place: tuple[int, int], message: str) -> None:
        """Add a mistake at a line and column, counted from 1."""
        self.problems.append((*place, message))

    def told(self) -> tuple[str, ...]:
        """The mistakes as messages with file, line and column, in the order of their places."""
        return tuple(
            f"{self.path}:{line}:{column}: {message}"
            for line, column, message in sorted(self.problems)
        )

    def place(self, table: str, key: str) -> tuple[int, int]:
        """Line and column of a key in a table, "" before the first; of the header without a key.

        The first of the file where it shows no such key.
        """
        as_key = re.compile(rf"""(?:^|[\s{{,.])(["']?){re.escape(key)}\1\s*[=.]""")
        below = ""
        for number, line in enumerate(self.lines, start=1):
            header = _HEADER.match(line)
            if header is not None:
                below = header["name"]
                if below == (table if not key else f"{table}.{key}".strip(".")):
                    return number, header.start("name") + 1
            elif below == table and key and not line.lstrip().startswith("#"):
                found = as_key.search(line)
                if found is not None:
                    return number, line.index(key, found.start()) + 1
        return 1, 1

    def text_of(self, table: str, key: str) -> tuple[int, int]:
        """Line and column where the text begins that is the value of a key."""
        line, column = self.place(table, key)
        rest = self.lines[line - 1][column - 1 :]
        found = re.search(r"=\s*(\"\"\"|'''|\"|')", rest)
        if found is None:
            return line, column
        if len(found[1]) == len('"""') and not rest[found.end() :].strip():
            return line + 1, 1
        return line, column + found.end()


def nearest(name: str, known: Iterable[str]) -> str:
    """The hint that follows an unknown name: the nearest known one, or all where they are few."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean `{near[0]}`?"
    if len(names) > _FEW:
        return f"it is like none of the {len(names)} that there are"
    return f"expected one of {', '.join(names)}" if names else "there are none"
