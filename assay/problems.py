"""Wrong use and bad input, as messages for whoever caused them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from assay.traces.expect import nearest

_T = TypeVar("_T")


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
