"""At the edge of memory one refusal tells what the kernel has there, and others follow from it."""

from dataclasses import replace

from assay.engines.conform import Answer
from reference_kernel.log.printing import FRAME
from spec.design import Design, PageUnit
from spec.designs import AS_BUILT
from tests.reference_kernel.log.checking import checked

LARGE, SMALL = 16384, 2048
FIRST, STEP = 0x1CAF, 0x400
FILLED = [(LARGE, True)] * 10 + [(LARGE, False)] + [(SMALL, True)] * 38
"""As a log begins after which our own count still finds three smaller blocks."""
GOES = f"{FRAME}sys cap_destroy(CSPACE_SELF, <null cap id>, {FIRST:x}(Memory:RPWU)) -> Ok()\n"
WHOLE_BLOCKS = replace(AS_BUILT, page_unit=PageUnit.WHOLE_BLOCK)


def told(*gave: tuple[int, bool], first: int = FIRST) -> str:
    """Memories of so many pages each, which were given or refused."""
    lines, word = [], first
    for pages, given in gave:
        result = f"Ok({word:x}(Memory:RPWU), {pages})" if given else "Err(SysErr::OutOfMem)"
        lines.append(f"{FRAME}sys memory_new(, 18f(Allocator:RPWU), {pages}) -> {result}\n")
        word += STEP * given
    return "".join(lines)


def answers(log: str, design: Design = AS_BUILT) -> tuple[int, int]:
    """How many lines were explained by something hidden, and how many contradict."""
    found = checked(log, design).answers
    return found[Answer.EXPLAINED], found[Answer.CONTRADICTED]


def test_where_much_is_left_nothing_explains_a_refusal() -> None:
    assert answers(told(*FILLED[:11], (SMALL, False))) == (0, 1)


def test_where_little_is_left_a_refusal_is_explained_once() -> None:
    refused = (SMALL, False)
    assert answers(told(*FILLED)) == (0, 0)
    assert answers(told(*FILLED, refused)) == (1, 0)
    assert answers(told(*FILLED, refused, refused, (LARGE, False))) == (1, 0)


def test_what_comes_back_is_given_again_and_no_more() -> None:
    """Where blocks go back as a whole: as built they come back in single pages, and stay so."""
    again = FIRST + STEP * sum(given for _, given in FILLED)
    before = told(*FILLED, (SMALL, False)) + GOES
    rest = [(SMALL, True)] * (LARGE // SMALL)
    assert answers(before + told(*rest, first=again), WHOLE_BLOCKS) == (1, 0)
    assert answers(before + told(*rest, (SMALL, False), first=again), WHOLE_BLOCKS) == (1, 0)
    assert answers(before + told(*rest, (SMALL, True), first=again), WHOLE_BLOCKS) == (1, 1)
