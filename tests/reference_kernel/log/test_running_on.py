"""A thread that its group has ended runs on, on another processor, till it takes the interrupt."""

import pytest

from reference_kernel.log.printing import FRAME
from spec.syscalls import BY_NAME
from tests.reference_kernel.log.checking import checked

BOOTED = "INFO (kernel::int::apic:152) booting {} ap cores...\n"
MADE = (0x18F, 1)


def told(by: int, name: str, options: int, words: tuple[int, ...], text: str, gave: str) -> str:
    """The lines of a call: who makes it, with which words, and what it gave."""
    padded = " ".join(f"{word:x}" for word in (*words, *(0 for _ in range(8 - len(words)))))
    number = BY_NAME[name].number
    return f"# by {by}\n#raw {number} {options:x} {padded}\n{FRAME}sys {name}({text}) -> {gave}\n"


def makes_memory(by: int, word: int) -> str:
    """The lines of a thread that makes a memory of one page."""
    text = ", 18f(Allocator:RPWU), 1"
    return told(by, "memory_new", 0, MADE, text, f"Ok({word:x}(Memory:RPWU), 1)")


GROUP = told(
    0,
    "thread_group_new",
    0,
    (0x4F, 0x18F),
    ", 4f(ThreadGroup:RPWU), 18f(Allocator:RPWU)",
    "Ok(44f(ThreadGroup:RPWU))",
)
THREAD = told(
    0,
    "thread_new",
    2,
    (0x18F, 0x44F, 0x6F, 0x97, 0x1000, 0x2000),
    "THREAD_AUTOSTART, 18f(Allocator:RPWU), 44f(ThreadGroup:RPWU), 6f(AddressSpace:RPWU), "
    "97(CapabilitySpace:RPW-), 0x1000, 0x2000",
    "Ok(437(Thread:RPW-), 97(CapabilitySpace:RPW-))",
)
EXIT = told(0, "thread_group_exit", 0, (0x44F,), ", 44f(ThreadGroup:RPWU)", "Ok()")
WAITS = told(
    0,
    "thread_handle_thread_exit_sync",
    0,
    (0x437,),
    ", 437(Thread:RPW-), 0",
    "Ok()",
).replace("sys thread_handle", "sys thread_handel")
BEGUN = GROUP + THREAD + makes_memory(1, 0x1CAF)
ENDED = BEGUN + EXIT + makes_memory(1, 0x20AF) + makes_memory(1, 0x24AF)


def test_it_makes_calls_after_its_end_only_where_another_processor_may_run_it() -> None:
    assert checked(BOOTED.format(1) + ENDED).first is None
    result = checked(BOOTED.format(0) + ENDED)
    assert result.first is not None
    assert result.first.line == 15


@pytest.mark.parametrize("other", [makes_memory(0, 0x28AF), ""])
def test_it_may_have_stopped_before_any_later_line(other: str) -> None:
    assert checked(BOOTED.format(1) + ENDED + other + WAITS).first is None


def test_once_it_has_stopped_it_makes_no_call() -> None:
    result = checked(BOOTED.format(1) + ENDED + WAITS + makes_memory(1, 0x28AF))
    assert result.first is not None
    assert result.first.line == 24


def test_only_one_of_two_processors_runs_an_ended_thread() -> None:
    second = THREAD.replace("437(", "837(")
    log = GROUP + THREAD + second + makes_memory(1, 0x1CAF) + makes_memory(2, 0x20AF) + EXIT
    both = makes_memory(1, 0x24AF) + makes_memory(2, 0x28AF)
    assert checked(BOOTED.format(2) + log + both).first is None
    assert checked(BOOTED.format(1) + log + both).first is not None
