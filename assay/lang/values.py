"""Values of a sort in words, and back: what traces and reports show."""

from difflib import get_close_matches

from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    Sort,
    WordSort,
    sort_name,
)

Value = bool | int | None
Shown = bool | int | str | None


def show(value: Value, sort: Sort) -> Shown:
    """The value as a trace holds it: `thread2`, `READY`, `READ|WRITE`, 3, True, None for none.

    The element with index n of a kind is its n-th constant, or the kind's name and n.
    """
    match sort:
        case OptionSort(inner=inner):
            return None if value is None else show(value, inner)
        case KindSort(name=name, constants=constants):
            index = int(value or 0)
            return constants[index] if index < len(constants) else f"{name.lower()}{index}"
        case EnumSort(members=members):
            return members[int(value or 0)]
        case BitsSort(members=members):
            held = [name for bit, name in enumerate(members) if int(value or 0) >> bit & 1]
            return "|".join(held) or "NONE"
        case BoolSort() | IntSort() | WordSort():
            return value


def parse(text: Shown, sort: Sort) -> Value:
    """The value that `show` shows as `text`.

    Errors: ValueError naming what was expected and the nearest name.
    """
    match sort:
        case OptionSort(inner=inner):
            return None if text is None else parse(text, inner)
        case KindSort(name=name, constants=constants):
            return _element(str(text), name, constants)
        case EnumSort(members=members):
            return _member(str(text), members, sort)
        case BitsSort(members=members):
            names = [] if text == "NONE" else str(text).split("|")
            return sum(1 << _member(each, members, sort) for each in set(names))
        case BoolSort():
            if isinstance(text, bool):
                return text
        case IntSort() | WordSort():
            if isinstance(text, int) and not isinstance(text, bool):
                return text
    raise ValueError(f"{text!r} is no {sort_name(sort)}")


def _element(text: str, name: str, constants: tuple[str, ...]) -> int:
    if text in constants:
        return constants.index(text)
    prefix = name.lower()
    if text.startswith(prefix) and text[len(prefix) :].isdecimal():
        return int(text[len(prefix) :])
    raise ValueError(f"{text!r} is no {name}: expected {', '.join((*constants, prefix + '0'))} ...")


def _member(text: str, members: tuple[str, ...], sort: Sort) -> int:
    if text in members:
        return members.index(text)
    near = get_close_matches(text, members, n=1)
    hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(members)}"
    raise ValueError(f"{text!r} is no {sort_name(sort)}; {hint}")
