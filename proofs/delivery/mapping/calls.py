"""Which steps of the model a call about channels or replies is.

A call tries those who wait, the first one first: each that fails is a step, and so is the one with
which it succeeds. Who was tried shows in who is left.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.delivery.state import blames_queued, takes_one_then_waits
from proofs.delivery.mapping.evidence import has_message, is_woken, pool_has_message
from proofs.delivery.mapping.going import delivers, is_being_answered
from proofs.delivery.mapping.seen import NOBODY_LISTENS, POOL, THREAD, Received, Seen, Sent, alike
from proofs.mappings.mapping.sections import found
from reference_kernel.events import CallMade
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Blocked, Ok, Outcome, Refused
from reference_kernel.parties import ListeningPool, WaitingThread
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NOTHING, CapabilitySpace, Reply, State, Thread, ThreadState, Woke
from spec.design import Design
from spec.options import HandleEventAsync
from spec.syscalls import BY_NUMBER

_P = TypeVar("_P", Sent, Received)
Steps = list[ModelStep]
SENDS = frozenset(
    {
        "channel_try_send",
        "channel_sync_send",
        "channel_async_send",
        "channel_sync_call",
        "channel_async_call",
    }
)
RECEIVES = frozenset({"channel_try_recv", "channel_sync_recv", "channel_async_recv"})
REMOVES = "channel_remove_listener"
_FIRST, _POOL_AT = 0, 1
_BLOCK_WHEN_DONE = "channel_sync_call"
_CALLS = frozenset({"channel_sync_call", "channel_async_call"})
_NOBODY_ANSWERED = frozenset({"caller_waits_no_more", "caller_space_dead", "caller_buffer_dead"})
REFUSALS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **{name: frozenset({"channel_dead"}) for name in SENDS | RECEIVES},
        "reply_reply": frozenset({"reply_used"}),
    }
)
"""The refusals that the model always speaks of; the others are about capabilities, or nobody."""


def _left(channel: int, old: Mapping[int, _P], new: Mapping[int, _P]) -> list[int]:
    """What left the channel's queue, in the order in which it stood there.

    Of those that nothing tells apart the last ones miss, though the first ones were tried.
    """
    missing = [n for n, each in old.items() if each.channel == channel and n not in new]
    found: list[int] = []
    for name in old:
        same = [each for each in missing if alike(each) == alike(name)]
        if same:
            found.append(same[0])
            missing.remove(same[0])
    return found


def _came(channel: int, old: Mapping[int, _P], new: Mapping[int, _P]) -> list[int]:
    return [n for n, each in new.items() if each.channel == channel and n not in old]


class Called:
    """A call, with what the model saw before and sees after."""

    def __init__(
        self,
        design: Design,
        states: tuple[State, State],
        event: CallMade,
        views: tuple[Seen, Seen],
        going: Rest | None,
    ) -> None:
        self.design = design
        self.going = going
        self.before, self.after = states
        self.event = event
        self.old, self.new = views
        known = BY_NUMBER.get(event.number)
        self.name = "" if known is None else known.name

    def steps(self, outcome: Outcome) -> tuple[ModelStep, ...]:
        """The steps that the call is, before what it sets off."""
        return tuple(self._steps(outcome))

    def _steps(self, outcome: Outcome) -> Steps:
        if isinstance(outcome, Refused) and outcome.refusal in REFUSALS.get(self.name, ()):
            amid = self.name == "reply_reply" and self._is_being_answered()
            return [] if amid else [self._refused(outcome.refusal)]
        if self.name in SENDS:
            return self._send(outcome)
        if self.name in RECEIVES:
            return self._receive(outcome)
        if self.name == "reply_reply":
            return self._reply(outcome)
        if self.name == REMOVES:
            left = _left(self._named(_FIRST), self.old.receives, self.new.receives)
            return [ModelStep("receiver_is_removed", {"receive": name}) for name in left]
        return []

    def _is_being_answered(self) -> bool:
        """Whether another processor has begun to answer, which to the model has not happened."""
        return is_being_answered(self.before, self._named(_FIRST))

    @property
    def _in_sections(self) -> bool:
        return self.before.machine.grain is Grain.SECTIONS

    def _named(self, at: int) -> int:
        """The object, dead or alive, that the capability names, or named when it was looked up."""
        known = found(self.before, self.event, at)
        if known is not None:
            return known
        caller = self.before.body(self.event.thread)
        assert isinstance(caller, Thread), self.event
        space = self.before.body(caller.capability_space)
        assert isinstance(space, CapabilitySpace), self.event
        return space.entries.get(self.event.arguments[at], NOTHING)

    def _refused(self, refusal: str) -> ModelStep:
        if self.name == "reply_reply":
            return ModelStep("reply_reply", {"reply": self._named(_FIRST)}, refusal)
        given: dict[str, Value] = {"channel": self._named(_FIRST), "listener": THREAD}
        if self.name in SENDS:
            given |= {"send": NOTHING, "calls": self.name in _CALLS}
            return ModelStep("sender_waits", given, refusal)
        given |= {"receive": NOTHING, "again": False}
        return ModelStep("receiver_waits", given, refusal)

    def _send(self, outcome: Outcome) -> Steps:
        """Receivers that fail; then one has the message, or the send waits."""
        channel = self._named(_FIRST)
        left = _left(channel, self.old.receives, self.new.receives)
        came = _came(channel, self.old.sends, self.new.sends)
        done = not came and isinstance(outcome, Blocked if self.name == _BLOCK_WHEN_DONE else Ok)
        if self._in_sections:
            done = self.going is not None and self.going.section is Section.HANDS_OVER
        replies = self._new_replies()
        if self.name in _CALLS:
            done = done and bool(replies)
        taker = self._taker(left) if done else None
        steps = [ModelStep("receiver_fails", {"receive": name}) for name in left if name != taker]
        if taker is not None:
            steps.append(self._is_sent(taker, replies))
        for name in came:
            sent = self.new.sends[name]
            listener = THREAD if sent.of_thread else POOL
            given: dict[str, Value] = {"channel": sent.channel, "send": name, "listener": listener}
            given["calls"] = sent.calls
            steps.append(ModelStep("sender_waits", given))
        return steps

    def _taker(self, left: list[int]) -> int | None:
        """Who has the message: the last that left, or one that wants every message."""
        stayed = [
            name
            for name, each in self.new.receives.items()
            if each.again and each.channel == self._named(_FIRST)
        ]
        tried = [*left[-1:], *stayed[-1:]]
        return next((name for name in tried if self._has_message(name, left)), None)

    def _has_message(self, name: int, left: list[int]) -> bool:
        if self._in_sections:
            return name in self.old.receives and self._is_handed(self.old.receives[name])
        told = self.old.receives[name].told
        pools = [self._pool(each) for each in left if each != name]
        failures = 0 if blames_queued(self.design) else pools.count(self._pool(name))
        return has_message(self.before, told, self.after, failures)

    def _is_handed(self, receive: Received) -> bool:
        """Whether a thread wakes with the message, or has stopped; a pool had it a section ago."""
        told = receive.told
        if not isinstance(told, WaitingThread):
            return True
        body = self.after.body(told.thread)
        has_stopped = isinstance(body, Thread) and body.state is ThreadState.DEAD
        return has_stopped or is_woken(self.after, told.thread, Woke.MESSAGE_RECEIVED)

    def _pool(self, name: int) -> int:
        told = self.old.receives[name].told
        return told.pool if isinstance(told, ListeningPool) else NOTHING

    def _is_sent(self, taker: int, replies: list[int]) -> ModelStep:
        if self.name not in _CALLS:
            return ModelStep("message_is_sent", {"receive": taker})
        listener = THREAD if self.name == _BLOCK_WHEN_DONE else POOL
        given: dict[str, Value] = {"receive": taker, "reply": replies[0], "listener": listener}
        return ModelStep("call_is_sent", given)

    def _new_replies(self) -> list[int]:
        """Replies that can be used from this step on, in the order in which they were made."""
        return sorted(name for name in self.new.replies if name not in self.old.replies)

    def _receive(self, outcome: Outcome) -> Steps:
        """Senders that fail, and those whose message is taken; then the receive waits, or not."""
        channel = self._named(_FIRST)
        left = _left(channel, self.old.sends, self.new.sends)
        came = _came(channel, self.old.receives, self.new.receives)
        taken = self._taken(left, came, outcome)
        replies = iter(self._new_replies())
        beside = came[:1] if taken and came and takes_one_then_waits(self.design) else []
        steps = [
            self._is_taken(name, replies, beside) if name in taken else self._fails(name)
            for name in left
        ]
        return [*steps, *(self._waits(name) for name in came if name not in beside)]

    def _taken(self, left: list[int], came: list[int], outcome: Outcome) -> list[int]:
        """The sends whose message was taken: the last, all that can be read, or none."""
        if self._in_sections:
            return left[-1:] if delivers(self.going) else []
        if not isinstance(outcome, Ok) or not left:
            return []
        again = bool(self.event.options & HandleEventAsync.AUTO_REQUE)
        if self.name != "channel_async_recv" or not again:
            return [] if came else left[-1:]
        if not pool_has_message(self.before, self._named(_POOL_AT), self.after):
            return []
        if takes_one_then_waits(self.design):
            return left[-1:]
        return [name for name in left if self._is_in(self.old.sends[name])]

    def _is_in(self, send: Sent) -> bool:
        """Whether the message is one of those that the pool took."""
        if send.calls:
            made = (self.after.body(name) for name in self._new_replies())
            return any(isinstance(b, Reply) and b.caller.listener == send.told for b in made)
        if isinstance(send.told, WaitingThread) and send.listener == THREAD:
            return is_woken(self.after, send.told.thread, Woke.MESSAGE_SENT)
        return not send.unreadable

    def _is_taken(self, name: int, replies: Iterator[int], beside: list[int]) -> ModelStep:
        send = self.old.sends[name]
        given: dict[str, Value] = {"send": name}
        if send.calls:
            given["reply"] = next(replies, NOTHING)
        if not beside:
            return ModelStep("call_is_received" if send.calls else "message_is_received", given)
        given["receive"] = beside[0]
        action = "pool_takes_a_call_and_waits" if send.calls else "pool_takes_one_and_waits"
        return ModelStep(action, given)

    def _fails(self, name: int) -> ModelStep:
        action = "sender_fails" if self.old.sends[name].unreadable else "sender_is_blamed"
        return ModelStep(action, {"send": name})

    def _waits(self, name: int) -> ModelStep:
        receive = self.new.receives[name]
        given: dict[str, Value] = {"channel": receive.channel, "receive": name}
        given["again"] = receive.again
        given["listener"] = THREAD if receive.of_thread else POOL
        return ModelStep("receiver_waits", given)

    def _reply(self, outcome: Outcome) -> Steps:
        """The answer, or what became of the reply where it could not be given."""
        reply = self._named(_FIRST)
        if isinstance(outcome, Ok):
            return [ModelStep("reply_reply", {"reply": reply})]
        if not isinstance(outcome, Refused) or reply not in self.old.replies:
            return []
        if reply not in self.new.replies:
            return [ModelStep("reply_fails", {"reply": reply})]
        listens = self.old.replies[reply].listener != NOBODY_LISTENS
        if outcome.refusal in _NOBODY_ANSWERED and not listens:
            return [ModelStep("reply_reply", {"reply": reply}, "caller_waits_no_more")]
        return []


def is_seen(event: CallMade, outcome: Outcome) -> bool:
    """Whether the model always speaks of the call, or of the refusal that it gave."""
    known = BY_NUMBER.get(event.number)
    name = "" if known is None else known.name
    if isinstance(outcome, Refused):
        return outcome.refusal in REFUSALS.get(name, ())
    if name in SENDS | RECEIVES:
        return isinstance(outcome, Ok)
    return name in ("reply_reply", REMOVES)
