"""Bugs that other systems had, planted in the kernel: a search of schedules finds each of them.

Where nothing is planted the same scenario breaks none of it. What is planted is wrong only when
two processors meet.
"""

from collections.abc import Callable

import pytest

from assay.engines.schedules import Limits, Schedules, search_schedules
from assay.engines.walk import Subject
from reference_kernel import continuing, delivering, delivery, page_tables, spans, step
from reference_kernel.draft import Draft
from reference_kernel.entries import insert
from reference_kernel.events import CallMade
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.ready_queue import enqueue
from reference_kernel.scenarios import named
from reference_kernel.sections import Delivery, Rest, Section
from reference_kernel.state import Channel, Object, State
from reference_kernel.syscalls import cap, thread
from spec.designs import PROPOSED
from spec.ids import is_weak
from spec.options import CapClone
from spec.syscalls import BY_NAME

Plant = Callable[[pytest.MonkeyPatch], None]


def an_upgrade_does_not_look_whether_anybody_holds_the_object(patch: pytest.MonkeyPatch) -> None:
    """It counts one more, whatever there was, and finds what was there before."""

    def cap_clone(draft: Draft, call: CallMade) -> Outcome:
        space = draft.thread(call.thread).capability_space
        word = call.arguments[2]
        target = draft.space(space).entries.get(word)
        if target is None or draft.is_alive(target):
            return cap.cap_clone(draft, call)
        known = draft.objects[target]
        draft.objects = draft.objects.set(target, Object(known.type, 0, known.weak, Channel()))
        weak = bool(call.options & CapClone.MAKE_WEAK)
        return Ok((insert(draft, space, target, rights=word & 15, weak=weak),))

    patch.setattr(step, "CALLS", {**step.CALLS, BY_NAME["cap_clone"].number: cap_clone})


def an_upgrade_counts_in_a_section_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """It looks whether anybody holds the object, and counts one more in the next section."""

    def cap_clone(draft: Draft, call: CallMade) -> Outcome:
        space = draft.thread(call.thread).capability_space
        word = call.arguments[2]
        target = draft.space(space).entries.get(word)
        if target is None or not is_weak(word) or not draft.is_alive(target):
            return cap.cap_clone(draft, call)
        return draft.cut(Section.MOVED, call, space, target)

    def counts(draft: Draft, rest: Rest) -> Outcome:
        space, target = rest.words
        assert isinstance(rest.event, CallMade)
        known = draft.objects[target]
        if known.body is None:
            draft.objects = draft.objects.set(target, Object(known.type, 0, known.weak, Channel()))
        rights = rest.event.arguments[2] & 15
        return Ok((insert(draft, space, target, rights=rights, weak=False),))

    number = BY_NAME["cap_clone"].number
    patch.setattr(continuing, "CALLS", {**continuing.CALLS, number: cap_clone})
    following = {**continuing._CONTINUATIONS, Section.MOVED: counts}
    patch.setattr(continuing, "_CONTINUATIONS", following)


def only_here(draft: Draft, _space: int, first: int, end: int, *, anew: bool = True) -> None:
    """The own processor forgets the pages; nobody tells the others."""
    draft.cache = spans.cut(draft.cache, first, end)


def a_share_leaves_other_processors_their_translations(patch: pytest.MonkeyPatch) -> None:
    """What another processor may write to it writes to still: the clone sees it."""
    patch.setattr(page_tables, "flush_mapped", only_here)


def an_unmap_leaves_other_processors_their_translations(patch: pytest.MonkeyPatch) -> None:
    """What another processor may write to it writes to still, whoever has the frame."""
    patch.setattr(page_tables, "flush_unmapped", only_here)


def a_thread_can_be_made_in_a_group_that_is_being_ended(patch: pytest.MonkeyPatch) -> None:
    """Its end has been round already."""
    patch.setattr(thread, "admits_nobody", lambda _draft, _group: False)


def who_was_ended_amid_a_delivery_is_woken(patch: pytest.MonkeyPatch) -> None:
    """It is put into the ready queue, whatever has become of it."""

    def hands_over(draft: Draft, delivery: Delivery) -> None:
        enqueue(draft, delivery.claimed)

    patch.setattr(delivering, "hands_over", hands_over)


def a_delivery_wakes_nobody(patch: pytest.MonkeyPatch) -> None:
    """The message is copied, and that is all."""
    patch.setattr(delivering, "hands_over", lambda _draft, _delivery: None)


