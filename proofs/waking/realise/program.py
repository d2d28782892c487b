"""The first program as it writes itself, on two processors: what it has made so far, and its ids.

All threads share the spaces of the first one, so that whoever runs can name every thread; each of
the others has a group of its own, so that it can be ended alone, and a strong capability to it
where the design gives one. A thread waits for a drop check of its own, or in a channel of its own.
"""

from collections.abc import Callable

from assay.traces.trace import TraceValue
from proofs.performing import CannotBe
from proofs.realise import Program, values_of
from reference_kernel.events import CallReturns, SwitchEnds, TimerTick
from reference_kernel.machine import SEVERAL_PROCESSORS, Machine
from reference_kernel.state import NOTHING, Processor
from spec.design import Design
from spec.ids import ObjectType
from spec.options import CapClone, CapDestroy, ThreadNew
from spec.rights import ALL_RIGHTS
from spec.syscalls import BY_NAME

FIRST = "FIRST"
_SELF_TO_SELF = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
_STRONG = int(ALL_RIGHTS) | CapClone.CHANGE_CAP_WEAKNESS | _SELF_TO_SELF


class Switches(Program):
    """The program, and what the trace's names are; `asked` is what processors will do.

    What `lost` threads wait for is lost as soon as those wait there.
    """

    def __init__(self, design: Design, machine: Machine = SEVERAL_PROCESSORS) -> None:
        super().__init__(design, machine)
        first = self.state.current
        self.threads: dict[TraceValue, int] = {FIRST: first}
        self.ids: dict[int, int] = {first: self.own(ObjectType.THREAD)}
        self.first_group = self.own(ObjectType.THREAD_GROUP)
        self.groups: dict[int, int] = {first: self.first_group}
        self.checks: dict[int, int] = {}
        self.channels: dict[int, int] = {}
        self.lost: set[int] = set()
        self.asked: dict[int, Callable[[], None]] = {}

    def processor(self, number: int) -> Processor:
        """The processor; CannotBe where there is none."""
        if number >= len(self.state.processors):
            raise CannotBe(f"there is no processor {number}")
        return self.state.processors[number]

    def runs(self, number: int) -> int:
        """The thread of the processor; CannotBe where it idles."""
        name = self.processor(number).current
        if name == NOTHING:
            raise CannotBe(f"processor {number} idles")
        return name

    def made_by(self, name: int, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The thread ends a call that it only waited its turn in, and makes this one.

        Gives what the call returned, nothing where it waits or is refused.
        """
        before = self.thread(name).call
        if before is not None and before.number == BY_NAME["thread_yield"].number:
            self.happens(CallReturns(name))
        return values_of(self.make_call(name, call, options, *arguments))

    def caller(self) -> int:
        """A thread that runs and is in no wait; CannotBe where there is none."""
        turn = BY_NAME["thread_yield"].number
        for number, each in enumerate(self.state.processors):
            if each.current == NOTHING or each.leaving is not None or number in self.asked:
                continue
            call = self.thread(each.current).call
            if call is None or call.number == turn:
                return each.current
        raise CannotBe("nobody runs who could call")

    def call(self, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """Whoever can makes the call."""
        return self.made_by(self.caller(), call, options, *arguments)

    def created(self, by: int, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """What the call makes, with all rights that it gives; CannotBe where it makes nothing."""
        made = self.made_by(by, call, self.asks_for_all_rights(options), *arguments)
        if not made:
            raise CannotBe(f"{call} makes nothing")
        return made

    def destroy(self, word: int) -> None:
        """The capability goes."""
        self.call("cap_destroy", CapDestroy.CSPACE_SELF, NOTHING, word)

    def makes_thread(self, by: int, name: TraceValue, *, autostart: bool) -> None:
        """The thread makes one of that name, in a group of its own."""
        allocator = self.own(ObjectType.ALLOCATOR)
        (group,) = self.created(by, "thread_group_new", 0, self.first_group, allocator)
        spaces = (self.own(ObjectType.ADDRESS_SPACE), self.own(ObjectType.CAPABILITY_SPACE))
        options = int(ThreadNew.THREAD_AUTOSTART) if autostart else 0
        made = self.state.next_object
        word, _ = self.created(by, "thread_new", options, allocator, group, *spaces)
        self.threads[name] = made
        self.ids[made], self.groups[made] = word, group

    def hold(self, name: int) -> None:
        """A strong capability to the thread is made of its weak one, where the design does that."""
        self.call("cap_clone", _STRONG, NOTHING, NOTHING, self.ids[name])

    def picks(self, number: int, wanted: int) -> None:
        """The processor does what was asked, and runs that thread, or an idle one.

        Idle threads before it in the ready queue are put behind it by a processor that idles, or
        this one runs them first. CannotBe where another thread is before it.
        """
        for _ in self.state.ready:
            if self.state.ready[0] == wanted or not self.some_idle():
                break
            self.turns()
        self.asked.pop(number)()
        for _ in self.state.ready:
            if self.processor(number).current == wanted:
                break
            self.happens(SwitchEnds(number))
            self.happens(TimerTick(number))
        if self.processor(number).current != wanted and self.state.panicked is None:
            raise CannotBe(f"thread {wanted} is not the next")

    def some_idle(self) -> bool:
        """Whether a processor idles and is in no switch."""
        return any(each.current == NOTHING and not each.leaving for each in self.state.processors)

    def turns(self) -> None:
        """An idle processor takes an idle thread from the head of the queue and puts its own back.

        CannotBe where that is not how it goes.
        """
        for number, each in enumerate(self.state.processors):
            if each.current == NOTHING and each.leaving is None:
                self.happens(TimerTick(number))
                if self.state.processors[number].current != NOTHING:
                    raise CannotBe("another thread would run")
                self.happens(SwitchEnds(number))
                return
        raise CannotBe("no processor idles")
