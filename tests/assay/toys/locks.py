"""Threads take locks: options, two start states, refusals in order, guards, a broken guarantee."""

from dataclasses import dataclass
from enum import Enum

from assay.lang import (
    Act,
    Enumeration,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    choose,
    exists,
    forall,
    member,
    none,
    predicate,
    some,
)


@dataclass(frozen=True, slots=True)
class Design:
    """A design without questions."""

    name: str


DESIGN = Design("toy")


class Answer(Enum):
    """What a refused call answers."""

    BUSY = 1
    NOT_YOURS = 2
    DEAD = 3


class Thread(Kind):
    """Who takes locks."""


class Lock(Kind):
    """What is taken."""

    BIG = member()


class Life(Enumeration):
    """What a thread does."""

    RUNS = member()
    WAITS = member()
    GONE = member()


class Locks(State):
    """Who holds and who wants which lock."""

    owner: Table[Lock, Option[Thread]]
    wants: Table[Thread, Option[Lock]]
    life: Table[Thread, Life]


locks = Model("locks", Locks, Design)


@locks.start
def all_free(new: Locks) -> None:
    """Nobody holds anything."""


@locks.start
def one_holds_the_big_lock(new: Locks, thread: Thread) -> None:
    """Some thread begins with the big lock."""
    new.owner[Lock.BIG] = some(thread)


@predicate
def holds(s: Locks, thread: Thread, lock: Lock) -> Truth:
    """The thread owns the lock."""
    return s.owner[lock].holds(thread)


@locks.action()
def take(act: Act[Design], old: Locks, new: Locks, thread: Thread, lock: Lock) -> None:
    """A thread takes a free lock."""
    act.check(old.life[thread] != Life.GONE, otherwise=Answer.DEAD)
    act.require(old.life[thread] == Life.RUNS)
    act.check(old.owner[lock].is_none | holds(old, thread, lock), otherwise=Answer.BUSY)
    new.owner[lock] = some(thread)


@locks.action()
def wait(act: Act[Design], old: Locks, new: Locks, thread: Thread, lock: Lock) -> None:
    """A thread waits for a lock that another one holds."""
    act.require(old.life[thread] == Life.RUNS)
    act.require(old.owner[lock].is_some & ~holds(old, thread, lock))
    new.wants[thread] = some(lock)
    new.life[thread] = Life.WAITS


@locks.action()
def give(act: Act[Design], old: Locks, new: Locks, thread: Thread, lock: Lock) -> None:
    """The owner gives a lock to those who wait: any of them, or nobody."""
    act.check(holds(old, thread, lock), otherwise=Answer.NOT_YOURS)
    act.require(old.life[thread] == Life.RUNS)
    new.owner[lock] = none(Thread)
    new.life.each(
        lambda t: choose(old.wants[t].holds(lock) & (t != thread), Life.RUNS, old.life[t])
    )
    new.wants.each(lambda t: choose(old.wants[t].holds(lock), none(Lock), old.wants[t]))


@locks.action()
def die(act: Act[Design], old: Locks, new: Locks, thread: Thread) -> None:
    """A thread ends and forgets to give its locks back."""
    act.require(old.life[thread] == Life.RUNS)
    new.life[thread] = Life.GONE


@locks.guarantee("LOCK-1")
def owners_live(s: Locks) -> Truth:
    """No lock is held by a thread that is gone; this is broken."""
    return forall(Lock, lambda k: s.owner[k].is_some.implies(s.life[s.owner[k].value] != Life.GONE))


@locks.guarantee("LOCK-2")
def waits_for_one(s: Locks) -> Truth:
    """Who waits wants a lock, and the other way round."""
    return forall(Thread, lambda t: s.wants[t].is_some.implies(s.life[t] == Life.WAITS)) & forall(
        Thread, lambda t: (s.life[t] == Life.WAITS).implies(s.wants[t].is_some)
    )


@locks.step_guarantee("LOCK-3")
def given_by_the_owner(old: Locks, step: Step, new: Locks) -> Truth:
    """A lock changes hands through its owner alone."""
    thread = step.argument(give, "thread", Thread)
    return forall(
        Lock,
        lambda k: (old.owner[k].is_some & (new.owner[k] != old.owner[k])).implies(
            step.took(give) & old.owner[k].holds(thread)
        ),
    )


@locks.can()
def can_deadlock(s: Locks) -> Truth:
    """Two threads wait for each other."""
    return exists(
        Thread,
        Lock,
        lambda t, k: (
            s.wants[t].is_some
            & s.owner[k].holds(t)
            & s.owner[s.wants[t].value].is_some
            & s.wants[s.owner[s.wants[t].value].value].holds(k)
        ),
    )


@locks.can()
def can_free_the_dead(s: Locks) -> Truth:
    """Somebody who is gone wants something; never."""
    return exists(Thread, lambda t: (s.life[t] == Life.GONE) & s.wants[t].is_some)
