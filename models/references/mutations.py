"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import (
    Mutation,
    changed_value,
    without_assignment,
    without_check,
)
from assay.lang.tree import Apply, Constant, Expr


def _nowhere(expr: Expr) -> Expr:
    """What was to lie on a stack lies nowhere."""
    assert isinstance(expr, Apply), expr
    condition, _, otherwise = expr.arguments
    nothing = Constant(None, expr.sort, expr.where)
    return Apply(expr.operator, (condition, nothing, otherwise), expr.sort, expr.where)


MUTATIONS = (
    Mutation(
        "an upgrade increments without testing for zero",
        breaks="CAP-1",
        design="proposed",
        change=without_check("count_is_raised", "not_zero"),
    ),
    Mutation(
        "an upgrade increments without testing for zero, as built",
        breaks="CAP-1",
        design="as-built",
        change=without_check("count_is_raised", "not_zero"),
    ),
    Mutation(
        "a drop destroys while others hold",
        breaks="CAP-1",
        design="proposed",
        change=without_check("last_reference_is_dropped", "last"),
    ),
    Mutation(
        "the last drop destroys nothing",
        breaks="CAP-1",
        design="proposed",
        change=without_check("reference_is_dropped", "not_last"),
    ),
    Mutation(
        "the last thread to let go destroys nothing",
        breaks="CAP-1",
        design="proposed",
        change=without_check("thread_lets_go", "not_last"),
    ),
    Mutation(
        "a thread that ends destroys what calls still use",
        breaks="CAP-1",
        design="proposed",
        change=without_check("last_thread_lets_go", "last"),
    ),
    Mutation(
        "an upgrade to keep needs no UPGRADE",
        breaks="CAP-3",
        design="proposed",
        change=without_check("reference_is_kept", "may_stay"),
    ),
    Mutation(
        "a thread may hold what was borrowed",
        breaks="CAP-3",
        design="proposed",
        change=without_check("thread_takes_hold", "may_stay"),
    ),
    Mutation(
        "a block is freed while weak references lead to it",
        breaks="CAP-4",
        design="proposed",
        change=without_check("block_is_freed", "unnamed"),
    ),
    Mutation(
        "a move does not look whether its source is there",
        breaks="CAP-6",
        design="proposed",
        change=without_check("copy_takes_the_place", "source_gone"),
    ),
    Mutation(
        "a move leaves its source",
        breaks="CAP-6",
        design="proposed",
        change=without_assignment("copy_takes_the_place", "keeper", nth=1),
    ),
    Mutation(
        "a new space comes with UPGRADE",
        breaks="CAP-8",
        design="proposed",
        change=without_assignment("owner_is_made", "weak"),
    ),
    Mutation(
        "what a killed call held is dropped by nobody",
        breaks="GRP-4",
        design="proposed",
        change=changed_value("call_is_killed", "stack", _nowhere),
    ),
    Mutation(
        "an object is destroyed before its entries are let go",
        breaks="GRP-4",
        design="proposed",
        change=without_check("object_is_destroyed", "empty"),
    ),
    Mutation(
        "a destructor is never over",
        breaks="GRP-4",
        design="proposed",
        change=without_assignment("object_is_destroyed", "destroyer"),
    ),
)

SURVIVORS: dict[str, str] = {}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
