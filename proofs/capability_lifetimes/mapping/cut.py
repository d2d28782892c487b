"""The model's steps of a section that is a part of a call: what the call says that it does.

A look-up is a section of its own, and what it found the stack holds. A move in two halves and the
making of a thread are two sections; a delivery is several, any of which may bring something. What
holders come and go, and what drops that sets off, is told by what is different afterwards.
"""

from collections.abc import Iterator
from itertools import islice

from assay.engines.kernel import ModelStep
from proofs.capability_lifetimes.mapping.calls import (
    LOOKUPS,
    Called,
    Lookup,
    is_in_use,
    place,
)
from proofs.capability_lifetimes.mapping.messages import Brought
from proofs.capability_lifetimes.mapping.names import id_of_word
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Cut, Ok, Outcome, Refused
from reference_kernel.sections import Rest, Section
from reference_kernel.state import State
from spec.design import Design
from spec.ids import ObjectType
from spec.options import CapClone

_BEFORE_THE_THREAD = 2
"""A new thread has its two spaces, and then it gets a name."""


def of_section(
    design: Design, before: State, rest: Rest | None, outcome: Outcome, after: State, use: int
) -> tuple[ModelStep, ...]:
    """What the section of the call does; nothing where it is none, or no call of the kernel."""
    if rest is None or not isinstance(rest.event, CallMade):
        return ()
    if not is_in_use(rest.event, outcome):
        return ()
    cut = _CutCall(design, before, rest, use)
    return tuple(cut.of_section(outcome, Brought(before, rest.event, after, use).amid_calls()))


class _CutCall(Called):
    """A call of which a section is done; what it looked up so far `rest` says."""

    def __init__(self, design: Design, before: State, rest: Rest, use: int) -> None:
        assert isinstance(rest.event, CallMade), rest
        super().__init__(design, before, rest.event, use)
        self.rest = rest

    def of_section(self, outcome: Outcome, message: Iterator[ModelStep]) -> Iterator[ModelStep]:
        """The steps of the section; `message` are those of what a message brought."""
        match self.rest.section:
            case Section.BEGINS:
                yield from self._begins(outcome, message)
            case Section.GIVES_THREAD if isinstance(outcome, Ok):
                yield self._weakly_made(ObjectType.THREAD, self.rest.words[0])
            case Section.MOVED:
                yield self._moved()
            case _ if self.rest.delivery is not None:
                yield from message
                if isinstance(outcome, Ok):
                    yield from self._done()
            case _:
                pass

    def _begins(self, outcome: Outcome, message: Iterator[ModelStep]) -> Iterator[ModelStep]:
        """From the look-ups to where the call is done, is refused, or goes on otherwise."""
        match outcome:
            case Refused():
                yield from message
                yield from self._not_done(outcome)
            case Cut(rest=Rest(section=Section.BEGINS)):
                yield self._used(self._asked_lookups()[len(self.rest.ids)], None)
            case Cut(rest=Rest(section=Section.GIVES_THREAD)):
                yield from islice(self._thread_made(), _BEFORE_THE_THREAD)
            case Cut(rest=Rest(section=Section.MOVED)):
                yield from islice(self._cloned(), 1)
            case Ok():
                yield from message
                yield from self._done()
            case _:
                yield from message

    def _asked_lookups(self) -> list[Lookup]:
        return [each for each in LOOKUPS[self.event.number] if each.is_asked(self.event)]

    def _not_done(self, outcome: Refused) -> Iterator[ModelStep]:
        ended = place(self.event, outcome)
        for lookup in self._asked_lookups():
            if ended in lookup.refusals:
                why = ended - lookup.refusals.start
                yield from self._refused(lookup, why, after=outcome.after)
                return
        yield from self._declined(outcome)

    def _named(self, at: int, own: int) -> int:
        """The space that was looked up, though no entry may name it any more."""
        return self.space if self.event.options & own else self._found(at)

    def _found(self, at: int) -> int:
        places = [each.at for each in self._asked_lookups()]
        return self.rest.held[places.index(at)]

    def _target(self, at: int) -> int:
        return self._found(at)

    def _moved(self) -> ModelStep:
        """The second half of a move."""
        _, inserted = self.rest.words
        space = self._named(0, CapClone.DST_CSPACE_SELF)
        return ModelStep("cap_move_ends", {"made": id_of_word(space, inserted)})
