"""Every call of the kernel is the row of small steps that the mapping names, and nothing else."""

from dataclasses import replace
from itertools import chain, product

import pytest

from assay.engines.follow import Coverage, Follower
from proofs.references.mapping import MAPPING, ReferencesMapping
from proofs.references.realise.killed import killed_call
from reference_kernel import references
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Done, Ok, Refused
from reference_kernel.state import Object, State
from spec.design import Design, Move, UpgradeRight, WeakAutoDestroy, WeakCapabilities
from spec.designs import AS_BUILT, PROPOSED, named
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import CapClone
from tests.models.references.recording import recorded
from tests.proofs.capability_lifetimes.first_calls import (
    FIRST,
    called,
    key_goes,
    with_a_forged_entry,
    word_of,
)
from tests.proofs.capability_lifetimes.walking import walk

BOTH = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda design: design.name)
WHAT_WHOLE_CALLS_DO = {
    "entry_is_copied",
    "count_is_raised",
    "reference_is_kept",
    "copy_takes_the_place",
    "source_is_removed",
    "entry_is_taken_out",
    "object_is_made",
    "owner_is_made",
    "thread_takes_hold",
    "thread_lets_go",
    "last_thread_lets_go",
    "reference_is_dropped",
    "last_reference_is_dropped",
    "entry_goes_with_its_space",
    "object_is_destroyed",
    "block_is_freed",
}
REFUSED = {
    ("entry_is_copied", "unknown"),
    ("count_is_loaded", "dead"),
    ("count_is_loaded_to_keep", "lacks_upgrade"),
}


def mapped(event: CallMade) -> list[str]:
    """The small steps that the event is at boot."""
    after, outcome = KERNEL.step(AS_BUILT, FIRST, event)
    return [each.action for each in MAPPING.steps(AS_BUILT, FIRST, event, outcome, after)]


def test_random_runs_are_runs_of_the_model() -> None:
    seen = Coverage()
    for design in map(named, ("as-built", "seed", "proposed")):
        for seed in range(12):
            follower = Follower(recorded(design), ReferencesMapping(), design)
            for step in walk(design, seed=seed, steps=80):
                assert follower.follow(*step) is None
            seen.add(follower.coverage)
    assert seen.taken.keys() >= WHAT_WHOLE_CALLS_DO
    assert seen.refused.keys() >= REFUSED


@pytest.mark.parametrize("weak", WeakCapabilities, ids=lambda weak: weak.name)
@pytest.mark.parametrize("base", ["as-built", "proposed"])
def test_the_model_follows_the_kernel_whatever_is_chosen(base: str, weak: WeakCapabilities) -> None:
    for upgrade, dead, move in product(UpgradeRight, WeakAutoDestroy, Move):
        chosen = replace(
            named(base),
            weak_capabilities=weak,
            upgrade_right=upgrade,
            weak_auto_destroy=dead,
            move=move,
        )
        follower = Follower(recorded(chosen), ReferencesMapping(), chosen)
        for step in chain(*(walk(chosen, seed=seed, steps=60) for seed in range(2))):
            assert follower.follow(*step) is None, chosen


@BOTH
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(design: Design) -> None:
    mapping = ReferencesMapping()
    states = [step[3] for seed in range(3) for step in walk(design, seed=seed, steps=120)]
    for state in (*states, *states[::-7]):
        assert mapping.state(design, state) == mapping.whole(design, state)


def test_between_calls_nothing_lies_on_a_stack() -> None:
    seen = MAPPING.state(AS_BUILT, FIRST)
    assert seen["keeper"].keys() == seen["target"].keys()
    assert "stack" not in seen
    assert MAPPING.universe(AS_BUILT, FIRST)["Stack"] == {0, 1}


def test_what_a_call_looks_up_lies_on_its_stack_till_it_is_over() -> None:
    own = word_of(FIRST, ObjectType.CAPABILITY_SPACE)
    memory = word_of(FIRST, ObjectType.MEMORY)
    assert mapped(called("cap_destroy", 0, own, memory)) == [
        "entry_is_copied",
        "count_is_loaded",
        "count_is_raised",
        "entry_is_taken_out",
        "reference_is_dropped",
        "reference_is_dropped",
    ]


