"""What the text of a call may be, and what no kernel prints."""

import pytest

from reference_kernel.log.machines import code_pages
from reference_kernel.log.reading import UnreadableCall, printed_call

LARGEST = (1 << 64) - 1
FRAME = "TRACE (kernel::syscall:316) "


def test_words_up_to_the_largest_are_read() -> None:
    assert printed_call(f"sys memory_new(, 18f(Allocator:RPWU), {LARGEST})").arguments[1] == LARGEST
    unmap = printed_call(f"sys address_space_unmap(, 6f(AddressSpace:RPWU), {LARGEST:#x})")
    assert unmap.arguments[1] == LARGEST


@pytest.mark.parametrize(
    "text", ["-5", "1_0", " 1", "+1", "0x1", "٣", str(LARGEST + 1), "9" * 5000]
)
def test_what_is_no_number_of_the_machine_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no number") as told:
        printed_call(f"sys memory_new(, 18f(Allocator:RPWU), {text})")
    assert len(str(told.value)) < 100


@pytest.mark.parametrize("text", ["10", "0X10", "0x", "0x_1", f"{LARGEST + 1:#x}"])
def test_what_is_no_address_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no address"):
        printed_call(f"sys address_space_unmap(, 6f(AddressSpace:RPWU), {text})")


@pytest.mark.parametrize(
    "text", ["18f", f"{'f' * 17}(Key:RPWU)", "18f(Allocator:RPW)", "-1(Key:----)"]
)
def test_what_is_no_id_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableCall, match="is no capability"):
        printed_call(f"sys key_id(, {text})")


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
    assert code_pages(f"{FRAME}{line}\n") is None
    assert code_pages(f"{FRAME}{line}\n{FRAME}{told}\n") == 7
