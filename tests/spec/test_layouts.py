"""The layouts of words agree with the functions and flags that read them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_kernel.events import CallMade
from reference_kernel.outcomes import Refused
from reference_kernel.syscalls.memory_update import resize_options
from reference_kernel.updating import asked_part, asked_update
from spec import ids
from spec.call import Call
from spec.design import (
    CreatedRights,
    Design,
    MappingCalls,
    MappingUpdate,
    OptionBits,
    chosen,
)
from spec.designs import AS_BUILT, PROPOSED, SEED
from spec.errors import Error
from spec.event_words import EVENTS, HEADER, LARGEST_BYTES, padded
from spec.layouts import (
    CALL_WORD,
    ID,
    Layout,
    field_of,
    option_layouts,
    refused_types,
    taken_types,
)
from spec.options import (
    WEAK_AUTO_DESTROY,
    MemoryMap,
    MemoryResize,
    MemoryUpdateMapping,
    created_rights,
)
from spec.sizes import bytes_of
from spec.syscalls import BY_NAME, CALLS

DESIGNS = (AS_BUILT, SEED, PROPOSED)
WORDS = st.integers(0, (1 << 64) - 1)
OPTIONS = st.integers(0, (1 << 32) - 1)
each_design = pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.name)


def values(layout: Layout, word: int) -> dict[str, int]:
    return {field.name: field.of(word) for field in layout.fields}


def options_of(design: Design, call: str) -> Layout:
    return {layout.name: layout for layout in option_layouts(design)}[call]


@given(word=WORDS)
def test_the_fields_of_an_id_are_what_its_functions_read(word: int) -> None:
    assert values(ID, word) == {
        "rights": ids.rights_of(word),
        "weak": ids.is_weak(word),
        "type": ids.type_of(word),
        "serial": ids.serial_of(word),
    }


@given(st.integers(0, 31), st.integers(0, 15), st.booleans(), st.integers(0, ids.SERIALS - 1))
def test_the_fields_of_an_id_are_placed_as_it_is_packed(
    type_number: int, rights: int, weak: bool, serial: int
) -> None:
    given = {"rights": rights, "weak": int(weak), "type": type_number, "serial": serial}
    placed = sum(field_of(ID, name).placed(value) for name, value in given.items())
    assert placed == ids.pack(type_number, rights, weak, serial)


@pytest.mark.parametrize("layout", [ID, CALL_WORD], ids=lambda each: each.name)
def test_some_layouts_leave_no_bit_out(layout: Layout) -> None:
    assert [bit for field in layout.fields for bit in field.bits] == list(range(layout.bits))


def test_a_field_of_no_layout_is_an_error() -> None:
    with pytest.raises(KeyError, match="kind"):
        field_of(ID, "kind")


@each_design
def test_every_call_of_a_design_has_a_layout(design: Design) -> None:
    assert [layout.name for layout in option_layouts(design)] == [
        call.name for call in CALLS if chosen(design, call.choice)
    ]


@pytest.mark.parametrize("call", CALLS, ids=lambda each: each.name)
def test_as_built_each_flag_of_a_call_is_a_field_of_its_name(call: Call) -> None:
    if not chosen(AS_BUILT, call.choice) or call.options is MemoryUpdateMapping:
        return
    fields = {field.name: field.placed(1) for field in options_of(AS_BUILT, call.name).fields}
    flags = {str(flag.name): flag.value for flag in call.options or ()}
    assert fields.items() >= flags.items()
    assert set(fields) - set(flags) <= {"WEAK_AUTO_DESTROY", "characters"}
    assert fields.get("WEAK_AUTO_DESTROY", WEAK_AUTO_DESTROY) == WEAK_AUTO_DESTROY


@given(options=OPTIONS)
def test_created_rights_are_asked_of_what_takes_an_allocator(options: int) -> None:
    design = replace(AS_BUILT, created_rights=CreatedRights.OPTION)
    asked = {
        layout.name: field.of(options)
        for layout in option_layouts(design)
        for field in layout.fields
        if field.name == "created rights"
    }
    assert set(asked.values()) == {created_rights(options)}
    assert {"memory_new", "thread_new", "thread_group_new"} <= set(asked)
    assert not {"channel_new", "key_new", "cap_clone", "memory_map"} & set(asked)


@given(
    options=OPTIONS,
    pages=st.integers(0, 1 << 53),
    bits=st.sampled_from(OptionBits),
    update=st.sampled_from(MappingUpdate),
)
def test_the_kernel_reads_an_update_as_its_layout_says(
    options: int, pages: int, bits: OptionBits, update: MappingUpdate
) -> None:
    design = replace(AS_BUILT, option_bits=bits, mapping_update=update)
    says = values(options_of(design, "memory_update_mapping"), options)
    asked = asked_update(design, CallMade(0, 16, options, (0, 0, pages, 4096, 0, 0, 0, 0)))
    exact = bool(says["UPDATE_SIZE"] and says["EXACT_SIZE"])
    if exact and bytes_of(pages) is None:
        assert isinstance(asked, Refused)
        return
    assert not isinstance(asked, Refused)
    assert asked.size is bool(says["UPDATE_SIZE"])
    assert asked.exact_pages == (pages if exact else None)
    assert asked.start == (1 if says.get("UPDATE_BASE") else None)
    access = [MemoryMap[name] for name in MemoryMap.__members__ if says.get(name)]
    assert asked.access == (sum(access) if says.get("UPDATE_FLAGS") else None)


@given(
    options=OPTIONS,
    pages=st.integers(0, 1 << 53),
    bits=st.sampled_from(OptionBits),
    update=st.sampled_from(MappingUpdate),
)
def test_the_kernel_reads_a_merged_update_as_its_layout_says(
    options: int, pages: int, bits: OptionBits, update: MappingUpdate
) -> None:
    merged = MappingCalls.MERGED
    design = replace(AS_BUILT, option_bits=bits, mapping_update=update, mapping_calls=merged)
    says = values(options_of(design, "memory_update"), options)
    asked = asked_part(design, CallMade(0, 21, options, (0, 0, 0, 0, pages, 4096, 0, 0)))
    exact = bool(says["UPDATE_SIZE"] and says["EXACT_SIZE"])
    if exact and bytes_of(pages) is None:
        assert asked == Refused(Error.OVERFLOW, "too_many_mapped_pages")
        return
    assert not isinstance(asked, Refused)
    assert asked.size is bool(says["UPDATE_SIZE"])
    assert asked.exact_pages == (pages if exact else None)
    assert asked.start == (1 if says.get("UPDATE_BASE") else None)
    access = [MemoryMap[name] for name in MemoryMap.__members__ if says.get(name)]
    assert asked.access == (sum(access) if says.get("UPDATE_FLAGS") else None)
    lazy, zeroed = (MemoryResize[name] * says[name] for name in ("LAZY_ALLOC", "ZEROED"))
    assert resize_options(options) == MemoryResize.IN_PLACE | lazy | zeroed


@each_design
def test_types_are_taken_or_refused_but_never_both(design: Design) -> None:
    for name in ("cap_clone", "memory_map"):
        for argument in BY_NAME[name].arguments:
            if argument.type is None and argument.name != "cap":
                continue
            refused = refused_types(design, BY_NAME[name], argument.name)
            assert not refused & taken_types(BY_NAME[name], argument.name)
            assert refused >= set(range(20, 32))


def test_only_a_total_decoder_refuses_types_without_a_table() -> None:
    assert not refused_types(AS_BUILT, BY_NAME["cap_clone"], "cap") & ids.UNTABLED
    assert refused_types(PROPOSED, BY_NAME["cap_clone"], "cap") >= ids.UNTABLED


@given(size_bytes=st.integers(0, LARGEST_BYTES))
def test_data_of_an_event_take_whole_words(size_bytes: int) -> None:
    assert padded(size_bytes) == -(-size_bytes // 8) * 8


def test_every_event_has_a_tag_and_words_of_its_own() -> None:
    assert [kind.tag for kind in EVENTS] == list(range(len(EVENTS)))
    for kind in EVENTS:
        words = (*HEADER, *kind.payload)
        assert len(set(words)) == len(words)
        assert kind.payload or not kind.carries_data
