"""Why a ready thread runs or ends, for any finite number of threads and processors."""

from assay.lang import Ranking, Rankings, all_of, exists, helps, ranked
from models.waking.progress import who_is_woken_runs
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Waking,
    grows,
    has_handshake,
    is_left,
    is_picked,
    looks_for_a_thread,
    model,
)
from models.waking.switching import picks, slice_ends, switch_ends, switches
from spec.design import Design

rankings = Rankings(model)


def _has_room(design: Design) -> bool:
    return has_handshake(design) and not grows(design)


@rankings.ranking(when=_has_room)
def a_turn_of_a_processor(s: Waking, at: Processor) -> Ranking:
    """The processor switches, then it runs a thread or idles, and then its slice ends."""
    phase = s.phase[at]
    return ranked(
        ~looks_for_a_thread(s, at),
        rank=(phase == Phase.PICKED, phase != Phase.RUNS),
        helpful=(
            helps(switches, lambda processor: (processor == at) & (phase == Phase.PICKED)),
            helps(switch_ends, lambda processor: (processor == at) & (phase == Phase.LEAVES)),
            helps(slice_ends, lambda processor: (processor == at) & (phase == Phase.RUNS)),
        ),
    )


@rankings.proves(who_is_woken_runs, when=_has_room)
def a_way_to_a_processor(s: Waking, ready: Thread, at: Processor) -> Ranking:
    """A ready thread is left, queued, and picked."""
    leaves = exists(Processor, lambda p: is_left(s, p, ready))
    picks_it = exists(Processor, lambda p: is_picked(s, p, ready))
    return ranked(
        all_of(
            s.status[ready] == Status.READY,
            s.gets_in[ready].implies(leaves),
            s.picked[ready].implies(picks_it),
        ),
        rank=(s.gets_in[ready], s.gets_in[ready] | s.queued[ready]),
        helpful=(
            helps(
                switch_ends,
                lambda processor: is_left(s, processor, ready) & s.gets_in[ready],
            ),
            helps(
                picks,
                lambda thread: (thread == ready) & s.queued[ready],
                blocked=lambda thread: a_turn_of_a_processor(s, at),
            ),
            helps(switches, lambda processor: is_picked(s, processor, ready)),
        ),
    )
