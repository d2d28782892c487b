"""What a kernel does wrong with references in a section, the model of references notices."""

import pytest

from proofs.references.mapping import MAPPING
from reference_kernel import continuing, entries, references
from reference_kernel.draft import Draft
from reference_kernel.events import CallContinues, CallMade
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Cut, Done, Ok, Refused, Spins
from reference_kernel.sections import Rest, Section
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.syscalls import BY_NAME
from tests.proofs.finer_modes import astray, strays

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
