"""What a kernel step sets off: waits that end, and things that die."""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.delivery.state import ended_waits_stay, loses_replies, loses_track
from proofs.delivery.mapping.seen import POOL, THREAD, Seen
from reference_kernel.state import EventPool, State
from spec.design import Design, DyingObjects

_ENDS_SEND = frozenset(
    {
        "message_is_received",
        "call_is_received",
        "pool_takes_one_and_waits",
        "pool_takes_a_call_and_waits",
        "sender_fails",
        "sender_is_blamed",
    }
)
_ENDS_RECEIVE = frozenset(
    {"message_is_sent", "call_is_sent", "receiver_fails", "receiver_is_removed"}
)
_USES_REPLY = frozenset({"reply_reply", "reply_fails"})
_MAKES_REPLY = frozenset({"call_is_sent", "call_is_received", "pool_takes_a_call_and_waits"})


class Aftermath:
    """The steps from what the main steps left to what is seen afterwards."""

    def __init__(self, design: Design, old: Seen, main: tuple[ModelStep, ...], new: Seen) -> None:
        self.design = design
        self.old, self.new = old, new
        self.stays = ended_waits_stay(design)
        self.done = [step for step in main if step.refused is None]
        self.dropped = [name for name in old.channels if name not in new.channels]

    def steps(self, before: State, after: State) -> Iterator[ModelStep]:
        """Waits that end, memories and pools that die; then channels, and what is forgotten."""
        yield from self._of_sends()
        yield from self._of_receives()
        yield from self._of_replies()
        yield from self._of_pools(before, after)
        for name in self.dropped:
            yield ModelStep("channel_is_dropped", {"channel": name})
        yield from self._forgotten()

    def _ended(self, actions: frozenset[str], parameter: str) -> set[Value]:
        return {step.arguments[parameter] for step in self.done if step.action in actions}

    def _of_sends(self) -> Iterator[ModelStep]:
        ended = self._ended(_ENDS_SEND, "send")
        for name in (*self.old.sends, *(n for n in self.new.sends if n not in self.old.sends)):
            was, now = self.old.sends.get(name), self.new.sends.get(name)
            if name in ended or (was is not None and was.channel in self.dropped):
                continue
            given: dict[str, Value] = {"send": name}
            if now is None:
                yield ModelStep("sender_gives_up", given)
                continue
            listener = was.listener if was is not None else THREAD if now.of_thread else POOL
            if listener != now.listener:
                early = now.of_thread and self.stays
                yield ModelStep("sender_gives_up" if early else "sender_is_gone", given)
            if now.unreadable and not (was is not None and was.unreadable):
                yield ModelStep("message_is_spoilt", given)

    def _of_receives(self) -> Iterator[ModelStep]:
        ended = self._ended(_ENDS_RECEIVE, "receive")
        came = [name for name in self.new.receives if name not in self.old.receives]
        for name in (*self.old.receives, *came):
            was, now = self.old.receives.get(name), self.new.receives.get(name)
            if was is not None and was.channel in self.dropped:
                continue
            given = {"receive": name}
            if now is None:
                if name not in ended:
                    yield ModelStep("receiver_gives_up", given)
                continue
            listener = was.listener if was is not None else THREAD if now.of_thread else POOL
            if listener != now.listener:
                early = now.of_thread and self.stays
                yield ModelStep("receiver_gives_up" if early else "receiver_is_gone", given)
            if now.unwritable and not (was is not None and was.unwritable):
                yield ModelStep("buffer_is_spoilt", given)

    def _of_replies(self) -> Iterator[ModelStep]:
        used = self._ended(_USES_REPLY, "reply")
        listeners = {name: each.listener for name, each in self.old.replies.items()}
        listeners |= {
            int(step.arguments["reply"] or 0): self._asked(step)
            for step in self.done
            if step.action in _MAKES_REPLY
        }
        for name, listener in listeners.items():
            now, given = self.new.replies.get(name), {"reply": name}
            if name in used:
                continue
            if now is None:
                yield ModelStep("reply_is_dropped", given)
                continue
            if listener != now.listener:
                yield ModelStep("caller_gives_up", given)
            known = self.old.replies.get(name)
            if now.unanswerable and not (known is not None and known.unanswerable):
                yield ModelStep("answer_buffer_is_spoilt", given)

    def _asked(self, step: ModelStep) -> Value:
        """Who waits for the answer to the call that was taken."""
        if step.action == "call_is_sent":
            return step.arguments["listener"]
        return self.old.sends[int(step.arguments["send"] or 0)].listener

    def _of_pools(self, before: State, after: State) -> Iterator[ModelStep]:
        for name in sorted(self.old.awaited | self.new.awaited):
            given = {"pool": name}
            if name not in self.old.awaited:
                yield ModelStep("event_pool_await", given)
            elif isinstance(before.body(name), EventPool) and after.body(name) is None:
                yield ModelStep("event_pool_is_dropped", given)
                if name not in self.new.awaited and self._sleeps_on():
                    yield ModelStep("wait_for_events_ends", given)
            elif name not in self.new.awaited:
                yield ModelStep("wait_for_events_ends", given)

    def _sleeps_on(self) -> bool:
        return self.design.dying_objects is DyingObjects.SILENT

    def _forgotten(self) -> Iterator[ModelStep]:
        """As built nothing tells of what ended, however it did."""
        if loses_track(self.design):
            for name in self.old.sends:
                if name not in self.new.sends:
                    yield ModelStep("send_is_forgotten", {"send": name})
            for name in self.old.receives:
                if name not in self.new.receives:
                    yield ModelStep("receive_is_forgotten", {"receive": name})
        if loses_replies(self.design):
            for name in self.old.replies:
                if name not in self.new.replies:
                    yield ModelStep("caller_is_forgotten", {"reply": name})
