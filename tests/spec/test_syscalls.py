"""The table of calls is whole, names everything once, and says nothing that makes no sense."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from spec.call import Argument, Call, Traced, Word
from spec.design import chosen
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.ids import TABLED, ObjectType
from spec.options import OPTION_BITS, WEAK_AUTO_DESTROY, CapClone, MemoryMap, MemoryUpdateMapping
from spec.panics import PLACES
from spec.questions import BY_FIELD
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls import BY_NAME, BY_NUMBER, CALLS

UNUSED = {20, 21, 22, 23, 37}
"""Numbers below the last that no call has."""
WORDS = 8
"""The registers that pass arguments, and those that pass what is returned."""
LOOKUP = ("malformed", "unknown", "lacks_right", "dead")
MISSPELT = {
    "thread_handle_thread_exit_sync": "thread_handel_thread_exit_sync",
    "thread_handle_thread_exit_async": "thread_handel_thread_exit_async",
}
BEFORE_LOOKUP = {Error.INVL_ALIGN, Error.INVL_VIRT_ADDR, Error.INVL_PHYS_ADDR, Error.OVERFLOW}
"""What can be told of a word alone is told before any capability is looked up."""
AFTER_ALL = {Error.OUT_OF_MEM, Error.OK_TIMEOUT}

each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


def repeated(names: Iterable[object]) -> list[object]:
    """What stands there more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def looked_up(call: Call) -> list[str]:
    """The capability arguments in the order in which they are looked up."""
    suffix = f"_{LOOKUP[1]}"
    names = [each.name for each in call.refusals if each.name.endswith(suffix)]
    return [name.removesuffix(suffix) for name in names]


def capabilities(call: Call) -> list[Argument]:
    """The arguments that name capabilities."""
    return [each for each in call.arguments if each.word is Word.CAPABILITY]


def test_the_numbers_in_use_are_the_kernels() -> None:
    built = [call.number for call in CALLS if chosen(AS_BUILT, call.choice)]
    assert built == [at for at in range(50) if at not in UNUSED]
    assert len(built) == 45
    assert {call.number for call in CALLS if not chosen(AS_BUILT, call.choice)} <= UNUSED


def test_names_and_numbers_are_each_ones_own() -> None:
    assert not repeated(call.name for call in CALLS)
    assert not repeated(call.log_name for call in CALLS)
    assert {call.name: call for call in CALLS} == dict(BY_NAME)
    assert {call.number: call for call in CALLS} == dict(BY_NUMBER)


def test_the_log_misspells_two_names() -> None:
    assert {c.name: c.log_name for c in CALLS if c.name != c.log_name} == MISSPELT


def test_the_log_keeps_quiet_of_one_call_and_says_only_the_names_of_four() -> None:
    assert [c.name for c in CALLS if c.traced is Traced.NOT] == ["print_debug"]
    assert [c.number for c in CALLS if c.traced is Traced.NAME] == [46, 47, 48, 49]


@each_call
def test_what_a_call_holds_has_names_of_its_own(call: Call) -> None:
    assert not repeated(each.name for each in call.arguments)
    assert not repeated(each.name for each in call.refusals)
    assert not repeated(each.name for each in call.returns)
    assert len(call.arguments) <= WORDS
    assert len(call.returns) < WORDS
    assert all(call.refusal(each.name) is each for each in call.refusals)


@each_call
def test_texts_are_there_and_end_as_they_should(call: Call) -> None:
    assert call.meaning[0].isupper()
    assert call.meaning.endswith(".")
    assert all(each.endswith(".rs") for each in call.source.split(", "))
    assert all(each.why and not each.why.endswith(".") for each in call.refusals)
    assert not any(each.after.endswith(".") for each in call.refusals)


@each_call
def test_arguments_ask_for_rights_of_known_objects(call: Call) -> None:
    known = 0 if call.options is None else sum(call.options)
    for argument in call.arguments:
        asked = argument.rights | sum(right for _, right in argument.rights_by_option)
        assert 0 <= asked <= ALL_RIGHTS
        if argument.word is not Word.CAPABILITY:
            assert (argument.type, asked) == (None, 0)
        elif argument.type is None:
            assert (argument.name, asked) == ("cap", 0)
        else:
            assert argument.type in TABLED
            assert asked
        bits = argument.unless | argument.only
        bits |= sum(each for each, _ in argument.rights_by_option)
        assert not bits & ~known


@each_call
def test_option_bits_are_single_and_leave_bit_31_alone(call: Call) -> None:
    flags = list(call.options or ())
    assert not repeated(flag.value for flag in flags)
    assert flags == sorted(flags)
    assert all(0 < flag < WEAK_AUTO_DESTROY < 1 << OPTION_BITS for flag in flags)
    assert not call.unprinted & ~sum(flags)


@each_call
def test_every_capability_is_looked_up_as_the_kernel_looks_up(call: Call) -> None:
    names = [each.name for each in call.refusals]
    for name in looked_up(call):
        if name == "cap":
            continue
        at = names.index(f"{name}_{LOOKUP[0]}")
        assert names[at : at + 4] == [f"{name}_{how}" for how in LOOKUP]
        errors = [each.error for each in call.refusals[at : at + 4]]
        assert errors == [Error.INVL_ID, Error.INVL_ID, Error.INVL_PERM, Error.INVL_WEAK]
        assert call.refusals[at + 3].after
    assert sorted(looked_up(call)) == sorted(each.name for each in capabilities(call))


