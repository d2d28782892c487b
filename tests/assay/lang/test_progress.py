"""Claims on progress as they are recorded, and the mistakes in them, each with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay.lang import TRUE, Model, ModelError, Recorded, leads_to, record, strongly, weakly
from assay.lang.fingerprint import fingerprint
from assay.lang.progress import Fairly, LeadsTo
from assay.lang.recorded import Fair, Fairness
from tests.assay.lang.slots import (
    Copying,
    Rights,
    Slot,
    SlotDesign,
    Slots,
    boot,
    cap_clone,
    close,
    is_held,
)

CHECKED = SlotDesign("checked", Copying.CHECKED)
UNCHECKED = SlotDesign("unchecked", Copying.UNCHECKED)


def slots() -> Model[Slots, SlotDesign]:
    """The model of slots without its claims; one action is there under one design only."""
    model = Model("slots", Slots, SlotDesign)
    model.start(boot)
    model.action()(cap_clone)
    model.action(when=lambda design: design.copying is Copying.CHECKED)(close)
    return model


def is_closed(now: Slots, slot: Slot) -> LeadsTo:
    """What is held is closed."""
    return leads_to(is_held(now, slot), now.closed)


def stated(*fair: Fairly, design: SlotDesign = CHECKED) -> Recorded:
    """The model with the claim under this fairness."""
    model = slots()
    model.eventually("SLOT-3", *fair)(is_closed)
    return record(model, design)


def test_a_claim_says_what_leads_to_what_and_what_is_fair() -> None:
    (claim,) = stated(weakly(close), strongly(cap_clone, "src", "dst")).progress
    assert (claim.name, claim.guarantee) == ("is_closed", "SLOT-3")
    assert claim.meaning == "What is held is closed."
    assert [parameter.name for parameter in claim.parameters] == ["slot"]
    assert claim.fair == (
        Fair("close", (), Fairness.WEAK),
        Fair("cap_clone", ("src", "dst"), Fairness.STRONG),
    )


def test_an_action_of_another_design_is_fair_there_alone() -> None:
    assert stated(weakly(close)).progress[0].fair
    assert not stated(weakly(close), design=UNCHECKED).progress[0].fair


def test_a_model_may_state_nothing_else_and_is_another_model_then() -> None:
    assert not stated().claims
    hashes = {fingerprint(stated()), fingerprint(stated(weakly(close)))}
    assert len(hashes) == 2


def told(state: Callable[[Model[Slots, SlotDesign]], object]) -> str:
    """What is said of a model in which something is stated."""
    model = slots()
    model.guarantee("SLOT-1")(lambda s: ~s.closed)
    state(model)
    with pytest.raises(ModelError) as caught:
        record(model, CHECKED)
    (problem,) = caught.value.problems
    line = Path(problem.where.file).read_text("utf-8").splitlines()[problem.where.line - 1]
    return f"{line.strip()} -- {problem.message}; {problem.instead}"


def no_action(now: Slots, slot: Slot) -> LeadsTo:
    """What is named as fair."""
    return leads_to(is_held(now, slot), now.closed)


def no_promise(now: Slots, slot: Slot) -> LeadsTo:
    """It forgets what comes of it."""
    return is_held(now, slot)  # type: ignore[return-value]


def no_truth(now: Slots, rights: Rights) -> LeadsTo:
    """It promises a set of rights."""
    return leads_to(TRUE, rights)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            lambda model: model.eventually("SLOT-3", weakly(no_action))(is_closed),
            "no_action, named as fair, is no action; name one of cap_clone, close",
        ),
        (
            lambda model: model.eventually("SLOT-3", weakly(cap_clone, "source"))(is_closed),
            "cap_clone has no parameter `source`; its parameters are src, dst, mask",
        ),
        (
            lambda model: model.eventually("SLOT-3", weakly(close), strongly(close))(is_closed),
            "close is named as fair twice; say it once: strong fairness is more",
        ),
        (
            lambda model: model.eventually("SLOT-3")(no_promise),
            "def no_promise(now: Slots, slot: Slot) -> LeadsTo: -- no_promise does not say what "
            "leads to what; return `leads_to(premise, goal)`",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    state: Callable[[Model[Slots, SlotDesign]], object], expected: str
) -> None:
    said = told(state)
    assert expected in said
    assert "weakly" in said or "def no_promise" in said


def test_what_is_no_condition_is_told_at_its_line() -> None:
    model = slots()
    model.eventually("SLOT-3")(no_truth)
    with pytest.raises(ModelError, match="the goal of `leads_to` is no Truth"):
        record(model, CHECKED)
