"""The lines of a log, as records."""

import pytest

from reference_kernel.log.grammar import (
    Booted,
    Data,
    Panicked,
    ProgramDone,
    Raw,
    Torn,
    Trace,
    lines,
)

COLOURED = "\x1b[0;35mTRACE\x1b[38;5;242m (kernel::syscall:316) \x1b[38;5;249m{}\n\x1b[0m"
CALL = "sys key_id(, 167(Key:RPW-)) -> Ok(3)"


def test_colours_are_no_part_of_a_line() -> None:
    assert list(lines(COLOURED.format(CALL))) == [Trace(1, "sys key_id(, 167(Key:RPW-))", "Ok(3)")]


def test_every_kind_of_line_is_known() -> None:
    text = "\n".join(
        (
            "INFO (kernel::int::apic:152) booting 1 ap cores...",
            "# what the program tries",
            "# by 2",
            "#raw 39 80000000 167 0 0 0 0 0 0 0",
            f"TRACE (kernel::syscall:316) {CALL}",
            "# data: w 5000000000 1 90f",
            "# data: 2 65",
            "# TEST DONE",
            "ERROR (kernel:53) panicked at src/mem/addr.rs:101:13:",
            "panicked at fs-server/src/main.rs:4:9:",
        )
    )
    assert list(lines(text)) == [
        Booted(1, processors=2),
        Raw(4, 39, 0x80000000, (0x167, 0, 0, 0, 0, 0, 0, 0), by=2),
        Trace(5, "sys key_id(, 167(Key:RPW-))", "Ok(3)"),
        Data(6, "w", 0x5000000000, (1, 0x90F)),
        Data(7, "", 0, (2, 0x65)),
        ProgramDone(8),
        Panicked(9, "src/mem/addr.rs:101", of_kernel=True),
        Panicked(10, "fs-server/src/main.rs:4", of_kernel=False),
    ]


def test_who_calls_is_told_for_one_call() -> None:
    raw = "#raw 4 0 0 0 0 0 0 0 0 0"
    assert [line.by for line in lines(f"# by 1\n{raw}\n{raw}") if isinstance(line, Raw)] == [
        1,
        None,
    ]


def test_a_line_that_breaks_off_is_torn() -> None:
    broken = f"TRACE (kernel::syscall:316) {CALL}"[:-3]
    assert list(lines(broken)) == [Torn(1, broken, of_call=True)]
    assert list(lines("#raw 4 0 0")) == [Torn(1, "#raw 4 0 0", of_call=False)]


def test_lines_may_end_like_those_of_another_system() -> None:
    assert list(lines(f"TRACE (kernel::syscall:316) {CALL}\r\n# TEST DONE\r\n")) == [
        Trace(1, "sys key_id(, 167(Key:RPW-))", "Ok(3)"),
        ProgramDone(2),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "#raw 12345678901 0 0 0 0 0 0 0 0 0",
        "#raw 4 100000000 0 0 0 0 0 0 0 0",
        "#raw 4 0 10000000000000000 0 0 0 0 0 0 0",
        "#raw ４ 0 0 0 0 0 0 0 0 0",
        "# data: r 10000000000000000 0",
    ],
)
def test_what_is_longer_than_a_word_is_none(line: str) -> None:
    assert list(lines(line)) == [Torn(1, line, of_call=False)]


def test_the_first_arrow_ends_a_call() -> None:
    torn = f"TRACE (kernel::syscall:316) a -> b{' -> Ok()' * 50_000}"
    assert list(lines(torn)) == [Torn(1, torn, of_call=True)]
    twice = "TRACE (kernel::syscall:316) a -> Ok(1) -> Ok(2)"
    assert list(lines(twice)) == [Trace(1, "a", "Ok(1) -> Ok(2)")]


def test_lines_may_end_as_on_other_systems() -> None:
    text = f"# by 3\r\n#raw 4 0 0 0 0 0 0 0 0 0\r\nTRACE (a:1) {CALL}\r\n# TEST DONE\r\n"
    unix = list(lines(text.replace("\r", "")))
    assert list(lines(text)) == unix
    assert [type(line) for line in unix] == [Raw, Trace, ProgramDone]
