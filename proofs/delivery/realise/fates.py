"""What a trace has in store for those who come to wait: who will fail must be made so."""

from assay.traces.trace import TraceValue
from proofs.performing import Later


def fails_to_receive(later: Later, receive: TraceValue) -> bool:
    """The next thing about the receive, but for its listener, is that it fails."""
    return _next(later, "receive", receive, {"receiver_is_gone", "receiver_gives_up"}) == (
        "receiver_fails"
    )


def fails_to_be_answered(later: Later, reply: TraceValue) -> bool:
    """The reply, which is open, will be tried in vain."""
    return _next(later, "reply", reply, {"caller_gives_up"}) == "reply_fails"


def dies_unread(later: Later, send: TraceValue) -> bool:
    """The next thing about the send, but for its listener, is that its message dies."""
    return _next(later, "send", send, {"sender_is_gone"}) == "message_is_spoilt"


def reply_of(later: Later, send: TraceValue) -> tuple[TraceValue, int] | None:
    """The reply that the send will leave, and where; None where it will leave none."""
    for at, decision in enumerate(later):
        given = dict(decision.arguments)
        if given.get("send") == send and "reply" in given:
            return given["reply"], at
        if given.get("send") == send and decision.name == "sender_waits":
            return None
    return None


def _next(later: Later, parameter: str, name: TraceValue, passing: set[str]) -> str:
    for decision in later:
        if dict(decision.arguments).get(parameter) == name and decision.name not in passing:
            return decision.name
    return ""
