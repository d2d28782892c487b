"""Small mistakes in messages, replies and event pools."""

from tests.reference_kernel.faulty import Fault

MESSAGE_FAULTS = (
    Fault(
        "a_channel_is_held_twice",
        "syscalls/channel.py",
        "    return Ok((create_asked(draft, call, ObjectType.CHANNEL, Channel()),))",
        "    word = create_asked(draft, call, ObjectType.CHANNEL, Channel())\n"
        "    draft.hold(draft.next_object - 1)\n"
        "    return Ok((word,))",
        quiet=True,
    ),
    Fault(
        "a_channel_has_every_right",
        "syscalls/channel.py",
        "create_asked(draft, call, ObjectType.CHANNEL, Channel())",
        "create_asked(draft, CallMade(call.thread, 0, 15, ()), ObjectType.CHANNEL, Channel())",
    ),
    Fault(
        "a_pool_keeps_the_frames_of_what_was_written",
        "pools.py",
        "for frame in (*body.reads.frames, *body.writes.frames):",
        "for frame in body.reads.frames:",
        quiet=True,
    ),
    Fault(
        "who_waited_for_a_pool_is_still_watched",
        "pools.py",
        "    draft.forget(waiter.thread)\n    if isinstance(shown",
        "    if isinstance(shown",
        quiet=True,
    ),
    Fault(
        "who_waits_to_send_is_not_watched",
        "queues.py",
        "    watch_party(draft, sender)\n",
        "",
        quiet=True,
    ),
    Fault(
        "who_waits_in_a_dead_channel_is_still_watched",
        "queues.py",
        "    for sender in reversed(body.senders):\n        forget_party(draft, sender)\n",
        "",
        quiet=True,
    ),
    Fault(
        "whoever_can_send_no_more_is_still_watched",
        "channels.py",
        "        forget_party(draft, partner)\n",
        "        if isinstance(gave, Delivered) or isinstance(partner, Receiver):\n"
        "            forget_party(draft, partner)\n",
        quiet=True,
    ),
    Fault(
        "a_pool_that_receives_again_is_watched_once",
        "channels.py",
        "        forget_party(draft, partner)\n",
        "        forget_party(draft, partner)\n"
        "        if isinstance(partner, Receiver) and partner.again:\n"
        "            forget_party(draft, partner)\n",
        quiet=True,
    ),
    Fault(
        "a_reply_does_not_watch_its_caller",
        "delivery.py",
        "    watch_party(draft, waits)\n",
        "",
        quiet=True,
    ),
    Fault(
        "a_reply_that_is_taken_back_forgets_its_caller_twice",
        "delivery.py",
        "        if word and isinstance(size, Refused):\n"
        "            _take_back(draft, receiver.space, word)\n",
        "        if word and isinstance(size, Refused):\n"
        "            draft.forget(sender.space)\n"
        "            _take_back(draft, receiver.space, word)\n",
        quiet=True,
    ),
    Fault(
        "a_capability_in_a_message_gets_every_right",
        "messages.py",
        "rights=rights_of(word), weak=is_weak(word))",
        "rights=15, weak=is_weak(word))",
    ),
    Fault(
        "a_capability_in_a_message_becomes_strong",
        "messages.py",
        "rights=rights_of(word), weak=is_weak(word))",
        "rights=rights_of(word), weak=False)",
    ),
    Fault(
        "an_answer_holds_its_memory",
        "syscalls/reply.py",
        "    body = draft.reply(reply)\n    if body.used:",
        "    draft.hold(memory)\n    body = draft.reply(reply)\n    if body.used:",
        quiet=True,
    ),
    Fault(
        "a_used_reply_answers_again",
        "syscalls/reply.py",
        "    if body.used:",
        "    if body.used and body.caller.buffer is None:",
    ),
    Fault(
        "a_buffer_may_end_a_page_behind_its_memory",
        "copying.py",
        "size_pages * PAGE_BYTES",
        "size_pages * PAGE_BYTES + PAGE_BYTES",
    ),
    Fault(
        "what_nobody_wrote_to_is_sent_as_ones",
        "taking.py",
        "return 0 if run.cleared",
        "return 1 if run.cleared",
        quiet=True,
    ),
    Fault(
        "a_message_is_taken_from_the_start_of_its_page",
        "taking.py",
        "yield from _of_page(draft, memory, page, place, count)",
        "yield from _of_page(draft, memory, page, 0, count)",
        quiet=True,
    ),
    Fault(
        "the_last_sender_is_served_first",
        "queues.py",
        "    draft.put(name, replace(body, senders=body.senders[1:]))\n    return body.senders[0]",
        "    draft.put(name, replace(body, senders=body.senders[:-1]))\n"
        "    return body.senders[-1]",
        quiet=True,
    ),
    Fault(
        "a_pool_whose_message_was_taken_is_not_told",
        "delivery.py",
        "                return notify(draft, pool, MESSAGE_SENT, event_id, size)\n",
        "                return None\n",
        quiet=True,
    ),
    Fault(
        "whoever_waits_in_a_dead_channel_sleeps_on",
        "queues.py",
        "    for party in parties:\n        tell_of_death(draft, party.listener)\n",
        "",
        quiet=True,
    ),
    Fault(
        "whose_delivery_failed_is_not_told",
        "delivering.py",
        "    tell_of_fault(draft, partner, fault)\n",
        "",
        quiet=True,
    ),
    Fault(
        "a_wait_in_a_channel_that_is_over_is_remembered",
        "threads.py",
        "            leave_queues(draft, source, channel, gone)\n",
        "            pass\n",
        quiet=True,
    ),
    Fault(
        "a_late_listener_to_a_drop_is_not_told",
        "listening.py",
        "    return body.dropped\n",
        "    return False\n",
        quiet=True,
    ),
    Fault(
        "a_buffer_of_no_bytes_can_be_received_into",
        "copying.py",
        "buffer.offset >= end else",
        "buffer.offset > end else",
    ),
)
"""At least two in every file that is about messages."""
