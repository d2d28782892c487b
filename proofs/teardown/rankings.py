"""Why every exit completes, for any finite number of threads, groups, processors and objects.

A walk ends: it takes groups from lists, each once, and then members. A thread that was ended stops:
it lets go of what it holds, which becomes less, and it comes to run where it can do so. Where
the interrupt kills, or is not taken amid a call, it does not leave its processor before it stops.
"""

from collections.abc import Sequence

from assay.lang import Ranking, Rankings, Truth, all_of, exists, helps, passing, ranked, set_of
from models.teardown.choices import (
    always_acknowledges,
    checks_on_return,
    ends_members,
    has_one_stack,
    is_like_proposed,
    kills_anywhere,
    walks_recursively,
)
from models.teardown.groups import (
    is_in_walked_list,
    is_walked_member,
    walk_ends,
    walk_ends_thread,
    walk_reaches,
)
from models.teardown.inside import goes_on, releases_reference
from models.teardown.joining import admission_ends
from models.teardown.picking import ended_is_skipped, queue_gives, thread_is_chosen
from models.teardown.processors import (
    continues,
    dies,
    interrupt_kills,
    interrupt_passes,
    slice_ends,
    switch_ends,
)
from models.teardown.progress import (
    every_interrupt_is_taken,
    every_member_stops,
    every_walk_ends,
    who_is_woken_goes_on,
)
from models.teardown.state import (
    Group,
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    has_stopped,
    holds_nothing,
    is_at,
    is_current,
    is_ended_elsewhere,
    is_free,
    model,
    walks,
    works,
)
from spec.design import Design

rankings = Rankings(model)


def _kills(design: Design) -> bool:
    return ends_members(design) and kills_anywhere(design)


def _finishes_calls(design: Design) -> bool:
    return ends_members(design) and checks_on_return(design)


def _has_one_stack(design: Design) -> bool:
    return _finishes_calls(design) and has_one_stack(design)


@rankings.ranking(when=lambda d: not walks_recursively(d))
def a_walk(s: Teardown, walker: Processor) -> Ranking:
    """A walk: groups that it has not come to, members of its lists, groups in its lists."""
    has_members = exists(Thread, lambda t: is_walked_member(s, walker, t))
    has_groups = exists(Group, lambda g: is_in_walked_list(s, walker, g))
    return ranked(
        walks(s, walker),
        rank=(
            set_of(Group, lambda g: ~s.walker[g].holds(walker)),
            set_of(Thread, lambda t: is_walked_member(s, walker, t)),
            set_of(Group, lambda g: is_in_walked_list(s, walker, g)),
        ),
        helpful=(
            helps(walk_ends_thread, lambda processor: (processor == walker) & has_members),
            helps(
                walk_reaches,
                lambda processor: all_of(processor == walker, ~has_members, has_groups),
            ),
            helps(
                walk_ends,
                lambda processor: all_of(processor == walker, ~has_members, ~has_groups),
            ),
        ),
    )


@rankings.proves(every_walk_ends, when=lambda d: not walks_recursively(d))
def the_walk_of_a_group(s: Teardown, group: Group, walker: Processor) -> Ranking:
    """Who has begun to end a group walks."""
    mine = s.walker[group].holds(walker)
    return ranked(mine, helpful=(passing(mine, a_walk(s, walker)),))


@rankings.ranking(when=ends_members)
def a_section(s: Teardown, at: Processor) -> Ranking:
    """A thread in the kernel is amid a section that nothing may interrupt."""
    inside = is_current(s, at) & ~is_free(s, at)
    return ranked(
        inside,
        helpful=(
            passing(inside & walks(s, at), a_walk(s, at)),
            helps(
                admission_ends,
                lambda processor: all_of(processor == at, inside, ~walks(s, at)),
            ),
        ),
    )


def _may_run(s: Teardown) -> Truth:
    """Who was taken from the queue may be run."""
    taken = s.hand.value
    return (~s.killed[taken] | (s.place[taken] == Place.KERNEL)) & (s.life[taken] == Life.READY)


