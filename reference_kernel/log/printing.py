"""Calls and what they gave, exactly as the kernel's log prints them.

Source: strace.rs, syscall/mod.rs.
"""

from collections.abc import Iterable
from functools import lru_cache

from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from spec.call import Call, Traced, Word
from spec.design import Design, OptionBits, chosen
from spec.errors import Error
from spec.ids import ObjectType, parses, rights_of, type_of
from spec.rights import Right
from spec.syscalls import BY_NUMBER

NULL_ID = "<null cap id>"
INVALID_ID = "<invalid capid>"
UNKNOWN_CALL = "invalid syscall"
FRAME = "TRACE (kernel::syscall:316) "
_REFUSED = {error: f"Err(SysErr::{error.printed})" for error in Error}
_LETTERS = tuple((int(right), right.name or "") for right in Right)


@lru_cache(maxsize=1 << 16)
def capability(word: int) -> str:
    """An id: hexadecimal, with its type and a letter for each right; weakness is in the number."""
    if word == 0:
        return NULL_ID
    if not parses(word):
        return INVALID_ID
    rights = rights_of(word)
    letters = "".join(name[0] if rights & bit else "-" for bit, name in _LETTERS)
    return f"{word:x}({ObjectType(type_of(word)).printed}:{letters})"


def value(word: int, how: Word) -> str:
    """A word of a call, as its table says."""
    match how:
        case Word.CAPABILITY:
            return capability(word)
        case Word.ADDRESS:
            return f"{word:#x}"
        case Word.NUMBER:
            return str(word)


def call_text(design: Design, made: CallMade) -> str | None:
    """The call as the log prints it under the design; None for one that it does not print."""
    call = BY_NUMBER.get(made.number)
    if call is None or not chosen(design, call.choice):
        return UNKNOWN_CALL
    match call.traced:
        case Traced.NOT:
            return None
        case Traced.NAME:
            return call.log_name
        case Traced.WHOLE:
            return f"sys {call.log_name}({', '.join(_shown(design, call, made))})"


def _shown(design: Design, call: Call, made: CallMade) -> Iterable[str]:
    """The option word's names and the arguments; nothing for a call that has neither."""
    arguments = [each for each in call.arguments if chosen(design, each.choice)]
    if call.options is None and not arguments:
        return
    yield " | ".join(_option_names(design, call, made.options))
    for argument, word in zip(arguments, made.arguments, strict=False):
        yield value(word, argument.word)


def _option_names(design: Design, call: Call, word: int) -> Iterable[str]:
    """The names of the bits as the design numbers them, without those that the log hides.

    What hides today only because no kernel knows it is shown where the design has it.
    """
    apart = design.option_bits is OptionBits.DISJOINT and call.options_apart is not None
    brought = sum(
        each.only for each in call.arguments if each.choice and chosen(design, each.choice)
    )
    flags = _flags(call.number, call.unprinted & ~brought, apart=apart)
    return (name for bit, name in flags if word & bit)


@lru_cache(maxsize=1024)
def _flags(number: int, unprinted: int, *, apart: bool) -> tuple[tuple[int, str], ...]:
    """The bits of a call's option word that are printed, each with its name."""
    call = BY_NUMBER[number]
    hidden = {flag.name for flag in call.options or () if flag & unprinted}
    flags = call.options_apart if apart else call.options
    return tuple((int(flag), flag.name or "") for flag in flags or () if flag.name not in hidden)


def result_text(number: int, outcome: Outcome) -> str:
    """What the call gave, as the log prints it; of what prints no line, what happened instead."""
    match outcome:
        case Ok(values=values):
            call = BY_NUMBER[number]
            shown = (
                value(word, each.word) for each, word in zip(call.returns, values, strict=False)
            )
            return f"Ok({', '.join(shown)})"
        case Refused(error=error):
            return _REFUSED[error]
        case Panic(place=place, reason=reason):
            return f"a panic at {place}: {reason}"
        case _:
            return f"no line: {type(outcome).__name__.lower()}"
