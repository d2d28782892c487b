"""Small wrong programs and kernels: each must break the guarantee that it names."""

from assay.lang.mutate import Mutation, without_assignment, without_check

MUTATIONS = (
    Mutation(
        "an object dies while the program holds it",
        breaks="CAP-1",
        design="proposed",
        change=without_check("object_dies", "may_die"),
    ),
    Mutation(
        "a clone of a weak capability is strong",
        breaks="CAP-1",
        design="proposed",
        change=without_assignment("capability_is_cloned", "weak"),
    ),
    Mutation(
        "a call takes away what is alive",
        breaks="CAP-10",
        design="proposed",
        change=without_check("dead_weak_goes", "dead"),
    ),
    Mutation(
        "what is made takes the place of something dead",
        breaks="CAP-4",
        design="proposed",
        change=without_check("strong_capability_comes", "object_is_new_or_lives"),
    ),
    Mutation(
        "the dead can be used",
        breaks="CAP-4",
        design="proposed",
        change=without_check("variable_is_used", "dead_goes_instead"),
    ),
    Mutation(
        "the dead can be used as built",
        breaks="CAP-4",
        design="as-built",
        change=without_check("variable_is_used", "dead"),
    ),
    Mutation(
        "what was destroyed can be used",
        breaks="CAP-4",
        design="as-built",
        change=without_check("variable_is_used", "unknown"),
    ),
    Mutation(
        "an id is given out again",
        breaks="CAP-5",
        design="proposed",
        change=without_check("strong_capability_comes", "id_is_new"),
    ),
    Mutation(
        "a clone gets an id that is in use",
        breaks="CAP-5",
        design="proposed",
        change=without_check("capability_is_cloned", "id_is_new"),
    ),
    Mutation(
        "a handle is dropped and its capability stays",
        breaks="CAP-7",
        design="proposed",
        change=without_assignment("handle_is_dropped", "target"),
    ),
    Mutation(
        "a handle is moved and stays where it was",
        breaks="CAP-7",
        design="proposed",
        change=without_assignment("handle_is_moved", "holds", nth=1),
    ),
    Mutation(
        "a new capability overwrites a handle",
        breaks="CAP-7",
        design="proposed",
        change=without_check("strong_capability_comes", "is_empty"),
    ),
)

SURVIVORS = {
    "weak_capability_comes with atom 0 of lives negated": "a name of the dead is as good as none",
    "handle_is_moved with atom 0 of holds_an_id negated": "to move nothing changes nothing",
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
