"""Every schedule of toy programs, and what is told of them."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from assay.engines.kernel_traces import KernelReplayer
from assay.engines.schedules import Limits, Schedules, Unrepeatable, search_schedules
from assay.engines.schedules import search as searching
from assay.traces import replay
from tests.assay.engines.schedules.cells import (
    Cells,
    CellScenario,
    Event,
    Step,
    every_end,
    faulty,
    of,
    subject,
)

COUNT: tuple[Step, ...] = (("load", "n"), ("add", "n"))
TWICE = CellScenario((COUNT, COUNT))
ANY = Limits()


def lost(_: Any, before: Cells, event: Event, _gave: int, _after: Cells) -> str | None:
    """What somebody wrote is written over by who did not see it."""
    over = event.does == "set" and event.value <= of(before, event.cell)
    return f"processor {event.actor} writes {event.value} again" if over else None


def lost_count(_: Any, before: Cells, event: Event, _gave: int, _after: Cells) -> str | None:
    """There was more before."""
    less = event.does == "set" and event.value < of(before, "n")
    return "less than before" if less else None


def twice_broken(_: Any, _before: Cells, _event: Event, _gave: int, after: Cells) -> str | None:
    """It is broken in two ways, one after the other."""
    return {1: "at first", 2: "then otherwise"}.get(of(after, "n"))


def finished(found: Schedules) -> set[str]:
    """How the runs end."""
    return {each.words for each in found.ends}


def test_a_lost_update_is_found_by_the_shortest_run() -> None:
    found = search_schedules(subject(lost), TWICE, ANY)
    (broken,) = found.broken
    assert (broken.claim, broken.trace.steps) == ("CELL-1", 2)
    assert replay(broken.trace, KernelReplayer(subject(lost).kernel, "plain")).holds
    assert found.complete
    assert finished(found) == {"(('n', 1),)", "(('n', 2),)"}


def test_a_run_that_is_not_cut_has_all_that_happened() -> None:
    found = search_schedules(subject(lost), TWICE, Limits(cut=False))
    assert [each.trace.steps for each in found.broken] == [4]


@pytest.mark.parametrize(("preemptions", "broken"), [(0, False), (1, True), (None, True)])
def test_a_bound_on_preemptions_is_kept(preemptions: int | None, broken: bool) -> None:
    found = search_schedules(subject(lost), TWICE, Limits(preemptions))
    assert bool(found.broken) is broken
    assert found.complete
    assert found.preemptions == preemptions


def test_more_preemptions_show_more_and_at_last_everything() -> None:
    three = CellScenario((COUNT, COUNT, (*COUNT, *COUNT)))
    ends = [finished(search_schedules(subject(), three, Limits(bound))) for bound in range(6)]
    assert all(fewer <= more for fewer, more in pairwise(ends))
    assert ends[0] < ends[1]
    assert ends[-1] == finished(search_schedules(subject(), three, ANY))


def test_locks_taken_in_two_orders_leave_everybody_stuck() -> None:
    one: tuple[Step, ...] = (("lock", "a"), ("lock", "b"), ("unlock", "b"), ("unlock", "a"))
    other: tuple[Step, ...] = (("lock", "b"), ("lock", "a"), ("unlock", "a"), ("unlock", "b"))
    found = search_schedules(subject(), CellScenario((one, other)), ANY)
    assert [(each.words, each.trace.steps) for each in found.stuck] == [("[0, 1] cannot go on", 2)]
    assert not search_schedules(subject(), CellScenario((one, one)), ANY).stuck


def test_waiting_for_what_never_comes_is_endless() -> None:
    spins: tuple[Step, ...] = (("await", "go", 1),)
    found = search_schedules(subject(), CellScenario((spins, (("load", "go"),))), ANY)
    assert found.endless is not None
    found = search_schedules(subject(), CellScenario((spins, (("set", "go", 1),))), ANY)
    assert found.endless is None
    once = (("set", "go", 1), ("set", "go", 2))
    found = search_schedules(subject(), CellScenario((spins, once)), ANY)
    assert found.endless is not None
    assert found.endless.steps == 2


def test_what_is_broken_before_the_programs_is_told() -> None:
    first = (Event(0, "set", "n", 1), Event(0, "set", "n", 1))
    scenario = CellScenario((COUNT,), start=(("n", 1),), first=first)
    (broken,) = search_schedules(subject(lost), scenario, ANY).broken
    assert [each.name for each in broken.trace.decisions] == ["set", "set"]
    assert broken.trace.prepared == 2


def test_what_came_before_is_told_apart() -> None:
    first = (Event(0, "set", "m", 1), Event(0, "set", "n", 5))
    steps: tuple[Step, ...] = (("load", "m"), ("set", "n", 1))
    scenario = CellScenario((steps,), start=(("m", 1), ("n", 5)), first=first)
    (broken,) = search_schedules(subject(lost_count), scenario, Limits(cut=False)).broken
    assert (broken.trace.steps, broken.trace.prepared) == (4, 2)
    (broken,) = search_schedules(subject(lost_count), scenario, ANY).broken
    assert (broken.trace.steps, broken.trace.prepared) == (2, 1)


def test_a_claim_that_was_broken_is_looked_at_no_more_on_that_way() -> None:
    steps: tuple[Step, ...] = (("set", "n", 1), ("set", "n", 2))
    found = search_schedules(subject(twice_broken), CellScenario((steps,)), ANY)
    assert [each.why for each in found.broken] == ["at first"]


def test_what_goes_on_is_cut_with_what_began_it() -> None:
    steps: tuple[Step, ...] = (("set", "m", 1), ("then", "n", 2), ("set", "k", 1))
    found = search_schedules(subject(twice_broken), CellScenario((steps,)), ANY)
    (broken,) = found.broken
    assert [dict(each.arguments)["cell"] for each in broken.trace.decisions] == ["m", "n"]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(states=3), "the limit of 3 states"),
        (Limits(seconds=1e-9), "the limit of 1e-09 s"),
    ],
)
def test_a_search_that_gives_up_says_so(limits: Limits, reason: str) -> None:
    found = search_schedules(subject(), TWICE, limits)
    assert not found.complete
    assert found.reason == reason


def test_an_interrupt_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_SECONDS_BETWEEN_REPORTS", 0.0)
    told = []

    def listen(progress: Any) -> None:
        told.append(progress)
        if (progress.depth, progress.queued) == (4, 1):
            raise KeyboardInterrupt

    found = search_schedules(subject(lost), TWICE, ANY, listen)
    assert (found.complete, found.reason) == (False, "interrupted")
    assert found.claims == ("CELL-1",)
    assert [each.states for each in told] == sorted(each.states for each in told)


@pytest.mark.parametrize("steps", [14, 15])
def test_a_run_that_does_not_repeat_itself_is_a_mistake_of_ours(steps: int) -> None:
    counted = search_schedules(subject(lost), TWICE, ANY)
    assert counted.steps == 14
    with pytest.raises(Unrepeatable, match="does not repeat itself"):
        search_schedules(faulty(subject(lost), steps), TWICE, ANY)


def programs(seed: int, *, outside: bool = False) -> CellScenario:
    """Two or three short programs, which do much on their own."""
    random = Random(seed)
    steps: list[Step] = [("load", "n"), ("add", "n"), ("load", "m"), ("add", "m"), ("set", "n", 3)]
    made = []
    for actor in range(random.choice((2, 2, 3))):
        own: Step = ("own", f"own{actor}")
        made.append([random.choice((own, own, *steps)) for _ in range(random.randint(2, 4))])
    return CellScenario(made, outside=outside)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_put_off_changes_no_end_and_no_claim(seed: int) -> None:
    scenario = programs(seed)
    whole = search_schedules(subject(lost), scenario, Limits(reduced=False))
    reduced = search_schedules(subject(lost), scenario, Limits(reduced=True))
    assert finished(reduced) == finished(whole) == every_end(scenario)
    assert reduced.claims == whole.claims
    assert whole.spared == 0
    assert reduced.steps <= whole.steps


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_within_a_bound_every_end_is_found_and_no_other(seed: int, outside: bool) -> None:
    scenario = programs(seed, outside=outside)
    for bound in range(4):
        found = search_schedules(subject(lost), scenario, Limits(bound))
        assert finished(found) == every_end(scenario, bound)


def test_much_is_spared_where_much_is_done_alone() -> None:
    alone: tuple[tuple[Step, ...], ...] = tuple((("own", f"own{at}"),) * 4 for at in range(3))
    whole = search_schedules(subject(), CellScenario(alone), Limits(reduced=False))
    reduced = search_schedules(subject(), CellScenario(alone), ANY)
    assert (whole.steps, reduced.steps) == (300, 12)
    assert finished(whole) == finished(reduced)


def test_who_goes_in_circles_alone_keeps_nobody_waiting() -> None:
    scenario = CellScenario(((("idle", "x"),), COUNT, COUNT))
    assert search_schedules(subject(lost), scenario, ANY).claims == ("CELL-1",)