def test_a_move_as_built_inserts_first() -> None:
    options = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF | CapClone.DESTROY_SRC_CAP
    memory = word_of(FIRST, ObjectType.MEMORY)
    assert mapped(called("cap_clone", options, 0, 0, memory)) == [
        "entry_is_copied_to_move",
        "reference_is_kept",
        "source_is_removed",
        "reference_is_dropped",
    ]


def test_a_look_up_that_lacks_a_right_copies_nothing() -> None:
    refused = Refused(Error.INVL_PERM, "allocator_lacks_right")
    assert MAPPING.stutters(called("key_new", 15, 0), refused)
    assert not MAPPING.stutters(called("key_new", 15, 0), Ok((1,)))
    assert MAPPING.stutters(TimerTick(), Done())


def test_an_entry_that_nobody_made_is_noticed() -> None:
    follower = Follower(recorded(AS_BUILT), ReferencesMapping(), AS_BUILT)
    assert follower.follow(FIRST, TimerTick(), Done(), with_a_forged_entry()) is not None


def test_an_object_that_outlives_its_references_is_noticed() -> None:
    drop = key_goes()
    leaked = drop.kept(drop.before.objects[drop.name])
    follower = Follower(recorded(AS_BUILT), ReferencesMapping(), AS_BUILT)
    assert follower.follow(drop.before, drop.event, drop.outcome, drop.after) is None
    assert follower.follow(drop.before, drop.event, drop.outcome, leaked) is not None


@BOTH
def test_a_count_above_those_who_hold_is_noticed(design: Design) -> None:
    first = KERNEL.boot(design)
    event = called("key_new", 15, word_of(first, ObjectType.ALLOCATOR))
    after, outcome = KERNEL.step(design, first, event)
    for name, known in after.objects.items():
        more = Object(known.type, known.strong + 1, known.weak, known.body)
        leaked = replace(after, objects=after.objects.set(name, more))
        follower = Follower(recorded(design), ReferencesMapping(), design)
        assert follower.follow(first, event, outcome, after) is None
        why = follower.follow(first, event, outcome, leaked)
        assert why is not None
        assert "is None in the model" in why


def killed_as_it_waits(design: Design) -> tuple[Coverage, list[str], State]:
    """A thread is killed that waits to send: what is seen of that, why it is not, what is left."""
    follower = Follower(recorded(design), ReferencesMapping(), design)
    state, why = KERNEL.boot(design), list[str]()
    for event in killed_call(design, ()):
        after, outcome = KERNEL.step(design, state, event)
        strays = follower.follow(state, event, outcome, after)
        why += [] if strays is None else [strays]
        state = after
    return follower.coverage, why, state


def test_what_a_killed_call_holds_is_lost_as_built_alone() -> None:
    for design, count in ((AS_BUILT, 1), (PROPOSED, 0)):
        coverage, why, left = killed_as_it_waits(design)
        tables = ReferencesMapping().state(design, left)
        lost = [key for key in tables["target"] if key not in tables["keeper"]]
        assert not why
        assert coverage.taken["call_is_killed"] == count
        assert len(lost) == coverage.taken["call_shares_a_hold"] == 2 * count


def test_a_kernel_that_drops_what_is_lost_as_built_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(references, "leaks_stacks", lambda _: False)
    _, why, _ = killed_as_it_waits(AS_BUILT)
    assert why


@BOTH
def test_a_kernel_that_loses_what_a_thread_held_is_noticed(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses(draft: Draft, name: int) -> None:
        if draft.objects[name].type is not ObjectType.CAPABILITY_SPACE:
            released(draft, name)

    released = references._release
    monkeypatch.setattr(references, "_release", loses)
    _, why, _ = killed_as_it_waits(design)
    assert why


def test_a_block_that_nobody_names_may_stay_for_a_while() -> None:
    drop = key_goes()
    kept = drop.kept(Object(ObjectType.KEY, 0, 0, None))
    follower = Follower(recorded(AS_BUILT), ReferencesMapping(), AS_BUILT)
    assert follower.follow(drop.before, drop.event, drop.outcome, kept) is None
    later = Follower(recorded(AS_BUILT), ReferencesMapping(), AS_BUILT)
    assert later.follow(kept, TimerTick(), Done(), drop.after) is None
