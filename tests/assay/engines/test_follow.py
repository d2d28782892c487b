"""A toy kernel is followed through a toy model."""

from collections.abc import Mapping

from assay.engines.follow import Follower
from assay.engines.interpret import ModelState, ModelStep
from assay.engines.kernel import WHOLE
from assay.engines.stepper import elements_of
from tests.assay.toys import all_toys

LOCKS = all_toys()["locks"].recorded
Owners = Mapping[int, int]
EMPTY: Owners = {}


class OwnersMapping:
    """A kernel that knows owners alone; its events are pairs of thread and lock."""

    modes = (WHOLE,)

    def state(self, design: str, state: Owners) -> ModelState:
        return {"owner": {(lock,): thread for lock, thread in state.items()}}

    def whole(self, design: str, state: Owners) -> ModelState:
        return self.state(design, state)

    def universe(self, design: str, state: Owners) -> Mapping[str, frozenset[int]]:
        found = self.state(design, state)
        return elements_of(LOCKS, {"owner": found["owner"], "wants": {}, "life": {}})

    def steps(
        self, design: str, before: Owners, event: tuple[int, int], outcome: str, after: Owners
    ) -> tuple[ModelStep, ...]:
        thread, lock = event
        refused = {"ok": None, "nothing": None}.get(outcome, outcome)
        step = ModelStep("take", {"thread": thread, "lock": lock}, refused)
        return () if outcome == "nothing" else (step,)

    def stutters(self, event: tuple[int, int], outcome: str) -> bool:
        return event == (0, 0)


def follower() -> Follower[str, Owners, tuple[int, int], str]:
    return Follower(LOCKS, OwnersMapping(), "toy")


def test_steps_that_are_the_models_are_counted() -> None:
    run = follower()
    held = {5: 70}
    assert run.follow(EMPTY, (70, 5), "ok", held) is None
    assert run.follow(held, (80, 5), "busy", held) is None
    assert run.follow(held, (0, 0), "nothing", held) is None
    assert run.coverage.taken == {"take": 1}
    assert run.coverage.refused == {("take", "busy"): 1}
    assert run.coverage.stuttered == 1
    assert "take refuses busy: 1" in run.coverage.rare(LOCKS, 2)
    assert "take refuses busy: 1" not in run.coverage.rare(LOCKS, 1)


def test_a_step_that_the_model_does_not_take_is_told() -> None:
    held = {5: 70}
    why = follower().follow(held, (80, 5), "ok", {5: 80})
    assert why == (
        "take(thread=thread80, lock=lock5): "
        "the kernel took it, the model refuses it with BUSY (busy)"
    )
    why = follower().follow(EMPTY, (80, 5), "busy", EMPTY)
    assert why == (
        "take(thread=thread80, lock=lock5): the kernel refused it (busy), the model takes it"
    )


def test_a_step_that_leads_elsewhere_is_told() -> None:
    why = follower().follow(EMPTY, (80, 5), "ok", {5: 81})
    assert why == (
        "after take(thread=thread80, lock=lock5): "
        "owner[lock5] is thread80 in the model, thread81 in the kernel"
    )


class Forgetful(OwnersMapping):
    """A mapping, or a kernel, that has forgotten that thread 70 lives."""

    def universe(self, design: str, state: Owners) -> Mapping[str, frozenset[int]]:
        found = super().universe(design, state)
        return {**found, "Thread": found["Thread"] - {70}}


def test_what_is_named_and_does_not_live_is_told() -> None:
    held = {5: 70}
    run = Follower(LOCKS, Forgetful(), "toy", steps_between_full_looks=2)
    assert run.follow(EMPTY, (80, 3), "ok", {3: 80}) is None
    assert run.follow(held, (80, 5), "busy", held) is None
    why = run.follow(held, (80, 5), "busy", held)
    assert why == "what lives in the kernel lacks Thread 70, which is named there"


def test_nothing_visible_is_allowed_only_where_the_mapping_says_so() -> None:
    assert follower().follow(EMPTY, (1, 1), "nothing", EMPTY) is not None
    assert follower().follow(EMPTY, (0, 0), "nothing", EMPTY) is None
    why = follower().follow(EMPTY, (0, 0), "nothing", {3: 4})
    assert why == "after nothing: owner[lock3] is None in the model, thread4 in the kernel"
