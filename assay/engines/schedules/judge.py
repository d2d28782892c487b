"""What a step breaks, asked only of the checks that look at what it touched."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.walk.subject import Subject

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")


class Judge(Generic[_D, _S, _E, _O]):
    """The quick checks of a kernel, and the full ones of claims that have no other."""

    def __init__(self, subject: Subject[_D, _S, _E, _O]) -> None:
        checks = subject.kernel.checks
        quick = {check.guarantee for check in checks if not check.full}
        self._design = subject.design
        self._touched = subject.kernel.touched
        self._checks = [each for each in checks if not each.full or each.guarantee not in quick]
        self._concerned: dict[frozenset[object], tuple[KernelCheck[_D, _S, _E, _O], ...]] = {}

    @property
    def claims(self) -> frozenset[str]:
        """What is looked at."""
        return frozenset(check.guarantee for check in self._checks)

    def broken(
        self, before: _S, event: _E, outcome: _O, after: _S, known: frozenset[str]
    ) -> Iterator[tuple[KernelCheck[_D, _S, _E, _O], str]]:
        """Each check that the step fails, and why; the claims that are `known` are left out.

        Quick checks rely on the state before having been right: what was broken is known.
        """
        touched = self._touched(before, event, outcome, after)
        checks = self._concerned.get(touched)
        if checks is None:
            checks = self._concerned[touched] = tuple(
                check
                for check in self._checks
                if check.looks_at is None or not check.looks_at.isdisjoint(touched)
            )
        for check in checks:
            if check.guarantee not in known:
                why = check.broken(self._design, before, event, outcome, after)
                if why is not None:
                    yield check, why
