"""What calls have in common."""

from assay.lang import FALSE, Act, Truth
from models.thread_groups.state import (
    Groups,
    Thread,
    announced_when_stopped,
    current_runs_on,
    has_object,
    runs,
)
from spec.design import Design
from spec.errors import Error


def require_outlives(act: Act[Design], old: Groups, caller: Thread, unless: Truth = FALSE) -> None:
    """The caller is still there once it has left the processor; if not, see `last_switch`."""
    if current_runs_on(act.design):
        act.require(outlives_switch(act.design, old, caller) | unless, name="outlives_switch")


def outlives_switch(design: Design, s: Groups, caller: Thread) -> Truth:
    """Something but the processor keeps the caller alive, or its group did not end it."""
    if announced_when_stopped(design):
        return s.listed[caller]
    return s.listed[caller] | s.held[caller]


def require_caller(act: Act[Design], old: Groups, caller: Thread) -> None:
    """The caller is the running thread."""
    act.require(runs(old, caller), name="caller_runs")


def refuse_freed(act: Act[Design], old: Groups, thread: Thread) -> None:
    """The call refuses a weak capability whose thread is gone."""
    act.check(has_object(old, thread), otherwise=Error.INVL_WEAK, name="thread_dead")
