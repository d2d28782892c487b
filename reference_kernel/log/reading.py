"""What a printed call may have been: the line says most of it, hidden inputs the rest.

What the kernel prints of a call leaves out option bits. Those that decide what it gives are told
apart here; bit 31 decides only what a refusal leaves behind and is chosen where that shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reference_kernel.log.printing import INVALID_ID, NULL_ID, UNKNOWN_CALL, capability
from spec.call import Call, Traced, Word
from spec.design import CreatedRights, Design, MappingAuthority, OptionBits
from spec.ids import rights_of
from spec.options import (
    MemoryMap,
    MemoryUpdateMapping,
    NewCapability,
    UpdateMappingApart,
    ask_created_rights,
)
from spec.sizes import WORD_LIMIT
from spec.syscalls import BY_NAME, BY_NUMBER, CALLS

_CALL = re.compile(r"sys (\w+)\((.*)\)")
_CAPABILITY = re.compile(r"([0-9a-f]+)\(\w+:[RPWU-]{4}\)")
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_NUMBER = re.compile(r"[0-9]+")
_DIGITS = len(str(WORD_LIMIT))
_SHOWN = 60
"""So much of what cannot be read is shown."""
_WORDS = 8
_NO_TYPE = 20 << 5
_UNUSED_NUMBER = max(BY_NUMBER) + 1
_BY_LOG_NAME = {call.log_name: call for call in CALLS if call.traced is Traced.WHOLE}
_PRINTED = {call.number: call.printed_arguments for call in CALLS}
_BY_NAME_ONLY = {call.log_name: call for call in CALLS if call.traced is Traced.NAME}


_WAITING = {
    call.log_name
    for call in CALLS
    if call.name == "thread_yield" or any(each.name == "timeout" for each in call.arguments)
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A call as far as its line tells it; `options` holds the bits that were printed.

    They are numbered as today; `flags` are their names, for designs that number them otherwise.
    `wrong` says what no kernel prints: an id whose letters are not those of its number.
    """

    number: int
    options: int
    arguments: tuple[int, ...]
    whole: bool = True
    flags: tuple[str, ...] = ()
    wrong: str = ""


class UnreadableCall(ValueError):
    """The text is no call of the table."""


@lru_cache(maxsize=1 << 12)
def printed_call(text: str) -> Printed:
    """The call of a line.

    Errors: UnreadableCall with what was expected.
    """
    found = _CALL.fullmatch(text)
    if found is not None:
        call = _BY_LOG_NAME.get(found[1])
        if call is None:
            raise UnreadableCall(f"there is no call `{found[1][:_SHOWN]}`")
        return _whole(call, found[2])
    if text == UNKNOWN_CALL:
        return Printed(_UNUSED_NUMBER, 0, (0,) * _WORDS, whole=False)
    if text in _BY_NAME_ONLY:
        return Printed(_BY_NAME_ONLY[text].number, 0, (0,) * _WORDS, whole=False)
    raise UnreadableCall("expected `sys NAME(OPTIONS, ARGUMENTS)`")


_RECEIVES = {BY_NAME[name].number for name in ("channel_try_recv", "channel_sync_recv")}
_RECEIVED = re.compile(r"Ok\(([0-9]{1,20}), ([0-9a-f]+\(Reply)?")


def received(printed: Printed, gave: str) -> tuple[int, bool] | None:
    """How many bytes the line received, and whether it was a call that it received."""
    found = _RECEIVED.match(gave) if printed.number in _RECEIVES else None
    return None if found is None else (int(found[1]), found[2] is not None)


_SENDS = {BY_NAME[name].number for name in ("channel_try_send", "channel_sync_send")}
_SENT = re.compile(r"Ok\(([0-9]{1,20})\)")


def delivered(printed: Printed, gave: str) -> int | None:
    """How many bytes the line sent, if it did."""
    found = _SENT.fullmatch(gave) if printed.number in _SENDS else None
    return None if found is None else int(found[1])


def waits(text: str) -> bool:
    """Whether a thread may wait in the call of a line."""
    found = _CALL.fullmatch(text)
    return found is not None and found[1] in _WAITING