OTHER_ORDER = {"cap_clone": ["src_cspace", "dst_cspace", "cap"]}
"""The calls that do not look up their arguments in the order in which they are passed."""


@each_call
def test_capabilities_are_looked_up_in_order(call: Call) -> None:
    passed = [each.name for each in capabilities(call)]
    assert looked_up(call) == OTHER_ORDER.get(call.name, passed)


def positions(call: Call, errors: set[Error]) -> Iterator[int]:
    """Where in the order a refusal with one of these errors stands, lookups apart."""
    of_lookups = {f"{name}_{how}" for name in looked_up(call) for how in LOOKUP}
    return (
        at
        for at, each in enumerate(call.refusals)
        if each.error in errors and each.name not in of_lookups
    )


@each_call
def test_words_are_judged_first_and_shortage_shows_last(call: Call) -> None:
    names = [each.name for each in call.refusals]
    lookups = [names.index(f"{name}_unknown") for name in looked_up(call)]
    if not lookups:
        return
    late = {"no_mapping_there", *(["too_many_pages"] if call.name == "memory_new" else [])}
    early = [at for at in positions(call, BEFORE_LOOKUP) if names[at] not in late]
    assert all(at < min(lookups) for at in early)
    assert all(at > max(lookups) for at in positions(call, AFTER_ALL))


@each_call
def test_a_refusal_is_no_success_and_hangs_on_a_choice_that_exists(call: Call) -> None:
    for refusal in call.refusals:
        assert refusal.error not in {Error.OK, Error.INVL_SYSCALL}
        if refusal.choice is not None:
            field, choice = refusal.choice
            assert choice in BY_FIELD[field].choices.__members__


@each_call
def test_a_call_panics_at_known_places_once_each(call: Call) -> None:
    assert {each.place for each in call.panics} <= PLACES
    assert not repeated((each.place, each.why) for each in call.panics)


@each_call
def test_what_waits_with_a_time_can_time_out(call: Call) -> None:
    timed = "timeout" in [each.name for each in call.arguments]
    assert timed is any(each.error is Error.OK_TIMEOUT for each in call.refusals)


@each_call
def test_what_makes_an_object_needs_memory_for_it_and_for_its_entry(call: Call) -> None:
    if not call.name.endswith("_new"):
        return
    errors = [each.error for each in call.refusals]
    assert errors[-2:] == [Error.OUT_OF_MEM] * 2
    assert call.returns[0].word is Word.CAPABILITY


def test_the_log_prints_options_by_name_in_the_order_of_their_bits() -> None:
    clone = BY_NAME["cap_clone"].printed_options
    word = CapClone.DST_CSPACE_SELF | CapClone.READ | CapClone.MAKE_WEAK
    assert clone(word) == ("READ", "MAKE_WEAK", "DST_CSPACE_SELF")
    assert clone(0) == clone(WEAK_AUTO_DESTROY) == clone(1 << 30) == ()
    assert clone(CapClone.RIGHTS) == ("READ", "PROD", "WRITE", "UPGRADE")
    assert BY_NAME["thread_yield"].printed_options(0xFFFF_FFFF) == ()


def test_the_log_keeps_some_options_to_itself() -> None:
    assert BY_NAME["memory_map"].printed_options(MemoryMap.READ | MemoryMap.MAX_SIZE) == ("READ",)
    update = MemoryUpdateMapping.WRITE | MemoryUpdateMapping.UPDATE_FLAGS
    assert BY_NAME["memory_update_mapping"].printed_options(update) == ("UPDATE_FLAGS",)
    assert BY_NAME["key_new"].printed_options(0b1111) == ()


def test_an_argument_matters_and_asks_for_rights_as_the_options_say() -> None:
    to, origin, _ = BY_NAME["cap_clone"].arguments
    assert not to.matters(CapClone.DST_CSPACE_SELF)
    assert to.matters(CapClone.SRC_CSPACE_SELF)
    assert not origin.matters(CapClone.SRC_CSPACE_SELF)
    (other,) = BY_NAME["thread_destroy"].arguments
    assert other.matters(1)
    assert not other.matters(0)
    memory = BY_NAME["memory_map"].arguments[1]
    assert memory.type is ObjectType.MEMORY
    assert memory.rights_asked(0) == 0
    assert memory.rights_asked(MemoryMap.EXEC) == Right.READ
    assert memory.rights_asked(MemoryMap.READ | MemoryMap.WRITE) == Right.READ | Right.WRITE


def test_errors_and_types_are_printed_as_the_kernel_prints_them() -> None:
    assert Error.INVL_MEM_ZONE.printed == "InvlMemZone"
    assert ObjectType.DROP_CHECK_RECIEVER.printed == "DropCheckReciever"
    assert [error.value for error in Error] == list(range(20))
    assert [each.value for each in ObjectType] == list(range(20))
