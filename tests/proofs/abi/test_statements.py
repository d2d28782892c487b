"""What is proved of the words of the kernel, what is broken, and that a wrong layout is seen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.engines.executor import Here
from assay.engines.prove import StatementResult, prove_statements
from assay.lang import Statement, statement
from assay.traces import Verdict
from proofs.abi import ids, statements
from proofs.abi.ids import id_statements
from proofs.abi.words import any_word, apart, kept
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.updating import asked_update
from spec.design import Design, EnumDecode, MappingCalls, OptionBits
from spec.designs import AS_BUILT, PROPOSED, SEED
from spec.errors import Error
from spec.ids import UNTABLED, type_of
from spec.layouts import ID, Field, Layout
from spec.options import CapDestroy, MemoryUpdateMapping
from tests.reference_kernel.program import Program


def results(of: Iterable[Statement]) -> dict[str, StatementResult]:
    return {each.name: each for each in prove_statements(list(of), executor=Here())}


def under(design: Design) -> dict[str, StatementResult]:
    return results(statements(design))


def broken(found: Mapping[str, StatementResult]) -> dict[str, str]:
    assert {each.verdict for each in found.values()} <= {Verdict.PROVED, Verdict.BROKEN}
    return {name: each.reason for name, each in found.items() if each.verdict is Verdict.BROKEN}


def words(found: StatementResult) -> list[int]:
    return [word for witness in found.witnesses for _, word in witness.words]


AS_BUILT_FOUND = under(AS_BUILT)


def test_as_built_bits_and_types_are_named_that_have_no_one_meaning() -> None:
    shared = (
        "CACHE_BIT_1 and UPDATE_SIZE: options = 0x8 (bit 3); "
        "CACHE_BIT_2 and EXACT_SIZE: options = 0x10 (bit 4)"
    )
    wrong = broken(AS_BUILT_FOUND)
    assert set(wrong) == {
        "memory_update_mapping options",
        "cap_clone capabilities",
        "cap_destroy capabilities",
    }
    assert wrong["memory_update_mapping options"] == shared
    for call in ("cap_clone", "cap_destroy"):
        found = words(AS_BUILT_FOUND[f"{call} capabilities"])
        assert sorted(map(type_of, found)) == sorted(UNTABLED)


@pytest.mark.parametrize(
    ("design", "left"),
    [
        (PROPOSED, set()),
        (SEED, {"cap_clone capabilities", "cap_destroy capabilities"}),
        (
            replace(AS_BUILT, option_bits=OptionBits.DISJOINT),
            {"cap_clone capabilities", "cap_destroy capabilities"},
        ),
        (replace(AS_BUILT, enum_decode=EnumDecode.TOTAL), {"memory_update_mapping options"}),
        (
            replace(AS_BUILT, mapping_calls=MappingCalls.MERGED),
            {"cap_clone capabilities", "cap_destroy capabilities"},
        ),
        (replace(PROPOSED, mapping_calls=MappingCalls.MERGED), set()),
    ],
    ids=["proposed", "seed", "disjoint", "total", "one call as built", "one call"],
)
def test_a_choice_mends_what_it_is_about(design: Design, left: set[str]) -> None:
    assert set(broken(under(design))) == left


def test_every_guarantee_is_spoken_of() -> None:
    assert {each.guarantee for each in AS_BUILT_FOUND.values()} == {"ABI-1", "ABI-2", "ABI-3"}


def test_the_kernel_does_with_broken_words_what_the_proofs_say() -> None:
    for word in words(AS_BUILT_FOUND["cap_destroy capabilities"]):
        options = int(CapDestroy.CSPACE_SELF)
        assert isinstance(Program(AS_BUILT).call("cap_destroy", 0, word, options=options), Panic)
        refused = Program(PROPOSED).call("cap_destroy", 0, word, options=options)
        assert refused == Refused(Error.INVL_ID, "cap_untabled")
    for word in words(AS_BUILT_FOUND["memory_update_mapping options"]):
        options = word | MemoryUpdateMapping.UPDATE_FLAGS | MemoryUpdateMapping.UPDATE_SIZE
        asked = asked_update(AS_BUILT, CallMade(0, 16, options, (0, 0, 1, 0, 0, 0, 0, 0)))
        assert not isinstance(asked, Refused)
        assert asked.size
        assert asked.access is not None
        assert asked.access & word


WRONG_IDS = {
    "a type that begins too low": (Field("type", 4, 5), "weak and type", 1 << 4),
    "a type that ends too high": (Field("type", 5, 6), "type and serial", 1 << 10),
    "rights that reach the weakness": (Field("rights", 0, 5), "rights and weak", 1 << 4),
}


@pytest.mark.parametrize("name", WRONG_IDS)
def test_fields_that_overlap_break_the_packing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, pair, bit = WRONG_IDS[name]
    fields = tuple(wrong if each.name == wrong.name else each for each in ID.fields)
    monkeypatch.setattr(ids, "ID", replace(ID, fields=fields))
    found = results(id_statements(PROPOSED))["ids, packed"]
    assert found.verdict is Verdict.BROKEN
    shown = {each.part: dict(each.words) for each in found.witnesses}
    assert shown[pair] == {"id": bit}
    assert f"{wrong.name} comes back" in shown


def test_a_serial_number_beyond_the_word_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = (*ID.fields[:-1], Field("serial", 11, 54))
    monkeypatch.setattr(ids, "ID", replace(ID, fields=fields))
    found = results(id_statements(PROPOSED))
    assert set(broken(found)) == {"ids, said again", "ids, packed", "ids, unpacked"}
    assert words(found["ids, said again"]) == [1 << 10]
    assert words(found["ids, unpacked"]) in ([1 << 10, 0], [0, 1 << 10])


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Fields within a word of 32 bits, many of which overlap."""
    spans = draw(st.lists(st.tuples(st.integers(0, 31), st.integers(1, 6)), min_size=2, max_size=4))
    fields = [Field(str(at), min(low, 32 - n), n) for at, (low, n) in enumerate(spans)]
    return Layout("any", 32, tuple(fields))


@settings(max_examples=60, deadline=None)
@given(layout=layouts())
def test_exactly_the_fields_that_share_bits_are_found(layout: Layout) -> None:
    parts = {**apart(layout, any_word(layout, "word")), **kept(layout, any_word(layout, "value"))}
    found = results([statement("any", "ABI-1", parts)])["any"]
    shared = {
        f"{one.name} and {other.name}": set(one.bits) & set(other.bits)
        for one, other in combinations(layout.fields, 2)
    }
    shown = {each.part: dict(each.words)["word"] for each in found.witnesses}
    assert shown.keys() == {name for name, bits in shared.items() if bits}
    for name, word in shown.items():
        assert word in {1 << bit for bit in shared[name]}
