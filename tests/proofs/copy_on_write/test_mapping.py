"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import normal, start_states
from proofs.copy_on_write.mapping import MAPPING, SharingMapping
from reference_kernel import spans
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, TimerTick, UserWrites
from reference_kernel.outcomes import Done, Ok, Outcome, Refused
from reference_kernel.proposals import ended
from reference_kernel.state import Allocator, Object, Processor, State
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    Design,
    FreshPages,
    PageUnit,
    TranslationFlush,
)
from spec.designs import named
from spec.errors import Error
from spec.syscalls import BY_NAME
from tests.models.copy_on_write.recording import SHARING_AS_BUILT, SMALL, recorded
from tests.proofs.capability_lifetimes.walking import walk
from tests.proofs.copy_on_write.sharing import share
from tests.proofs.following import Run, follow
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, READ, RIGHTS_ASKED, WRITE
from tests.reference_kernel.test_message_walk import Wanderer

AS_BUILT, PROPOSED = named("as-built"), named("proposed")
MIXED = (
    SHARING_AS_BUILT,
    replace(SHARING_AS_BUILT, page_unit=PageUnit.SINGLE_PAGES),
    replace(PROPOSED, copy_on_write=CopyOnWrite.DORMANT),
    replace(PROPOSED, copy_failure=CopyFailure.FORGETS_PAGE),
    replace(PROPOSED, translation_flush=TranslationFlush.NONE),
    replace(PROPOSED, translation_flush=TranslationFlush.LOCAL),
    replace(PROPOSED, fresh_pages=FreshPages.UNCLEARED),
    replace(PROPOSED, page_unit=PageUnit.WHOLE_BLOCK),
    replace(PROPOSED, page_unit=PageUnit.BLOCK_FREED_SINGLY),
)
_FREE_SPACE = 0x52_0000_0000


@pytest.mark.parametrize("design", ["as-built", "seed", "proposed"])
def test_random_runs_are_runs_of_the_model(design: str) -> None:
    seen = follow("copy_on_write", named(design), walk, seeds=20, steps=200)
    assert {"page_goes", "page_is_mapped"} <= seen.taken.keys()


@pytest.mark.parametrize("design", MIXED)
def test_random_sharing_in_mixed_designs_is_a_run_of_the_model(design: Design) -> None:
    seen = follow("copy_on_write", design, share, seeds=10, steps=300)
    assert {"page_goes", "page_is_mapped", "content_is_written"} <= seen.taken.keys()


