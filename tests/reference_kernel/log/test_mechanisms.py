"""How the kernel's panics are looked for that end a log of a few lines."""

import pytest

from reference_kernel.log.printing import FRAME
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.panics import NO_PAGES_MORE
from tests.reference_kernel.log.checking import checked

MADE = f"{FRAME}sys memory_new(, 18f(Allocator:RPWU), 5) -> Ok(1caf(Memory:RPWU), 5)\n"
OTHERS = "".join(
    f"{FRAME}sys cap_destroy(CSPACE_SELF, <null cap id>, {memory:x}(Memory:RPWU)) -> Ok()\n"
    for memory in range(0xAF, 0x1CAF, 0x400)
)
PANIC = f"ERROR (kernel:53) panicked at {NO_PAGES_MORE.place}:1:\n"


@pytest.mark.parametrize(
    ("log", "design", "verdict"),
    [
        (MADE + OTHERS + PANIC, AS_BUILT, "explained"),
        (MADE + OTHERS + PANIC, PROPOSED, "contradicted"),
        (OTHERS + PANIC, AS_BUILT, "contradicted"),
    ],
)
def test_a_memory_whose_list_was_rounded_up_grows_to_the_end_of_that_list(
    log: str, design: Design, verdict: str
) -> None:
    assert checked(log, design).ending == ("kernel_panic", NO_PAGES_MORE.place, verdict)
