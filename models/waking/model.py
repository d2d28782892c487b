"""How threads sleep and wake on several processors, and how processors get from one to the next.

A switch is several steps: the thread wants to leave, another is picked, the processor is on the
other stack, the last context is saved. Between any two of them every other processor, timers and
what is waited for may act.

The parts in the order of reading: `state`, `switching`, `waits`, `threads`, with `ends` for what is
left of a thread, then `guarantees` and `progress`; `reachable` says what must be possible.
"""

from models.waking import guarantees, memory, progress, reachable, switching, threads, waits
from models.waking.state import model

__all__ = [
    "guarantees",
    "memory",
    "model",
    "progress",
    "reachable",
    "switching",
    "threads",
    "waits",
]
