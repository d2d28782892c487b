"""What every command takes, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

from assay.project import Project, nearest_project

if TYPE_CHECKING:
    from rich.console import Console

Facts: TypeAlias = Mapping[str, object]
"""What `--json` prints: texts, numbers, truths, None, lists and mappings of these."""


class Status(IntEnum):
    """The exit status; of several the lowest that is not FINE and applies."""

    FINE = 0
    BROKEN = 1  # something is broken or contradicted: that is a result
    MISUSED = 2  # wrong use or bad input
    UNSETTLED = 3  # something is vacuous, unknown, unread or interrupted
    FAULTY = 4  # a mistake of the tool itself


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Run:
    """How a command runs and answers."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print one JSON document and nothing else."""
    seed: int = 0
    """Where random choices start; the same seed gives the same run."""
    jobs: int | None = None
    """Worker processes; one for each processor when it is left out."""
    scheduler: str = ""
    """Send the work to a Dask cluster at this address (tcp://...) instead of local processes."""

    def project(self) -> Project:
        """The project that the current folder lies in."""
        return nearest_project(Path.cwd())


PLAIN = Run()
"""No option given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The facts that a command found, how they look on a console, and its exit status.

    `hashes` names what the facts speak of: designs, models, the kernel.
    """

    facts: Facts
    text: Callable[["Console"], None]
    status: Status = Status.FINE
    hashes: Facts = field(default_factory=dict)
