"""What a step keeps besides its draft where calls are rows of sections: locks, and the stack.

A processor that asks for a lock which another one holds does nothing but ask: the step is as if it
had not been begun. One that asks for what it holds itself hangs.
"""

from contextlib import nullcontext
from typing import NamedTuple, Protocol

from reference_kernel.locks import Lock, LockKind, may_nest
from reference_kernel.notes import Note, Oddity
from reference_kernel.outcomes import Deadlock
from reference_kernel.sections import Change
from reference_kernel.state import Processor, State

DEEPEST = 6
"""So many destructors run one in the other where owners of each kind stand in a row once."""


class Asking(NamedTuple):
    """A lock that another processor has, and those that this one held when it asked.

    Or else what it changes, and the processors that have to forget that.
    """

    lock: Lock
    held: tuple[Lock, ...]
    changes: tuple[Change, ...] = ()
    owing: tuple[int, ...] = ()


class Fine:
    """Locks that the processor holds, strong references on its stack, and whether memory is out.

    `held` are those references, of which `looked` were looked up again by this step, and `ids` the
    ids of look-ups; `spins` is the first lock that another processor has, `shoots` what others have
    to forget first, `noted` what was odd.
    """

    __slots__ = (
        "_forgotten",
        "_here",
        "_processors",
        "hangs",
        "held",
        "ids",
        "locks",
        "looked",
        "memory_out",
        "noted",
        "shoots",
        "spins",
    )

    def __init__(self, before: State, here: int) -> None:
        processor = before.processors[here]
        self._processors = before.processors
        asked = processor.asked
        self._forgotten = () if asked is None else asked.changes
        self._here = here
        self.locks = list(processor.locks)
        self.held: list[int] = [] if processor.rest is None else list(processor.rest.held)
        self.ids: list[int] = [] if processor.rest is None else list(processor.rest.ids)
        self.memory_out = before.memory_out
        self.looked = 0
        self.hangs = False
        self.spins: Asking | None = None
        self.shoots: Asking | None = None
        self.noted: list[Note] = []

    def take(self, lock: Lock) -> Deadlock | None:
        """The processor holds the lock too; Deadlock if it did."""
        if lock in self.locks and self.spins is None:
            self.hangs = True
            self.locks.append(lock)
            return Deadlock(lock.kind.value, f"the lock of {lock.words} is asked for by who has it")
        if self.spins is None and not self.hangs and self.holder(lock) is not None:
            self.spins = Asking(lock, tuple(self.locks))
        for outer in self.locks:
            if not may_nest(outer, lock):
                words = f"{lock.words} is locked under {outer.words}"
                self.noted.append(Note(Oddity.LOCK_ORDER, words))
        self.locks.append(lock)
        return None

    def is_forgotten(self, change: Change) -> bool:
        """Whether all others have said that they forgot these pages, before the step began anew."""
        return change in self._forgotten

    def changes(self, change: Change, owing: tuple[int, ...]) -> None:
        """The pages change, which these other processors remember: one at least.

        They are asked for all changes of the step at once, under the locks held at the first.
        """
        if self.shoots is None:
            lock = Lock(LockKind.TRANSLATIONS, change.space)
            self.shoots = Asking(lock, tuple(self.locks), (change,), owing)
            return
        lock, held, changes, others = self.shoots
        both = tuple(sorted({*others, *owing}))
        self.shoots = Asking(lock, held, (*changes, change), both)

    def found(self) -> int | None:
        """What the call found that looks up again: None from its first look-up on that is new."""
        if self.looked == len(self.held):
            return None
        self.looked += 1
        return self.held[self.looked - 1]

    def give_up(self, held: int) -> None:
        """The stack does not hold the object any more."""
        at = self.held.index(held)
        del self.held[at], self.ids[at : at + 1]

    def reaches(self, depth: int) -> None:
        """Notes that so many destructors are under way, one in the other, if they are many."""
        if depth > DEEPEST:
            self.noted.append(Note(Oddity.TOO_DEEP, f"{depth} destructors run, each in another"))

    def let_go(self, lock: Lock) -> None:
        """The processor holds the lock once less."""
        self.locks.reverse()
        self.locks.remove(lock)
        self.locks.reverse()

    def holder(self, lock: Lock) -> int | None:
        """The other processor that holds the lock."""
        for number, each in enumerate(self._processors):
            if number != self._here and each.holds(lock):
                return number
        return None

    def waits_for_itself(self, lock: Lock) -> bool:
        """Whether the processor that holds the lock spins, in the end for this one."""
        seen, holder = {self._here}, self.holder(lock)
        while holder is not None and holder not in seen:
            seen.add(holder)
            asked = self._processors[holder].asked
            if asked is None:
                return False
            holder = _holder(self._processors, asked.lock)
        return holder is not None


def _holder(processors: tuple[Processor, ...], lock: Lock) -> int | None:
    return next((at for at, each in enumerate(processors) if each.holds(lock)), None)


class _Takes(Protocol):
    """What takes locks."""

    def take(self, lock: Lock) -> None:
        """Takes it."""
        ...

    def let_go(self, lock: Lock) -> None:
        """Lets it go."""
        ...


class Held:
    """Locks for as long as a block is."""

    __slots__ = ("_draft", "_locks")

    def __init__(self, draft: _Takes, locks: tuple[Lock, ...]) -> None:
        self._draft = draft
        self._locks = locks

    def __enter__(self) -> None:
        for lock in self._locks:
            self._draft.take(lock)

    def __exit__(self, *_: object) -> None:
        for lock in reversed(self._locks):
            self._draft.let_go(lock)


Context = Held | nullcontext[None]
FREE = nullcontext()
"""No lock: where calls are whole, nobody would see one."""
