"""Every schedule of small programs on several processors, or some by chance."""

from assay.engines.schedules.graph import Unrepeatable
from assay.engines.schedules.play import Move, Play, Scenario, Standing
from assay.engines.schedules.result import End, Limits, Listener, Progress, Schedules
from assay.engines.schedules.sampling import sample_schedules
from assay.engines.schedules.search import search_schedules

__all__ = [
    "End",
    "Limits",
    "Listener",
    "Move",
    "Play",
    "Progress",
    "Scenario",
    "Schedules",
    "Standing",
    "Unrepeatable",
    "sample_schedules",
    "search_schedules",
]
