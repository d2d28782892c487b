"""What a search of schedules showed, and how far it may go."""

from collections.abc import Callable
from dataclasses import dataclass

from assay.engines.schedules.play import Standing
from assay.engines.walk.finding import Broken
from assay.traces import Trace


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search may go; None is without limit.

    `preemptions` counts how often another processor acts, or something comes from outside, though
    the processor that acted last could go on with what its program asked for. `reduced` puts all
    off behind a move that is alone; it has no effect with a limit on preemptions. `cut` leaves of a
    run only what it needs to break its claim.
    """

    preemptions: int | None = None
    states: int | None = None
    seconds: float | None = None
    reduced: bool = True
    cut: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: `queued` are the states that wait to be looked at."""

    states: int
    queued: int
    depth: int
    rate: float


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class End:
    """A way in which runs end, in words, how many states are like that, and a run to one."""

    standing: Standing
    words: str
    states: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class Schedules:
    """What a search showed; `steps` are those that were judged, `spared` those that
    were put off behind a move that is alone.

    `complete` when every schedule within the bound was looked at, else `reason` says why not.
    `broken` has the shortest run for each way to break a claim; `endless` is a run after which
    nothing can end any more, though something always happens.
    """

    scenario: str
    states: int
    steps: int
    spared: int
    depth: int
    seconds: float
    complete: bool
    reason: str
    preemptions: int | None
    broken: tuple[Broken, ...]
    ends: tuple[End, ...]
    endless: Trace | None = None
    runs: int = 0

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that are broken, in order."""
        return tuple(sorted({each.claim for each in self.broken}))

    @property
    def stuck(self) -> tuple[End, ...]:
        """The ways to end in which somebody cannot go on."""
        return tuple(each for each in self.ends if each.standing == "stuck")
