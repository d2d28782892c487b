"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import Change, Mutation, without_assignment, without_check


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


MUTATIONS = (
    _wrong(
        "who is told what it waited for is not queued",
        "SCH-1",
        without_assignment("source_fires", "queued"),
    ),
    _wrong(
        "who has left its stack is not queued",
        "SCH-1",
        without_assignment("switch_ends", "queued"),
    ),
    _wrong(
        "who is picked stays in the ready queue",
        "SCH-1",
        without_assignment("picks", "queued"),
    ),
    _wrong(
        "nobody knows whose stack is left",
        "SCH-2",
        without_assignment("switches", "left"),
    ),
    _wrong(
        "who runs next is ready still",
        "SCH-2",
        without_assignment("switches", "status"),
    ),
    _wrong(
        "a wait is registered nowhere",
        "SCH-3",
        without_assignment("wait_begins", "named"),
    ),
    _wrong(
        "a resume ends any wait",
        "SCH-4",
        without_check("thread_resume", "thread_waits"),
    ),
    _wrong(
        "a waker leaves no reason",
        "SCH-4",
        without_assignment("source_fires", "told"),
    ),
    _wrong(
        "a wait whose time has come stays registered",
        "SCH-5",
        without_assignment("timeout_fires", "named"),
    ),
    _wrong(
        "a thread that is destroyed stays registered",
        "SCH-5",
        without_assignment("thread_destroy_other", "named"),
    ),
    _wrong(
        "a processor that idles yields",
        "SCH-6",
        without_check("thread_yield", "makes_calls"),
    ),
    _wrong(
        "a thread is made though there is no room for it",
        "ROB-2",
        without_check("thread_new", "no_memory_for_thread"),
    ),
)

_TIMES = "no guarantee here says that a wait has the time that its caller gave"
_WHO = "no guarantee here says who may act, only what is right when somebody did"
_NEXT = "how long a processor that idles looks for a thread no guarantee here says"
_ASLEEP = "who sleeps was told nothing, so there is nothing to forget"
_ENDS = "no guarantee here says that a thread which is to end does"
_MEMORY = "no guarantee here says that memory comes back"
_ROOM = "where there is no room the thread is refused before"
_AGAIN = "a processor that has left a stack may say so again: it leaves nobody"

SURVIVORS = {
    "thread_suspend without assignment 0 of limited": _TIMES,
    "wait_begins without assignment 0 of limited": _TIMES,
    "timeout_fires without assignment 0 of timed_out": _TIMES,
    "source_fires with atom 0 of others_are_at_work negated": _WHO,
    "thread_is_killed with atom 0 of others_are_at_work negated": _WHO,
    **{f"atom {nth} of the helper others_are_there negated": _WHO for nth in range(5)},
    "thread_resume with atom 0 of somebody_makes_calls negated": _WHO,
    "thread_new with atom 0 of somebody_makes_calls negated": _WHO,
    "thread_destroy_other with atom 0 of somebody_makes_calls negated": _WHO,
    **{f"atom {nth} of the helper somebody_makes_calls negated": _WHO for nth in range(2)},
    "thread_yield with atom 0 of has_returned negated": _WHO,
    "thread_destroy_self with atom 0 of has_returned negated": _WHO,
    "stays without assignment 0 of phase": _NEXT,
    "switch_ends_with_a_death without assignment 0 of phase": _AGAIN,
    "memory_is_back with atom 0 of was_out negated": _MEMORY,
    "memory_is_back without assignment 0 of short": _MEMORY,
    "thread_new without assignment 0 of roomless": _ROOM,
    "thread_destroy_other without assignment 0 of timed_out": _ASLEEP,
    "thread_destroy_other without assignment 0 of told": _ASLEEP,
    "thread_destroy_other without assignment 0 of status": _ENDS,
    "thread_is_killed with atom 0 of lives negated": _ENDS,
    "thread_is_killed with atom 1 of lives negated": _ENDS,
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
