"""Thread groups, threads and how they end."""

from enum import Enum


class GroupDrop(Enum):
    """What the drop of a thread group leaves in its parent."""

    LEFT_IN_PARENT = "a dead entry, for ever"
    UNLINKED = "nothing"


class GroupDropCurrent(Enum):
    """What a thread does whose own group is dropped."""

    RUNS_ON = "it runs on until it is scheduled away"
    STOPS_AT_ONCE = "it never returns to user code"


class GroupAdmission(Enum):
    """Whom an exited group admits."""

    OPEN = "threads and child groups, as before"
    CLOSED_AFTER_EXIT = "nobody"


class TeardownWalk(Enum):
    """How exit and drop walk the tree of groups."""

    RECURSIVE = "by calling themselves for each child"
    WORKLIST = "over a list of what is left to do"


class ThreadEnd(Enum):
    """When the end of a thread is announced."""

    ANNOUNCED_AT_DESTRUCTION = "when its memory is freed"
    ANNOUNCED_WHEN_STOPPED = "when it stops, and it leaves its group"


class KilledWaits(Enum):
    """What becomes of the references on the kernel stack of a killed thread."""

    LEAKED = "they are never released"
    RELEASED = "each is released once"


class ResumeScope(Enum):
    """Which waits thread_resume ends."""

    ANY_WAIT = "every wait, whatever for"
    ONLY_SUSPENDED_BY_CALL = "that of thread_suspend"
