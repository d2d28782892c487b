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
    """Looks at each step of a run: quickly at what it changed, and now and then at everything.

    It looks at everything once in so many steps of a run, and in its last. A claim that was broken
    is not looked at again: quick checks rely on it having held so far.
    """

    def __init__(
        self,
        subject: Subject[_D, _S, _E, _O],
        followers: Iterable[Follower[_D, _S, _E, _O]],
        ignored: frozenset[str],
    ) -> None:
        self._design = subject.design
        checks = (*subject.kernel.checks, *map(as_check, followers))
        kept = [check for check in checks if check.guarantee not in ignored]
        self._quick = [check for check in kept if not check.full]
        self._full = [check for check in kept if check.full]
        self._only_full = [
            check
            for check in self._full
            if all(check.guarantee != quick.guarantee for quick in self._quick)
        ]
        self._steps = 0

    def broken(
        self, before: _S, event: _E, outcome: _O, after: _S, *, last: bool
    ) -> Iterator[tuple[KernelCheck[_D, _S, _E, _O], str]]:
        """Each check that the step fails, and why it does; `last` when the run ends with it."""
        self._steps += 1
        due = last or self._steps % STEPS_BETWEEN_FULL_LOOKS == 0
        for check in (*self._quick, *(self._full if due else self._only_full)):
            why = check.broken(self._design, before, event, outcome, after)
            if why is not None:
                yield check, why

    def forget(self, claim: str) -> None:
        """Do not look at the claim any more."""
        for checks in (self._quick, self._full, self._only_full):
            checks[:] = [check for check in checks if check.guarantee != claim]
