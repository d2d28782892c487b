"""One type of trace and one scale of verdicts, for every engine and every report."""

from assay.traces.expect import TraceError
from assay.traces.itf import read_trace, write_trace
from assay.traces.replay import Replay, Replayer, replay, replay_loop
from assay.traces.shrink import shorten, shrink
from assay.traces.text import to_text
from assay.traces.trace import Decision, Minimal, Trace, TraceValue
from assay.traces.verdicts import Judgement, Replayed, Verdict, count_verdicts

__all__ = [
    "Decision",
    "Judgement",
    "Minimal",
    "Replay",
    "Replayed",
    "Replayer",
    "Trace",
    "TraceError",
    "TraceValue",
    "Verdict",
    "count_verdicts",
    "read_trace",
    "replay",
    "replay_loop",
    "shorten",
    "shrink",
    "to_text",
    "write_trace",
]
