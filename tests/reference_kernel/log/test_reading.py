"""What the text of a call may be, and what no kernel prints."""

import pytest

from reference_kernel.log.grammar import Trace, lines
from reference_kernel.log.machines import code_pages
from reference_kernel.log.reading import UnreadableCall, printed_call
from reference_kernel.machine import CODE_PAGES
from tests.reference_kernel.log.checking import checked


def _code_pages(text: str) -> tuple[int, ...]:
    return code_pages(line for line in lines(text) if isinstance(line, Trace))


LARGEST = (1 << 64) - 1
FRAME = "TRACE (kernel::syscall:316) "


def test_words_up_to_the_largest_are_read() -> None:
    assert printed_call(f"sys memory_new(, 18f(Allocator:RPWU), {LARGEST})").arguments[1] == LARGEST
    unmap = printed_call(f"sys address_space_unmap(, 6f(AddressSpace:RPWU), {LARGEST:#x})")
    assert unmap.arguments[1] == LARGEST


@pytest.mark.parametrize("text", ["-5", "1_0", " 1", "+1", "0x1", "٣"])
def test_what_is_no_number_of_the_machine_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no number") as told:
        printed_call(f"sys memory_new(, 18f(Allocator:RPWU), {text})")
    assert len(str(told.value)) < 100


@pytest.mark.parametrize("text", ["10", "0X10", "0x", "0x_1"])
def test_what_is_no_address_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no address"):
        printed_call(f"sys address_space_unmap(, 6f(AddressSpace:RPWU), {text})")


@pytest.mark.parametrize("text", ["18f", "18f(Allocator:RPW)", "-1(Key:----)"])
def test_what_is_no_id_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no capability"):
        printed_call(f"sys key_id(, {text})")


def test_an_id_prints_in_one_way_only() -> None:
    for text in ("0(Null:----)", "167(Key:RPWU)", "0167(Key:RPW-)"):
        assert "would print as" in printed_call(f"sys key_id(, {text})").wrong
    assert not printed_call("sys key_id(, 167(Key:RPW-))").wrong


@pytest.mark.parametrize(
    "call",
    [
        f"sys memory_new(, 18f(Allocator:RPWU), {LARGEST + 1})",
        f"sys memory_new(, 18f(Allocator:RPWU), {'9' * 5000})",
        f"sys address_space_unmap(, 6f(AddressSpace:RPWU), {LARGEST + 1:#x})",
        f"sys key_id(, {'1' * 14}167(Key:RPW-))",
    ],
    ids=["number", "long number", "address", "id"],
)
def test_no_kernel_prints_more_than_a_word_holds(call: str) -> None:
    printed = printed_call(call)
    assert printed.wrong.endswith(" is more than a word holds")
    assert len(printed.wrong) < 100
    assert all(word <= LARGEST for word in printed.arguments)


@pytest.mark.parametrize(
    "line",
    [
        "sys nonsense(, 4af(Memory:RPWU)) -> Ok(5)",
        "sys memory_get_size(, 4af(Memory:RPWU), 1) -> Ok(5)",
        f"sys memory_get_size(, 4af(Memory:RPWU)) -> Ok({'9' * 5000})",
    ],
)
def test_a_line_that_cannot_be_read_tells_nothing_of_the_machine(line: str) -> None:
    told = "sys memory_get_size(, 4af(Memory:RPWU)) -> Ok(7)"
    assert _code_pages(f"{FRAME}{line}\n") == ()
    assert _code_pages(f"{FRAME}{line}\n{FRAME}{told}\n") == (7,)


@pytest.mark.parametrize("pages", [0, 261_376, 10**20])
def test_code_that_no_machine_has_room_for_contradicts_the_line_that_prints_it(pages: int) -> None:
    text = f"{FRAME}sys memory_get_size(, 4af(Memory:RPWU)) -> Ok({pages})\n"
    first = checked(text).first
    assert first is not None
    assert first.line == 1


def test_of_two_sizes_either_may_be_that_of_the_code() -> None:
    told = "sys memory_get_size(, 4af(Memory:RPWU))"
    text = f"{FRAME}{told} -> Ok(7)\n{FRAME}{told} -> Ok(9)\n"
    assert _code_pages(text) == (7, 9)
    assert checked(text).first is not None


def test_where_another_program_was_given_a_memory_of_that_name_the_code_may_be_as_it_is() -> None:
    given = f"{FRAME}sys memory_new(, 18f(Allocator:RPWU), 2) -> Ok(4af(Memory:RPWU), 2)"
    told = f"{FRAME}sys memory_get_size(, 4af(Memory:RPWU)) -> Ok(2)"
    assert _code_pages(f"{given}\n{told}\n") == (2, CODE_PAGES)
