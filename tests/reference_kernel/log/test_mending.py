"""Lines that were written into each other are taken apart where that can be done one way."""

import pytest

from reference_kernel.log.grammar import Line, Raw, Torn, Trace, lines

HEAD = "\x1b[0;35mTRACE\x1b[38;5;242m (kernel::syscall:316) \x1b[38;5;249m"
RESET = "\x1b[0m"
CALL = f"{HEAD}sys key_id(, 167(Key:RPW-)) -> Ok(3)"
TOLD = "# by 12\n#raw 38 8000000f 18f 0 0 0 0 0 0 0"
WHOLE = f"{CALL}\n{RESET}"
"""The first line of each log: it shows how the kernel's lines begin."""


def read(cut: str) -> list[Line]:
    """The lines after the first one, which is whole."""
    _, *rest = lines(f"{WHOLE}{cut}\n")
    return rest


def kinds(cut: str) -> list[type[Line]]:
    return [type(line) for line in read(cut)]


def trace(line: int) -> Trace:
    return Trace(line, "sys key_id(, 167(Key:RPW-))", "Ok(3)")


def raw(line: int) -> Raw:
    return Raw(line, 38, 0x8000000F, (0x18F, 0, 0, 0, 0, 0, 0, 0), by=12)


@pytest.mark.parametrize("at", [9, 25, 60, len(CALL) - 4])
def test_what_a_program_wrote_into_a_line_of_the_kernel(at: int) -> None:
    assert read(f"{CALL[:at]}{TOLD}\n{CALL[at:]}") == [raw(3), trace(4)]


@pytest.mark.parametrize("at", [9, 12, len(TOLD) - 4])
def test_what_the_kernel_wrote_into_lines_of_a_program(at: int) -> None:
    cut = f"{TOLD[:at]}{CALL}\n{RESET}{TOLD[at:]}"
    assert sorted(read(cut), key=lambda line: line.line) == read(cut)
    assert set(read(cut)) == {trace(2 if at == 2 else 3), raw(4)}


def test_both_write_by_turns() -> None:
    assert read(f"# b{CALL[:14]}y 12\n#ra{CALL[14:30]}{TOLD[11:]}\n{CALL[30:]}") == [
        raw(3),
        trace(4),
    ]


def test_the_rest_of_a_line_may_come_behind_whole_ones() -> None:
    other = "# by 7\n#raw 12 1 0 3516f 0 0 0 0 0 0"
    cut = f"# by 12\n#raw{CALL}\n{RESET}{other}\n{TOLD[12:]}"
    assert [type(line) for line in read(cut)] == [Trace, Raw, Raw]
    *_, first, last = read(cut)
    assert isinstance(first, Raw)
    assert first.by == 7
    assert last == raw(6)


@pytest.mark.parametrize(
    "cut",
    [
        CALL[:-3],
        f"{CALL[:60]}# what the program says\n",
        f"{CALL[:40]}\n{CALL[:50]}\n",
    ],
    ids=["breaks off", "a remark", "two lines of the kernel"],
)
def test_what_is_cut_beyond_repair_is_told(cut: str) -> None:
    torn = [line for line in read(cut) if isinstance(line, Torn)]
    assert torn
    assert all(line.of_call for line in torn)


def test_lines_that_are_whole_are_not_looked_at() -> None:
    whole = f"{TOLD}\n{CALL}\n{RESET}hello TRACE\n# TRACE of nothing\n{TOLD}"
    assert kinds(whole)[:2] == [Raw, Trace]
    assert kinds(whole)[-1] is Raw


@pytest.mark.parametrize("colour", ["\x1b", "\x1b[0;", "\x1b[0;35m"])
def test_a_line_is_whole_whose_colour_alone_was_cut(colour: str) -> None:
    """The rest of the colour stands where the program's line began that was cut into it."""
    told = "# by 12\n#raw 38 8000000f 1"
    assert trace(3) in read(f"{colour}{told}{CALL[len(colour) :]}\n{RESET}# by 7\n8f 0 0")
