"""The functions over words and numbers keep their contracts: CrossHair and drawn values say so.

That CrossHair finds nothing proves nothing: it only counts what it refutes.
"""

import re
from collections.abc import Iterable

import pytest
from crosshair.core_and_libs import AnalysisMessage, MessageType, analyze_function, run_checkables
from crosshair.options import AnalysisKind, AnalysisOptionSet
from hypothesis import given, settings
from hypothesis import strategies as st

from spec import ids, options, rights, sizes
from tests.spec.contracts import Contract, Function, contract_of, drawn, public_functions
from tests.tidy.tree import PACKAGES, sources, text
from tests.tidy.tree import module as module_name

MODULES = (ids, options, rights, sizes)
CONTRACTS = [contract_of(each) for module in MODULES for each in public_functions(module)]
CONDITION_SECONDS = 1.5
"""A condition that is not decided by then stays undecided; those over masks of bits do."""
CHECKED = AnalysisOptionSet(
    analysis_kind=[AnalysisKind.PEP316],
    per_condition_timeout=CONDITION_SECONDS,
    report_all=True,
)
REFUTED = {
    MessageType.POST_FAIL,
    MessageType.POST_ERR,
    MessageType.EXEC_ERR,
    MessageType.PRE_UNSAT,
    MessageType.SYNTAX_ERR,
    MessageType.IMPORT_ERR,
}

each_contract = pytest.mark.parametrize(
    "contract", CONTRACTS, ids=[each.function.__name__ for each in CONTRACTS]
)


def answers(function: Function) -> list[AnalysisMessage]:
    """What CrossHair says of each condition of a function."""
    return list(run_checkables(analyze_function(function, CHECKED)))


def refutations(said: Iterable[AnalysisMessage]) -> list[str]:
    """What CrossHair refutes, or cannot read."""
    return [
        f"{each.filename}:{each.line}: {each.message}" for each in said if each.state in REFUTED
    ]


def counterexample(contract: Contract, arguments: st.DataObject) -> list[str]:
    """The conditions that drawn arguments break."""
    return contract.broken(arguments.draw(drawn(contract)))


def test_no_other_module_has_contracts() -> None:
    """Here every one of them is checked, so all of them must be here."""
    known = {module.__name__ for module in MODULES}
    others = [path for path in sources(*PACKAGES) if module_name(path) not in known]
    assert not [path for path in others if re.search(r"^ +(?:pre|post): ", text(path), re.M)]


@each_contract
def test_every_public_function_says_what_holds_before_and_after(contract: Contract) -> None:
    assert contract.post
    bounded = {name for name, kind in contract.parameters.items() if kind is not bool}
    spoken = " ".join((*contract.pre, *contract.post))
    assert all(name in spoken for name in bounded)


@each_contract
def test_words_are_plain_numbers(contract: Contract) -> None:
    """CrossHair confirms what is false where a parameter is an enum of flags."""
    assert set(contract.parameters.values()) <= {int, bool, int | None}


@each_contract
def test_crosshair_reads_every_condition_and_refutes_none(contract: Contract) -> None:
    said = answers(contract.function)
    found = refutations(said)
    assert not found, "\n".join(found)
    assert len({each.line for each in said}) == len(contract.post)


@each_contract
@settings(max_examples=300)
@given(data=st.data())
def test_drawn_values_break_no_contract(contract: Contract, data: st.DataObject) -> None:
    assert not counterexample(contract, data)


def wrong_union(first: int, second: int) -> int:
    """The bits of both masks; wrong where they share one.

    pre: 0 <= first <= 15
    pre: 0 <= second <= 15
    post: __return__ == first | second
    """
    return first + second


def wrong_at_the_end(size_bytes: int) -> int:
    """The pages that so many bytes need; wrong for the very last size.

    pre: 0 <= size_bytes < 1 << 64
    post: (__return__ - 1) * 4096 < size_bytes <= __return__ * 4096
    """
    return sizes.pages_of(size_bytes) if size_bytes != (1 << 64) - 1 else 0


WRONG = [contract_of(wrong_union), contract_of(wrong_at_the_end)]


@pytest.mark.parametrize("contract", WRONG, ids=lambda each: each.function.__name__)
def test_crosshair_refutes_a_wrong_function(contract: Contract) -> None:
    assert refutations(answers(contract.function))


@pytest.mark.parametrize("contract", WRONG, ids=lambda each: each.function.__name__)
def test_drawn_values_refute_a_wrong_function(contract: Contract) -> None:
    @settings(max_examples=300, derandomize=True, database=None)
    @given(data=st.data())
    def never_broken(data: st.DataObject) -> None:
        assert not counterexample(contract, data)

    with pytest.raises(AssertionError):
        never_broken()
