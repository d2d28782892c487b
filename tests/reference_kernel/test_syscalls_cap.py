"""cap_clone and cap_destroy: what they give, and what both choices of a question change."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ok, Panic
from spec.design import EnumDecode, Move, UpgradeRight, WeakAutoDestroy, WeakCapabilities
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import is_weak
from tests.reference_kernel.program import (
    ALL,
    ALLOCATOR,
    AUTO_DESTROY,
    BOTH_SELF,
    DST_SELF,
    GROUP,
    MOVE,
    OWN_SPACE,
    SRC_SELF,
    STRONG,
    WEAK,
    Program,
)


@pytest.fixture
def program() -> Program:
    return Program(AS_BUILT)


def test_a_clone_has_no_right_that_was_not_asked(program: Program) -> None:
    key = program.key()
    assert program.clone(key, rights=0b0011) & ALL == 0b0011


def test_a_clone_has_no_right_that_the_source_lacks(program: Program) -> None:
    key = program.key(rights=0b0001)
    assert program.clone(key) & ALL == 0b0001


def test_a_strong_clone_counts_as_a_strong_reference(program: Program) -> None:
    key = program.key()
    program.clone(key)
    assert (program.object(key).strong, program.object(key).weak) == (2, 0)


def test_a_weak_clone_does_not_keep_the_object(program: Program) -> None:
    key = program.key()
    weak = program.clone(key, WEAK)
    name = program.named(key)
    program.destroy(key)
    assert not program.is_alive(name)
    assert program.refusal("key_id", weak) == "key_dead"


def test_make_weak_alone_has_no_effect(program: Program) -> None:
    key = program.key()
    program.clone(key, WEAK & ~STRONG)
    assert program.object(key).strong == 2


def test_a_dead_weak_capability_can_be_cloned_as_weak(program: Program) -> None:
    key = program.key()
    weak = program.clone(key, WEAK)
    program.destroy(key)
    program.clone(weak)
    assert program.object(weak).weak == 2


def test_the_block_goes_with_the_last_weak_reference(program: Program) -> None:
    key = program.key()
    weak = program.clone(key, WEAK)
    name = program.named(key)
    program.destroy(key)
    program.destroy(weak)
    assert name not in program.state.objects


@pytest.mark.parametrize("move", list(Move))
def test_a_move_leaves_only_the_new_capability(move: Move) -> None:
    program = Program(replace(AS_BUILT, move=move))
    key = program.key()
    moved = program.clone(key, MOVE)
    assert program.refusal("key_id", key) == "key_unknown"
    assert program.ok("key_id", moved) == (0,)
    assert not program.broken


@pytest.mark.parametrize("move", list(Move))
def test_the_last_weak_capability_to_a_dead_object_can_be_moved(move: Move) -> None:
    program = Program(replace(AS_BUILT, move=move))
    key = program.key()
    weak = program.clone(key, WEAK)
    program.destroy(key)
    moved = program.clone(weak, MOVE)
    assert program.refusal("key_id", moved) == "key_dead"


def test_moving_the_last_strong_capability_as_weak_ends_the_object(program: Program) -> None:
    key = program.key()
    name = program.named(key)
    program.clone(key, MOVE | WEAK)
    assert not program.is_alive(name)


def test_a_key_in_another_space_has_an_id_of_that_space(program: Program) -> None:
    _, space = program.thread_with_space()
    key = program.key()
    (there,) = program.ok("cap_clone", space, 0, key, options=ALL | SRC_SELF)
    assert there == key
    (back,) = program.ok("cap_clone", 0, space, there, options=ALL | DST_SELF)
    assert program.ok("key_id", back) == (0,)


def test_a_space_without_write_gives_nothing_and_takes_nothing(program: Program) -> None:
    space = program.clone(OWN_SPACE, rights=0b0011)
    key = program.key()
    options = ALL | SRC_SELF
    assert program.refusal("cap_clone", space, 0, key, options=options) == "dst_cspace_lacks_right"
    assert program.refusal("cap_clone", 0, space, key, options=ALL | DST_SELF) == (
        "src_cspace_lacks_right"
    )
    assert program.refusal("cap_destroy", space, key) == "cspace_lacks_right"


def test_upgrade_unchecked_makes_any_weak_capability_strong(program: Program) -> None:
    weak = program.clone(program.key(), WEAK, rights=0b0111)
    program.clone(weak, STRONG)
    assert program.broken == {"CAP-3"}


def test_without_weak_capabilities_a_space_holds_itself() -> None:
    program = Program(replace(PROPOSED, weak_capabilities=WeakCapabilities.REMOVED))
    assert not any(is_weak(word) for word in program.entries())
    assert not any(is_weak(word) for word in program.thread_with_space())
    program.call("thread_group_exit", GROUP)
    assert program.is_alive(program.space)
    assert program.broken == {"CAP-8"}


def test_upgrade_checked_needs_the_right() -> None:
    program = Program(replace(AS_BUILT, upgrade_right=UpgradeRight.CHECKED))
    key = program.key()
    without = program.clone(key, WEAK, rights=0b0111)
    with_ = program.clone(key, WEAK)
    options = ALL | STRONG | BOTH_SELF
    assert program.refusal("cap_clone", 0, 0, without, options=options) == "cap_lacks_upgrade"
    program.ok("cap_clone", 0, 0, with_, options=options)
    assert not program.broken


@pytest.mark.parametrize("choice", list(WeakAutoDestroy))
@pytest.mark.parametrize("asked", [0, AUTO_DESTROY])
def test_who_destroys_a_dead_weak_capability(choice: WeakAutoDestroy, asked: int) -> None:
    program = Program(replace(AS_BUILT, weak_auto_destroy=choice))
    key = program.key()
    weak = program.clone(key, WEAK)
    program.destroy(key)
    program.refusal("key_id", weak, options=asked)
    destroyed = choice is WeakAutoDestroy.ALWAYS or (
        choice is WeakAutoDestroy.OPTION_BIT and bool(asked)
    )
    expected = "key_unknown" if destroyed else "key_dead"
    assert program.refusal("key_id", weak) == expected
    assert ("ROB-3" in program.broken) != destroyed


def test_a_copy_made_strong_destroys_the_dead_weak_one_too(program: Program) -> None:
    key = program.key()
    weak = program.clone(key, WEAK)
    program.destroy(key)
    options = ALL | STRONG | BOTH_SELF | AUTO_DESTROY
    assert program.refusal("cap_clone", 0, 0, weak, options=options) == "cap_dead"
    assert program.refusal("cap_clone", 0, 0, weak, options=options) == "cap_unknown"


@pytest.mark.parametrize("word", [0, 6 << 5, 10 << 5, 15 << 5])
@pytest.mark.parametrize("name", ["cap_clone", "cap_destroy"])
def test_a_type_without_a_table_panics_unless_decoding_is_total(word: int, name: str) -> None:
    words, options = ((0, 0, word), BOTH_SELF) if name == "cap_clone" else ((0, word), 1)
    program = Program(AS_BUILT)
    assert isinstance(program.call(name, *words, options=options), Panic)
    assert program.broken == {"ROB-1"}
    total = Program(replace(AS_BUILT, enum_decode=EnumDecode.TOTAL))
    assert total.refusal(name, *words, options=options) == "cap_untabled"
    assert not total.broken


def test_a_space_keeps_itself_alive_through_a_strong_capability_to_itself(
    program: Program,
) -> None:
    thread, space = program.thread_with_space()
    program.ok("cap_clone", space, 0, space, options=ALL | STRONG | SRC_SELF)
    program.ok("thread_destroy", thread, options=1)
    assert "CAP-8" in program.broken


def test_the_allocator_may_be_destroyed_and_lives_on(program: Program) -> None:
    name = program.named(ALLOCATOR)
    assert program.destroy(ALLOCATOR) == Ok()
    assert program.is_alive(name)


def test_nothing_is_broken_by_clones_in_the_proposed_design() -> None:
    program = Program(PROPOSED)
    key = program.key()
    for options in (0, WEAK, STRONG, MOVE):
        program.destroy(program.clone(program.clone(key), options))
    assert not program.broken
