"""Every step of the kernel is the row of small steps that the mapping names, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest

from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import ModelStep
from proofs.translations.mapping import MAPPING, TranslationsMapping
from proofs.translations.mapping.small_steps import SmallSteps
from reference_kernel.boot import boot
from reference_kernel.events import Event, TimerTick
from reference_kernel.outcomes import Done, Outcome
from reference_kernel.state import State
from spec.design import CopyFailure, Design, PageUnit, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from tests.models.copy_on_write.recording import SHARING_AS_BUILT
from tests.models.translations.recording import recorded
from tests.proofs.capability_lifetimes.walking import walk
from tests.proofs.copy_on_write.sharing import share

DESIGNS = (
    AS_BUILT,
    PROPOSED,
    SHARING_AS_BUILT,
    replace(PROPOSED, translation_flush=TranslationFlush.LOCAL),
    replace(PROPOSED, copy_failure=CopyFailure.FORGETS_PAGE),
    replace(PROPOSED, page_unit=PageUnit.BLOCK_FREED_SINGLY),
)
_SEEDS = (2, 8, 11, 13, 20)
"""Of runs in which pages are shared, written to and copied."""
SEEN = {
    "page_comes",
    "page_goes",
    "page_is_mapped",
    "page_is_unmapped",
    "processor_flushes_its_own",
    "content_is_written",
}
SHARED = {
    "page_is_shared",
    "copy_begins",
    "content_is_copied",
    "entry_leads_to_the_copy",
    "copy_is_taken",
    "last_sharer_writes",
}


def runs(design: Design) -> Iterator[Iterator[tuple[State, Event, Outcome, State]]]:
    """A few runs of two kinds, all from boot."""
    for seed in _SEEDS:
        yield walk(design, seed=seed, steps=60)
        yield share(design, seed=seed, steps=120)


@pytest.mark.parametrize("design", DESIGNS, ids=range(len(DESIGNS)))
def test_random_runs_are_runs_of_the_model(design: Design) -> None:
    seen = Coverage()
    for run in runs(design):
        follower = Follower(recorded(design), TranslationsMapping(), design)
        for step in run:
            assert follower.follow(*step) is None
        seen.add(follower.coverage)
    assert seen.taken.keys() >= SEEN
    if design is PROPOSED:
        assert seen.taken.keys() >= SHARED | {"shootdown_is_sent", "entry_is_protected"}


def test_a_write_to_a_shared_page_is_a_row_of_small_steps() -> None:
    before = {
        "page": {(1,): 7, (2,): 7},
        "frame": {(7,): 30, (8,): 30},
        "entry": {(1,): 30, (2,): 30},
        "writable": {},
    }
    given = {"address": 1, "frame": 31, "granted": True}
    steps = SmallSteps(PROPOSED, before).of(ModelStep("sharer_writes", given))
    flush = ["processor_flushes_its_own", "shootdown_is_sent", "shootdown_is_over"]
    assert [each.action for each in steps] == [
        "copy_begins",
        "content_is_copied",
        *("entry_leads_to_the_copy", *flush),
        *("entry_leads_to_the_copy", *flush),
        "copy_is_taken",
    ]


def test_a_clone_protects_what_can_be_written() -> None:
    before = {
        "page": {(1,): 7, (2,): 7},
        "frame": {(7,): 30},
        "entry": {(1,): 30, (2,): 30},
        "writable": {(2,): True},
    }
    local = replace(PROPOSED, translation_flush=TranslationFlush.LOCAL)
    shares = ModelStep("page_is_shared", {"page": 7, "clone": 8})
    steps = list(SmallSteps(local, before).of(shares))
    assert [each.action for each in steps] == [
        "entry_is_protected",
        "processor_flushes_its_own",
        "page_is_shared",
    ]
    assert steps[0].arguments["address"] == 2


def test_between_calls_nothing_is_under_way() -> None:
    seen = MAPPING.state(AS_BUILT, boot(AS_BUILT))
    assert not {"copy", "is_copied", "flush", "flusher", "owes"} & seen.keys()


def test_a_frame_that_changes_hands_unseen_is_noticed() -> None:
    """A step that nothing explains is no step of the model."""
    pairs = (each for run in runs(PROPOSED) for each in run)
    mapping = TranslationsMapping()
    before, after = next(
        (old, new)
        for old, _, _, new in pairs
        if mapping.whole(PROPOSED, old)["frame"] != mapping.whole(PROPOSED, new)["frame"]
    )
    follower = Follower(recorded(PROPOSED), mapping, PROPOSED)
    lost = replace(after, frames=before.frames)
    assert follower.follow(before, TimerTick(), Done(), lost) is not None


def test_what_is_seen_by_what_changed_is_what_is_seen_anew() -> None:
    mapping = TranslationsMapping()
    for _, _, _, state in chain(*list(runs(PROPOSED))[:2]):
        assert mapping.state(PROPOSED, state) == mapping.whole(PROPOSED, state)
