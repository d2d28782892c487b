"""When a search tells how far it is, and when it gives up."""

from contextlib import suppress
from pathlib import Path
from resource import getpagesize
from time import monotonic

from assay.engines.explore.result import Limits, Listener, Progress

INTERRUPTED = "interrupted"
"""Why a search ended, where somebody at the keyboard ended it."""
_SECONDS_BETWEEN_REPORTS = 1.0


class Ended(Exception):
    """The search stops before its end; the message says why."""


class Patience:
    """Watches the clock, the memory and the limits; `states` is how many it was told of last."""

    def __init__(self, limits: Limits, progress: Listener | None) -> None:
        self._limits = limits
        self._progress = progress
        self._undecided = set(limits.until_all)
        self._queued = self.states = 0
        self._began = self._reported = monotonic()

    @property
    def seconds(self) -> float:
        """How long the search has run."""
        return monotonic() - self._began

    def look(self, states: int, queued: int, depth: int) -> None:
        """Tell how far the search is, once a second; Ended when a limit is reached."""
        limits, seconds, self.states = self._limits, self.seconds, states
        if limits.states is not None and states >= limits.states:
            raise Ended(f"the limit of {limits.states} states")
        if limits.seconds is not None and seconds >= limits.seconds:
            raise Ended(f"the limit of {limits.seconds} s")
        if self._began + seconds - self._reported >= _SECONDS_BETWEEN_REPORTS:
            self._reported = self._began + seconds
            self.reserve(0)
            if self._progress is not None:
                rising, self._queued = queued > self._queued, queued
                rate = states / seconds
                told = Progress(states, queued, depth, rate, memory_mib(), rising)
                self._progress(told)

    def reserve(self, mib: int) -> None:
        """Ended when the process would hold too much with so much more."""
        limit = self._limits.memory_mib
        if limit is not None and memory_mib() + mib >= limit:
            raise Ended(f"the limit of {limit} MiB")

    def decided(self, claim: str) -> None:
        """Ended when the search was for this claim, or this was the last that it was for."""
        if claim in self._limits.until:
            raise Ended(f"{claim} was decided")
        self._undecided.discard(claim)
        if self._limits.until_all and not self._undecided:
            raise Ended("every claim asked for was decided")


def memory_mib() -> int:
    """The memory that this process holds, in MiB; 0 where the system does not tell."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
        return pages * getpagesize() >> 20
    return 0
