"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import Change, Mutation, without_assignment, without_check


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


MUTATIONS = (
    _wrong("a walk sends no interrupt", "GRP-1", without_assignment("walk_ends", "pending")),
    _wrong(
        "a thread returns unchecked from the kernel",
        "GRP-1",
        without_check("leaves_kernel", "may_go_on"),
    ),
    _wrong("a switch ends unchecked", "GRP-1", without_check("continues", "goes_on")),
    _wrong(
        "a walk ends before its lists are empty",
        "GRP-2",
        without_check("walk_ends", "no_thread_is_left"),
    ),
    _wrong(
        "a child is left out of the walk",
        "GRP-1",
        without_assignment("walk_reaches", "walker"),
    ),
    _wrong(
        "who was looked up before the exit joins after it",
        "GRP-2",
        without_check("thread_joins", "group_exited"),
    ),
    _wrong("the same for child groups", "GRP-2", without_check("group_joins", "group_exited")),
    _wrong("an exit sets no flag", "GRP-2", without_assignment("exit_begins", "exited")),
    _wrong(
        "a dropped group stays in the list above",
        "GRP-3",
        without_assignment("group_is_dropped", "entry"),
    ),
    _wrong(
        "a thread dies with what it holds", "GRP-4", without_check("destructor", "holds_nothing")
    ),
    _wrong("a thread amid kernel code dies at once", "GRP-4", without_check("dies", "may_stop")),
    _wrong("a walk stays on the stack", "GRP-5", without_assignment("walk_ends", "frames")),
    _wrong(
        "the end of a thread that is left is not told",
        "GRP-6",
        without_assignment("switch_ends", "unannounced"),
    ),
    _wrong(
        "the end of a sleeper is not told",
        "GRP-6",
        without_assignment("walk_ends_thread", "unannounced"),
    ),
    _wrong(
        "a destructor runs while the queue is locked",
        "GRP-7",
        without_check("destructor", "has_no_lock"),
    ),
    _wrong(
        "a group is walked while the queue is locked",
        "GRP-7",
        without_check("group_is_dropped", "in_the_kernel"),
    ),
    _wrong(
        "a picked thread stays in the queue", "SCH-2", without_assignment("queue_gives", "queued")
    ),
    _wrong("a sleeper is queued at once", "SCH-2", without_assignment("slice_ends", "life")),
    _wrong(
        "an interrupt is taken again and again",
        "SCH-7",
        without_assignment("interrupt_passes", "pending"),
    ),
    _wrong(
        "a walk comes to the same group for ever",
        "GRP-8",
        without_assignment("walk_reaches", "entry"),
    ),
    _wrong("who was woken waits on", "SCH-3", without_assignment("goes_on", "place")),
)

_KEPT = "no object goes in a step of this design, whether a capability keeps it or not"
_AGAIN = "who has looked a group up may make several members of it"
_NOTHING = "who dies at the end of its call or in user code holds nothing"
_WALKED = "the end of a group that is being walked, or was, sends interrupts and no more"
_MORE = "an interrupt more than is needed ends nobody, whenever it is sent"
_WHO = "who ends it makes no difference to a thread that sleeps"
_TIMES = "no guarantee says that what a message held goes as its time comes"

SURVIVORS = {
    **{
        f"{action} with atom 0 of no_capability_keeps_it negated": _KEPT
        for action in ("walk_ends_thread", "thread_is_destroyed", "ended_is_skipped", "switch_ends")
    },
    "group_is_dropped with atom 0 of nobody_walks_it negated": (
        "the drop of a group that is being walked is the same walk once more"
    ),
    "exit_begins with atom 1 of nobody_walks_it negated": _WALKED,
    "group_is_dropped with atom 1 of nobody_walks_it negated": _WALKED,
    "group_is_dropped with atom 0 of present negated": (
        "a group that is gone ends nobody, and no guarantee says that groups go"
    ),
    "takes_reference with atom 2 of in_the_kernel negated": (
        "what a thread takes in a section it has after it too"
    ),
    "thread_joins without assignment 0 of admits": _AGAIN,
    "group_joins without assignment 0 of admits": _AGAIN,
    **{f"thread_is_destroyed with atom {nth} of in_the_kernel negated": _WHO for nth in range(3)},
    **{f"interrupts_are_sent with atom {nth} of in_the_kernel negated": _MORE for nth in range(5)},
    "interrupts_are_sent without assignment 0 of pending": (
        "the walk of the group that was ended before sends them to whom it ends"
    ),
    "time_comes with atom 0 of takes_interrupts negated": _TIMES,
    "time_comes without assignment 0 of switching": _TIMES,
    "dies without assignment 0 of holds": _NOTHING,
    "ends_itself without assignment 0 of holds": _NOTHING,
    "ends_itself with atom 1 of in_the_kernel negated": (
        "a thread that stops is in no call any more, wherever it was"
    ),
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
