"""Schedules by chance."""

from typing import Any

import pytest

from assay.engines.schedules import Unrepeatable, sample_schedules, sampling
from assay.engines.walk.chance import Chance
from tests.assay.engines.schedules.cells import (
    Cells,
    CellScenario,
    Event,
    Move,
    Step,
    faulty,
    of,
    subject,
)
from tests.assay.engines.schedules.test_search import COUNT, TWICE, finished, lost

LONG: tuple[Step, ...] = (("load", "x"),) * 40


def test_the_same_seed_gives_the_same() -> None:
    def sampled(seed: int) -> tuple[object, ...]:
        found = sample_schedules(subject(lost), TWICE, runs=6, seed=seed)
        return found.steps, found.broken, [(each.words, each.states) for each in found.ends]

    assert sampled(3) == sampled(3)
    assert len({sampled(seed)[2][0] for seed in range(8)}) > 1


def test_a_lost_update_is_found_and_cut() -> None:
    found = sample_schedules(subject(lost), TWICE, runs=20)
    assert [(each.claim, each.trace.steps) for each in found.broken] == [("CELL-1", 2)]
    assert finished(found) == {"(('n', 1),)", "(('n', 2),)"}
    assert (found.runs, found.reason, found.complete) == (20, "", False)
    assert sum(each.states for each in found.ends) == 20


def handed_over(_: Any, _before: Cells, _event: Event, _gave: int, after: Cells) -> str | None:
    """One goes far while the other does not move, and then the other way round."""
    seen = of(after, "seen")
    return "it was handed over" if seen == 2 else None


def test_priorities_find_what_needs_one_to_wait_long() -> None:
    """By chance alone the second would have to be passed over forty times."""
    first: tuple[Step, ...] = (*LONG, ("set", "go", 1))
    second: tuple[Step, ...] = (("load", "go"), ("add", "seen"))
    scenario = CellScenario((first, second))
    found = sample_schedules(subject(handed_over), scenario, runs=30)
    assert found.claims == ("CELL-1",)


def test_who_acts_at_a_change_goes_last_from_then_on() -> None:
    priorities = sampling._Priorities(Chance(0), 1)
    priorities._changes = {0, 1}
    one, other = (Move(at, Event(at, "load", "x")) for at in (0, 1))
    first = priorities.pick((one, other), 0)
    second = priorities.pick((one, other), 1)
    assert first != second
    assert priorities.pick((second, first), 2) == first


def test_a_run_that_is_too_long_is_told() -> None:
    spins = CellScenario(((("await", "go", 1),), COUNT))
    found = sample_schedules(subject(), spins, runs=2)
    assert found.reason == "a run was given up before its end"
    assert not found.ends


def test_an_interrupt_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "_SECONDS_BETWEEN_REPORTS", 0.0)

    def listen(progress: Any) -> None:
        if progress.states == 3:
            raise KeyboardInterrupt

    found = sample_schedules(subject(), TWICE, runs=9, listener=listen)
    assert (found.runs, found.reason) == (3, "interrupted")


def test_a_run_that_does_not_repeat_itself_is_a_mistake_of_ours() -> None:
    with pytest.raises(Unrepeatable, match="does not repeat itself"):
        sample_schedules(faulty(subject(), 4), TWICE, runs=2)
