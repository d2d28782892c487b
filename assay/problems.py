"""Wrong use and bad input, as messages for whoever caused them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from assay.traces.expect import nearest

_T = TypeVar("_T")
_TOML_PLACE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")


class ToolError(Exception):
    """The tool was used wrongly or given bad input; `problems` holds a message for each mistake."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def pick(known: Mapping[str, _T], name: str, what: str) -> _T:
    """The thing of that name; `what` names its sort in the message.

    Errors: ToolError with the nearest name.
    """
    if name not in known:
        raise ToolError(unknown(known, name, what))
    return known[name]


def unknown(known: Iterable[str], name: str, what: str) -> str:
    """The message about a name that nothing has."""
    return f"there is no {what} `{name}`; {nearest(name, known)}"


def toml(path: Path) -> dict[str, object]:
    """What a TOML file says.

    Errors: ToolError with file, line and column; FileNotFoundError when there is no such file.
    """
    try:
        # The last line is ended, so that a mistake in it has a place.
        return tomllib.loads(path.read_text("utf-8") + "\n")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ToolError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ToolError(f"{path}: cannot be read: it is no UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.fullmatch(str(error))
        place, why = (f":{found[2]}:{found[3]}", found[1]) if found else ("", str(error))
        raise ToolError(f"{path}{place}: no TOML: {why}") from error
