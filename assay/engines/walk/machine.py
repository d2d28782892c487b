"""A Hypothesis state machine over a kernel: one rule for each kind of event.

Hypothesis chooses kinds and arguments, and keeps what failed; our own delta debugging cuts it to
what it needs. `assay.engines.walk.walk` is the faster driver of the same events.

Source: Hypothesis, hypothesis/stateful.py.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Generic, TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assay.engines.follow import Follower
from assay.engines.walk.finding import Broken, finding
from assay.engines.walk.subject import Subject
from assay.engines.walk.watch import Watch

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_T = TypeVar("_T")

QUICKLY = (Phase.reuse, Phase.generate)
"""The phases that find something.

`Phase.shrink` makes arguments ordinary too, and takes up to a minute; our own debugging leaves out
what is not needed, and takes a second.
"""


class Breaks(AssertionError):
    """A step breaks a claim. What Hypothesis raises in the end is of the smallest run it found."""

    def __init__(self, why: str, cut: Callable[[], Broken]) -> None:
        super().__init__(why)
        self._cut = cut

    def broken(self) -> Broken:
        """What is broken, with a trace that needs each of its events."""
        return self._cut()


class KernelMachine(RuleBasedStateMachine, Generic[_D, _S, _E, _O]):
    """Runs from boot: where the kernel has ended, the next one begins.

    `machine` makes the classes that can be used.
    """

    subject: Subject[_D, _S, _E, _O]
    followers: tuple[Follower[_D, _S, _E, _O], ...]
    watch: Watch[_D, _S, _E, _O]
    start: _S
    steps: int
    """Of all runs of the class."""

    def __init__(self) -> None:
        super().__init__()
        self.boot()

    def boot(self) -> None:
        """Begin a run."""
        self.events: list[_E] = []
        self.last: tuple[_S, _E, _O, _S] | None = None
        self.watch.begin()
        self.reach(self.start)

    def reach(self, state: _S) -> None:
        """Go on from the state."""
        self.state = state
        self.offered = self.subject.kernel.offered(self.subject.design, state)

    def happens(self, event: _E) -> None:
        """The step, and a look at everything.

        Errors: Breaks when a claim is broken.
        """
        subject, before = self.subject, self.state
        after, outcome = subject.kernel.step(subject.design, before, event)
        self.events.append(event)
        self.last = before, event, outcome, after
        ended = subject.kernel.ended(after)
        self.look(last=ended)
        type(self).steps += 1
        if ended:
            self.boot()
        else:
            self.reach(after)

    def look(self, *, last: bool) -> None:
        """A look at the last step.

        Errors: Breaks when a claim is broken.
        """
        seen, self.last = self.last, None
        if seen is None:
            return
        for check, why in self.watch.broken(*seen, last=last):
            claim, events = check.guarantee, tuple(self.events)
            cut = partial(finding, self.subject, claim, events, full=check.full)
            raise Breaks(f"{claim}: {why}", cut)
        self.last = seen

    def teardown(self) -> None:
        """The run ends here: a look at everything, unless something was found."""
        self.look(last=True)

    def proposed(self, kind: str, draw: st.DrawFn) -> _E:
        """An event of a kind that can happen now."""
        return self.subject.kernel.propose_one(self.subject.design, self.state, kind, _Drawn(draw))


_DRAWN = 1 << 24
"""So many numbers Hypothesis draws from without a bias to the small ones."""


class _Drawn:
    """A chooser whose choices Hypothesis makes.

    Hypothesis makes choices small and takes what comes first; proposals do what is odd where a
    number is 0. So the numbers are drawn from the other end: what is small is then ordinary. One
    number that is drawn makes several choices, as its digits.
    """

    __slots__ = ("_draw", "_left", "_number")

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._left = self._number = 0

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1."""
        return limit - 1 - self._digit(limit)

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of them."""
        return among[self._digit(len(among))]

    def _digit(self, limit: int) -> int:
        """The next choice; `_left` numbers are still possible for what is left of the drawn one."""
        if limit > _DRAWN:
            return self._draw(_below(limit))
        if self._left < limit:
            self._number, self._left = self._draw(_below(_DRAWN)), _DRAWN
        self._number, digit = divmod(self._number, limit)
        self._left //= limit
        return digit


@cache
def _below(limit: int) -> st.SearchStrategy[int]:
    return st.integers(0, limit - 1)


@st.composite
def _proposed(draw: st.DrawFn, kind: str) -> Any:
    machine: KernelMachine[Any, Any, Any, Any] = draw(st.runner())
    return machine.proposed(kind, draw)


def machine(
    subject: Subject[_D, _S, _E, _O], *, ignored: frozenset[str] = frozenset()
) -> type[KernelMachine[_D, _S, _E, _O]]:
    """A class for `run_machine`, or whose `TestCase` a module of tests holds.

    `ignored` claims are not looked at.
    """
    followers = subject.followers()
    parts: dict[str, object] = {
        "subject": subject,
        "followers": followers,
        "watch": Watch(subject, followers, ignored),
        "start": subject.kernel.boot(subject.design),
        "steps": 0,
    }
    for place, kind in enumerate(subject.kernel.kinds):
        name = f"step{place:03}_{kind}"
        parts[name] = _rule(name, kind)
    return type(f"{subject.kernel.name.title()}Machine", (KernelMachine,), parts)


def _rule(name: str, kind: str) -> Callable[..., None]:
    """Hypothesis sorts rules by name, and a smaller run has earlier ones: hence the number."""

    def step(self: KernelMachine[Any, Any, Any, Any], event: Any) -> None:
        self.happens(event)

    step.__name__ = name
    return precondition(lambda self: kind in self.offered)(rule(event=_proposed(kind))(step))


def run_machine(made: type[KernelMachine[_D, _S, _E, _O]], settings: settings) -> Broken | None:
    """What the runs that Hypothesis makes break first; None when they break nothing."""
    try:
        run_state_machine_as_test(made, settings=settings)
    except Breaks as found:
        return found.broken()
    return None
