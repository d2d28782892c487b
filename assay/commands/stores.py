"""Where the traces that a command finds are stored."""

from pathlib import Path

from assay.traces import Trace, write_trace

_FOLDER = Path("out")


def store(trace: Trace, name: str) -> str:
    """Write the trace to out/DESIGN/SUBJECT/NAME.itf.json; gives the path, to be shown."""
    subject = trace.subject.removeprefix("model:")
    path = _FOLDER / trace.design / subject / f"{name.replace(' ', '_')}.itf.json"
    write_trace(trace, path)
    return path.as_posix()
