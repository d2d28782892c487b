"""The calls that only make an object, and those that only read one."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ok
from reference_kernel.state import Key
from spec.design import CreatedRights
from spec.designs import AS_BUILT
from spec.ids import is_weak, rights_of
from tests.reference_kernel.program import ALL, ALLOCATOR, GROUP, MEMORY, RIGHTS_ASKED, Program

MAKES = {
    "thread_group_new": (GROUP, ALLOCATOR),
    "address_space_new": (ALLOCATOR,),
    "memory_new": (ALLOCATOR, 2),
    "event_pool_new": (ALLOCATOR, 2),
    "drop_check_new": (ALLOCATOR, 5),
}
ASKS = {"key_new": (ALLOCATOR,), "channel_new": (ALLOCATOR,)}


@pytest.fixture
def program() -> Program:
    return Program(AS_BUILT)


@pytest.mark.parametrize("name", MAKES)
def test_a_new_object_comes_with_a_strong_capability_with_every_right(
    name: str, program: Program
) -> None:
    word = program.ok(name, *MAKES[name])[0]
    assert rights_of(word) == ALL
    assert not is_weak(word)
    assert program.object(word).strong == 1


@pytest.mark.parametrize("name", MAKES)
@pytest.mark.parametrize("asked", [0, RIGHTS_ASKED])
def test_the_option_decides_the_rights_where_the_design_has_it(name: str, asked: int) -> None:
    program = Program(replace(AS_BUILT, created_rights=CreatedRights.OPTION))
    word = program.ok(name, *MAKES[name], options=asked)[0]
    assert rights_of(word) == (ALL if asked else 0)


@pytest.mark.parametrize("choice", list(CreatedRights))
@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("rights", range(16))
def test_keys_and_channels_have_the_rights_that_were_asked(
    name: str, rights: int, choice: CreatedRights
) -> None:
    program = Program(replace(AS_BUILT, created_rights=choice))
    (word,) = program.ok(name, *ASKS[name], options=rights)
    assert rights_of(word) == rights


def test_no_two_keys_have_the_same_number(program: Program) -> None:
    keys = [program.key() for _ in range(3)]
    program.destroy(keys[1])
    numbers = [program.ok("key_id", key)[0] for key in (keys[0], keys[2], program.key())]
    assert numbers == [0, 2, 3]


def test_copies_of_a_key_have_its_number(program: Program) -> None:
    key = program.key()
    assert program.ok("key_id", program.clone(key)) == program.ok("key_id", key)
    assert program.state.body(program.named(key)) == Key(0)


def test_a_memory_has_the_size_that_was_asked(program: Program) -> None:
    word, pages = program.ok("memory_new", ALLOCATOR, 7)
    assert pages == 7
    assert program.ok("memory_get_size", word) == (7,)
    assert program.ok("memory_get_size", MEMORY) == (4,)


def test_the_first_new_memory_comes_after_those_of_the_image(program: Program) -> None:
    assert program.ok("memory_new", ALLOCATOR, 1) == (0x1CAF, 1)


def test_a_drop_check_holds_its_receiver(program: Program) -> None:
    check, receiver = program.ok("drop_check_new", ALLOCATOR, 5)
    name = program.named(receiver)
    program.destroy(receiver)
    assert program.is_alive(name)
    program.destroy(check)
    assert not program.is_alive(name)
    assert not program.broken


def test_a_pool_is_told_of_the_drop_by_the_last_strong_capability(program: Program) -> None:
    check, receiver = program.ok("drop_check_new", ALLOCATOR, 5)
    (pool,) = program.ok("event_pool_new", ALLOCATOR, 1)
    copy = program.clone(check)
    listens = "drop_check_reciever_handle_cap_drop_async"
    assert program.call(listens, receiver, pool, 7) == Ok()
    program.destroy(check)
    assert written(program, pool) == 0
    program.destroy(copy)
    assert written(program, pool) == 24


def written(program: Program, pool: int) -> int:
    """How many bytes of events wait in the pool."""
    return getattr(program.state.body(program.named(pool)), "written_bytes", -1)


def test_a_waiter_is_given_the_word_of_the_drop_check(program: Program) -> None:
    check, receiver = program.ok("drop_check_new", ALLOCATOR, 102)
    thread = program.thread()
    program.run(thread)
    program.call("drop_check_reciever_handle_cap_drop_sync", receiver)
    program.run(0x37)
    program.destroy(check)
    while program.state.current != program.named(thread):
        program.tick()
    assert program.returns() == Ok((102,))
