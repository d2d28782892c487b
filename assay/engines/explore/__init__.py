"""Breadth-first search of a finite instance: every reachable state, by generated Python."""

from assay.engines.explore.result import (
    Broken,
    Exploration,
    Limits,
    Listener,
    Path,
    Progress,
    Reached,
)
from assay.engines.explore.search import explore, first_path

__all__ = [
    "Broken",
    "Exploration",
    "Limits",
    "Listener",
    "Path",
    "Progress",
    "Reached",
    "explore",
    "first_path",
]
