"""What is asked of the explorer beside other checkers, and whether the figures keep it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from assay.engines.export import Counted

BIG = "threads_groups_capabilities:big"
HUGE = "threads_groups_capabilities:huge"
SMALL = "two_phase_commit:small"
OURS, TWO, REDUCED = "assay", "assay, 2 threads", "assay, symmetry"
SPIN, TLC = "SPIN, depth first", "TLC"
Results = Mapping[str, Sequence[Counted]]
"""The runs of each checker on one instance."""
Measured = dict[str, Results]
Value = Callable[[Counted], float]


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure that is to be at least `bound`, or `at_most` it: of one checker, by that of another.

    Without `other` it is the figure itself.
    """

    what: str
    instance: str
    checker: str
    other: str | None
    value: Value
    bound: float
    at_most: bool = False

    def figure(self, measured: Mapping[str, Results]) -> float | None:
        """The median over the rounds in which both ran; None where one is missing."""
        results = measured.get(self.instance, {})
        mine = results.get(self.checker, ())
        if self.other is None:
            return median(map(self.value, mine)) if mine else None
        pairs = list(zip(mine, results.get(self.other, ()), strict=False))
        if not pairs:
            return None
        return median(self.value(one) / self.value(two) for one, two in pairs)

    def is_kept(self, figure: float) -> bool:
        """Whether the figure is as it was promised."""
        return figure <= self.bound if self.at_most else figure >= self.bound


def _search(counted: Counted) -> float:
    return counted.seconds


def _process(counted: Counted) -> float:
    return counted.process_s


def _memory(counted: Counted) -> float:
    return counted.peak_mib


def _states(counted: Counted) -> float:
    return counted.states


PROMISES = (
    Promise("big: SPIN's search takes so many times as long", BIG, SPIN, OURS, _search, 8),
    Promise("big: SPIN's compiled verifier, whole process", BIG, SPIN, OURS, _process, 5),
    Promise("big: TLC takes so many times as long", BIG, TLC, OURS, _process, 100),
    Promise("big: our memory, of SPIN's", BIG, OURS, SPIN, _memory, 0.5, at_most=True),
    Promise("big: states with symmetry, so many times fewer", BIG, OURS, REDUCED, _states, 15),
    Promise("big: search with symmetry, so many times faster", BIG, OURS, REDUCED, _search, 10),
    Promise("huge: two threads, so many times faster", HUGE, OURS, TWO, _search, 1.4),
    Promise("huge: MiB of memory", HUGE, OURS, None, _memory, 4096, at_most=True),
    Promise("small: seconds to the first verdict", SMALL, OURS, None, _process, 1, at_most=True),
)


def promises(measured: Mapping[str, Results]) -> Table:
    """What is asked, what was measured, and whether it is kept; what was not measured is said."""
    made = Table("asked", "bound", "measured", "kept", title="what is asked")
    for promise in PROMISES:
        figure = promise.figure(measured)
        bound = f"{'at most' if promise.at_most else 'at least'} {promise.bound:g}"
        shown = "not measured" if figure is None else f"{figure:.2f}"
        kept = "?" if figure is None else "yes" if promise.is_kept(figure) else "NO"
        made.add_row(promise.what, bound, shown, kept)
    return made
