"""What is left of threads whose end has come."""

from assay.lang import Act
from models.waking.state import Status, Thread, Wait, Waking, grows, has_no_handshake
from spec.design import Design


def dies(
    act: Act[Design], old: Waking, new: Waking, thread: Thread, *, into: Status = Status.DEAD
) -> None:
    """The thread is in no wait any more; as built its entry stays. `into` is what it is then."""
    new.status[thread] = into
    if grows(act.design):
        new.roomless[thread] = False
    new.wait[thread] = Wait.NONE
    new.limited[thread] = False
    new.named[thread] = False
    new.timed_out[thread] = False
    new.told[thread] = False
    if has_no_handshake(act.design):
        still_there = into != Status.ABSENT
        new.stale[thread] = (old.stale[thread] | old.named[thread]) & still_there
