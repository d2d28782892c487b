"""Whether what a proof assumes can be true at all: a proof from a contradiction says nothing."""

from assay.engines.domains import Sizes
from assay.engines.prove.obligations import Statement
from assay.engines.prove.solve import z3_answer
from assay.lang.recorded import Recorded


def assumptions_satisfiable(
    recorded: Recorded, sizes: Sizes, *, time_limit_s: float = 5.0
) -> dict[str, bool]:
    """For each action whether the claims and its conditions hold together in some state.

    The state has `sizes` elements and need not be reachable. False means that there is none, or
    that none was found in time.
    """
    statement = Statement(recorded, sizes)
    return {
        name: z3_answer(f"{statement.given(name)}(check-sat)\n", time_limit_s) == "sat"
        for name in statement.actions
    }
