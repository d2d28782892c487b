"""Traces as sections of calls: what nothing does is named; tests of traces show the rest."""

from dataclasses import replace
from typing import Any

import pytest

from assay.engines.kernel_traces import KernelReplayer, run
from assay.traces.trace import Decision
from proofs.amid_calls import Processors
from proofs.capability_lifetimes import amid_calls as moves
from proofs.copy_on_write import amid_calls as sharing
from proofs.performing import CannotBe
from proofs.references import amid_calls as references
from proofs.teardown import amid_calls as teardown
from proofs.translations import amid_calls as translations
from proofs.waking import amid_calls as waking
from reference_kernel import interface
from reference_kernel.events import CallMade
from spec.design import TeardownWalk, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType

BOOT = Decision("boot", (("thread", "thread0"), ("group", "group0"), ("processor", "processor0")))
MOVES = Decision("cap_move", (("source", "OWN_SPACE"), ("made", "capability1")))
AGAIN = Decision("cap_move", (("source", "OWN_SPACE"), ("made", "capability2")))


@pytest.mark.parametrize("module", [moves, references, teardown])
def test_an_action_that_no_section_does_is_named(module: Any) -> None:
    with pytest.raises(ValueError, match="no section does this"):
        module.realise(AS_BUILT, BOOT, (Decision("thread_sleeps"),))


def test_memory_is_back_only_when_it_has_run_out() -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        waking.realise(AS_BUILT, Decision("boot"), (Decision("memory_is_back"),))


def test_each_move_has_a_processor() -> None:
    with pytest.raises(ValueError, match="2 processors"):
        moves.realise(AS_BUILT, BOOT, (MOVES, AGAIN, AGAIN))


def test_a_trace_speaks_of_the_first_thread() -> None:
    gives = Decision("queue_gives", (("processor", "processor1"), ("thread", "thread1")))
    with pytest.raises(ValueError, match="thread1"):
        teardown.realise(PROPOSED, BOOT, (gives,))


CACHED = (("translation", "translation0"), ("processor", "processor1"), ("address", "address0"))
FOUND = Decision("program_runs", (("page", "page0"), ("frame", "frame0"), ("address", "address0")))
GOES = (Decision("page_goes", (("page", "page0"),)),)
AT = ("address", "address0")


@pytest.mark.parametrize(
    ("module", "unmapped"),
    [
        (sharing, (Decision("page_is_unmapped", (AT,)),)),
        (
            translations,
            (
                Decision("entry_is_cleared", (AT, ("processor", "FIRST"))),
                Decision("processor_flushes_its_own", (AT,)),
                Decision("page_is_unmapped", (AT,)),
            ),
        ),
    ],
)
def test_another_processor_remembers_what_was_unmapped(
    module: Any, unmapped: tuple[Decision, ...]
) -> None:
    decisions = (Decision("translation_is_cached", CACHED), *unmapped, *GOES)
    for flush, expected in (
        (TranslationFlush.LOCAL, "processor 1 remembers a free frame for page 0x500000000"),
        (TranslationFlush.SHOOTDOWN, None),
    ):
        design = replace(PROPOSED, translation_flush=flush)
        events = module.realise(design, FOUND, decisions)
        replayer = KernelReplayer(interface.INTERLEAVED, design)
        _, why = run(replayer, events, claim="MEM-3")
        assert why == expected


def test_an_unmapping_that_flushes_nothing_is_made_where_it_begins() -> None:
    design = replace(PROPOSED, translation_flush=TranslationFlush.NONE)
    decisions = (
        Decision("entry_allows_writes", (AT, ("processor", "FIRST"))),
        Decision("translation_is_cached", CACHED),
        Decision("entry_is_cleared_for_good", (AT,)),
        Decision("page_is_shared", (("page", "page0"), ("clone", "page1"))),
    )
    events = translations.realise(design, FOUND, decisions)
    _, why = run(KernelReplayer(interface.INTERLEAVED, design), events, claim="COW-4")
    assert why == "processor 1 remembers that a shared frame may be written"


def test_either_processor_makes_calls_and_forgets() -> None:
    calls = Decision("processor_calls", (("processor", "processor1"),))
    forgets = Decision("translation_is_forgotten", (("translation", "translation0"),))
    cached = Decision("translation_is_cached", CACHED)
    events = sharing.realise(PROPOSED, FOUND, (calls, cached, forgets, *GOES))
    assert {each.thread for each in events if isinstance(each, CallMade)} == {11, 15}


def test_a_chain_of_owners_goes_in_nested_destructors_or_not() -> None:
    lets_go = [
        Decision("last_thread_lets_go", (("stack", "stack0"), ("object", name)))
        for name in ("BOOT_SPACE", "object1")
    ]
    nested = replace(PROPOSED, teardown_walk=TeardownWalk.RECURSIVE)
    for design, expected in (
        (AS_BUILT, "7 destructors run, each in another"),
        (nested, "7 destructors run, each in another"),
        (PROPOSED, None),
    ):
        events = references.realise(design, Decision("boot"), tuple(lets_go))
        _, why = run(KernelReplayer(interface.SECTIONS, design), events, claim="GRP-5")
        assert why == expected


def test_a_destructor_that_is_over_is_not_around_another() -> None:
    lets_go = Decision("last_thread_lets_go", (("stack", "stack0"), ("object", "BOOT_SPACE")))
    over = Decision("object_is_destroyed", (("stack", "stack0"), ("object", "BOOT_SPACE")))
    with pytest.raises(ValueError, match="no section does this"):
        references.realise(AS_BUILT, Decision("boot"), (lets_go, over, lets_go))


def test_a_thread_that_is_not_ready_does_not_come_to_run() -> None:
    processors = Processors(PROPOSED, 2)
    with pytest.raises(CannotBe, match="does not come to run"):
        processors.runs(1, 99)
    with pytest.raises(CannotBe, match="no Interrupt is left"):
        processors.own(ObjectType.INTERRUPT)
