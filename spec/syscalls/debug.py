"""The call that prints."""

from spec.call import Call, Traced, number

PRINT_DEBUG = Call(
    number=0,
    name="print_debug",
    log_name="print_debug",
    meaning="Print as many characters as the option word says, at most 64; it is not traced.",
    arguments=tuple(number(f"characters{at}") for at in range(8)),
    refusals=(),
    returns=(),
    source="syscall/mod.rs",
    traced=Traced.NOT,
)

CALLS = (PRINT_DEBUG,)
