"""The kernel seen through the model of deliveries: `MAPPING`.

A kernel step is a call about a channel or a reply, which tries those who wait one after the other,
then what it set off: waits that end, memories and pools that die, channels that go. Where a
delivery is a row of sections, a partner waits till it wakes or is told: there the model delivers.
"""

from collections.abc import Mapping

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from proofs.copy_on_write.mapping import goes_on_with
from proofs.delivery.mapping.aftermath import Aftermath
from proofs.delivery.mapping.calls import Called, is_seen
from proofs.delivery.mapping.going import going_at
from proofs.delivery.mapping.news import News
from proofs.delivery.mapping.seen import Seen, is_alike, seen
from reference_kernel.events import CallMade, Event
from reference_kernel.outcomes import Blocked, Cut, Deadlock, Ok, Outcome, Panic, Refused, Spins
from reference_kernel.processors import leaves_as
from reference_kernel.state import State, ThreadState
from reference_kernel.undelivered import undelivered
from spec.design import Design


class DeliveryMapping:
    """Queues, replies and sleepers of the kernel; the last two states seen are kept."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self) -> None:
        self._recent: Recent[tuple[Design, State, Seen]] = Recent()

    def _seen(self, design: Design, amid: State) -> Seen:
        state = undelivered(amid)
        known, last = self._recent.of(state), self._recent.newest
        if known is not None and known[0] is design:
            return known[2]
        view = self._same(last, design, state) or seen(design, state)
        self._recent.keep(state, (design, state, view))
        return view

    def _same(
        self, last: tuple[Design, State, Seen] | None, design: Design, state: State
    ) -> Seen | None:
        """What is seen, if that is what was seen last."""
        if last is not None and last[0] is design and is_alike(last[1], state):
            return last[2]
        return None

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._seen(design, state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        return seen(design, undelivered(state)).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The elements that are not in normal form."""
        return self._seen(design, state).universe

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is."""
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        place = going_at(before, event)
        event, outcome = goes_on_with(before, event), _as_whole(outcome)
        old, new = self._seen(design, before), self._seen(design, after)
        before, after = undelivered(before), undelivered(after)
        made = (ModelStep("channel_new", {"channel": n}) for n in new.channels - old.channels)
        main: tuple[ModelStep, ...] = ()
        if isinstance(event, CallMade) and isinstance(outcome, Ok | Refused | Blocked | Cut):
            called = Called(design, (before, after), event, (old, new), place)
            main = called.steps(outcome)
        if old is new:
            return main
        news = News(design, before, old, after)
        aftermath = Aftermath(design, old, main, new).steps(before, after)
        return (*made, *filter(news.shows, (*main, *aftermath)))

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        What is no call about a channel or a reply, since nobody may wait; a call about one that
        neither finds anybody nor waits; one that is refused, but for a channel that is dead or a
        reply that was used; the end of the kernel.
        """
        if not isinstance(event, CallMade) or isinstance(outcome, Panic | Deadlock | Cut | Spins):
            return True
        return not is_seen(event, outcome)


def _as_whole(outcome: Outcome) -> Outcome:
    """What the call gives, where it is a row of sections: it blocks when it is to leave."""
    is_to_sleep = isinstance(outcome, Cut) and leaves_as(outcome.rest) is ThreadState.SUSPENDED
    return Blocked() if is_to_sleep else outcome


MAPPING = DeliveryMapping()
