"""Small mistakes in what the calls share: look-ups, references, queues, events, the end of threads.

Of those that were written first a walk finds two too seldom: a full pool that is told all the same,
which no guarantee here is about, and a dead thread that stays in the ready queue while it is held.
"""

from tests.reference_kernel.faults import Fault

SHARED_FAULTS = (
    Fault(
        "a_dead_capability_is_found_before_a_right_is_missed",
        "capability_space.py",
        "    if not covers(rights_of(word), needed):",
        "    dead = is_weak(word) and not draft.is_alive(target)\n"
        "    if not dead and not covers(rights_of(word), needed):",
    ),
    Fault(
        "a_capability_to_another_type_is_found",
        "capability_space.py",
        "    if target is None or type_of(word) != kind:",
        "    if target is None:",
    ),
    Fault(
        "an_entry_that_goes_is_counted_still",
        "entries.py",
        "    drop_reference(draft, space, word, body.entries[word])",
        "    pass",
        quiet=True,
    ),
    Fault(
        "what_a_message_named_is_let_go_as_what_it_is_not",
        "entries.py",
        "    drop_reference(draft, space, word, body.in_transit[word])",
        "    draft.release(body.in_transit[word])",
        quiet=True,
    ),
    Fault(
        "what_a_message_named_is_never_let_go",
        "transit.py",
        "            remove_unannounced(draft, party.space, word)",
        "            continue",
        quiet=True,
    ),
    Fault(
        "a_message_holds_what_it_named_with_every_right",
        "transit.py",
        "rights=rights_of(word), weak=is_weak(word), announced=False",
        "rights=15, weak=is_weak(word), announced=False",
        quiet=True,
    ),
    Fault(
        "a_weak_capability_is_counted_as_a_strong_one",
        "entries.py",
        "    if weak:\n        draft.watch(target)\n    else:\n        draft.hold(target)",
        "    draft.hold(target)",
        quiet=True,
    ),
    Fault(
        "a_dropped_address_space_keeps_its_first_memory",
        "address_spaces.py",
        "for record in reversed(body.records):",
        "for record in reversed(body.records[1:]):",
        quiet=True,
    ),
    Fault(
        "a_drop_check_that_goes_keeps_its_receiver",
        "references.py",
        "            announce_drop(draft, receiver)\n            draft.release(receiver)\n",
        "            announce_drop(draft, receiver)\n",
        quiet=True,
    ),
    Fault(
        "a_dropped_space_lets_go_of_strong_capabilities_only",
        "references.py",
        "            for word, target in sorted(body.holdings.items()):\n",
        "            for word, target in sorted(body.holdings.items()):\n"
        "                if word & 1 << 4:\n"
        "                    continue\n",
        quiet=True,
    ),
    Fault(
        "any_right_on_an_allocator_pays",
        "creation.py",
        "needed=Right.PROD",
        "needed=0",
    ),
    Fault(
        "asked_rights_are_not_limited",
        "creation.py",
        "return fixed & created_rights(call.options)",
        "return fixed",
    ),
    Fault(
        "a_killed_thread_may_run_on",
        "threads.py",
        "replace(body, is_alive=False, ",
        "replace(body, ",
    ),
    Fault(
        "a_stopped_thread_keeps_its_address_space",
        "threads.py",
        "    draft.release(ended.address_space)\n",
        "",
        quiet=True,
    ),
    Fault(
        "the_thread_that_leaves_the_processor_is_held",
        "processors.py",
        "    draft.release(left.thread)\n    if not outside:",
        "    if not outside:",
        quiet=True,
    ),
    Fault(
        "who_is_chosen_is_not_marked_as_running",
        "processors.py",
        "state=ThreadState.RUNNING)",
        "state=ThreadState.READY)",
    ),
    Fault(
        "who_listens_is_not_watched",
        "listening.py",
        "    draft.watch(listener.thread if isinstance(",
        "    draft.is_alive(listener.thread if isinstance(",
        quiet=True,
    ),
    Fault(
        "a_pool_that_may_be_read_may_be_told",
        "listening.py",
        "needed=Right.WRITE",
        "needed=Right.READ",
    ),
    Fault(
        "a_thread_that_leaves_stays_held",
        "groups.py",
        "        draft.put(group, replace(body, members=members))\n        draft.release(thread)",
        "        draft.put(group, replace(body, members=members))",
        quiet=True,
    ),
    Fault(
        "who_is_taken_from_the_queue_is_still_watched",
        "ready_queue.py",
        "        draft.forget(first)\n        if runs:\n            return first",
        "        if runs:\n            return first",
        quiet=True,
    ),
    Fault(
        "who_waits_for_an_end_is_not_woken",
        "emitters.py",
        "            if is_waiting(draft, thread, wait):\n",
        "            if is_waiting(draft, thread, wait) and news is not _EXIT:\n",
    ),
)
"""At least two, with those of the calls, in every file that calls share."""
