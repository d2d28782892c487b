"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import Change, Mutation, without_assignment, without_check


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


MUTATIONS = (
    _wrong(
        "an exit lets its threads live",
        "GRP-1",
        without_assignment("thread_group_exit", "life"),
    ),
    _wrong(
        "an exit leaves its threads in their lists",
        "GRP-1",
        without_assignment("thread_group_exit", "listed"),
    ),
    _wrong(
        "an exit does not find a new group",
        "GRP-1",
        without_assignment("thread_group_new", "under"),
    ),
    _wrong(
        "a new group is in no list",
        "GRP-1",
        without_assignment("thread_group_new", "entry"),
    ),
    _wrong(
        "an exited group admits threads",
        "GRP-2",
        without_check("thread_new", "thread_group_exited"),
    ),
    _wrong(
        "an exited group admits child groups",
        "GRP-2",
        without_check("thread_group_new", "parent_exited"),
    ),
    _wrong(
        "an exit is not remembered",
        "GRP-2",
        without_assignment("thread_group_exit", "exited"),
    ),
    _wrong(
        "a dropped group stays in the list above",
        "GRP-3",
        without_assignment("thread_group_drop", "entry"),
    ),
    _wrong(
        "a drop lets the running thread run on",
        "GRP-3",
        without_assignment("thread_group_drop", "life"),
    ),
    _wrong(
        "a thread that ends itself keeps its spaces",
        "GRP-4",
        without_assignment("thread_destroy_self", "references"),
    ),
    _wrong(
        "a thread that is destroyed still refers to its group",
        "GRP-4",
        without_assignment("thread_destroy_other", "group"),
    ),
    _wrong(
        "an exit is not announced to threads",
        "GRP-6",
        without_assignment("thread_group_exit", "waits_for"),
    ),
    _wrong(
        "a drop is not announced to pools",
        "GRP-6",
        without_assignment("thread_group_drop", "pools_listen"),
    ),
    _wrong(
        "a pool is not remembered",
        "GRP-6",
        without_assignment("thread_handle_thread_exit_async", "pools_listen"),
    ),
    _wrong(
        "a thread that was waited for wakes nobody",
        "SCH-1",
        without_assignment("thread_destroy_self", "queued"),
    ),
    _wrong(
        "a running thread stays in the ready queue",
        "SCH-1",
        without_assignment("thread_runs", "queued"),
    ),
    _wrong(
        "a listener that is removed is still to be told",
        "EVT-4",
        without_assignment("thread_remove_listener", "pools_listen"),
    ),
)

_GONE = "a group that is gone has not exited, so no call meets both refusals"

SURVIVORS = {
    "thread_group_new with parent_exited before parent_dead": _GONE,
    "thread_new with thread_group_exited before thread_group_dead": _GONE,
    "thread_suspend without assignment 0 of life": (
        "no guarantee here says that a caller gives up the processor"
    ),
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
