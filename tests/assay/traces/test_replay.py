"""A trace replays where it shows what it claims, and says where it parts."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assay.traces import Decision, Trace, TraceError, replay, replay_loop


class Counter:
    """Adds; refuses to go above nine; three breaks `below_three`."""

    subject = "model:counter"
    subject_hash = "v1"

    def start(self, decision: Decision) -> int:
        if decision.name != "zero":
            raise ValueError(f"unknown start {decision.name!r}; did you mean `zero`?")
        return 0

    def step(self, state: int, decision: Decision) -> tuple[int, Decision] | None:
        if decision.name != "add":
            raise ValueError(f"unknown action {decision.name!r}; did you mean `add`?")
        after = state + int(dict(decision.arguments)["by"] or 0)
        if after > 9:
            return None
        return after, replace(decision, gave="OK", changed=(("n", f"{state} -> {after}"),))

    def broken(self, claim: str, before: int, decision: Decision, after: int) -> str | None:
        return self.broken_at_start(claim, after)

    def broken_at_start(self, claim: str, state: int) -> str | None:
        return f"n is {state}" if claim == "below_three" and state >= 3 else None


def trace(*adds: int, claim: str | None = "below_three") -> Trace:
    decisions = tuple(Decision("add", (("by", by),), "OK") for by in adds)
    return Trace("model:counter", "d", "v1", (), Decision("zero"), decisions, claim)


def test_a_trace_that_shows_its_claim_holds() -> None:
    shown = replay(trace(1, 2), Counter())
    assert shown.holds
    assert shown.why == "n is 3"
    assert shown.trace.decisions[1].changed == (("n", "1 -> 3"),)


def test_a_trace_without_a_claim_holds_when_it_runs() -> None:
    assert replay(trace(5, claim=None), Counter()).holds


@pytest.mark.parametrize(
    ("adds", "why"),
    [
        ((1, 1), "below_three is not broken at the end"),
        ((3, 1), "broken after step 1: n is 3"),
        ((1, 9), "step 2: add(by=9) cannot happen there"),
    ],
)
def test_a_trace_that_parts_says_where(adds: tuple[int, ...], why: str) -> None:
    shown = replay(trace(*adds), Counter())
    assert not shown.holds
    assert why in shown.why


def test_another_answer_than_the_stored_one_is_told() -> None:
    stored = replace(trace(3), decisions=(Decision("add", (("by", 3),), "REFUSED"),))
    shown = replay(stored, Counter())
    assert not shown.holds
    assert "gave OK, the trace says REFUSED" in shown.why


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subject_hash": "v0"}, "another version of model:counter under d"),
        ({"subject": "kernel"}, "a trace of kernel, but model:counter was to run it"),
        ({"start": Decision("zro")}, "start zro(): unknown start 'zro'; did you mean `zero`?"),
        ({"decisions": (Decision("ad"),)}, "step 1: ad(): unknown action 'ad'"),
    ],
)
def test_a_trace_of_something_else_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(TraceError) as caught:
        replay(replace(trace(3), **change), Counter())  # type: ignore[arg-type]
    assert message in str(caught.value)


class Ring(Counter):
    """A counter that starts again at three; a run that never shows two breaks `shows_two`."""

    def step(self, state: int, decision: Decision) -> tuple[int, Decision] | None:
        after = super().step(state, decision)
        return after and (after[0] % 3, after[1])

    def broken_for_ever(
        self, claim: str, states: Sequence[int], decisions: Sequence[Decision], loop: int
    ) -> str | None:
        if claim != "shows_two":
            raise ValueError(f"no claim {claim}")
        goes_on = states[-1] == states[loop] and 2 not in states[loop:]
        return "there is no two" if goes_on else None


def test_a_run_that_goes_on_for_ever_is_judged_as_a_whole() -> None:
    around = replace(trace(2, 1, 3, claim="shows_two"), loop=2)
    shown = replay_loop(around, Ring())
    assert (shown.holds, shown.why) == (True, "there is no two")
    for loop in (0, 1):
        again = replay_loop(replace(around, loop=loop), Ring())
        assert again.holds is (loop == 2)
        assert again.holds or "is not broken by going on like this" in again.why
    cut = replay_loop(replace(trace(2, 9, claim="shows_two"), loop=1), Ring())
    assert "step 2: add(by=9) cannot happen there" in cut.why


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loop": None}, "needs a loop and a claim"),
        ({"claim": None}, "needs a loop and a claim"),
        ({"claim": "shows_to"}, "no claim shows_to"),
        ({"start": Decision("zro")}, "start zro(): unknown start"),
        ({"decisions": (Decision("ad"),)}, "step 1: ad(): unknown action"),
    ],
)
def test_a_loop_of_something_else_is_refused(change: dict[str, object], message: str) -> None:
    around = replace(trace(2, 1, claim="shows_two"), loop=2)
    with pytest.raises(TraceError) as caught:
        replay_loop(replace(around, **change), Ring())  # type: ignore[arg-type]
    assert message in str(caught.value)
