"""Mistakes of a kernel that the model of waking notices, whatever a step is."""

import pytest

from reference_kernel import processors, ready_queue
from reference_kernel.draft import Draft
from reference_kernel.state import NOTHING


def queues_who_is_on_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is woken gets into the ready queue though a processor is on its stack."""

    def enqueue(draft: Draft, thread: int) -> None:
        if thread != NOTHING:
            draft.watch(thread)
            draft.ready = (*draft.ready, thread)

    monkeypatch.setattr(ready_queue, "enqueue", enqueue)


def loses_who_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has left its stack gets into no queue."""
    monkeypatch.setattr(processors, "enqueue", lambda *_: None)
