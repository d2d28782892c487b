"""Reading JSON that may be anything.

Each function gives what was expected; TraceError says at which place something else stands.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class TraceError(ValueError):
    """A trace cannot be read or run; the message says where, what was expected and what to do."""


_FEW = 12
"""So many names can be told in one message."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The hint that follows an unknown name: the nearest known one, or all where they are few."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    if len(names) > _FEW:
        return f"it is like none of the {len(names)} that there are"
    return f"expected one of {', '.join(names)}" if names else "there are none"


def parse_json(text: str) -> Json:
    """The JSON value of a text.

    Errors: TraceError with line and column.
    """
    try:
        value: Json = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise TraceError(f"{place}: no JSON: {error.msg}; is the file complete?") from error
    except (RecursionError, ValueError) as error:
        raise TraceError(f"no trace: {error}") from error
    return value


def record(value: Json, place: str, required: Iterable[str] = ()) -> Mapping[str, Json]:
    """A JSON object that has the `required` members; TraceError names a misspelt one."""
    if not isinstance(value, Mapping):
        raise TraceError(f"{place}: expected an object, found {kind_of(value)}")
    wanted = tuple(required)
    for name in wanted:
        if name not in value:
            near = get_close_matches(name, [each for each in value if each not in wanted], n=1)
            hint = f"; did you mean it by `{near[0]}`?" if near else ""
            raise TraceError(f"{place}: `{name}` is missing{hint}")
    return value


def array(value: Json, place: str) -> Sequence[Json]:
    """A JSON array; TraceError when it is none."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TraceError(f"{place}: expected an array, found {kind_of(value)}")
    return value


def text(value: Json, place: str) -> str:
    """A JSON string; TraceError when it is none."""
    if not isinstance(value, str):
        raise TraceError(f"{place}: expected a text, found {kind_of(value)}")
    return value


def integer(value: Json, place: str) -> int:
    """A whole number: as ITF writes it, or a plain JSON number as older writers did.

    Errors: TraceError when it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = text(record(value, place, ("#bigint",))["#bigint"], f"{place}.#bigint")
    if not digits.removeprefix("-").isdecimal() or not digits.isascii():
        raise TraceError(f"{place}: {digits!r} is no whole number")
    return int(digits)


def kind_of(value: Json) -> str:
    """What a JSON value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a truth"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case Mapping():
            return "an object"
        case _:
            return "an array"
