"""The calls that are killed as they wait, where nobody drops what lies on their stacks.

What a waiting call has is seen as held by its thread; for the step in which the thread ends it lies
on a stack, which no processor has.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import id_of_word
from proofs.references.mapping.held import name_of
from proofs.references.mapping.seen import Seen
from reference_kernel.events import CallMade, CallReturns, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.state import CapabilitySpace, Thread
from reference_kernel.threads import has_stopped, leaks_stacks
from spec.design import Design


@dataclass(frozen=True, slots=True)
class Killed:
    """The calls that were killed in a step, told by what is seen around it."""

    old: Seen
    event: Event
    new: Seen

    def steps(self, design: Design, here: int) -> Iterator[ModelStep]:
        """The steps of each; `here` is the stack of the killer."""
        if not leaks_stacks(design):
            return
        stack, numbers = len(self.old.entries.state.processors), Counter(self.old.lost.values())
        for body, left in self._left():
            left = left or self._held_at_once(body, numbers)
            for object in left:
                yield from self._comes(stack, object, name_of(object, numbers[object]))
                numbers[object] += 1
            if left:
                ended = {"stack": stack, "killer": here, "space": body.capability_space}
                yield ModelStep("call_is_killed", ended)

    def _left(self) -> list[tuple[Thread, tuple[int, ...]]]:
        """The threads that have ended and what lay on their stacks, those without anything last."""
        before, after = self.old.entries.state, self.new.entries.state
        ended = [
            body
            for thread in changed_objects(before, after)
            if isinstance(body := before.body(thread), Thread) and self._has_ended(thread)
        ]
        return sorted(((each, each.held) for each in ended), key=lambda each: not each[1])

    def _has_ended(self, thread: int) -> bool:
        """Whether the thread will never go on with the call in which it waited."""
        goes_on = isinstance(self.event, CallReturns) and self.event.thread == thread
        body = self.new.entries.state.body(thread)
        return not goes_on and (not isinstance(body, Thread) or has_stopped(body))

    def _held_at_once(self, body: Thread, known: Counter[int]) -> tuple[int, ...]:
        """What is lost of a call that begins to wait and is killed in one step, unless `known`.

        It is the caller's space, or what the call names.
        """
        call, before = self.event, self.old.entries.state
        if not isinstance(call, CallMade) or before.body(call.thread) is not body:
            return ()
        space = before.body(body.capability_space)
        assert isinstance(space, CapabilitySpace), call
        named = {space.entries.get(word) for word in call.arguments} | {body.capability_space}
        since = Counter(self.new.lost.values())
        since.subtract(known)
        return tuple(each for each in since.elements() if each in named)

    def _comes(self, stack: int, object: int, copy: int) -> Iterator[ModelStep]:
        """What threads hold is shared; else an entry of the caller is copied and made strong."""
        if (object,) in self.old.tables["anchored"]:
            given = {"stack": stack, "object": object, "copy": copy}
            yield ModelStep("call_shares_a_hold", given)
            return
        call = self.event
        assert isinstance(call, CallMade), call
        caller = self.old.entries.state.body(call.thread)
        assert isinstance(caller, Thread), call
        named = (id_of_word(caller.capability_space, word) for word in call.arguments)
        entry = next(each for each in named if self.old.tables["target"].get((each,)) == object)
        taken: dict[str, Value] = {"stack": stack, "entry": entry, "copy": copy, "weak": False}
        yield ModelStep("entry_is_copied", taken)
        if (entry,) in self.old.tables["weak"]:
            for action in ("count_is_loaded", "count_is_raised"):
                yield ModelStep(action, {"stack": stack, "reference": copy})
