"""The model's steps of one call: its look-ups in the order of its table, then what it does.

What a call makes is named before it is made: the kernel gives out serials and objects in order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.capability_lifetimes.state import Allows
from proofs.capability_lifetimes.mapping.names import NOBODY, allowed, id_of, id_of_word, space_of
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Blocked, Outcome, Refused
from reference_kernel.state import State, Thread
from spec.call import Argument, Call
from spec.design import CreatedRights, Design, Move, ReplyBufferRight, UpgradeRight
from spec.errors import Error
from spec.ids import ObjectType, is_weak, rights_of, type_of
from spec.options import CapClone, CapDestroy, ThreadNew, created_rights
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls import BY_NUMBER, CALLS

_ALL_RIGHTS = int(ALL_RIGHTS)
_ASKING = frozenset({"key_new", "channel_new"})
_MADE = MappingProxyType(
    {
        "key_new": ObjectType.KEY,
        "channel_new": ObjectType.CHANNEL,
        "memory_new": ObjectType.MEMORY,
        "event_pool_new": ObjectType.EVENT_POOL,
        "memory_clone": ObjectType.MEMORY,
        "mmio_allocator_alloc": ObjectType.PHYS_MEM,
        "address_space_new": ObjectType.ADDRESS_SPACE,
        "thread_group_new": ObjectType.THREAD_GROUP,
    }
)
_ADDRESS_SPACE_AT = 2
_SPACE_AT = 3
_MAPS = frozenset({"memory_map", "event_pool_map"})
_MAPPED_AT = 1
_MESSAGE_AT = 1
_UNKNOWN = ("cap_malformed", "cap_untabled", "cap_unknown")


@dataclass(frozen=True, slots=True)
class Lookup:
    """An argument that a call looks up, and the places of its refusals in the call's order."""

    at: int
    argument: Argument
    refusals: range

    def lacking(self, event: CallMade) -> int:
        """The rights that the call asks for and the id does not have."""
        return self.argument.rights_asked(event.options) & ~rights_of(event.arguments[self.at])

    def is_asked(self, event: CallMade) -> bool:
        """Whether the option bits of the call let it look at the argument."""
        argument = self.argument
        wanted = not argument.only or event.options & argument.only
        return bool(wanted) and not event.options & argument.unless


def _lookups(call: Call) -> tuple[Lookup, ...]:
    order = {refusal.name: place for place, refusal in enumerate(call.refusals)}
    found = (
        Lookup(
            at,
            argument,
            range(order[f"{argument.name}_malformed"], order[f"{argument.name}_dead"] + 1),
        )
        for at, argument in enumerate(call.arguments)
        if argument.type is not None
    )
    return tuple(sorted(found, key=lambda lookup: lookup.refusals.start))


LOOKUPS: Mapping[int, tuple[Lookup, ...]] = MappingProxyType(
    {call.number: _lookups(call) for call in CALLS}
)
_PLACES: Mapping[int, Mapping[str, int]] = MappingProxyType(
    {
        call.number: {refusal.name: place for place, refusal in enumerate(call.refusals)}
        for call in CALLS
    }
)


def place(event: CallMade, outcome: Outcome) -> int:
    """Where in the order of its refusals the call ended; past the end where none stopped it."""
    places = _PLACES[event.number]
    return places.get(outcome.refusal, len(places)) if isinstance(outcome, Refused) else len(places)


def is_in_use(event: CallMade, outcome: Outcome) -> bool:
    """Whether the kernel of that design has the call."""
    unknown = isinstance(outcome, Refused) and outcome.error is Error.INVL_SYSCALL
    return event.number in BY_NUMBER and not unknown


