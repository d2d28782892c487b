"""Why the guarantees of delivery are inductive."""

from assay.lang import Claims, Int, Truth, all_of, choose, forall
from models.delivery.state import (
    Delivery,
    Listener,
    Receive,
    Reply,
    Send,
    buffers_spoil,
    calls_spoil,
    loses_replies,
    loses_track,
)
from spec.design import Design

lemmas = Claims(Delivery, Design)


def _tracks(design: Design) -> bool:
    return not loses_track(design)


def _tracks_replies(design: Design) -> bool:
    return not loses_replies(design)


@lemmas.auxiliary(when=_tracks)
def each_send_that_waits_is_owed_one_outcome(s: Delivery) -> Truth:
    """And no other one is owed any."""
    return forall(
        Send,
        lambda x: s.owed_to_sender[x] == choose(s.sends_on[x].is_some, Int.of(1), Int.of(0)),
    )


@lemmas.auxiliary(when=_tracks)
def each_receive_that_waits_is_owed_one_outcome(s: Delivery) -> Truth:
    """As long as anybody listens."""
    return forall(
        Receive,
        lambda r: (
            s.owed_to_receiver[r] == choose(s.receiver[r] != Listener.NOBODY, Int.of(1), Int.of(0))
        ),
    )


@lemmas.auxiliary(when=_tracks_replies)
def each_caller_is_owed_one_answer(s: Delivery) -> Truth:
    """As long as anybody listens."""
    return forall(
        Reply,
        lambda q: (
            s.owed_to_caller[q] == choose(s.caller[q] != Listener.NOBODY, Int.of(1), Int.of(0))
        ),
    )


@lemmas.auxiliary(when=_tracks)
def nobody_waits_for_what_is_over(s: Delivery) -> Truth:
    """Nobody listens for the outcome of what stands in no queue."""
    return all_of(
        forall(Send, lambda x: s.sends_on[x].is_none.implies(s.sender[x] == Listener.NOBODY)),
        forall(
            Receive, lambda r: s.receives_on[r].is_none.implies(s.receiver[r] == Listener.NOBODY)
        ),
    )


@lemmas.auxiliary()
def what_is_over_leaves_nothing(s: Delivery) -> Truth:
    """Nothing is known of what stands in no queue."""
    return all_of(
        forall(Send, lambda x: s.sends_on[x].is_none.implies(~s.calls[x] & ~s.unreadable[x])),
        forall(Receive, lambda r: s.receives_on[r].is_none.implies(~s.again[r] & ~s.unwritable[r])),
    )


@lemmas.auxiliary(when=_tracks_replies)
def what_is_used_leaves_nothing(s: Delivery) -> Truth:
    """Nobody listens for an answer by a reply that is gone."""
    return forall(Reply, lambda q: s.open[q] | (s.caller[q] == Listener.NOBODY))


@lemmas.auxiliary()
def only_pools_receive_again(s: Delivery) -> Truth:
    """A thread receives once."""
    return forall(Receive, lambda r: s.again[r].implies(s.receiver[r] != Listener.THREAD))


@lemmas.auxiliary(when=lambda design: not calls_spoil(design))
def threads_hold_their_messages(s: Delivery) -> Truth:
    """What a thread sends can be read as long as it waits."""
    return forall(Send, lambda x: (s.sender[x] == Listener.THREAD).implies(~s.unreadable[x]))


@lemmas.auxiliary(when=lambda design: not buffers_spoil(design))
def buffers_are_held(s: Delivery) -> Truth:
    """A wait holds the memory that it is about."""
    return all_of(
        forall(Receive, lambda r: ~s.unwritable[r]), forall(Reply, lambda q: ~s.unanswerable[q])
    )
