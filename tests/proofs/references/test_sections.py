"""What a kernel does wrong with references in a section, the model of references notices."""

from dataclasses import replace

import pytest

from assay.engines.follow import Follower
from proofs.amid_calls import Processors
from proofs.references.mapping import MAPPING
from reference_kernel import continuing, entries, references
from reference_kernel.draft import Draft
from reference_kernel.events import CallContinues, CallMade
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Cut, Done, Ok, Refused, Spins
from reference_kernel.sections import Rest, Section
from reference_kernel.step import step
from spec.design import Design, WeakCapabilities
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import CapClone, ThreadDestroy, ThreadNew
from spec.rights import ALL_RIGHTS
from spec.syscalls import BY_NAME
from tests.proofs.finer_modes import astray, fresh, is_followed, recorded, strays

BOTH = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda design: design.name)
DROPPED = "upgrade_and_last_drop"


@BOTH
def test_a_call_that_keeps_what_it_looked_up_is_noticed(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keeps(draft: Draft) -> None:
        assert draft.fine is not None
        draft.fine.held.clear()
        draft.fine.ids.clear()

    monkeypatch.setattr(continuing, "_release_stack", keeps)
    assert astray("references", "sections", design, 300)


@BOTH
def test_an_entry_that_goes_and_is_counted_still_is_noticed(
    design: Design,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entries, "drop_reference", lambda *_: None)
    assert strays("references", "sections", design, DROPPED)


@BOTH
def test_a_last_reference_that_goes_and_ends_nothing_is_noticed(
    design: Design,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(references, "_release", lambda *_: None)
    assert strays("references", "sections", design, DROPPED)


def test_a_call_that_goes_on_may_stutter_and_a_look_up_in_vain_may_not() -> None:
    call = CallMade(1, BY_NAME["cap_destroy"].number, 0, (0,) * 8)
    begins = Cut(Rest(Section.BEGINS, call))
    assert MAPPING.stutters(call, begins)
    assert MAPPING.stutters(CallContinues(0), Done())
    assert MAPPING.stutters(call, Spins(Lock(LockKind.CAPABILITIES, 1)))
    assert not MAPPING.stutters(call, Refused(Error.INVL_ID, "cap_unknown"))
    assert not MAPPING.stutters(call, Ok())


def test_an_entry_of_a_space_that_no_thread_holds_goes_before_the_call_lets_go_of_that() -> None:
    """Without weak capabilities a space outlives its threads by the entries that name it."""
    design = replace(PROPOSED, weak_capabilities=WeakCapabilities.REMOVED)
    program = Processors(design, 1)
    allocator, group, memory = (
        program.own(each)
        for each in (ObjectType.ALLOCATOR, ObjectType.THREAD_GROUP, ObjectType.ADDRESS_SPACE)
    )
    options = int(ThreadNew.CREATE_CAPABILITY_SPACE)
    thread, space = program.makes("thread_new", options, allocator, group, memory, 0)
    shared = CapClone.SRC_CSPACE_SELF | int(ALL_RIGHTS)
    (entry,) = program.calls(0, "cap_clone", shared, space, 0, allocator)
    program.calls(0, "thread_destroy", ThreadDestroy.DESTROY_OTHER, thread)
    follower = Follower(recorded("references", design), fresh("references"), design)
    begun, state = len(program.events), program.state
    program.calls(0, "cap_destroy", 0, space, entry)
    for event in program.events[begun:]:
        after, outcome = step(design, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    assert follower.coverage.taken["entry_is_taken_out"] == 1
    assert not is_followed("references", "sections", design)
