"""Threads that wait for event pools."""

from assay.lang import Act
from models.delivery.state import Delivery, Pool, dying_is_silent, model
from spec.design import Design


@model.action()
def event_pool_await(act: Act[Design], old: Delivery, new: Delivery, pool: Pool) -> None:
    """A thread sleeps till the pool has events."""
    act.require(~old.awaited[pool], name="nobody_waits")
    new.awaited[pool] = True


@model.action()
def wait_for_events_ends(act: Act[Design], old: Delivery, new: Delivery, pool: Pool) -> None:
    """Events came, the thread's time has come, it was resumed, or it ended."""
    act.require(old.awaited[pool], name="awaited")
    new.awaited[pool] = False


@model.action()
def event_pool_is_dropped(act: Act[Design], old: Delivery, new: Delivery, pool: Pool) -> None:
    """The last capability to a pool goes for which a thread waits; as built it is not told."""
    act.require(old.awaited[pool], name="awaited")
    new.awaited[pool] = dying_is_silent(act.design)