def _whole(call: Call, inside: str) -> Printed:
    options, *shown = inside.split(", ")
    built = _PRINTED[call.number]
    expected = call.arguments if len(shown) > len(built) else built
    if len(shown) != len(expected):
        raise UnreadableCall(f"{call.log_name} has {len(built)} arguments")
    words, wrong = [], ""
    for argument, text in zip(expected, shown, strict=True):
        word = _word(text, argument.word)
        if word >= WORD_LIMIT:
            wrong = wrong or f"{text[:_SHOWN]} is more than a word holds"
            word = 0
        elif argument.word is Word.CAPABILITY and capability(word) != text:
            wrong = wrong or f"the id {text} would print as {capability(word)}"
        words.append(word)
    padded = (*words, *(0 for _ in range(_WORDS - len(words))))
    flags = tuple(options.split(" | ")) if options else ()
    return Printed(call.number, _options(call.number, options), padded, flags=flags, wrong=wrong)


def _word(text: str, how: Word) -> int:
    word: int | None = None
    match how:
        case Word.CAPABILITY:
            word = _capability(text)
        case Word.ADDRESS:
            word = int(text, 16) if _ADDRESS.fullmatch(text) else None
        case Word.NUMBER:
            word = int(text[: _DIGITS + 1]) if _NUMBER.fullmatch(text) else None
    if word is None:
        raise UnreadableCall(f"{text[:_SHOWN]!r} is no {how.value}")
    return word


@lru_cache(maxsize=1 << 12)
def _capability(text: str) -> int | None:
    if text == NULL_ID:
        return 0
    if text == INVALID_ID:
        return _NO_TYPE
    found = _CAPABILITY.fullmatch(text)
    return int(found[1], 16) if found else None


@lru_cache(maxsize=1024)
def _options(number: int, text: str) -> int:
    if not text:
        return 0
    call = BY_NUMBER[number]
    known = {} if call.options is None else {flag.name: int(flag) for flag in call.options}
    apart = {flag.name for flag in call.options_apart or ()}
    names = text.split(" | ")
    missing = [name for name in names if name not in known and name not in apart]
    if missing:
        raise UnreadableCall(f"{call.log_name} has no option {missing[0][:_SHOWN]}")
    return sum(known.get(name, 0) for name in names)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: the whole option word, and what was chosen for it.

    What the result prints counts as given: such a reading stands for `accepts` results, or the
    results of several that are `given` tell them apart.
    """

    options: int
    kind: str = ""
    value: str = ""
    accepts: int = 1
    given: bool = False


MAX_SIZE = "MAX_SIZE bit"
ACCESS = "access of the update"
_ASKED = {call.number for call in CALLS if call.options is NewCapability}
_CREATES = {call.number for call in CALLS if call.name.endswith(("_new", "_clone", "_alloc"))} - {
    BY_NAME["cap_clone"].number
}
_SETS_OF_RIGHTS = 16
_MAP = next(call.number for call in CALLS if call.options is MemoryMap)
_UPDATE = next(call.number for call in CALLS if call.options is MemoryUpdateMapping)
_LARGEST = int(MemoryMap.MAX_SIZE)
_OK_ID = re.compile(r"Ok\(([0-9a-f]+)\(")


def readings(design: Design, printed: Printed, gave: str) -> Iterator[Reading]:
    """The option words that the line may stand for, as far as they can give different things."""
    if printed.number in _ASKED:
        yield Reading(printed.options | _rights_given(gave), accepts=_SETS_OF_RIGHTS)
    elif printed.number == _MAP:
        yield Reading(printed.options, MAX_SIZE, "clear", given=True)
        yield Reading(printed.options | _LARGEST, MAX_SIZE, "set", given=True)
    elif printed.number == _UPDATE:
        options = printed.options
        if design.option_bits is OptionBits.DISJOINT:
            options = sum(int(UpdateMappingApart[name]) for name in printed.flags)
        for access in _accesses(design):
            shown = str(MemoryUpdateMapping(access).name or "none") if access else "none"
            yield Reading(options | access, ACCESS, shown)
    elif printed.number in _CREATES and design.created_rights is CreatedRights.OPTION:
        asked = ask_created_rights(_rights_given(gave))
        yield Reading(printed.options | asked, accepts=_SETS_OF_RIGHTS)
    else:
        yield Reading(printed.options)


def _rights_given(gave: str) -> int:
    """The rights of a new capability are those in the id that the line prints."""
    found = _OK_ID.match(gave)
    return rights_of(int(found[1], 16)) if found else 0


def _accesses(design: Design) -> tuple[int, ...]:
    """Access bits that can make a difference: as built only whether there are any."""
    every = int(MemoryUpdateMapping.READ | MemoryUpdateMapping.WRITE | MemoryUpdateMapping.EXEC)
    if design.mapping_authority is MappingAuthority.ADDRESS_SPACE_ONLY:
        return (every, 0)
    return tuple(range(every, -1, -1))