def _switch(s: Teardown, at: Processor, may_run: Truth) -> Ranking:
    """A switch has a stack to leave, a list to walk or the lock of the queue to give back."""
    leaves = s.leaving[at].is_some
    has_lock = s.queue_lock.holds(at)
    return ranked(
        s.switching[at] & (leaves | ~is_free(s, at)),
        rank=(leaves, leaves | (has_lock & may_run)),
        helpful=(
            helps(switch_ends, lambda processor: (processor == at) & leaves),
            passing(all_of(s.switching[at], ~leaves, walks(s, at)), a_walk(s, at)),
            helps(
                thread_is_chosen,
                lambda processor: all_of(processor == at, ~leaves, has_lock, may_run),
            ),
            helps(
                ended_is_skipped,
                lambda processor: all_of(processor == at, ~leaves, has_lock, ~may_run),
            ),
        ),
    )


@rankings.ranking(when=_finishes_calls)
def a_switch(s: Teardown, at: Processor) -> Ranking:
    """A switch is not over: who was ended amid a call may be run once more."""
    return _switch(s, at, _may_run(s))


@rankings.ranking(when=_kills)
def a_switch_from_the_ended(s: Teardown, at: Processor) -> Ranking:
    """A switch is not over: who was ended is not run again."""
    taken = s.hand.value
    return _switch(s, at, ~s.killed[taken] & (s.life[taken] == Life.READY))


def _arrives(
    s: Teardown, at: Processor, goes: Truth, switch: Ranking, rank: Sequence[Truth]
) -> Ranking:
    """A processor that runs a thread is amid a section, or about to go on with it."""
    runs, switches = s.current[at].is_some, s.switching[at]
    return ranked(
        runs & (switches | ~is_free(s, at)),
        rank=(~switches, *rank),
        helpful=(
            passing(runs & ~switches & ~is_free(s, at), a_section(s, at)),
            helps(
                continues,
                lambda processor: all_of(processor == at, runs, switches, goes),
                blocked=lambda processor: switch,
            ),
            helps(
                dies,
                lambda thread: all_of(s.current[at].holds(thread), switches, ~goes),
                blocked=lambda thread: switch,
            ),
        ),
    )


@rankings.ranking(when=_finishes_calls)
def an_arrival(s: Teardown, at: Processor) -> Ranking:
    """No slice can end: who was ended goes on only amid a call or at a wait, and stops else."""
    thread = s.current[at].value
    goes = ~s.killed[thread] | (s.place[thread] != Place.USER)
    return _arrives(s, at, goes, a_switch(s, at), (goes,))


@rankings.ranking(when=_kills)
def an_arrival_of_the_ended(s: Teardown, at: Processor) -> Ranking:
    """No slice can end: who was ended goes on only to where an interrupt finds it."""
    killed = s.killed[s.current[at].value]
    goes = ~killed | s.pending[at] | is_ended_elsewhere(s, at)
    return _arrives(s, at, goes, a_switch_from_the_ended(s, at), (~killed, ~goes))


def _can_take(s: Teardown, at: Processor) -> Truth:
    """The processor, which switches or idles, gets the lock of the queue."""
    looks = s.there[at] & s.current[at].is_none
    return all_of(looks, is_free(s, at), s.queue_lock.is_none)


@rankings.ranking(when=is_like_proposed)
def a_place_in_the_queue(s: Teardown, waiter: Thread, at: Processor) -> Ranking:
    """A thread is queued, and no processor can take it.

    One has the lock of the queue; or this one runs another thread, or walks.
    """
    has_lock, runs = s.queue_lock.is_some, s.current[at].is_some
    return ranked(
        all_of(
            s.queued[waiter],
            s.life[waiter] == Life.READY,
            s.there[at],
            ~exists(Processor, lambda p: _can_take(s, p)),
        ),
        rank=(has_lock, has_lock & _may_run(s), runs),
        helpful=(
            helps(
                thread_is_chosen,
                lambda processor: s.queue_lock.holds(processor) & _may_run(s),
            ),
            helps(
                ended_is_skipped,
                lambda processor: s.queue_lock.holds(processor) & ~_may_run(s),
            ),
            helps(
                slice_ends,
                lambda processor: all_of(processor == at, runs, ~has_lock),
                blocked=lambda processor: an_arrival(s, processor),
            ),
            passing(all_of(~runs, ~has_lock, walks(s, at)), a_walk(s, at)),
        ),
    )


