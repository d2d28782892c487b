"""Where the traces that a command finds are stored."""

from pathlib import Path

from assay.problems import ToolError
from assay.project import Project
from assay.traces import Trace, write_trace

_FOLDER = Path("out")
_PROOFS = Path(".assay/proofs")


def store(trace: Trace, name: str) -> str:
    """Write the trace to out/DESIGN/SUBJECT/NAME.itf.json; gives the path, to be shown.

    Errors: ToolError when it cannot be written.
    """
    subject = trace.subject.removeprefix("model:").replace(":", "_")
    path = _FOLDER / trace.design / subject / f"{name.replace(' ', '_')}.itf.json"
    try:
        write_trace(trace, path)
    except OSError as error:
        raise ToolError(f"{path}: cannot be written: {error.strerror}") from error
    return path.as_posix()


def proofs(project: Project) -> Path:
    """The folder in which the solvers' answers are kept; made when it is missing.

    Errors: ToolError when it cannot be made.
    """
    folder = project.root / _PROOFS
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(f"{folder}: cannot be made: {error.strerror}") from error
    return folder


def writable(option: str, path: Path) -> None:
    """Look before long work whether its result can be written there.

    Errors: ToolError when it cannot.
    """
    if path.is_dir():
        raise ToolError(f"{option} {path}: cannot be written: it is a folder")
    if not path.parent.is_dir():
        raise ToolError(f"{option} {path}: cannot be written: there is no folder {path.parent}")
