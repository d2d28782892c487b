"""Whether somebody was told who should be: a step that nothing shows is none.

That a wait is over shows in its thread, and news to a pool in the pool, which has an event more or
misses one.
"""

from assay.engines.kernel import ModelStep
from models.delivery.state import blames_queued, dying_is_silent
from proofs.delivery.mapping.seen import Seen, is_waiting
from reference_kernel.guarantees.pool_events import pools_given_amid
from reference_kernel.parties import Listener, ListeningPool, WaitingThread
from reference_kernel.state import State
from spec.design import Design


class News:
    """What a kernel step told to those who listened before it."""

    def __init__(self, design: Design, before: State, old: Seen, after: State) -> None:
        self.design = design
        self.before, self.after = before, after
        self.old = old

    def shows(self, step: ModelStep) -> bool:
        """Whether all were told whom the step tells."""
        if step.refused is not None:
            return True
        return all(map(self._was_told, self._listeners(step)))

    def _listeners(self, step: ModelStep) -> list[Listener | None]:
        """Who is told in the step, whatever else is."""
        quiet = dying_is_silent(self.design)
        name = int(next(iter(step.arguments.values())) or 0)
        match step.action:
            case "receiver_fails" if not blames_queued(self.design):
                return [self.old.receives[name].told]
            case "sender_fails" if not blames_queued(self.design):
                return [self.old.sends[name].told]
            case "message_is_received" | "pool_takes_one_and_waits":
                return self._who_cannot_miss([self.old.sends[name].told])
            case "reply_reply":
                return [self.old.replies[name].told]
            case "reply_is_dropped" if not quiet and name in self.old.replies:
                return self._who_cannot_miss([self.old.replies[name].told])
            case "channel_is_dropped" if not quiet:
                return self._who_cannot_miss(self._parties(name))
            case _:
                return []

    def _parties(self, channel: int) -> list[Listener | None]:
        sends = [each.told for each in self.old.sends.values() if each.channel == channel]
        receives = [each.told for each in self.old.receives.values() if each.channel == channel]
        return sends + receives

    def _who_cannot_miss(self, listeners: list[Listener | None]) -> list[Listener | None]:
        """A pool may have no room for news, and as built nobody learns that it missed some."""
        if not blames_queued(self.design):
            return listeners
        return [each for each in listeners if not isinstance(each, ListeningPool)]

    def _was_told(self, listener: Listener | None) -> bool:
        match listener:
            case WaitingThread():
                return not is_waiting(self.after, listener)
            case ListeningPool(pool=pool):
                told = self.after.body(pool)
                given = pool in pools_given_amid(self.before)
                return told is None or told is not self.before.body(pool) or given
            case None:
                return True