def _has_a_processor(s: Teardown, t: Thread) -> Truth:
    """Who runs does so somewhere, and who is left is left by somebody."""
    is_left = s.life[t].one_of(Life.LIMBO, Life.SETTLING, Life.DYING, Life.STOPPED)
    return all_of(
        (s.life[t] == Life.RUNNING).implies(exists(Processor, lambda p: s.current[p].holds(t))),
        is_left.implies(exists(Processor, lambda p: s.leaving[p].holds(t))),
    )


def _comes_to_run(s: Teardown, ready: Thread, at: Processor, lasts: Truth) -> Ranking:
    """A ready thread is left, queued, taken, and run."""
    life = s.life[ready]
    comes = all_of(
        life.one_of(Life.LIMBO, Life.READY, Life.RUNNING),
        _has_a_processor(s, ready),
        s.there[at],
    )

    def runs(p: Processor) -> Truth:
        return s.current[p].holds(ready)

    return ranked(
        lasts & comes,
        rank=(
            life == Life.LIMBO,
            (life == Life.LIMBO) | s.queued[ready],
            life != Life.RUNNING,
            exists(Processor, lambda p: runs(p) & s.switching[p]),
        ),
        helpful=(
            helps(
                switch_ends,
                lambda processor: s.leaving[processor].holds(ready) & (life == Life.LIMBO),
            ),
            helps(
                queue_gives,
                lambda thread: (thread == ready) & s.queued[ready],
                blocked=lambda thread: a_place_in_the_queue(s, thread, at),
            ),
            helps(
                thread_is_chosen,
                lambda processor: s.queue_lock.holds(processor) & s.hand.holds(ready),
            ),
            helps(
                continues,
                lambda processor: runs(processor) & s.switching[processor],
                blocked=lambda processor: a_switch(s, processor),
            ),
            helps(
                slice_ends,
                lambda processor: runs(processor) & ~s.switching[processor],
                blocked=lambda processor: a_section(s, processor),
            ),
        ),
    )


@rankings.ranking(when=is_like_proposed)
def a_way_to_let_go(s: Teardown, ended: Thread, at: Processor) -> Ranking:
    """A thread that was ended amid kernel code is on its way to where it lets go of something."""
    inside = s.killed[ended] & (s.place[ended] == Place.KERNEL)
    lets_go = exists(Processor, lambda p: s.current[p].holds(ended) & works(s, p))
    return _comes_to_run(s, ended, at, inside & ~lets_go)


@rankings.ranking(when=is_like_proposed)
def a_way_to_go_on(s: Teardown, woken: Thread, at: Processor) -> Ranking:
    """A thread at a wait that is over is on its way to where it goes on."""
    runs = exists(Processor, lambda p: s.current[p].holds(woken) & ~s.switching[p])
    return _comes_to_run(s, woken, at, (s.place[woken] == Place.WAITING) & ~runs)


@rankings.proves(who_is_woken_goes_on, when=is_like_proposed)
def a_wait_that_is_over(s: Teardown, woken: Thread, at: Processor) -> Ranking:
    """A thread at its wait is ready, runs, or is left."""
    return ranked(
        all_of(
            s.place[woken] == Place.WAITING,
            s.life[woken].one_of(Life.LIMBO, Life.READY, Life.RUNNING),
            _has_a_processor(s, woken),
            s.there[at],
        ),
        helpful=(
            helps(
                goes_on,
                lambda thread: thread == woken,
                blocked=lambda thread: a_way_to_go_on(s, woken, at),
            ),
        ),
    )


@rankings.proves(every_interrupt_is_taken, when=checks_on_return)
def an_interrupt(s: Teardown, at: Processor) -> Ranking:
    """User code runs on, and the interrupt can be taken."""
    return ranked(
        s.pending[at] & is_at(s, at, Place.USER),
        helpful=(helps(interrupt_passes, lambda processor: processor == at),),
    )


