"""What another model checker counts, and why it may not."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class ExportError(ValueError):
    """The model holds what the other language cannot say; the message names it with its place."""


class ToolMissing(Exception):
    """A program that is needed is not there; the message names it and how it is found."""


class ToolFailed(Exception):
    """A program ended otherwise than it should; the message has the last that it said."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a complete run of another checker found, in the terms of `explore`.

    States that the other checker has and the model has not are taken off: `remark` says which.
    `depth` is None where the search does not give it. `noted` names the claims that some state or
    step breaks, and the can claims that some state satisfies. `seconds` is the search as the
    checker itself times it, or else the whole process that searches; `process_s`, `cpu_s` and
    `peak_mib` are that process's. `prepared_s` is what came before it: translating and compiling.
    `progress` has those claims on progress that the checker was asked, and whether they hold.
    """

    tool: str
    states: int
    transitions: int
    depth: int | None
    noted: frozenset[str]
    seconds: float
    process_s: float
    cpu_s: float
    peak_mib: int
    prepared_s: float
    remark: str
    progress: Mapping[str, bool] = field(default_factory=dict)
