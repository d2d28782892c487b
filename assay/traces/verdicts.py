"""What was found out about a guarantee: graded, never merged into one truth."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from assay.traces.trace import Trace


class Verdict(Enum):
    """How much is known of a guarantee, and what it rests on."""

    PROVED = "PROVED"  # for any size, by both solvers
    EXHAUSTED = "EXHAUSTED"  # every state of a finite instance
    SURVIVED = "SURVIVED"  # every run that was tried
    BROKEN = "BROKEN"  # a trace shows it
    VACUOUS = "VACUOUS"  # something that it speaks of never happens
    UNKNOWN = "UNKNOWN"  # no engine could tell


class Replayed(Enum):
    """Whether a trace showed in the kernel too."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"  # no trace, or a guarantee that only models speak of


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of one engine on one guarantee in one subject, with its evidence.

    `subject` is the model's name or a part of the kernel. `bounds` are elements for each kind;
    `states` and `depth` those of the finite instance; `obligations` the number that were proved or
    tried. `conjunct` is the smallest false part of what is broken. `reason` says what a verdict
    other than PROVED rests on. A field that does not apply is None or empty.
    """

    guarantee: str
    subject: str
    engine: str
    verdict: Verdict
    seconds: float
    bounds: tuple[tuple[str, int], ...] = ()
    states: int | None = None
    depth: int | None = None
    obligations: int | None = None
    solvers: tuple[str, ...] = ()
    trace: Trace | None = None
    replayed: Replayed = Replayed.NOT_APPLICABLE
    conjunct: str = ""
    reason: str = ""


def count_verdicts(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """How often each kind of verdict occurs, all kinds in the order of the enum."""
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in Verdict}
