"""A trace of teardown as sections of calls, on as many processors as it names.

The first thread stands for who is outside: it has a processor of its own, drops groups, and wakes.
The trace's first thread is one of a new group, and runs on the next processor; the trace's others
idle. That thread has a space of its own, with the last capability to a group that is older: what
its destructor takes along has a list too. A child group stands for a row of them, made by who is
outside: the kernel calls deep what no chain of owners of different kinds is. The timer takes no
processor from a thread amid a call, as any interrupt may in the model: there the exit interrupt
comes, once the thread was ended.

The model does not say which call a thread is in, so that one may exit its own group and then make
a thread. No call of the kernel does both: the thread is in the middle of making one while who is
outside exits its group.

Not realised, ValueError: what only whole calls show.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.amid_calls import Processors
from proofs.performing import CannotBe, Given, perform
from reference_kernel.events import Event, ExitInterrupt
from reference_kernel.fine import DEEPEST
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.ids import ObjectType
from spec.options import CapClone, CapDestroy, ThreadNew, Wait
from spec.rights import ALL_RIGHTS

MODE = "sections_3"
_PROCESSORS, _OUTSIDE, _FIRST, _OTHER = 3, 0, 1, 2
_TO_ITSELF = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
_STRONG = int(ALL_RIGHTS) | CapClone.CHANGE_CAP_WEAKNESS
_WEAK = _STRONG | CapClone.MAKE_WEAK
_BEGINS = ("enters_kernel", "group_is_looked_up")
"""Which call that is, what follows tells."""
_FOLLOWS = ("thread_is_chosen",)
"""A processor that has taken a thread from the queue runs it, if it may."""
_ROW = DEEPEST + 1
"""So many groups, each in the one before, and walks of them within each other are deep."""
_CHORES = 2
"""A walk ends a member, and lets go of it."""


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    try:
        program = _Program(design, dict(start.arguments))
        program.made_last = _made_after_exit(decisions)
        if any(dict(each.arguments).get("kept") for each in decisions):
            program.holds()
    except CannotBe as error:
        raise ValueError(f"{start}: {error}") from error
    told = tuple(each for each in decisions if each.name not in (*_BEGINS, *_FOLLOWS))
    perform(program, told, _DOES, "section")
    return tuple(program.processors.events)


def _made_after_exit(decisions: tuple[Decision, ...]) -> Given | None:
    """The thread that a processor makes once it has ended a group, in the words of its decision."""
    ended: set[TraceValue] = set()
    for each in decisions:
        given = dict(each.arguments)
        if each.name == "exit_begins":
            ended.add(given["processor"])
        elif each.name == "thread_joins" and given["processor"] in ended:
            return given
    return None


class _Program:
    """A thread of a group of its own, and who is outside.

    `inside` tells that the thread is in a call that has begun, `held` is a strong capability to it,
    `last` the name of the last group of the row; `made_last` is the thread that it makes while its
    group is ended, as the trace tells of it.
    """

    def __init__(self, design: Design, start: Given) -> None:
        self.processors = Processors(design, _PROCESSORS)
        parent = self.processors.own(ObjectType.THREAD_GROUP)
        allocator = self.processors.own(ObjectType.ALLOCATOR)
        (older,) = self.processors.makes("thread_group_new", 0, parent, allocator)
        (self.group,) = self.processors.makes("thread_group_new", 0, parent, allocator)
        self.thread, self.word, self.space = self.processors.makes_thread_apart(self.group)
        self.gives(self.space, older, _STRONG)
        self.names = {start["group"]: self.gives(self.space, self.group, _WEAK)}
        self.needs = (
            self.gives(self.space, allocator, _STRONG),
            self.names[start["group"]],
            self.gives(self.space, self.processors.own(ObjectType.ADDRESS_SPACE), _STRONG),
        )
        self.drops(older)
        self.processors.runs(_FIRST, self.thread)
        self.first = start["processor"]
        self.threads = {start["thread"]: self.thread}
        self.made_last: Given | None = None
        self.inside = False
        self.held: int | None = None
        self.last = NOTHING

    def number(self, given: Given) -> int:
        """The processor that the trace means."""
        return _FIRST if given["processor"] == self.first else _OTHER

    def gives(self, space: int, word: int, options: int) -> int:
        """The space gets a capability like the one with this id; CannotBe where it does not."""
        options |= CapClone.SRC_CSPACE_SELF
        made = self.processors.calls(_OUTSIDE, "cap_clone", options, space, 0, word)
        if not made:
            raise CannotBe("the thread's space gets nothing")
        return made[0]

    def holds(self) -> None:
        """A strong capability to the thread is made of its weak one."""
        options = _STRONG | _TO_ITSELF
        made = self.processors.calls(_OUTSIDE, "cap_clone", options, 0, 0, self.word)
        self.held = made[0] if made else None

    def drops(self, word: int, until: Callable[[], bool] = lambda: False) -> None:
        """Who is outside drops the capability."""
        self.processors.begins(_OUTSIDE, "cap_destroy", CapDestroy.CSPACE_SELF, 0, word)
        self.processors.goes_on(_OUTSIDE, until)

    def walker(self) -> int:
        """The processor that works off the list of the thread's group."""
        return _FIRST if self.processors.at(_FIRST).pending else _OUTSIDE

    def of(self, given: Given) -> int:
        """The thread that the trace means; KeyError where there is none of that name."""
        return self.threads[given["thread"]]

    def begins_thread(self, given: Given) -> None:
        """The thread's call to make another has begun."""
        options = ThreadNew.CREATE_CAPABILITY_SPACE
        if given["autostart"]:
            options |= ThreadNew.THREAD_AUTOSTART
        self.processors.begins(_FIRST, "thread_new", options, *self.needs)
        self.inside = True


