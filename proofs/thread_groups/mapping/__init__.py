"""The kernel seen through the model of thread groups: `MAPPING`.

A kernel step is a call, a page fault that ends its thread, the timer or a timeout, then what that
set off: groups and threads that lose their last capability, sleepers that wake, and the choice of
the thread that runs next. The model speaks of one processor.
"""

from collections.abc import Mapping

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from proofs.thread_groups.mapping import aftermath, calls
from proofs.thread_groups.mapping.seen import Seen, seen, seen_after, thread
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.outcomes import Deadlock, Ended, Outcome, Panic
from reference_kernel.state import NOTHING, State
from spec.design import Design


class GroupsMapping:
    """Threads and groups of the kernel as the model's; the last two states seen are kept."""

    modes = (WHOLE,)

    def __init__(self) -> None:
        self._recent: Recent[Seen] = Recent()

    def _seen(self, state: State) -> Seen:
        known, last = self._recent.of(state), self._recent.newest
        if known is not None:
            return known
        return self._recent.keep(state, seen(state) if last is None else seen_after(last, state))

    def state(self, _design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._seen(state).tables

    def whole(self, _design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        return seen(state).tables

    def universe(self, _design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The threads and groups that are not in normal form."""
        return self._seen(state).universe()

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is."""
        if isinstance(outcome, Panic | Deadlock):
            return ()
        main: tuple[ModelStep, ...] = ()
        leaves = False
        match event:
            case CallMade():
                main, leaves = calls.main_step(design, before, event, outcome)
            case TimerTick() if before.current != NOTHING:
                step = ModelStep("slice_ends", {"caller": thread(before.current)})
                main, leaves = calls.leaving(design, before, step), True
            case TimeoutFires(thread=name):
                main = (ModelStep("timeout_fires", {"thread": thread(name)}),)
            case UserReads(thread=name) | UserWrites(thread=name) if isinstance(outcome, Ended):
                step = ModelStep("thread_destroy_self", {"caller": thread(name)})
                main, leaves = calls.leaving(design, before, step), True
            case SwitchEnds() | TimerTick() | ExitInterrupt() | CallReturns():
                pass
            case ShootdownInterrupt() | CallContinues() | MemoryRunsOut() | MemoryIsBack():
                pass
            case UserReads() | UserWrites():
                pass
        return aftermath.steps(design, before, main, after, leaves=leaves)

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        The end of a wait, since who waits is seen when it wakes; a tick with nobody to run; calls
        about other objects, and refusals that are about capabilities; the end of the kernel.
        """
        match event:
            case _ if isinstance(outcome, Panic | Deadlock):
                return True
            case CallMade():
                return not calls.is_seen(event, outcome)
            case TimeoutFires():
                return False
            case UserReads() | UserWrites():
                return not isinstance(outcome, Ended)
            case TimerTick() | ExitInterrupt() | SwitchEnds() | CallReturns():
                return True
            case ShootdownInterrupt() | CallContinues() | MemoryRunsOut() | MemoryIsBack():
                return True


MAPPING = GroupsMapping()
