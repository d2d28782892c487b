"""What a kernel does wrong with translations in a section, the model of translations notices."""

import pytest

from reference_kernel import sharing, translations
from reference_kernel.draft import Draft
from reference_kernel.pages import PageState, Run
from spec.designs import PROPOSED
from tests.proofs.finer_modes import strays


def test_a_processor_that_is_not_told_of_a_change_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(translations, "_flush_everywhere", lambda *_: None)
    assert strays("translations", "sections", PROPOSED, "unmap_and_write")


def test_a_page_that_is_shared_and_can_be_written_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sharing, "remap", lambda *_: True)
    assert strays("translations", "sections", PROPOSED, "write_and_share")


def test_a_sharer_that_takes_the_frame_from_the_others_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def takes(draft: Draft, memory: int, page: int, run: Run) -> None:
        sharing._set_page(draft, memory, page, run._replace(state=PageState.OWNED), draft.mark())

    monkeypatch.setattr(sharing, "_part", takes)
    assert strays("translations", "sections", PROPOSED, "write_and_write")
