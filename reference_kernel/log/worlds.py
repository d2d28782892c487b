"""What may be the case after some lines of a log: a state of the kernel, and what is open in it.

A hidden input is chosen when a line needs it: until then a world stands for all of its choices.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from immutables import Map

from reference_kernel.changing import replace
from reference_kernel.draft import Draft, Unseen
from reference_kernel.entries import remove
from reference_kernel.events import CallMade
from reference_kernel.log.doubts import Doubt, parted
from reference_kernel.log.habits import Habits
from reference_kernel.outcomes import Blocked, Outcome, Refused
from reference_kernel.references import drain
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread
from reference_kernel.step import has_timeout, observed, step
from spec.design import Design, WeakAutoDestroy
from spec.errors import Error
from spec.options import WEAK_AUTO_DESTROY
from spec.syscalls import BY_NAME

_SUSPEND = BY_NAME["thread_suspend"].number
AUTO_DESTROY = "weak auto destroy bit"


@dataclass(frozen=True, slots=True)
class Choice:
    """A hidden input that was chosen: what it is, the line it was for, and how."""

    kind: str
    line: int
    value: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """A dead weak capability of a space that a call with a hidden bit 31 may have destroyed."""

    space: int
    word: int
    line: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that its thread has told of, and not printed: made, and what it gave once it has.

    `line` is that of its `#raw` line, or of the line that it was guessed from.
    """

    thread: int
    line: int
    made: CallMade
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class World:
    """A state of the kernel, and what of the log is open in it.

    `unsure` are capabilities that may be gone, `doubts` what else may be in the state. `told` are
    calls whose words a log gave and that have not entered the kernel, `printing` those that have
    left it and not printed their line. `names` pairs the numbers that a log gives to threads with
    the threads. `sleepers` are threads that began to wait for a limited time, some of them no more.
    `mail` says how many capabilities may have come in messages without anybody knowing it;
    `unnamed` are space, type and serial of ids that some of them must have got. `last` is who
    printed the last line, where that is not the running thread; `habits` say how often calls from
    each space named an id. `threads` has the space of each thread, living or gone, that is not
    known to wait, or to have died, in a call by which it may send or listen.
    """

    state: State
    unsure: tuple[Unsure, ...] = ()
    told: tuple[Begun, ...] = ()
    printing: tuple[Begun, ...] = ()
    names: tuple[tuple[int, int], ...] = ()
    sleepers: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    mail: tuple[Unseen, ...] = ()
    unnamed: tuple[tuple[int, int, int], ...] = ()
    last: int = field(default=NOTHING, compare=False)
    habits: Habits = field(default=Habits(), compare=False)
    threads: Map[int, int] = field(default=Map(), compare=False)

    def __hash__(self) -> int:
        """What is quick to know: worlds are compared a few at a time."""
        state = self.state
        return hash((state.processors, state.ready, state.next_object, self.told, self.printing))

    def but(self, *, state: State, doubts: tuple[Doubt, ...]) -> "World":
        """The same world with another state, and that in doubt in it."""
        return replace(self, state=state, doubts=doubts)

    def telling(self, thread: int) -> Begun | None:
        """The call that the thread has told of and not begun."""
        return next((each for each in self.told if each.thread == thread), None)

    def leaving(self, thread: int) -> Begun | None:
        """The call of the thread whose line comes before anything else that the thread does."""
        return next((each for each in self.printing if each.thread == thread), None)


Chosen = tuple[Choice, ...]


def settled(design: Design, world: World, made: CallMade) -> Iterator[tuple[World, Chosen]]:
    """The worlds in which it is clear what the call's arguments name, and what was chosen."""
    words = frozenset(made.arguments)
    unsure = next((each for each in world.unsure if each.word in words), None)
    if unsure is None:
        for known, told in parted(world, made):
            yield known, tuple(Choice(each.kind, each.line, str(each.values[0])) for each in told)
        return
    there = replace(world, unsure=tuple(each for each in world.unsure if each is not unsure))
    body = world.state.body(unsure.space)
    if not isinstance(body, CapabilitySpace) or unsure.word not in body.entries:
        yield from settled(design, there, made)
        return
    gone = replace(there, state=_without(design, world.state, unsure))
    for each, value in ((there, "clear"), (gone, "set")):
        for then, chosen in settled(design, each, made):
            yield then, (Choice(AUTO_DESTROY, unsure.line, value), *chosen)


def _without(design: Design, state: State, gone: Unsure) -> State:
    draft = Draft(design, state)
    remove(draft, gone.space, gone.word)
    drain(draft)
    return draft.finish()


def perform(
    design: Design, world: World, made: CallMade, *, line: int, sure: bool
) -> tuple[World, Outcome]:
    """The call enters the kernel; unless its option word is `sure`, bit 31 stays open."""
    before = world.state
    after, outcome, unseen = observed(design, before, made)
    then = world if after is before else replace(world, state=after)
    if unseen:
        then = replace(then, mail=_more(then.mail, unseen))
    if isinstance(outcome, Blocked) and made.number != _SUSPEND and made.thread in then.threads:
        then = replace(then, threads=then.threads.delete(made.thread))
    if isinstance(outcome, Blocked) and limits(made):
        still = (each for each in then.sleepers if each != made.thread and sleeps(after, each))
        then = replace(then, sleepers=(*still, made.thread))
    if sure or not _leaves_open(design, outcome):
        return then, outcome
    destroyed, _ = step(design, before, replace(made, options=made.options | WEAK_AUTO_DESTROY))
    lost = tuple(_lost(before, destroyed, made, line))
    return replace(then, unsure=then.unsure + lost), outcome


def limits(made: CallMade) -> bool:
    """Whether a thread that waits in the call does so for a limited time."""
    return bool(made.options & 1)


def sleeps(state: State, thread: int) -> bool:
    """Whether the thread waits for a limited time."""
    body = state.body(thread)
    return isinstance(body, Thread) and has_timeout(body)


def _more(mail: tuple[Unseen, ...], unseen: tuple[Unseen, ...]) -> tuple[Unseen, ...]:
    """All that may have come, from and to each space."""
    most = Counter[tuple[int, int]]()
    for each in (*mail, *unseen):
        most[each.source, each.target] += each.most
    return tuple(Unseen(*spaces, count) for spaces, count in sorted(most.items()))


def _leaves_open(design: Design, outcome: Outcome) -> bool:
    return (
        isinstance(outcome, Refused)
        and outcome.error is Error.INVL_WEAK
        and design.weak_auto_destroy is WeakAutoDestroy.OPTION_BIT
    )


def _lost(before: State, after: State, made: CallMade, line: int) -> Iterator[Unsure]:
    """The capabilities that a call has destroyed, of those that it names."""
    caller = before.body(made.thread)
    assert isinstance(caller, Thread), made.thread
    own = before.body(caller.capability_space)
    assert isinstance(own, CapabilitySpace), caller.capability_space
    named = {own.entries.get(word, NOTHING) for word in made.arguments} - {NOTHING}
    for space in sorted({caller.capability_space, *named}):
        was, is_ = before.body(space), after.body(space)
        if isinstance(was, CapabilitySpace) and isinstance(is_, CapabilitySpace):
            for word in sorted(set(made.arguments)):
                if word in was.entries and word not in is_.entries:
                    yield Unsure(space, word, line)