def followed(mail: Mail, patch: pytest.MonkeyPatch) -> Follower[Design, State, Event, Outcome]:
    """Follows what happens to the program from now on."""
    follower = Follower(recorded(mail.design), SharingMapping(), mail.design)
    happens = mail.happens

    def happens_in_both(event: Event) -> Outcome:
        before = mail.state
        outcome = happens(event)
        assert follower.follow(before, event, outcome, mail.state) is None
        return outcome

    patch.setattr(mail, "happens", happens_in_both)
    return follower


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_what_the_kernel_writes_is_a_step_of_the_model(
    design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages and events, into memories and pools, some of which nobody has mapped."""
    seen = Coverage()
    for seed in range(12):
        wanderer = Wanderer(design, seed)
        follower = followed(wanderer.mail, monkeypatch)
        for _ in range(100):
            if not ended(wanderer.mail.state):
                wanderer.step()
        seen.add(follower.coverage)
    assert seen.taken["content_is_written"] >= 20


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_message_to_a_shared_page_copies_it(
    order: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the sharer who writes first, or the last one, has the page mapped or not."""
    mail = Mail(PROPOSED)
    follower = followed(mail, monkeypatch)
    mail.put(0, 7, 8)
    words = (ALLOCATOR, mail.target, 0, 3)
    (clone,) = mail.ok("memory_clone", *words, options=RIGHTS_ASKED)
    for each in order:
        mail.sends(24)
        mail.ok("channel_try_recv", mail.channel, (mail.target, clone)[each], 0, 64)
    taken = follower.coverage.taken
    assert (taken["sharer_writes"], taken["last_sharer_writes"]) == (1, 1)


def test_a_write_to_a_frame_that_is_free_goes_by_the_line_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = Mail(AS_BUILT)
    follower = followed(mail, monkeypatch)
    memory = mail.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("memory_map", ADDRESS_SPACE, memory, _FREE_SPACE, 0, 0, options=READ | WRITE)
    mail.writes(_FREE_SPACE, 5)
    mail.ok("address_space_unmap", ADDRESS_SPACE, _FREE_SPACE)
    mail.destroy(memory)
    mail.writes(_FREE_SPACE, 6)
    assert follower.coverage.taken["content_is_written"] == 2


@pytest.mark.slow
def test_all_that_one_processor_does_is_seen_often() -> None:
    """Every action and refusal, but for calls of another processor, a hundred times."""
    seen = follow("copy_on_write", PROPOSED, share, seeds=150, steps=400)
    assert seen.rare(recorded(PROPOSED), 100) == ("processor_calls: 0",)


@pytest.mark.parametrize("run", [walk, share], ids=lambda run: run.__name__)
@pytest.mark.parametrize("design", [SHARING_AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(design: Design, run: Run) -> None:
    mapping = SharingMapping()
    states = [step[3] for seed in range(2) for step in run(design, seed=seed, steps=100)]
    for state in (*states, *states[::-7]):
        assert mapping.state(design, state) == mapping.whole(design, state)


def test_boot_is_the_start_of_the_model() -> None:
    for design in (AS_BUILT, PROPOSED):
        model = recorded(design)
        start, *_ = start_states(model, SMALL)
        seen = SharingMapping().state(design, boot(design))
        assert normal(model, seen) == normal(model, start)


def test_only_what_finds_a_frame_may_stutter() -> None:
    def called(name: str) -> CallMade:
        return CallMade(1, BY_NAME[name].number, 0, (0,) * 8)

    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(called("memory_new"), Ok((1, 1)))
    assert MAPPING.stutters(called("memory_new"), Refused(Error.INVL_ARGS, "no_pages"))
    unpaid = Refused(Error.OUT_OF_MEM, "no_memory_for_memory")
    assert not MAPPING.stutters(called("memory_new"), unpaid)
    assert not MAPPING.stutters(UserWrites(1, 0, 0), Refused(Error.OUT_OF_MEM, "no_frame"))


def first_step(
    sought: Callable[[Event, Outcome, State, State], bool],
) -> tuple[State, Event, Outcome, State]:
    """The first step of random sharing that is sought."""
    for seed in range(100):
        for before, event, outcome, after in share(PROPOSED, seed=seed, steps=200):
            if sought(event, outcome, before, after):
                return before, event, outcome, after
    raise AssertionError("no such step")


def complaint(before: State, event: Event, outcome: Outcome, after: State) -> str | None:
    follower = Follower(recorded(PROPOSED), SharingMapping(), PROPOSED)
    return follower.follow(before, event, outcome, after)


def is_call(event: Event, name: str) -> bool:
    return isinstance(event, CallMade) and event.number == BY_NAME[name].number


def copies(event: Event, outcome: Outcome, before: State, after: State) -> bool:
    """Whether a write copied a page, and others share what it left."""
    fewer = len(after.frames.sharers) <= len(before.frames.sharers)
    changed = before.frames.sharers != after.frames.sharers and bool(after.frames.sharers)
    return isinstance(event, UserWrites) and outcome == Done() and changed and fewer


def test_a_translation_that_outlives_its_mapping_is_noticed() -> None:
    def unmaps(event: Event, outcome: Outcome, before: State, after: State) -> bool:
        shrinks = len(before.processors[0].cache) > len(after.processors[0].cache)
        return is_call(event, "address_space_unmap") and shrinks

    before, event, outcome, after = first_step(unmaps)
    stale = replace(after, processors=before.processors)
    assert complaint(before, event, outcome, after) is None
    assert complaint(before, event, outcome, stale) is not None


def test_a_frame_that_counts_wrong_is_noticed() -> None:
    before, event, outcome, after = first_step(copies)
    miscounted = after.frames.with_sharers(before.frames.sharers)
    assert complaint(before, event, outcome, after) is None
    assert complaint(before, event, outcome, replace(after, frames=miscounted)) is not None


def test_a_copy_that_nobody_pays_for_is_noticed() -> None:
    before, event, outcome, after = first_step(copies)
    root = after.objects[ROOT_ALLOCATOR]
    assert isinstance(root.body, Allocator)
    unpaid = Allocator(root.body.limit_pages, root.body.used_pages - 1)
    objects = after.objects.set(ROOT_ALLOCATOR, Object(root.type, root.strong, root.weak, unpaid))
    assert complaint(before, event, outcome, replace(after, objects=objects)) is not None


def test_a_shared_frame_that_a_processor_may_write_is_noticed() -> None:
    def clones(event: Event, outcome: Outcome, before: State, after: State) -> bool:
        shrinks = len(before.processors[0].cache) > len(after.processors[0].cache)
        return is_call(event, "memory_clone") and shrinks

    before, event, outcome, after = first_step(clones)
    (line, *_) = (
        each
        for each in before.processors[0].cache
        if spans.at(after.processors[0].cache, each.first) is None
    )
    cache = spans.put(after.processors[0].cache, line)
    kept = replace(after, processors=(Processor(after.current, cache),))
    assert complaint(before, event, outcome, after) is None
    assert complaint(before, event, outcome, kept) is not None
