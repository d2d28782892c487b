"""The locks of the kernel, and the order in which a processor may ask for them.

Source: the nestings that occur in the kernel's source; a processor spins for a lock that another
one holds, and for ever for one that it holds itself.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class LockKind(Enum):
    """What a lock guards, and where its code is; the outermost first."""

    POST_SWITCH = "src/sched/mod.rs"  # what is left to do for the thread that was left
    THREAD_LIST = "src/cap/thread_group.rs"  # the members of a group
    EMITTER = "src/event/broadcast_event_emitter.rs"  # who is told of an event
    CHANNEL = "src/cap/channel/mod.rs"
    POOL = "src/event/event_pool.rs"
    TIMEOUTS = "src/sched/mod.rs, timeouts"
    MEMORY = "src/cap/memory/mod.rs"
    ADDRESS_SPACE = "src/cap/address_space.rs"
    CAPABILITIES = "src/cap/capability_space.rs"
    STATUS = "src/cap/thread.rs"  # no lock: who wakes a thread spins till it sleeps
    TRANSLATIONS = "src/mem/virt_addr_space.rs"  # no lock: who changes pages spins till all forgot
    READY_QUEUE = "src/sched/mod.rs, ready queue"


class Lock(NamedTuple):
    """The lock of this kind of the object; the only one of its kind has object 0."""

    kind: LockKind
    object: int = 0

    @property
    def words(self) -> str:
        """The lock in words."""
        name = self.kind.name.lower().replace("_", " ")
        return f"{name} {self.object}" if self.object else name


_RANK: Mapping[LockKind, int] = MappingProxyType({kind: at for at, kind in enumerate(LockKind)})


def may_nest(outer: Lock, inner: Lock) -> bool:
    """Whether the one may be asked for while the other is held.

    Of one kind the older object comes first: so a group comes before those below it.
    """
    if outer.kind is inner.kind:
        return outer.object < inner.object
    return _RANK[outer.kind] < _RANK[inner.kind]
