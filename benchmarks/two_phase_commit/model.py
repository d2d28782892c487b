"""Do all resource managers of a transaction commit, or all abort?

Two-phase commit as Lamport writes it in TLA+, with messages that are never lost and never taken
away. Its numbers of states are known, so it shows that an explorer counts right.
"""

from assay.lang import (
    TRUE,
    Act,
    Enumeration,
    Kind,
    Model,
    State,
    Table,
    Truth,
    forall,
    member,
)
from spec.design import Design


class ResourceManager(Kind):
    """Who takes part in the transaction."""


class Progress(Enumeration):
    """How far a resource manager is."""

    WORKING = member()
    PREPARED = member()
    COMMITTED = member()
    ABORTED = member()


class Decision(Enumeration):
    """What the transaction manager has decided."""

    OPEN = member()
    COMMITTED = member()
    ABORTED = member()


class Transaction(State):
    """The managers, and the messages that were ever sent."""

    progress: Table[ResourceManager, Progress]
    decision: Decision
    counted: Table[ResourceManager, Truth]  # the transaction manager knows that it is prepared
    sent_prepared: Table[ResourceManager, Truth]
    sent_commit: Truth
    sent_abort: Truth


model = Model("two_phase_commit", Transaction, Design)


@model.start
def begin(new: Transaction) -> None:
    """All work, and nothing was sent."""


@model.action()
def prepared_is_received(
    act: Act[Design], old: Transaction, new: Transaction, manager: ResourceManager
) -> None:
    """The transaction manager learns that one is prepared."""
    act.require(old.decision == Decision.OPEN, name="open")
    act.require(old.sent_prepared[manager], name="was_sent")
    new.counted[manager] = True


@model.action()
def commit_is_decided(act: Act[Design], old: Transaction, new: Transaction) -> None:
    """All are prepared: commit."""
    act.require(old.decision == Decision.OPEN, name="open")
    act.require(forall(ResourceManager, lambda m: old.counted[m]), name="all_are_prepared")
    new.decision = Decision.COMMITTED
    new.sent_commit = TRUE


@model.action()
def abort_is_decided(act: Act[Design], old: Transaction, new: Transaction) -> None:
    """The transaction manager may give up at any time."""
    act.require(old.decision == Decision.OPEN, name="open")
    new.decision = Decision.ABORTED
    new.sent_abort = TRUE


@model.action()
def prepares(
    act: Act[Design], old: Transaction, new: Transaction, manager: ResourceManager
) -> None:
    """A resource manager is ready to commit, and says so."""
    act.require(old.progress[manager] == Progress.WORKING, name="works")
    new.progress[manager] = Progress.PREPARED
    new.sent_prepared[manager] = True


@model.action()
def chooses_to_abort(
    act: Act[Design], old: Transaction, new: Transaction, manager: ResourceManager
) -> None:
    """A resource manager that has not prepared may give up."""
    act.require(old.progress[manager] == Progress.WORKING, name="works")
    new.progress[manager] = Progress.ABORTED


@model.action()
def commit_is_received(
    act: Act[Design], old: Transaction, new: Transaction, manager: ResourceManager
) -> None:
    """A resource manager commits, as it is told."""
    act.require(old.sent_commit, name="was_sent")
    new.progress[manager] = Progress.COMMITTED


@model.action()
def abort_is_received(
    act: Act[Design], old: Transaction, new: Transaction, manager: ResourceManager
) -> None:
    """A resource manager aborts, as it is told."""
    act.require(old.sent_abort, name="was_sent")
    new.progress[manager] = Progress.ABORTED


@model.guarantee("TPC-1")
def all_end_alike(s: Transaction) -> Truth:
    """Nobody has committed while another has aborted."""
    return forall(
        ResourceManager,
        ResourceManager,
        lambda a, b: ~((s.progress[a] == Progress.ABORTED) & (s.progress[b] == Progress.COMMITTED)),
    )