@rankings.proves(every_member_stops, when=is_like_proposed)
def an_end(s: Teardown, ended: Thread, at: Processor) -> Ranking:
    """A thread that was ended is in user code or at a wait, lets go amid its call, or is left."""
    life, place = s.life[ended], s.place[ended]
    is_left = life.one_of(Life.SETTLING, Life.DYING, Life.STOPPED) | (
        (life == Life.LIMBO) & (place != Place.KERNEL)
    )
    is_outside = ~is_left & (place != Place.KERNEL)
    is_inside = ~is_left & (place == Place.KERNEL)
    return ranked(
        all_of(s.killed[ended], ~has_stopped(s, ended), _has_a_processor(s, ended), s.there[at]),
        rank=(
            ~is_left,
            is_outside,
            set_of(Object, lambda o: s.holds[ended, o]),
        ),
        helpful=(
            helps(switch_ends, lambda processor: s.leaving[processor].holds(ended) & is_left),
            helps(
                slice_ends,
                lambda processor: s.current[processor].holds(ended) & is_outside,
                blocked=lambda processor: an_arrival(s, processor),
            ),
            helps(
                releases_reference,
                lambda thread, object: all_of(thread == ended, is_inside, s.holds[ended, object]),
                blocked=lambda thread, object: a_way_to_let_go(s, ended, at),
            ),
            helps(
                dies,
                lambda thread: all_of(thread == ended, is_inside, holds_nothing(s, ended)),
                blocked=lambda thread: a_way_to_let_go(s, ended, at),
            ),
        ),
    )


@rankings.proves(
    every_interrupt_is_taken, when=lambda d: kills_anywhere(d) and always_acknowledges(d)
)
def an_interrupt_that_kills(s: Teardown, at: Processor) -> Ranking:
    """User code runs on, and the interrupt can be taken; it ends who was ended meanwhile."""
    was_ended = s.killed[s.current[at].value]
    return ranked(
        s.pending[at] & is_at(s, at, Place.USER),
        rank=(~was_ended,),
        helpful=(
            helps(interrupt_passes, lambda processor: (processor == at) & ~was_ended),
            helps(interrupt_kills, lambda processor: (processor == at) & was_ended),
        ),
    )


def _has(s: Teardown, at: Processor, t: Thread) -> Truth:
    """The processor runs the thread, or is on its stack still."""
    return s.current[at].holds(t) | s.leaving[at].holds(t)


@rankings.proves(every_member_stops, when=_kills)
def an_end_anywhere(s: Teardown, ended: Thread, at: Processor) -> Ranking:
    """A thread that was ended is about to run, runs, or is left: wherever it is, it stops then.

    By its own walk, as that is over, unless another's interrupt comes.
    """
    runs = s.current[at].holds(ended)
    comes = runs & s.switching[at]
    walker = s.walker[s.group[ended].value]
    alone = runs & ~s.pending[at] & (walker.is_none | walker.holds(at))
    return ranked(
        all_of(s.killed[ended], ~has_stopped(s, ended), _has(s, at, ended)),
        rank=(runs, alone, all_of(alone, ~comes, walks(s, at))),
        helpful=(
            helps(switch_ends, lambda processor: (processor == at) & ~runs),
            helps(
                dies,
                lambda thread: all_of(thread == ended, comes, alone),
                blocked=lambda thread: a_switch_from_the_ended(s, at),
            ),
            helps(
                slice_ends,
                lambda processor: all_of(processor == at, runs, ~alone),
                blocked=lambda processor: an_arrival_of_the_ended(s, processor),
            ),
            passing(all_of(runs, alone, ~comes), a_section(s, at)),
        ),
    )


@rankings.proves(every_member_stops, when=_has_one_stack)
def an_end_on_one_stack(s: Teardown, ended: Thread, at: Processor) -> Ranking:
    """A thread that was ended is outside of its call, lets go amid it, or is left.

    No interrupt takes the processor from it amid the call.
    """
    runs, place = s.current[at].holds(ended), s.place[ended]
    inside = runs & (place == Place.KERNEL)
    outside = runs & (place != Place.KERNEL)
    return ranked(
        all_of(s.killed[ended], ~has_stopped(s, ended), _has(s, at, ended)),
        rank=(runs, outside, set_of(Object, lambda o: s.holds[ended, o])),
        helpful=(
            helps(switch_ends, lambda processor: (processor == at) & ~runs),
            helps(
                slice_ends,
                lambda processor: (processor == at) & outside,
                blocked=lambda processor: an_arrival(s, processor),
            ),
            helps(
                releases_reference,
                lambda thread, object: all_of(thread == ended, inside, s.holds[ended, object]),
                blocked=lambda thread, object: a_section(s, at),
            ),
            helps(
                dies,
                lambda thread: all_of(thread == ended, inside, holds_nothing(s, ended)),
                blocked=lambda thread: a_section(s, at),
            ),
        ),
    )
