"""Small wrong kernels: each must break the guarantee that it names."""

from dataclasses import replace

from assay.lang.mutate import (
    Mutation,
    changed_check,
    changed_value,
    without_assignment,
    without_check,
)
from assay.lang.tree import Apply, Expr, Read
from assay.lang.walk import mapped


def _first(expr: Expr) -> Expr:
    """The first operand alone."""
    assert isinstance(expr, Apply), expr
    return expr.arguments[0]


def _last(expr: Expr) -> Expr:
    """The last operand alone."""
    assert isinstance(expr, Apply), expr
    return expr.arguments[-1]


def _asks_the_entry(expr: Expr) -> Expr:
    """What was asked of the id's space is asked of its target."""

    def other(node: Expr) -> Expr:
        return replace(node, table="target") if isinstance(node, Read) else node

    return mapped(expr, other)


MUTATIONS = (
    Mutation(
        "an object dies while it is held",
        breaks="CAP-1",
        design="proposed",
        change=without_check("object_dies", "not_held"),
    ),
    Mutation(
        "what nothing holds lives on",
        breaks="CAP-1",
        design="proposed",
        change=without_check("object_lives_on", "held"),
    ),
    Mutation(
        "a destroyed entry is never let go",
        breaks="CAP-1",
        design="proposed",
        change=without_assignment("cap_destroy", "released"),
    ),
    Mutation(
        "a dead space lets go of nothing",
        breaks="CAP-1",
        design="proposed",
        change=without_assignment("id_goes_with_its_space", "released"),
    ),
    Mutation(
        "a thread that ends lets go of nothing",
        breaks="CAP-1",
        design="proposed",
        change=without_assignment("last_holder_goes", "released"),
    ),
    Mutation(
        "a clone has the rights that were asked for",
        breaks="CAP-2",
        design="proposed",
        change=changed_value("cap_clone", "rights", _last),
    ),
    Mutation(
        "a moved capability has the rights that were asked for",
        breaks="CAP-2",
        design="proposed",
        change=changed_value("cap_move", "rights", _last, nth=1),
    ),
    Mutation(
        "a clone needs no UPGRADE",
        breaks="CAP-3",
        design="proposed",
        change=without_check("cap_clone", "cap_lacks_upgrade"),
    ),
    Mutation(
        "a thread may run in any space it can name",
        breaks="CAP-3",
        design="proposed",
        change=without_check("holder_comes", "lacks_upgrade"),
    ),
    Mutation(
        "the dead can be used",
        breaks="CAP-4",
        design="proposed",
        change=without_check("capability_is_used", "dead_goes_instead"),
    ),
    Mutation(
        "the dead can be used as built",
        breaks="CAP-4",
        design="as-built",
        change=without_check("capability_is_used", "dead"),
    ),
    Mutation(
        "a new object is made where ids still name a dead one",
        breaks="CAP-4",
        design="proposed",
        change=changed_check("object_new", "object_is_new", _first),
    ),
    Mutation(
        "a removed id is given out again",
        breaks="CAP-5",
        design="proposed",
        change=changed_check("cap_clone", "id_is_new", _asks_the_entry),
    ),
    Mutation(
        "a living space forgets its ids",
        breaks="CAP-5",
        design="proposed",
        change=without_check("id_goes_with_its_space", "space_is_dead"),
    ),
    Mutation(
        "a move leaves its source",
        breaks="CAP-6",
        design="proposed",
        change=without_assignment("cap_move", "target", nth=0),
    ),
    Mutation(
        "a move loses what it moves",
        breaks="CAP-6",
        design="proposed",
        change=without_assignment("cap_move", "target", nth=1),
    ),
    Mutation(
        "a new space may be held strongly",
        breaks="CAP-8",
        design="proposed",
        change=changed_value("thread_new", "rights", _first),
    ),
    Mutation(
        "a clone that needs no UPGRADE lets a space hold itself",
        breaks="CAP-8",
        design="proposed",
        change=without_check("cap_clone", "cap_lacks_upgrade"),
    ),
)

_NEVER_FORCED = "it happens in fewer states, and no guarantee here says what must happen"
_UNFINISHED = (
    "drops that never end keep calls from beginning, and no guarantee here says they begin"
)
_BARE = "an id that names nothing is not weak, so it never lacks UPGRADE"
_CALLS = (
    "capability_is_used",
    "dead_weak_goes",
    "cap_clone",
    "cap_move",
    "cap_destroy",
    "thread_new",
    "holder_comes",
    "last_holder_goes",
)

SURVIVORS = {f"{call} with atom 0 of at_rest negated": _NEVER_FORCED for call in _CALLS} | {
    "atom 1 of the helper at_rest negated": _NEVER_FORCED,
    "object_lives_on with atom 0 of held negated": _UNFINISHED,
    "object_lives_on without assignment 0 of released": _UNFINISHED,
    "cap_clone with cap_lacks_upgrade before cap_unknown": _BARE,
    "cap_move with cap_lacks_upgrade before cap_unknown": _BARE,
    "cap_move without assignment 1 of rights": "a copy may have fewer rights than were asked for",
    "dead_weak_goes with atom 0 of has_right negated": "the dead may go at any time",
    "dead_weak_goes without assignment 0 of released": "what goes is weak, so nothing is let go",
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
