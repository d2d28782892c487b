"""The end of groups on several processors, in steps smaller than a call.

Where a thread may be when its group ends - in user code, in the kernel with interrupts on or off,
in a wait, in the ready queue, between two stacks - and what becomes of the references on its stack.
"""

from models.teardown import (
    ends,
    groups,
    guarantees,
    inside,
    joining,
    picking,
    processors,
    progress,
    reachable,
)
from models.teardown.state import model

__all__ = [
    "ends",
    "groups",
    "guarantees",
    "inside",
    "joining",
    "model",
    "picking",
    "processors",
    "progress",
    "reachable",
]
