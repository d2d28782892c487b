"""Which threads a group ends, when they stop, and who is told.

One processor, and each step a whole call. What a call sets off afterwards (the last capability to
a group or to a thread goes) is a step of its own, and so is the choice of the thread that runs
next. Capabilities are not seen: a call may name any thread and any group.
"""

from models.thread_groups import groups, guarantees, progress, reachable, threads, waiting
from models.thread_groups.state import model

__all__ = ["groups", "guarantees", "model", "progress", "reachable", "threads", "waiting"]
