"""Any record as plain data, and plain data as indented lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum, Flag


def plain(value: object) -> object:
    """The value in what JSON knows.

    A record is a mapping of its fields, an enum member its name, and an enum a mapping of its names
    to what their values say.
    """
    match value:
        case None | bool() | str():
            return value
        case Flag():
            return [member.name for member in value]
        case Enum():
            return value.name
        case int() | float():
            return value
        case type():
            members = value if issubclass(value, Enum) else ()
            return {member.name: plain(member.value) for member in members} or value.__name__
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case _ if is_dataclass(value):
            return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
        case Sequence():
            return [plain(each) for each in value]
        case set() | frozenset():
            return sorted(str(plain(each)) for each in value)
        case _:
            return str(value)


def lines(value: object, indent: str = "") -> Iterator[str]:
    """Plain data for people: a line for each field, records of a list numbered in their order."""
    match value:
        case Mapping():
            for name, each in value.items():
                if _nested(each):
                    yield f"{indent}{name}"
                    yield from lines(each, indent + "  ")
                else:
                    yield f"{indent}{name}: {inline(each)}"
        case list() if _nested(value):
            for number, each in enumerate(value, start=1):
                yield f"{indent}{number}. {inline(each)}"
        case _:
            yield f"{indent}{inline(value)}"


def inline(value: object) -> str:
    """Plain data in one line."""
    match value:
        case None | [] | "":
            return "none"
        case Mapping():
            kept = {name: each for name, each in value.items() if each not in ([], "", None, 0)}
            title = f"{kept.pop('name')}: " if "name" in kept else ""
            return title + ", ".join(f"{name} {inline(each)}" for name, each in kept.items())
        case list():
            return ", ".join(map(inline, value))
        case _:
            return str(value)


def _nested(value: object) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(each, Mapping) for each in value)
    )
