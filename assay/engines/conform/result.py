"""What checking a log gave."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

from assay.engines.conform.logs import Choice


class Answer(Enum):
    """What the specification says of a line's result."""

    PREDICTED = "predicted"  # no hidden input decides it
    EXPLAINED = "explained"  # some choice of a hidden input gives it
    CONTRADICTED = "contradicted"  # no choice does
    UNREAD = "unread"  # the call is not modelled, or the line cannot be read


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The first line that no choice explains, and what would have been possible there."""

    line: int
    call: str
    got: str
    expected: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Possible:
    """One result that was possible at a line: how, and whether the log goes on from it."""

    gave: str
    refusal: str
    chosen: tuple[str, ...]
    survives: bool


@dataclass(slots=True)
class LogResult:
    """One log, checked.

    `choices` counts the hidden inputs that explained lines needed, by kind; `accepted` how many
    lines accept so many results; `explained_at` is what was possible at the line asked for.
    Words are those of memory that the log tells and that are known. `assumed` are the hidden inputs
    of one history of the machine that explains the log.
    """

    lines: int = 0
    calls: int = 0
    cut: int = 0
    torn: tuple[int, ...] = ()
    booted: bool = False
    answers: Counter[Answer] = field(default_factory=Counter)
    choices: Counter[str] = field(default_factory=Counter)
    accepted: Counter[int] = field(default_factory=Counter)
    coverage: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ending: tuple[str, str, str] = ("done", "", "none")
    states_max: int = 0
    words_compared: int = 0
    words_wrong: int = 0
    seconds: float = 0.0
    first: Contradiction | None = None
    unread: dict[str, int] = field(default_factory=dict)
    explained_at: tuple[Possible, ...] = ()
    assumed: tuple[Choice, ...] = ()

    @property
    def accepted_median(self) -> float:
        """The median of how many results a line accepts; 0 where no line was read."""
        every = sorted(self.accepted.elements())
        return float(median(every)) if every else 0.0

    @property
    def accepted_max(self) -> int:
        """The most results that a line accepts."""
        return max(self.accepted, default=0)
