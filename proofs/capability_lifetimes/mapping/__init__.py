"""What capability_lifetimes sees of the kernel, and which of its steps a step of the kernel is.

The model's USE is one right, WRITE unless another is asked for: a call that needs other rights uses
its capability for nothing there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import cast

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.calls import LOOKUPS, Called, is_in_use, place
from proofs.capability_lifetimes.mapping.drops import drops
from proofs.capability_lifetimes.mapping.holders import holders
from proofs.capability_lifetimes.mapping.messages import Brought
from proofs.capability_lifetimes.mapping.names import NOBODY, allowed, id_of, id_of_word, space_of
from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.outcomes import Deadlock, Outcome, Panic
from reference_kernel.state import CapabilitySpace, State
from spec.design import Design
from spec.ids import ObjectType, is_weak, rights_of
from spec.rights import Right
from spec.syscalls import BY_NAME

_Cells = dict[tuple[Value, ...], Value]
_ABOUT_IDS = frozenset({BY_NAME["cap_clone"].number, BY_NAME["cap_destroy"].number})
_CONSTANTS = (NOBODY,)
_KEPT = 256


@dataclass(frozen=True, slots=True)
class _Entries:
    """The cells that one capability space gives, and the strong references among them."""

    body: CapabilitySpace
    space: _Cells
    target: _Cells
    weak: _Cells
    rights: _Cells
    strong: Counter[int]


class CapabilityMapping:
    """The mapping for one choice of the right that USE stands for."""

    def __init__(self, use: Right = Right.WRITE) -> None:
        self.use = int(use)
        self._entries: dict[int, _Entries] = {}
        self._seen: dict[int, tuple[State, ModelState]] = {}
        self._last: tuple[State, ModelState] | None = None

    def state(self, _design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        known = self._seen.get(id(state))
        if known is not None and known[0] is state:
            return known[1]
        if len(self._seen) >= _KEPT:
            self._seen.clear()
        last = self._last
        seen = self._state(state) if last is None or _differs(last[0], state) else last[1]
        self._last = self._seen[id(state)] = (state, seen)
        return seen

    def _state(self, state: State) -> ModelState:
        alive = {name: known for name, known in state.objects.items() if known.body is not None}
        spaces = [n for n, known in alive.items() if known.type is ObjectType.CAPABILITY_SPACE]
        seen = [self._of_space(space, space_of(state, space)) for space in spaces]
        strong: Counter[int] = Counter()
        for each in seen:
            strong.update(each.strong)
        return {
            "space": _joined(each.space for each in seen),
            "target": _joined(each.target for each in seen),
            "weak": _joined(each.weak for each in seen),
            "rights": _joined(each.rights for each in seen),
            "alive": {(name,): True for name in alive},
            "is_space": {(name,): True for name in spaces},
            "anchored": {(n,): True for n, known in alive.items() if known.strong > strong[n]},
        }

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The living objects, those that ids still name, the ids of living spaces, and nobody."""
        seen = self.state(design, state)
        named = chain.from_iterable(seen["alive"]), seen["target"].values()
        return {
            "Object": _elements(*named, _CONSTANTS),
            "Capability": _elements(chain.from_iterable(seen["space"]), _CONSTANTS),
        }

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The call's look-ups, what a message brought, what it does, and the drops.

        Nothing of a panic or a deadlock.
        """
        if isinstance(outcome, Panic | Deadlock):
            return ()
        called: tuple[ModelStep, ...] = ()
        if isinstance(event, CallMade) and is_in_use(event, outcome):
            message = Brought(before, event, after, self.use).steps()
            called = tuple(Called(design, before, event, self.use).steps(outcome, message))
        old, new = self.state(design, before), self.state(design, after)
        called = (*called, *holders(old, called, new))
        return (*called, *drops(old, called, new, _let_go(before, called, after)))

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether the step may change nothing here.

        What is no call; a panic or a deadlock; a call that is unknown, not modelled or looks
        nothing up; and one that is refused before its first look-up, or there for want of a right
        other than USE.
        """
        if not isinstance(event, CallMade) or isinstance(outcome, Panic | Deadlock):
            return True
        if not is_in_use(event, outcome):
            return True
        first = next((each for each in LOOKUPS[event.number] if each.is_asked(event)), None)
        ended = place(event, outcome)
        if first is None or ended < first.refusals.start:
            return event.number not in _ABOUT_IDS
        return ended == first.refusals[2] and not first.lacking(event) & self.use

    def _of_space(self, space: int, body: CapabilitySpace) -> _Entries:
        known = self._entries.get(space)
        if known is None or known.body is not body:
            if len(self._entries) >= _KEPT:
                self._entries.clear()
            ids = {(id_of_word(space, word),): word for word in body.holdings}
            rights = {name: allowed(rights_of(word), self.use) for name, word in ids.items()}
            known = _Entries(
                body=body,
                space={(name,): space for name in _issued(space, body)},
                target={name: body.holdings[word] for name, word in ids.items()},
                weak={name: True for name, word in ids.items() if is_weak(word)},
                rights={name: mask for name, mask in rights.items() if mask},
                strong=Counter(o for word, o in body.holdings.items() if not is_weak(word)),
            )
            self._entries[space] = known
        return known


def _let_go(before: State, called: tuple[ModelStep, ...], after: State) -> list[int]:
    """What messages held in living spaces that wait no more, and no call destroyed."""
    destroyed = {step.arguments.get("capability") for step in called}
    gone = []
    for space in sorted(changed_objects(before, after)):
        old, new = before.body(space), after.body(space)
        if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
            words = [word for word in old.in_transit if word not in new.in_transit]
            gone += [id_of_word(space, word) for word in sorted(words)]
    return [name for name in gone if name not in destroyed]


def _differs(before: State, after: State) -> bool:
    """Whether the model may see the one state otherwise than the other, which was there before."""
    if after.next_object != before.next_object:
        return True
    for name in changed_objects(before, after):
        old, new = before.objects.get(name), after.objects.get(name)
        if old is None or new is None or old.strong != new.strong:
            return True
        if (old.body is None) is not (new.body is None) or isinstance(new.body, CapabilitySpace):
            return True
    return False


def _issued(space: int, body: CapabilitySpace) -> Iterator[int]:
    for kind, count in enumerate(body.next_serial):
        for serial in range(count):
            yield id_of(space, kind, serial)


def _elements(*parts: Iterable[Value]) -> frozenset[int]:
    return frozenset(cast("Iterable[int]", chain(*parts)))


def _joined(parts: Iterable[_Cells]) -> _Cells:
    cells: _Cells = {}
    for part in parts:
        cells.update(part)
    return cells


MAPPING = CapabilityMapping()
