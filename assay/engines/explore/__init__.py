"""Breadth-first search of a finite instance: every reachable state.

Generated Python is the reference, and does for small instances; `compiled` is machine code, for
what it is worth compiling. Both find the same.
"""

from assay.engines.explore.result import (
    Broken,
    Engine,
    Exploration,
    Foreign,
    Limits,
    Listener,
    Path,
    Progress,
    Reached,
    Unsupported,
)
from assay.engines.explore.search import explore, first_path

__all__ = [
    "Broken",
    "Engine",
    "Exploration",
    "Foreign",
    "Limits",
    "Listener",
    "Path",
    "Progress",
    "Reached",
    "Unsupported",
    "explore",
    "first_path",
]
