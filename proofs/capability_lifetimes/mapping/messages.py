"""What a message brings: a reply for its receiver, and clones of capabilities of its sender's.

Of a clone the mapping sees only what came of it; its source is one of the sender's that allows the
same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import allowed, id_of, id_of_word, space_of
from reference_kernel.events import CallMade
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.state import CapabilitySpace, Channel, Object, State, Thread
from spec.ids import ObjectType, is_weak, rights_of, type_of
from spec.rights import Right
from spec.syscalls import BY_NUMBER

_RECEIVES = frozenset({"channel_try_recv", "channel_sync_recv", "channel_async_recv"})
_SENDS = frozenset(
    {
        "channel_try_send",
        "channel_sync_send",
        "channel_async_send",
        "channel_sync_call",
        "channel_async_call",
        "reply_reply",
    }
)
_NONE = 0


@dataclass(frozen=True, slots=True)
class _Given:
    """An id that a space gave out, its word and what it names; 0 and 0 if that is gone again."""

    space: int
    name: int
    kind: int
    word: int
    target: int


_Goes = Callable[[int, int], Iterator[ModelStep]]
"""How an id goes that came with a new object, and with it the object."""


def _dies(capability: int, name: int) -> Iterator[ModelStep]:
    yield ModelStep("cap_destroy", {"capability": capability})
    yield ModelStep("object_dies", {"object": name})


def _is_about_to_die(capability: int, _: int) -> Iterator[ModelStep]:
    """The processor has still to release what the id named."""
    yield ModelStep("holder_comes", {"capability": capability, "shared": False})
    yield ModelStep("cap_destroy", {"capability": capability})


@dataclass(frozen=True, slots=True)
class Brought:
    """A call that may hand over a message, with the states around it."""

    before: State
    call: CallMade
    after: State
    use: int

    def steps(self) -> Iterator[ModelStep]:
        """The replies that are made, then the clones."""
        givers = self._givers()
        if givers:
            yield from self._brought(givers, _dies)

    def amid_calls(self) -> Iterator[ModelStep]:
        """The same of a section: what gives may have changed since it was looked up."""
        if BY_NUMBER[self.call.number].name in _RECEIVES | _SENDS:
            spaces = (n for n, o in self.before.objects.items() if _is_space(o))
            yield from self._brought(list(spaces), _is_about_to_die)

    def _brought(self, givers: list[int], goes: _Goes) -> Iterator[ModelStep]:
        given = list(self._given_out())
        if not given:
            return
        replies = [each for each in given if self._is_reply(each)]
        yield from self._replies(replies, goes)
        known = [
            (id_of_word(space, word), word, target)
            for space in givers
            for word, target in space_of(self.before, space).holdings.items()
        ]
        for each in given:
            if each not in replies:
                yield self._cloned(each, known)
                known.append((each.name, each.word, each.target))

    def _givers(self) -> list[int]:
        """The living spaces out of which capabilities may be cloned."""
        name = BY_NUMBER[self.call.number].name
        caller = self.before.body(self.call.thread)
        assert isinstance(caller, Thread), self.call
        own = caller.capability_space
        if name in _SENDS:
            return [own]
        if name not in _RECEIVES:
            return []
        entries = space_of(self.before, own).entries
        channel = self.before.body(entries.get(self.call.arguments[0], _NONE))
        spaces = [each.space for each in channel.senders] if isinstance(channel, Channel) else []
        living = (each for each in spaces if self.before.body(each) is not None)
        return list(dict.fromkeys(living))

    def _given_out(self) -> Iterator[_Given]:
        """The ids that living spaces gave out in this step, in order."""
        for space in sorted(changed_objects(self.before, self.after)):
            old, new = self.before.body(space), self.after.body(space)
            if not isinstance(old, CapabilitySpace) or not isinstance(new, CapabilitySpace):
                continue
            if old.next_serial == new.next_serial:
                continue
            words = {id_of_word(space, word): word for word in new.holdings}
            for kind, (first, end) in enumerate(zip(old.next_serial, new.next_serial, strict=True)):
                for serial in range(first, end):
                    name = id_of(space, kind, serial)
                    word = words.get(name, _NONE)
                    yield _Given(space, name, kind, word, new.holdings.get(word, _NONE))

    def _is_reply(self, given: _Given) -> bool:
        """Whether the id came with a new reply; only such an id may be gone again."""
        is_new = given.target == _NONE or given.target >= self.before.next_object
        return given.kind == ObjectType.REPLY and is_new

    def _replies(self, replies: list[_Given], goes: _Goes) -> Iterator[ModelStep]:
        """A reply for whom the message did not reach goes at once."""
        kept = {each.target for each in replies}
        made = range(self.before.next_object, self.after.next_object)
        gone = iter([name for name in made if name not in kept])
        for each in replies:
            name = each.target or next(gone)
            given: dict[str, Value] = {"space": each.space, "made": each.name, "object": name}
            asked = allowed(int(Right.WRITE), self.use)
            yield ModelStep("object_new", {**given, "asked": asked})
            if not each.target:
                yield from goes(each.name, name)

    def _cloned(self, made: _Given, known: list[tuple[int, int, int]]) -> ModelStep:
        source = next(
            name
            for name, word, target in known
            if target == made.target and _allow_the_same(word, made.word)
        )
        given: dict[str, Value] = {"source": source, "space": made.space, "made": made.name}
        weak = is_weak(made.word)
        mask = allowed(rights_of(made.word), self.use)
        return ModelStep("cap_clone", {**given, "mask": mask, "weak": weak})


def _is_space(known: Object) -> bool:
    return isinstance(known.body, CapabilitySpace)


def _allow_the_same(word: int, other: int) -> bool:
    return (type_of(word), rights_of(word), is_weak(word)) == (
        type_of(other),
        rights_of(other),
        is_weak(other),
    )
