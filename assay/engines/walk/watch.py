"""Everything that is looked at after a step."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from assay.engines.follow import Follower
from assay.engines.kernel import KernelCheck
from assay.engines.walk.subject import Subject, as_check

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

STEPS_BETWEEN_FULL_LOOKS = 50


class Watch(Generic[_D, _S, _E, _O]):
    """Looks at each step of runs: quickly at what it changed, and now and then at everything.

    A quick check is asked where the step touched what it looks at. Everything is looked at once in
    so many steps of a run, and in its last. A claim that was broken is not looked at again in the
    same run: quick checks rely on it having held so far.
    """

    def __init__(
        self,
        subject: Subject[_D, _S, _E, _O],
        followers: Iterable[Follower[_D, _S, _E, _O]],
        ignored: frozenset[str],
    ) -> None:
        self._design = subject.design
        self._touched = subject.kernel.touched
        checks = (*subject.kernel.checks, *map(as_check, followers))
        kept = [check for check in checks if check.guarantee not in ignored]
        quickly = {check.guarantee for check in kept if not check.full}
        self._full = [check for check in kept if check.full and check.guarantee in quickly]
        self._often = [check for check in kept if not check.full or check.guarantee not in quickly]
        self._concerned: dict[frozenset[object], tuple[KernelCheck[_D, _S, _E, _O], ...]] = {}
        self.begin()

    def begin(self) -> None:
        """A run begins."""
        self._steps = 0
        self._forgotten: set[str] = set()

    def broken(
        self, before: _S, event: _E, outcome: _O, after: _S, *, last: bool
    ) -> Iterator[tuple[KernelCheck[_D, _S, _E, _O], str]]:
        """Each check that the step fails, and why it does; `last` when the run ends with it."""
        self._steps += 1
        due = last or self._steps % STEPS_BETWEEN_FULL_LOOKS == 0
        touched = self._touched(before, event, outcome, after)
        checks = self._concerned.get(touched)
        if checks is None:
            checks = self._concerned[touched] = tuple(
                check
                for check in self._often
                if check.looks_at is None or not check.looks_at.isdisjoint(touched)
            )
        for check in (*checks, *self._full) if due else checks:
            if check.guarantee not in self._forgotten:
                why = check.broken(self._design, before, event, outcome, after)
                if why is not None:
                    yield check, why

    def forget(self, claim: str) -> None:
        """Do not look at the claim any more in this run."""
        self._forgotten.add(claim)
