"""The guarantees as they show on the steps of this kernel.

`CHECKS` has each of them twice where that differs: once looking at all of the state, once only at
what the step changed. The two must agree.
"""

from reference_kernel.guarantees import (
    capabilities,
    copies,
    copy_on_write,
    counts,
    events,
    groups,
    memory,
    messages,
    order,
    physical,
    reachability,
    received,
    refused,
    robustness,
    scheduling,
    waiting,
)
from reference_kernel.guarantees.check import Check

CHECKS: tuple[Check, ...] = (
    *counts.CHECKS,
    *capabilities.CHECKS,
    *reachability.CHECKS,
    *order.CHECKS,
    *refused.CHECKS,
    *groups.CHECKS,
    *scheduling.CHECKS,
    *waiting.CHECKS,
    *messages.CHECKS,
    *received.CHECKS,
    *copies.CHECKS,
    *events.CHECKS,
    *robustness.CHECKS,
    *memory.CHECKS,
    *physical.CHECKS,
    *copy_on_write.CHECKS,
)
