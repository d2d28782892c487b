"""The options of a search, and the search that they ask for; a ladder of larger and larger ones."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from assay.commands.stores import writable
from assay.commands.ticker import Ticker
from assay.problems import ToolError
from assay.report.facts import RungFacts

if TYPE_CHECKING:
    from assay.engines.explore import Exploration, Progress
    from assay.engines.explore.others import Others
    from assay.lang import Recorded


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Searching:
    """How to search."""

    states: int | None = None
    """Give up after so many states."""
    seconds: float | None = None
    """Give up after so long."""
    memory_mib: int | None = None
    """Give up when the process holds so much."""
    engine: Literal["any", "plain", "compiled"] = "any"
    """Generated Python, machine code, or the first until the second is worth compiling."""
    threads: int = 1
    """Threads of machine code; of several shortest traces they may show another one."""
    symmetry: Annotated[bool, Parameter(negative="")] = False
    """Keep one of the states that differ by the places of interchangeable elements, if it pays."""
    checkpoint: Path | None = None
    """Keep the search in this file, each minute and when it gives up; go on from it."""

    @property
    def is_whole(self) -> bool:
        """Whether every state is asked for."""
        return not self.symmetry and {self.states, self.seconds, self.memory_mib} == {None}

    def check(self) -> None:
        """Errors: ToolError for options that make no sense, alone or together."""
        if self.states is not None and self.states < 1:
            raise ToolError(f"--states {self.states}: at least one state is needed")
        if self.seconds is not None and not 0 < self.seconds < inf:
            raise ToolError(f"--seconds {self.seconds:g}: expected seconds above 0")
        if self.memory_mib is not None and self.memory_mib < 1:
            raise ToolError(f"--memory-mib {self.memory_mib}: at least one MiB is needed")
        if self.threads < 1:
            raise ToolError(f"--threads {self.threads}: at least one thread is needed")
        if self.engine == "plain" and self.checkpoint is not None:
            raise ToolError("--checkpoint: only the compiled engine knows it")
        if self.checkpoint is not None:
            writable("--checkpoint", self.checkpoint)

    def search(
        self, recorded: "Recorded", sizes: Mapping[str, int], until: Set[str] = frozenset()
    ) -> "Exploration":
        """Search all, or until one of some claims is decided.

        Errors: ToolError where bounds, checkpoint or engine do not fit the model.
        """
        from assay.engines.explore import Engine, Foreign, Limits, Unsupported, explore
        from assay.engines.interpret import SizesError

        limits = Limits(self.states, self.seconds, self.memory_mib, frozenset(until))
        try:
            with Ticker() as ticker:
                return explore(
                    recorded,
                    sizes,
                    limits=limits,
                    progress=lambda p: ticker.tell(line(p)),
                    engine=Engine(self.engine),
                    threads=self.threads,
                    reduced=self.symmetry,
                    checkpoint=self.checkpoint,
                )
        except SizesError as error:
            raise ToolError(f"the bounds do not fit {recorded.name}: {error}") from error
        except Foreign as error:
            raise ToolError(f"--checkpoint: {error}") from error
        except Unsupported as error:
            raise ToolError(f"{recorded.name} cannot be compiled: {error}") from error

    def climb(self, recorded: "Recorded", top: int) -> "tuple[Exploration, list[RungFacts]]":
        """Search instances with 1, 2, ... of everything, up to `top` or to one that gives up.

        The last search, and of each what it has that none before had.
        """
        found, rungs, seen = None, [], set[str]()
        for size in range(1, top + 1):
            sizes = {name: max(size, fewest) for name, fewest in recorded.sized.items()}
            if found is not None and sizes == dict(found.sizes):
                continue
            found = self.search(recorded, sizes)
            met = list(_met(recorded, found))
            rungs.append(_rung(found, [each for each in met if each not in seen]))
            seen.update(met)
            if not found.complete:
                break
        if found is None:
            raise ToolError(f"--ladder {top}: at least one rung is needed")
        return found, rungs

    def others(self, recorded: "Recorded", found: "Exploration", count: int) -> "dict[str, Others]":
        """For each broken claim at most `count` other ways to break it, each searched for anew.

        What is not looked for after an interrupt is not there.
        """
        from assay.engines.explore.others import other_paths
        from assay.engines.explore.patience import INTERRUPTED

        anew, sizes = replace(self, checkpoint=None), dict(found.sizes)

        def look(limited: "Recorded", claim: str) -> "Exploration":
            return anew.search(limited, sizes, {claim})

        others: dict[str, Others] = {}
        for each in found.broken if count else ():
            others[each.claim] = other_paths(recorded, each, count, look)
            if others[each.claim].reason == INTERRUPTED:
                break
        return others


PLAINLY = Searching()
"""No option given."""


def _rung(found: "Exploration", new: list[str]) -> RungFacts:
    return RungFacts(
        bounds=dict(found.sizes),
        states=found.states,
        transitions=found.transitions,
        depth=found.depth,
        complete=found.complete,
        reason=found.reason,
        new=new,
    )


def _met(recorded: "Recorded", found: "Exploration") -> Iterator[str]:
    """What happens at all: actions, refusals, claims that hold somewhere or are broken."""
    for action in recorded.actions:
        if found.enabled[action.name]:
            yield f"{action.name} happens"
        for check in action.checks:
            if check.error is not None and found.refused[action.name][check.name]:
                yield f"{action.name} is refused by {check.name}"
    yield from (f"{name} holds" for name, reached in found.can.items() if reached is not None)
    yield from (f"{broken.claim} is broken" for broken in found.broken)


def line(progress: "Progress") -> str:
    """How far a search is."""
    return (
        f"{progress.states:,} states, {progress.queued:,} to do, "
        f"{'rising' if progress.rising else 'falling'}, depth {progress.depth}, "
        f"{progress.rate:,.0f}/s, {progress.memory_mib:,} MiB"
    )