class Called:
    """A call in use, seen from the state before it."""

    def __init__(self, design: Design, before: State, event: CallMade, use: int) -> None:
        thread = before.body(event.thread)
        assert isinstance(thread, Thread), event
        self.design = design
        self.before = before
        self.event = event
        self.use = use
        self.name = BY_NUMBER[event.number].name
        self.thread = thread
        self.space = thread.capability_space

    def steps(self, outcome: Outcome, message: Iterator[ModelStep]) -> Iterator[ModelStep]:
        """The look-ups up to the one that refuses, and what the call does or refuses then.

        `message` are the steps of what messages brought meanwhile, whether it was refused or not.
        """
        ended = place(self.event, outcome)
        after = isinstance(outcome, Refused) and outcome.after
        for lookup in LOOKUPS[self.event.number]:
            if lookup.is_asked(self.event) and lookup.refusals.start <= ended:
                if ended in lookup.refusals:
                    yield from self._refused(lookup, ended - lookup.refusals.start, after=after)
                    return
                yield self._used(lookup, None)
        yield from message
        if isinstance(outcome, Refused):
            yield from self._declined(outcome)
        elif not isinstance(outcome, Blocked):
            yield from self._done()

    def _refused(self, lookup: Lookup, why: int, *, after: bool) -> Iterator[ModelStep]:
        """Malformed and unknown ids name nothing; a right that is not USE is not seen to lack."""
        match why:
            case 0 | 1:
                given: dict[str, Value] = {"capability": NOBODY, "needed": 0}
                yield ModelStep("capability_is_used", given, "unknown")
            case 2:
                if self._asked(lookup) & ~self._rights(lookup) & self.use:
                    yield self._used(lookup, "lacks_right")
            case _:
                used = self._used(lookup, "dead")
                yield ModelStep("dead_weak_goes", used.arguments) if after else used

    def _used(self, lookup: Lookup, refused: str | None) -> ModelStep:
        given: dict[str, Value] = {
            "capability": self._id(lookup.at),
            "needed": self._needed(lookup),
        }
        return ModelStep("capability_is_used", given, refused)

    def _needed(self, lookup: Lookup) -> int:
        return allowed(self._asked(lookup), self.use)

    def _asked(self, lookup: Lookup) -> int:
        """The rights that the call asks for, in this design."""
        reads = self.design.reply_buffer_right is ReplyBufferRight.READ
        if self.name == "reply_reply" and lookup.at == _MESSAGE_AT and reads:
            return Right.READ
        return lookup.argument.rights_asked(self.event.options)

    def _rights(self, lookup: Lookup) -> int:
        return rights_of(self.event.arguments[lookup.at])

    def _id(self, at: int) -> int:
        return id_of_word(self.space, self.event.arguments[at])

    def _named(self, at: int, own: int) -> int:
        """The space that an argument names, or the caller's own."""
        if self.event.options & own:
            return self.space
        return space_of(self.before, self.space).entries.get(self.event.arguments[at], NOBODY)

    def _declined(self, outcome: Refused) -> Iterator[ModelStep]:
        """A refusal of the call's own."""
        match self.name, outcome.refusal:
            case "cap_clone", refusal if refusal.startswith("cap_"):
                if outcome.after:
                    checked = self.design.upgrade_right is UpgradeRight.CHECKED
                    needed = Allows.UPGRADE if checked else Allows(0)
                    gone = {"capability": self._source(), "needed": int(needed)}
                    yield ModelStep("dead_weak_goes", gone)
                else:
                    unknown = refusal in _UNKNOWN
                    source = NOBODY if unknown else self._source()
                    made: Mapping[str, Value] = {"space": NOBODY, "made": NOBODY, "mask": 0}
                    weak = refusal == "cap_would_be_weak"
                    given = {"source": source, **made, "weak": weak}
                    why = "cap_unknown" if unknown else refusal
                    yield ModelStep(self._cloning(), given, "dead" if why == "cap_dead" else why)
            case "cap_destroy", refusal if refusal in _UNKNOWN:
                yield ModelStep("cap_destroy", {"capability": NOBODY}, "cap_unknown")
            case "thread_new", "address_space_lacks_upgrade":
                yield self._holder_comes(_ADDRESS_SPACE_AT, "lacks_upgrade")
            case "thread_new", "cap_space_lacks_upgrade":
                yield self._holder_comes(_SPACE_AT, "lacks_upgrade")
            case name, refusal if name in _MAPS and refusal.endswith("_lacks_upgrade"):
                yield self._holder_comes(_MAPPED_AT, "lacks_upgrade")
            case _:
                pass

    def _done(self) -> Iterator[ModelStep]:
        """What the call does where nothing refuses it."""
        match self.name:
            case "cap_clone":
                yield from self._cloned()
            case "reply_reply":
                yield ModelStep("cap_destroy", {"capability": self._id(0)})
            case "cap_destroy":
                space = self._named(0, CapDestroy.CSPACE_SELF)
                gone = {"capability": id_of_word(space, self.event.arguments[1])}
                yield ModelStep("cap_destroy", gone)
            case "thread_new":
                yield from self._thread_made()
            case "drop_check_new":
                receiver, check = self.before.next_object, self.before.next_object + 1
                yield self._made(ObjectType.DROP_CHECK, check)
                yield self._made(ObjectType.DROP_CHECK_RECIEVER, receiver)
                held = self._next_id(self.space, ObjectType.DROP_CHECK_RECIEVER)
                yield ModelStep("holder_comes", {"capability": held, "shared": False})
            case name if name in _MAPS:
                yield self._holder_comes(_MAPPED_AT, None)
            case name if name in _MADE:
                yield self._made(_MADE[name], self.before.next_object)
            case _:
                pass

    def _cloning(self) -> str:
        return "cap_move" if self.event.options & CapClone.DESTROY_SRC_CAP else "cap_clone"

    def _source(self) -> int:
        space = self._named(1, CapClone.SRC_CSPACE_SELF)
        return id_of_word(space, self.event.arguments[2])

    def _cloned(self) -> Iterator[ModelStep]:
        options, word = self.event.options, self.event.arguments[2]
        space = self._named(0, CapClone.DST_CSPACE_SELF)
        made = self._next_id(space, type_of(word))
        weak = is_weak(word)
        if options & CapClone.CHANGE_CAP_WEAKNESS:
            weak = bool(options & CapClone.MAKE_WEAK)
        given: dict[str, Value] = {
            "source": self._source(),
            "space": space,
            "made": made,
            "mask": allowed(options & _ALL_RIGHTS, self.use),
            "weak": weak,
        }
        yield ModelStep(self._cloning(), given)
        two_halves = self.design.move is Move.INSERT_THEN_REMOVE
        if two_halves and options & CapClone.DESTROY_SRC_CAP:
            yield ModelStep("cap_move_ends", {"made": made})

    def _next_id(self, space: int, kind: int) -> int:
        return id_of(space, kind, space_of(self.before, space).next_serial[kind])

    def _made(self, kind: ObjectType, name: int) -> ModelStep:
        given: dict[str, Value] = {
            "space": self.space,
            "made": self._next_id(self.space, kind),
            "object": name,
        }
        options = self.event.options
        if self.name in _ASKING:
            given["asked"] = allowed(options & _ALL_RIGHTS, self.use)
        elif self.design.created_rights is CreatedRights.OPTION:
            given["asked"] = allowed(created_rights(options), self.use)
        else:
            return ModelStep("object_new_with_all_rights", given)
        return ModelStep("object_new", given)

    def _thread_made(self) -> Iterator[ModelStep]:
        yield self._holder_comes(_ADDRESS_SPACE_AT, None)
        thread = self.before.next_object
        if self.event.options & ThreadNew.CREATE_CAPABILITY_SPACE:
            yield self._weakly_made(ObjectType.CAPABILITY_SPACE, thread)
            thread += 1
        else:
            yield self._holder_comes(_SPACE_AT, None)
        yield self._weakly_made(ObjectType.THREAD, thread)

    def _holder_comes(self, at: int, refused: str | None) -> ModelStep:
        shared = self._target(at) in (self.thread.address_space, self.space)
        given: dict[str, Value] = {"capability": self._id(at), "shared": shared}
        return ModelStep("holder_comes", given, refused)

    def _target(self, at: int) -> int:
        """What the argument names."""
        return space_of(self.before, self.space).entries[self.event.arguments[at]]

    def _weakly_made(self, kind: ObjectType, name: int) -> ModelStep:
        given: dict[str, Value] = {
            "space": self.space,
            "made": self._next_id(self.space, kind),
            "object": name,
            "is_space": kind is ObjectType.CAPABILITY_SPACE,
        }
        if self.design.created_rights is CreatedRights.FIXED_ALL:
            return ModelStep("thread_new_with_weak_rights", given)
        given["asked"] = allowed(created_rights(self.event.options), self.use)
        return ModelStep("thread_new", given)
