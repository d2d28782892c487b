"""The choices that the model reads, each as a question to a design."""

from spec.design import (
    DeliveryFault,
    Design,
    ExitInterrupt,
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    KilledWaits,
    MessageTime,
    Preemption,
    TeardownWalk,
    ThreadEnd,
    WakeProtocol,
)


def kills_anywhere(design: Design) -> bool:
    """The exit interrupt kills wherever interrupts are on."""
    return design.preemption is Preemption.INTERRUPT_DISABLE


def has_one_stack(design: Design) -> bool:
    """Each processor has one kernel stack, and no interrupt is taken in the kernel."""
    return design.preemption is Preemption.NON_PREEMPTIBLE


def checks_on_return(design: Design) -> bool:
    """A thread that was ended stops on its way out of the kernel."""
    return not kills_anywhere(design)


def walks_recursively(design: Design) -> bool:
    """A walk has the locks of the lists, and destructors run where the last reference goes."""
    return design.teardown_walk is TeardownWalk.RECURSIVE


def announced_when_stopped(design: Design) -> bool:
    """A thread that stops is announced then, and leaves its group."""
    return design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED


def releases_waits(design: Design) -> bool:
    """What is written down at a wait is released when the thread ends in it."""
    return design.killed_waits is KilledWaits.RELEASED


def loses_waits(design: Design) -> bool:
    """Whatever a thread's stack holds when it stops is lost, at a wait too."""
    return announced_when_stopped(design) and not releases_waits(design)


def current_runs_on(design: Design) -> bool:
    """The drop of its group leaves the running thread on its processor."""
    return design.group_drop_current is GroupDropCurrent.RUNS_ON


def closes_after_exit(design: Design) -> bool:
    """An exited group admits nobody."""
    return design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT


def walks_once(design: Design) -> bool:
    """What has exited is worked off or will be, and never filled again: no walk begins for it."""
    return closes_after_exit(design) and not walks_recursively(design)


def runs_unsaved(design: Design) -> bool:
    """Who was woken before its stack was left may run then, and is not ended as that is left."""
    return not shakes_hands(design) and not announced_when_stopped(design)


def ends_members(design: Design) -> bool:
    """In each choice that says how threads end it is as `proposed`, whatever may be interrupted."""
    return all(
        (
            announced_when_stopped(design),
            shakes_hands(design),
            closes_after_exit(design),
            always_acknowledges(design),
            not walks_recursively(design),
            not current_runs_on(design),
        )
    )


def is_like_proposed(design: Design) -> bool:
    """It is in how threads are interrupted too."""
    return ends_members(design) and checks_on_return(design) and not has_one_stack(design)


def unlinks(design: Design) -> bool:
    """A dropped group leaves the list above."""
    return design.group_drop is GroupDrop.UNLINKED


def always_acknowledges(design: Design) -> bool:
    """The exit interrupt is acknowledged though it ends nobody."""
    return design.exit_interrupt is ExitInterrupt.ALWAYS_ACKNOWLEDGED


def shakes_hands(design: Design) -> bool:
    """Who is woken before its stack was left is queued only then."""
    return design.wake_protocol is WakeProtocol.HANDSHAKE


def times_let_go(design: Design) -> bool:
    """What a message names is held for it, and let go of as the time of its sender comes."""
    return shakes_hands(design) and design.message_time is MessageTime.AT_SEND


def loses_the_claimed(design: Design) -> bool:
    """A waker claims a sleeper first, and leaves it so where it has nothing for it.

    Where a fault is told to who is at fault, all of the delivery is taken back.
    """
    return not shakes_hands(design) and design.delivery_fault is DeliveryFault.BLAME_QUEUED
