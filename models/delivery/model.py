"""Whether each send, receive and call ends once, and whether who waits is told.

One channel, its two queues, and the replies to calls that were taken. Each step is about one send,
one receive or one reply: a call that tries several of them is several steps.

The parts in the order of reading: `state`, `queues`, `taking`, `faults`, `leaving`, `replies`,
`pools`, with `ends` for how things end, then `guarantees`; `reachable` says what must be possible.
"""

from models.delivery import faults, guarantees, leaving, pools, queues, reachable, replies, taking
from models.delivery.state import model

__all__ = [
    "faults",
    "guarantees",
    "leaving",
    "model",
    "pools",
    "queues",
    "reachable",
    "replies",
    "taking",
]
