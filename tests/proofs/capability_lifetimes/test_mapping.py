"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from dataclasses import replace
from itertools import chain, product

import pytest

from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import ModelStep
from proofs.capability_lifetimes.mapping import MAPPING, CapabilityMapping
from reference_kernel.events import CallMade, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Done, Ok, Refused
from spec.design import CreatedRights, Move, UpgradeRight, WeakAutoDestroy
from spec.designs import named
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import CapClone
from spec.rights import Right
from tests.models.capability_lifetimes.recording import recorded
from tests.proofs.capability_lifetimes.first_calls import (
    FIRST,
    called,
    key_goes,
    own_space,
    with_a_forged_entry,
    word_of,
)
from tests.proofs.capability_lifetimes.walking import walk

AS_BUILT = named("as-built")
DESIGNS = ("as-built", "seed", "proposed")


def mapped(event: CallMade) -> list[tuple[str, str | None]]:
    """The actions of the steps that the event is at boot, and what refuses them."""
    after, outcome = KERNEL.step(AS_BUILT, FIRST, event)
    steps = MAPPING.steps(AS_BUILT, FIRST, event, outcome, after)
    return [(step.action, step.refused) for step in steps]


@pytest.mark.parametrize("use", [Right.READ, Right.PROD, Right.WRITE], ids=lambda use: use.name)
@pytest.mark.parametrize("design", DESIGNS)
def test_random_runs_are_runs_of_the_model(design: str, use: Right) -> None:
    chosen = named(design)
    model = recorded(chosen)
    seen = Coverage()
    for seed in range(12):
        follower = Follower(model, CapabilityMapping(use), chosen)
        for step in walk(chosen, seed=seed, steps=80):
            assert follower.follow(*step) is None
        seen.add(follower.coverage)
    assert {"cap_clone", "cap_move", "cap_destroy", "last_holder_goes"} <= seen.taken.keys()


@pytest.mark.parametrize("base", ["as-built", "proposed"])
def test_the_model_follows_the_kernel_whatever_is_chosen(base: str) -> None:
    for upgrade, dead, rights, move in product(UpgradeRight, WeakAutoDestroy, CreatedRights, Move):
        chosen = replace(
            named(base),
            upgrade_right=upgrade,
            weak_auto_destroy=dead,
            created_rights=rights,
            move=move,
        )
        follower = Follower(recorded(chosen), CapabilityMapping(), chosen)
        for step in chain(*(walk(chosen, seed=seed, steps=60) for seed in range(3))):
            assert follower.follow(*step) is None, chosen


@pytest.mark.parametrize("design", ["as-built", "proposed"])
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(design: str) -> None:
    chosen, mapping = named(design), CapabilityMapping()
    states = [step[3] for seed in range(3) for step in walk(chosen, seed=seed, steps=120)]
    for state in (*states, *states[::-7]):
        assert mapping.state(chosen, state) == mapping.whole(chosen, state)


def test_boot_is_one_space_with_its_entries() -> None:
    seen = MAPPING.state(AS_BUILT, FIRST)
    space, body = own_space(FIRST)
    assert set(seen["space"].values()) == {space}
    assert sorted(map(str, seen["target"].values())) == sorted(map(str, body.entries.values()))
    assert (space,) in seen["is_space"]
    assert (space,) in seen["anchored"]


def test_a_removed_id_is_still_given_out() -> None:
    event = called("cap_destroy", 1, 0, word_of(FIRST, ObjectType.MEMORY))
    after, _ = KERNEL.step(AS_BUILT, FIRST, event)
    before, seen = MAPPING.state(AS_BUILT, FIRST), MAPPING.state(AS_BUILT, after)
    assert seen["space"] == before["space"]
    assert len(seen["target"]) == len(before["target"]) - 1


def test_a_call_is_its_lookups_then_itself_then_the_drops() -> None:
    own = word_of(FIRST, ObjectType.CAPABILITY_SPACE)
    memory = word_of(FIRST, ObjectType.MEMORY)
    assert mapped(called("cap_destroy", 0, own, memory)) == [
        ("capability_is_used", None),
        ("cap_destroy", None),
        ("object_lives_on", None),
    ]


def test_a_move_as_built_is_two_steps() -> None:
    options = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF | CapClone.DESTROY_SRC_CAP
    memory = word_of(FIRST, ObjectType.MEMORY)
    assert mapped(called("cap_clone", options, 0, 0, memory)) == [
        ("cap_move", None),
        ("cap_move_ends", None),
        ("object_lives_on", None),
    ]


def test_an_id_that_names_nothing_is_refused_as_unknown() -> None:
    assert mapped(called("key_new", 15, 0b11111 << 5)) == [("capability_is_used", "unknown")]
    assert mapped(called("cap_destroy", 1, 0, 0b11111 << 5)) == [("cap_destroy", "cap_unknown")]


def test_a_right_that_lacks_and_is_not_use_is_not_seen() -> None:
    options = CapClone.WRITE | CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
    clone = called("cap_clone", options, 0, 0, word_of(FIRST, ObjectType.MEMORY))
    before, made = KERNEL.step(AS_BUILT, FIRST, clone)
    assert isinstance(made, Ok)
    space = word_of(FIRST, ObjectType.ADDRESS_SPACE)
    event = called("memory_map", Right.READ | Right.WRITE, space, made.values[0], 1 << 30, 1)
    after, outcome = KERNEL.step(AS_BUILT, before, event)
    assert outcome == Refused(Error.INVL_PERM, "memory_lacks_right")
    steps = MAPPING.steps(AS_BUILT, before, event, outcome, after)
    assert [(step.action, step.refused) for step in steps] == [("capability_is_used", None)]
    assert MAPPING.stutters(event, outcome) is False


def test_calls_that_look_up_may_not_stutter() -> None:
    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(called("thread_yield", 0), Ok())
    assert not MAPPING.stutters(called("key_new", 15, 0), Ok((1,)))
    assert not MAPPING.stutters(called("cap_destroy", 1), Refused(Error.INVL_ID, "cap_unknown"))


def test_an_entry_that_nobody_made_is_noticed() -> None:
    follower = Follower(recorded(AS_BUILT), CapabilityMapping(), AS_BUILT)
    assert follower.follow(FIRST, TimerTick(), Done(), with_a_forged_entry()) is not None


def test_an_object_that_outlives_its_references_is_noticed() -> None:
    drop = key_goes()
    leaked = drop.kept(drop.before.objects[drop.name])
    follower = Follower(recorded(AS_BUILT), CapabilityMapping(), AS_BUILT)
    assert follower.follow(drop.before, drop.event, drop.outcome, drop.after) is None
    assert follower.follow(drop.before, drop.event, drop.outcome, leaked) is not None


def test_steps_name_elements_that_are_in_the_universe() -> None:
    event = called("cap_destroy", 1, 0, word_of(FIRST, ObjectType.MEMORY))
    after, outcome = KERNEL.step(AS_BUILT, FIRST, event)
    first, *_ = MAPPING.steps(AS_BUILT, FIRST, event, outcome, after)
    assert isinstance(first, ModelStep)
    assert first.arguments["capability"] in MAPPING.universe(AS_BUILT, FIRST)["Capability"]
