"""Why a ready thread runs or ends, for any finite number of threads and groups."""

from assay.lang import Ranking, Rankings, exists, helps, ranked
from models.thread_groups.progress import who_is_woken_runs
from models.thread_groups.state import (
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    current_runs_on,
    has_ended,
    model,
    runs,
)
from models.thread_groups.threads import slice_ends, thread_runs
from spec.design import Design

rankings = Rankings(model)


def _slices_end(design: Design) -> bool:
    return announced_when_stopped(design) and not current_runs_on(design)


@rankings.ranking(when=_slices_end)
def a_slice(s: Groups) -> Ranking:
    """The processor is taken from whoever runs."""
    return ranked(
        exists(Thread, lambda t: runs(s, t)),
        helpful=(helps(slice_ends, lambda caller: runs(s, caller)),),
    )


@rankings.proves(who_is_woken_runs, when=_slices_end)
def a_turn(s: Groups, ready: Thread) -> Ranking:
    """A ready thread waits for the processor."""
    return ranked(
        (s.life[ready] == Life.READY) & ~has_ended(s, ready),
        helpful=(
            helps(thread_runs, lambda thread: thread == ready, blocked=lambda thread: a_slice(s)),
        ),
    )
