"""What the log prints of a call is read back as that call."""

from hypothesis import given
from hypothesis import strategies as st

from reference_kernel.events import CallMade
from reference_kernel.log.printing import call_text, capability, result_text
from reference_kernel.log.reading import printed_call
from reference_kernel.outcomes import Ok, Refused
from spec.call import Call, Traced, Word
from spec.design import chosen
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.ids import parses
from spec.syscalls import CALLS

WHOLE = [call for call in CALLS if call.traced is Traced.WHOLE and chosen(AS_BUILT, call.choice)]
words = st.integers(0, (1 << 64) - 1)


@given(
    st.sampled_from(WHOLE), st.integers(0, (1 << 32) - 1), st.lists(words, min_size=8, max_size=8)
)
def test_a_call_is_read_back(call: Call, options: int, arguments: list[int]) -> None:
    made = CallMade(1, call.number, options, tuple(arguments))
    text = call_text(AS_BUILT, made)
    assert text is not None
    printed = printed_call(text)
    assert printed.number == call.number
    assert not printed.wrong
    assert call.printed_options(printed.options) == call.printed_options(options)
    for argument, told, read in zip(
        call.printed_arguments, arguments, printed.arguments, strict=False
    ):
        hidden = argument.word is Word.CAPABILITY and not parses(told)
        assert (parses(read) is False) if hidden else read == told


def test_the_lines_of_the_kernel_are_printed_to_the_letter() -> None:
    made = CallMade(1, 11, 0x1 | 0x2 | 0x80 | 0x100, (0, 0, 0xD0F, 0, 0, 0, 0, 0))
    assert call_text(AS_BUILT, made) == (
        "sys cap_clone(READ | PROD | SRC_CSPACE_SELF | DST_CSPACE_SELF, <null cap id>, "
        "<null cap id>, d0f(Channel:RPWU))"
    )
    assert result_text(11, Ok((0x1103,))) == "Ok(1103(Channel:RP--))"
    assert call_text(AS_BUILT, CallMade(1, 4, 0, (0,) * 8)) == "sys thread_yield()"
    assert result_text(39, Refused(Error.INVL_ID, "key_unknown")) == "Err(SysErr::InvlId)"
    assert call_text(AS_BUILT, CallMade(1, 0, 64, (0,) * 8)) is None
    assert call_text(AS_BUILT, CallMade(1, 37, 0, (0,) * 8)) == "invalid syscall"


def test_an_id_shows_its_rights_and_not_its_weakness() -> None:
    assert capability(0x437) == "437(Thread:RPW-)"
    assert capability(0) == "<null cap id>"
    assert capability(31 << 5) == "<invalid capid>"


def test_letters_that_are_not_those_of_the_number_are_wrong() -> None:
    assert printed_call("sys key_id(, 167(Key:RPWU))").wrong
    assert printed_call("sys key_id(, 167(Channel:RPW-))").wrong
    assert not printed_call("sys key_id(, 167(Key:RPW-))").wrong