def _takes(program: _Program, given: Given) -> None:
    """What is on the stack from where the call begins: its words for the log, of which none is
    written down."""
    program.processors.begins(program.number(given), "thread_yield", 0)
    program.inside = True


def _blocks(program: _Program, given: Given) -> None:
    number = program.number(given)
    program.processors.calls(number, "thread_suspend", Wait.TIMEOUT, 0)


def _wakes(program: _Program, _given: Given) -> None:
    program.processors.calls(_OUTSIDE, "thread_resume", 0, program.word)


def _slice_ends(program: _Program, given: Given) -> None:
    if not program.inside:
        program.processors.ticks(program.number(given))


def _group_joins(program: _Program, _given: Given) -> None:
    allocator, parent = program.processors.own(ObjectType.ALLOCATOR), program.group
    for _ in range(_ROW):
        program.last = program.processors.state.next_object
        (parent,) = program.processors.makes("thread_group_new", 0, parent, allocator)


def _walk_reaches(program: _Program, _given: Given) -> None:
    """The walk comes to the last group of the row."""
    last = program.last
    program.processors.goes_on(program.walker(), lambda: program.processors.has_exited(last))


def _thread_joins(program: _Program, given: Given) -> None:
    """Its space is made before it. The call that made it is not over; CannotBe where none is."""
    if given != program.made_last:
        program.begins_thread(given)
    made = program.processors.state.next_object + 1
    program.processors.goes_on(_FIRST, lambda: program.processors.state.body(made) is not None)
    program.processors.thread(made)
    program.threads[given["thread"]] = made


def _exits(program: _Program, given: Given) -> None:
    number, word = program.number(given), program.names[given["group"]]
    if program.made_last is not None:
        program.begins_thread(program.made_last)
        number, word = _OUTSIDE, program.group
    program.processors.begins(number, "thread_group_exit", 0, word)
    program.processors.goes_on(number, lambda: bool(program.processors.at(number).pending))


def _is_dropped(program: _Program, given: Given) -> None:
    assert program.names[given["group"]]
    program.drops(program.group, lambda: bool(program.processors.at(_OUTSIDE).pending))


def _ends_thread(program: _Program, given: Given) -> None:
    """Whoever walks the group's list ends the thread and lets go of it, with all that it had."""
    assert program.of(given)
    number = program.walker()
    left = len(program.processors.at(number).pending) - _CHORES
    program.processors.goes_on(number, lambda: len(program.processors.at(number).pending) <= left)


def _walk_ends(program: _Program, _given: Given) -> None:
    number = program.walker()
    program.processors.goes_on(number, lambda: not program.processors.at(number).pending)


def _interrupt(program: _Program, given: Given) -> None:
    program.processors.happens(ExitInterrupt(program.number(given)))


def _switch_ends(program: _Program, given: Given) -> None:
    """Of a thread that is in a call: it is ended there, and its processor leaves it."""
    number = program.number(given)
    if not program.inside:
        program.processors.leaves_stack(number)
        return
    program.processors.goes_on(_OUTSIDE)
    program.processors.happens(ExitInterrupt(number))
    program.processors.goes_on(number)


def _queue_gives(program: _Program, given: Given) -> None:
    """The processor takes the thread, behind idle ones, and runs it unless it was ended."""
    number, name = program.number(given), program.of(given)
    program.processors.takes(number, name)
    if program.processors.thread(name).is_alive:
        program.processors.goes_on(number)


def _continues(program: _Program, given: Given) -> None:
    """The processor is in the program of the thread that it took: it has left what it idled on."""
    number = program.number(given)
    if program.processors.at(number).leaving is not None:
        program.processors.leaves_stack(number)


def _is_skipped(program: _Program, given: Given) -> None:
    """A capability that held the thread goes before, so that the processor has it alone."""
    if program.held is not None:
        program.drops(program.held)
    program.processors.goes_on(program.number(given))


_DOES: Mapping[str, Callable[[_Program, Given], None]] = MappingProxyType(
    {
        "takes_reference": _takes,
        "blocks": _blocks,
        "wakes": _wakes,
        "slice_ends": _slice_ends,
        "group_joins": _group_joins,
        "thread_joins": _thread_joins,
        "exit_begins": _exits,
        "group_is_dropped": _is_dropped,
        "walk_reaches": _walk_reaches,
        "walk_ends_thread": _ends_thread,
        "walk_ends": _walk_ends,
        "interrupt_passes": _interrupt,
        "interrupt_kills": _interrupt,
        "switch_ends": _switch_ends,
        "queue_gives": _queue_gives,
        "continues": _continues,
        "ended_is_skipped": _is_skipped,
    }
)
