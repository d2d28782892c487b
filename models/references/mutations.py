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
        "what a destructor lets go of is destroyed within it",
        breaks="GRP-5",
        design="proposed",
        change=without_check("last_reference_is_dropped", "no_destructor_under_way"),
    ),
    Mutation(
        "what a killed call held is dropped by nobody",
        breaks="GRP-4",
        design="proposed",
        change=changed_value("call_is_killed", "stack", _nowhere),
    ),
    Mutation(
        "a call that shares what its thread holds may keep it",
        breaks="CAP-8",
        design="proposed",
        change=without_assignment("call_shares_a_hold", "use"),
    ),
    Mutation(
        "what no thread holds is destroyed as one lets it go",
        breaks="GRP-4",
        design="proposed",
        change=without_check("last_thread_lets_go", "anchored"),
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

_OTHER_TIMES = "it happens in other states, and no guarantee here says when it must"
_AT_OTHER_TIMES = {
    "goes_on": (
        "entry_is_copied",
        "entry_is_copied_to_move",
        "count_is_loaded",
        "count_is_loaded_to_keep",
        "count_is_raised",
        "count_has_changed",
        "reference_is_kept",
        "copy_takes_the_place",
        "object_is_made",
        "owner_is_made",
        "call_shares_a_hold",
    ),
    "space_is_held": ("entry_is_copied", "entry_is_copied_to_move", "entry_is_taken_out"),
    "made_weak_once": ("entry_is_copied", "entry_is_copied_to_move"),
    "may_be_used": (
        "count_is_loaded",
        "count_is_loaded_to_keep",
        "count_is_raised",
        "copy_takes_the_place",
    ),
    "on_stack": ("count_is_raised", "count_has_changed", "copy_takes_the_place"),
    "moves": ("copy_takes_the_place",),
    "destroys": ("entry_goes_with_its_space",),
    "two_stacks": ("call_is_killed",),
    "thread_lives": ("call_is_killed",),
    "waits": ("call_is_killed",),
}
_ALSO_AT_OTHER_TIMES = (
    "entry_is_copied with atom 1 of made_weak_once negated",
    "entry_is_copied_to_move with atom 1 of made_weak_once negated",
    "copy_takes_the_place with atom 1 of may_be_used negated",
    "copy_takes_the_place with atom 2 of may_be_used negated",
    "call_is_killed with atom 0 of go_on negated",
    "call_is_killed with atom 1 of thread_lives negated",
    "call_is_killed with atom 1 of waits negated",
    "call_is_killed with atom 2 of waits negated",
    "atom 1 of the helper goes_on negated",
)
_FEWER_RIGHTS = "a copy without UPGRADE is good for less"
_MORE_RIGHTS = "that a copy has the rights that were asked for is CAP-2, which others judge"
_GOES_ANYWAY = "what is to be dropped may keep its right till then, or be used once more"
_MADE_WEAK = "a copy that was made weak is upgraded as any other weak one: with the right to"
_IDLE = "the step changes nothing, and no guarantee says that it must"
_STRONG = "what is strong is not weak, so nothing is left to clear"
_REACH = "which tables a call can reach is not what is promised here"
_KILLED = "what a killed call had is dropped by the next one on its stack, or used by its killer"

SURVIVORS = {
    **{
        f"{action} with atom 0 of {check} negated": _OTHER_TIMES
        for check, actions in _AT_OTHER_TIMES.items()
        for action in actions
    },
    **dict.fromkeys(_ALSO_AT_OTHER_TIMES, _OTHER_TIMES),
    "entry_is_copied without assignment 0 of upgradable": _FEWER_RIGHTS,
    "entry_is_copied_to_move without assignment 0 of upgradable": _FEWER_RIGHTS,
    "reference_is_kept without assignment 0 of upgradable": _MORE_RIGHTS,
    "copy_takes_the_place without assignment 0 of upgradable": _MORE_RIGHTS,
    "entry_is_copied without assignment 0 of use": _MADE_WEAK,
    "entry_is_copied_to_move without assignment 0 of use": _MADE_WEAK,
    "copy_takes_the_place without assignment 1 of use": _GOES_ANYWAY,
    "copy_takes_the_place without assignment 1 of upgradable": _GOES_ANYWAY,
    "entry_is_taken_out without assignment 0 of use": _GOES_ANYWAY,
    "entry_is_taken_out without assignment 0 of upgradable": _GOES_ANYWAY,
    "entry_goes_with_its_space without assignment 0 of use": _GOES_ANYWAY,
    "entry_goes_with_its_space without assignment 0 of upgradable": _GOES_ANYWAY,
    "count_is_loaded_to_keep without assignment 0 of use": _IDLE,
    "count_has_changed without assignment 0 of use": _IDLE,
    "thread_lets_go with atom 0 of anchored negated": _IDLE,
    "thread_lets_go without assignment 0 of anchored": _IDLE,
    "owner_is_made without assignment 0 of is_owner": "a space of which nobody can use the table",
    "thread_takes_hold without assignment 0 of weak": _STRONG,
    "last_reference_is_dropped without assignment 0 of weak": _STRONG,
    "atom 2 of the helper reaches negated": _REACH,
    "atom 3 of the helper reaches negated": _REACH,
    "call_is_killed without assignment 0 of stack": _KILLED,
    "call_is_killed without assignment 0 of use": _KILLED,
    "call_is_killed without assignment 0 of upgradable": _GOES_ANYWAY,
    "call_is_killed without assignment 0 of replaces": _KILLED,
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
