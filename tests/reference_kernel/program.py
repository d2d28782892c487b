"""A program that runs on the reference kernel: what the tests are written in."""

from immutables import Map

from reference_kernel.boot import boot
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.guarantees import CHECKS
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused, Seen
from reference_kernel.state import CapabilitySpace, Memory, Object, State, Thread
from reference_kernel.step import possible, step
from spec.design import Design
from spec.errors import Error
from spec.syscalls import BY_NAME, BY_NUMBER

GROUP = 0x4F
ADDRESS_SPACE = 0x6F
OWN_SPACE = 0x97
ALLOCATOR = 0x18F
OWN_THREAD = 0x37
MEMORY = 0xAF
MMIO_ALLOCATOR = 0x20F
INT_ALLOCATOR = 0x24F

READ, WRITE, EXEC = 1, 2, 4
MAX_SIZE = 32
LAZY, ZEROED, IN_PLACE, GROW_MAPPING = 1, 2, 4, 8
UPDATE_SIZE, EXACT_SIZE, UPDATE_FLAGS, UPDATE_BASE = 8, 16, 32, 64
"""Options of calls about memory; the last row as the kernel as built numbers them."""

ALL = 0xF
CHANGE_WEAKNESS = 0x10
MAKE_WEAK = 0x20
MOVE = 0x40
SRC_SELF = 0x80
DST_SELF = 0x100
BOTH_SELF = SRC_SELF | DST_SELF
WEAK = CHANGE_WEAKNESS | MAKE_WEAK
STRONG = CHANGE_WEAKNESS
AUTO_DESTROY = 1 << 31
RIGHTS_ASKED = 0xF00
"""All rights, for designs whose create calls ask for them."""


def error_of(number: int, refusal: str) -> Error:
    """What the call with that number gives when it is refused for that; no call has others."""
    rows = BY_NUMBER[number].refusals if number in BY_NUMBER else ()
    return {each.name: each.error for each in rows}.get(refusal, Error.INVL_SYSCALL)


class Program:
    """Makes the calls of whichever thread runs; remembers which guarantees were broken."""

    def __init__(self, design: Design, machine: Machine = MACHINE) -> None:
        self.design = design
        self.state: State = boot(design, machine)
        first = self.state.body(self.state.current)
        assert isinstance(first, Thread)
        self.space = first.capability_space
        self.broken: set[str] = set()

    def happens(self, event: Event) -> Outcome:
        """Lets the event happen, with all checks; a refusal is as the page of its call has it."""
        before = self.state
        self.state, outcome = step(self.design, before, event)
        if isinstance(event, CallMade) and isinstance(outcome, Refused):
            assert outcome.error is error_of(event.number, outcome.refusal)
            assert outcome.after is (self.state is not before and self.state != before)
        if isinstance(outcome, Panic):
            assert outcome.place
            assert outcome.reason
        for check in CHECKS:
            if check.broken(self.design, before, event, outcome, self.state):
                self.broken.add(check.guarantee)
        return outcome

    def call_made(self, name: str, *words: int, options: int = 0) -> CallMade:
        """The call, which the running thread is about to make."""
        padded = (*words, *(0 for _ in range(8 - len(words))))
        return CallMade(self.state.current, BY_NAME[name].number, options, padded)

    def call(self, name: str, *words: int, options: int = 0) -> Outcome:
        """The running thread makes the call."""
        return self.happens(self.call_made(name, *words, options=options))

    def ok(self, name: str, *words: int, options: int = 0) -> tuple[int, ...]:
        """The same, and the call succeeds."""
        outcome = self.call(name, *words, options=options)
        assert isinstance(outcome, Ok), outcome
        return outcome.values

    def refusal(self, name: str, *words: int, options: int = 0) -> str:
        """The same, and the call is refused: by this row of its table."""
        outcome = self.call(name, *words, options=options)
        assert isinstance(outcome, Refused), outcome
        return outcome.refusal

    def key(self, rights: int = ALL) -> int:
        """A new key."""
        return self.ok("key_new", ALLOCATOR, options=rights)[0]

    def clone(self, word: int, options: int = 0, *, rights: int = ALL) -> int:
        """A copy of the capability in the caller's space."""
        return self.ok("cap_clone", 0, 0, word, options=options | rights | BOTH_SELF)[0]

    def destroy(self, word: int) -> Outcome:
        """Destroys a capability of the caller's space."""
        return self.call("cap_destroy", 0, word, options=1)

    def group(self, parent: int = GROUP) -> int:
        """A new group."""
        return self.ok("thread_group_new", parent, ALLOCATOR, options=RIGHTS_ASKED)[0]

    def thread(self, group: int = GROUP, *, starts: bool = True) -> int:
        """A new thread with the caller's spaces."""
        words = (ALLOCATOR, group, ADDRESS_SPACE, OWN_SPACE)
        return self.ok("thread_new", *words, options=RIGHTS_ASKED | 2 * starts)[0]

    def thread_with_space(self, group: int = GROUP) -> tuple[int, int]:
        """A new suspended thread with a new space, and a weak capability to that."""
        words = (ALLOCATOR, group, ADDRESS_SPACE, 0)
        thread, space = self.ok("thread_new", *words, options=RIGHTS_ASKED | 1)
        return thread, space

    def tick(self) -> None:
        """The slice of the running thread ends."""
        self.happens(TimerTick())

    def run(self, word: int) -> None:
        """Ticks until the thread of this capability runs, and ends the call it is in."""
        name = self.named(word)
        for _ in range(32):
            if self.state.current == name:
                break
            self.tick()
        assert self.state.current == name, word
        if possible(self.state, CallReturns(name)):
            self.happens(CallReturns(name))

    def returns(self) -> Outcome:
        """The call that the running thread is in ends."""
        return self.happens(CallReturns(self.state.current))

    def time_is_up(self, thread: int) -> None:
        """The time that the thread gave to its wait has come."""
        self.happens(TimeoutFires(thread))

    def reads(self, address: int) -> int | None:
        """The word that the running thread finds there."""
        outcome = self.happens(UserReads(self.state.current, address))
        assert isinstance(outcome, Seen), outcome
        return outcome.value

    def writes(self, address: int, value: int) -> Outcome:
        """The running thread writes a word."""
        return self.happens(UserWrites(self.state.current, address, value))

    def entries(self) -> Map[int, int]:
        """The ids of the first thread's space, and what they name."""
        body = self.state.body(self.space)
        assert isinstance(body, CapabilitySpace)
        return body.entries

    def memory_body(self, word: int) -> Memory:
        """The body of the memory that an id of the first thread's space names."""
        body = self.state.body(self.named(word))
        assert isinstance(body, Memory)
        return body

    def named(self, word: int) -> int:
        """The object that an id of the first thread's space names."""
        return self.entries()[word]

    def object(self, word: int) -> Object:
        """That object with its counts."""
        return self.state.objects[self.named(word)]

    def thread_body(self, word: int) -> Thread:
        """The body of the thread that an id of the first thread's space names."""
        body = self.state.body(self.named(word))
        assert isinstance(body, Thread)
        return body

    def is_alive(self, name: int) -> bool:
        """Whether the object still has a body."""
        return self.state.body(name) is not None
