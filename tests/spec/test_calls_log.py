"""The table of calls and the lines of the real kernel tell the same.

`calls.log` holds lines of many logs, one for each call and answer that any of them shows.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spec.call import Argument, Call, Traced, Word
from spec.design import chosen
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.ids import rights_of
from spec.rights import covers
from spec.syscalls import CALLS
from tests.spec.log_lines import Line, Printed, line, read

LINES = tuple(read(Path(__file__).with_name("calls.log")))
BY_LOG_NAME = {call.log_name: call for call in CALLS}
UNSEEN = {"print_debug", *(call.name for call in CALLS if not chosen(AS_BUILT, call.choice))}
"""The call whose line no log shows."""
NO_CALL = "invalid syscall"

Fault = Callable[[Call, Line], Iterator[str]]


def options(call: Call, seen: Line) -> int:
    """The option word of the call: what the program passed, or else what the log shows of it."""
    if seen.raw:
        return seen.raw[1]
    return sum(flag for flag in call.options or () if flag.name in seen.flags)


def looked_at(call: Call, seen: Line) -> Iterator[tuple[Argument, Printed]]:
    """The capabilities that the call looks up, as the log prints them."""
    for argument, printed in zip(call.printed_arguments, seen.arguments, strict=True):
        if argument.word is Word.CAPABILITY and argument.matters(options(call, seen)):
            yield argument, printed


def lacks_right(argument: Argument, printed: Printed, asked: int) -> bool:
    """Whether what is printed is a capability without a right that the argument asks for."""
    return not printed.value or not covers(rights_of(printed.value), argument.rights_asked(asked))


def other_number(call: Call, seen: Line) -> Iterator[str]:
    """What the program passed is another call, or other words than the log shows."""
    if seen.raw and seen.raw[0] != call.number:
        yield f"its number is {seen.raw[0]}"
    for argument, printed, passed in zip(
        call.arguments, seen.arguments, seen.raw[2:], strict=False
    ):
        if printed.value not in (None, passed):
            yield f"`{argument.name}` is {passed:x}"


def other_flags(call: Call, seen: Line) -> Iterator[str]:
    """The flags are no names of the table, or in another order."""
    printed = call.printed_options(options(call, seen))
    if seen.flags != printed:
        yield f"the table prints {printed}"


def other_forms(call: Call, seen: Line) -> Iterator[str]:
    """Arguments or returns are more, fewer, or printed in another way."""
    if seen.whole is not (call.traced is Traced.WHOLE):
        yield f"the log shows {call.traced.value}"
    if seen.whole and [each.form for each in seen.arguments] != [
        each.word.value for each in call.printed_arguments
    ]:
        yield "the arguments are of other forms"
    built = [each.word.value for each in call.returns if each.choice is None]
    if [each.form for each in seen.returns] != (built if seen.error == "Ok" else []):
        yield "the returns are of other forms"


def other_errors(call: Call, seen: Line) -> Iterator[str]:
    """The call answers an error that no refusal of the design as built gives."""
    known = {each.error.printed for each in call.refusals if each.choice is None}
    if seen.error not in {*known, Error.OK.printed}:
        yield f"no refusal gives {seen.error}"


def other_rights(call: Call, seen: Line) -> Iterator[str]:
    """A call succeeds without a right, or with a type, that the table asks for; or lacks none."""
    if not seen.whole:
        return
    asked = options(call, seen)
    lacking = [
        each.name for each, printed in looked_at(call, seen) if lacks_right(each, printed, asked)
    ]
    if seen.error == "Ok" and lacking:
        yield f"it succeeds without the rights on {lacking}"
    if seen.error == Error.INVL_PERM.printed and not lacking:
        yield "it has all the rights"
    for argument, printed in looked_at(call, seen):
        if seen.error == "Ok" and argument.type and printed.type != argument.type.printed:
            yield f"`{argument.name}` is a {printed.type}"


FAULTS: tuple[Fault, ...] = (other_forms, other_number, other_flags, other_errors, other_rights)


def faults(seen: Line) -> list[str]:
    """What does not fit the table."""
    call = BY_LOG_NAME.get(seen.name)
    if call is None:
        return [f"no call is printed as {seen.name}"]
    return next((found for check in FAULTS if (found := list(check(call, seen)))), [])


def test_every_line_fits_the_table() -> None:
    wrong = [
        f"calls.log:{at}: {seen.name}: {fault}"
        for at, seen in LINES
        if seen.name != NO_CALL
        for fault in faults(seen)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_number_that_no_call_has_is_refused() -> None:
    (seen,) = [seen for _, seen in LINES if seen.name == NO_CALL]
    assert seen.error == Error.INVL_SYSCALL.printed
    assert seen.raw[0] not in {call.number for call in CALLS if chosen(AS_BUILT, call.choice)}


def test_the_lines_show_each_call_and_each_of_its_answers_once_at_least() -> None:
    shown = {seen.name for _, seen in LINES}
    assert {call.name for call in CALLS if call.log_name not in shown} == UNSEEN
    succeed = {seen.name for _, seen in LINES if seen.error == "Ok"}
    built = (call for call in CALLS if chosen(AS_BUILT, call.choice))
    whole = {call.log_name for call in built if call.traced is Traced.WHOLE}
    assert succeed == whole


HEAD = "TRACE (kernel::syscall:316) sys "


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("memory_put(, 8af(Memory:RPWU)) -> Ok(1)", "no call is printed as memory_put"),
        ("memory_get_size(, 0x8af) -> Ok(1)", "the arguments are of other forms"),
        ("memory_get_size(, 8af(Memory:RPWU), 1) -> Ok(1)", "the arguments are of other forms"),
        ("memory_get_size(, 8af(Memory:RPWU)) -> Ok()", "the returns are of other forms"),
        ("memory_get_size(READ, 8af(Memory:RPWU)) -> Ok(1)", "the table prints ()"),
        ("memory_get_size(, 8af(Memory:RPWU)) -> Err(SysErr::InvlArgs)", "gives InvlArgs"),
        ("memory_get_size(, 8ae(Memory:-PWU)) -> Ok(1)", "without the rights on ['memory']"),
        ("memory_get_size(, 8af(Memory:RPWU)) -> Err(SysErr::InvlPerm)", "all the rights"),
        ("memory_get_size(, 4f(ThreadGroup:RPWU)) -> Ok(1)", "`memory` is a ThreadGroup"),
    ],
)
def test_a_line_that_does_not_fit_is_told(text: str, fault: str) -> None:
    (found,) = faults(line(HEAD + text))
    assert fault in found


@pytest.mark.parametrize(
    "text",
    [
        "memory_get_size(, 8af(Memory:RPW-)) -> Ok(1)",
        "memory_get_size(, 8af) -> Ok(1)",
        "memory_get_size(, 8af(Memory:RPWU) -> Ok(1)",
        "memory_get_size(, 8af(Memory:RPWU)) -> Yes(1)",
    ],
)
def test_a_line_of_another_grammar_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|its rights"):
        line(HEAD + text)