def a_reply_that_is_not_visible_can_be_destroyed(patch: pytest.MonkeyPatch) -> None:
    """As it is built."""
    patch.setattr(cap, "is_hidden", lambda _draft, _space, _word: False)


def a_delivery_wakes_for_what_others_took(patch: pytest.MonkeyPatch) -> None:
    """As it is built."""
    patch.setattr(delivery, "_has_news", lambda _draft, _pool: True)


def nobody_is_asked_to_forget(patch: pytest.MonkeyPatch) -> None:
    """Who changes pages goes on at once, whatever others remember."""
    patch.setattr(Draft, "asks_to_forget", lambda _draft, _change, _owing: None)


def an_answer_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    """Who changes pages asks the others, and goes on before they have forgotten."""
    is_held = continuing._is_held

    def is_locked(state: State, number: int) -> bool:
        asked = state.processors[number].asked
        assert asked is not None
        return asked.lock.kind is not LockKind.TRANSLATIONS and is_held(state, number)

    patch.setattr(continuing, "_is_held", is_locked)


def who_spins_for_a_lock_answers_nobody(patch: pytest.MonkeyPatch) -> None:
    """As where a lock is asked for with interrupts off, and only that is looked at."""
    answers = continuing._answers
    patch.setattr(continuing, "_answers", lambda each: each.asked is None and answers(each))


def searched(scenario: str, mode: str) -> Schedules:
    """Every schedule of the scenario under the proposed design, in steps of that mode."""
    chosen = named(scenario).at(mode)
    subject = Subject(chosen.kernel, PROPOSED)
    found = search_schedules(subject, chosen, Limits(cut=False))
    assert found.complete
    return found


def claims(scenario: str, mode: str) -> set[str]:
    """What the scenario breaks under the proposed design, in steps of that mode."""
    return set(searched(scenario, mode).claims)


@pytest.mark.parametrize(
    ("mode", "plant", "scenario", "claim"),
    [
        (
            "interleaved",
            an_upgrade_does_not_look_whether_anybody_holds_the_object,
            "upgrade_and_last_drop",
            "CAP-4",
        ),
        (
            "sections",
            an_upgrade_counts_in_a_section_of_its_own,
            "upgrade_and_last_drop",
            "CAP-4",
        ),
        ("sections", who_was_ended_amid_a_delivery_is_woken, "ended_when_popped", "SCH-1"),
        ("sections", a_delivery_wakes_nobody, "ended_when_popped", "SCH-1"),
        (
            "sections",
            a_delivery_wakes_for_what_others_took,
            "events_taken_amid_a_delivery",
            "SCH-4",
        ),
        (
            "sections",
            a_reply_that_is_not_visible_can_be_destroyed,
            "reply_destroyed_amid_a_delivery",
            "ROB-1",
        ),
        *(
            ("sections", plant, scenario, claim)
            for plant in (nobody_is_asked_to_forget, an_answer_is_not_waited_for)
            for scenario, claim in (
                ("unmap_and_write", "MEM-3"),
                ("unmap_by_each_other", "MEM-3"),
                ("write_and_share", "COW-1"),
                ("read_and_copy", "COW-1"),
            )
        ),
        *(
            (mode, plant, scenario, claim)
            for mode in ("interleaved", "sections")
            for plant, scenario, claim in (
                (a_share_leaves_other_processors_their_translations, "write_and_share", "COW-1"),
                (an_unmap_leaves_other_processors_their_translations, "unmap_and_write", "MEM-3"),
                (a_thread_can_be_made_in_a_group_that_is_being_ended, "exit_and_create", "GRP-2"),
            )
        ),
    ],
)
def test_what_is_planted_is_found(
    monkeypatch: pytest.MonkeyPatch, mode: str, plant: Plant, scenario: str, claim: str
) -> None:
    assert claim not in claims(scenario, mode)
    plant(monkeypatch)
    assert claim in claims(scenario, mode)


@pytest.mark.parametrize("scenario", ["unmap_by_each_other", "unmap_and_unmap"])
def test_who_answers_nobody_while_it_spins_is_found_as_stuck(
    monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    assert not searched(scenario, "sections").stuck
    who_spins_for_a_lock_answers_nobody(monkeypatch)
    assert searched(scenario, "sections").stuck
