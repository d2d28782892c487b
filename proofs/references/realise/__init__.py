"""A trace of references as calls of programs, from boot, where every call is one step.

A reference that is copied from a table and comes into one again, or is held by a thread from then
on, is one call; so `capability_lifetimes` has a name for it, and its way to make calls. A call that
is killed is one that waits to send (`killed`): it holds its memory and its own space, whichever of
the two the trace means. What two calls do at the same time is done by one after the other.

Not realised, ValueError: what that model does not realise, and a copy that only lies on a stack.
"""

from collections.abc import Mapping

from assay.traces.trace import Decision, TraceValue
from proofs.capability_lifetimes.realise import realise as realise_calls
from proofs.references.realise.killed import killed_call
from reference_kernel.events import Event
from spec.design import Design

_OWN = "OWN_SPACE"
_KILLED = "call_is_killed"


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The events that do what the decisions say.

    Errors: ValueError naming the decision that no call does.
    """
    calls = _Calls(_waited_with(decisions))
    for decision in decisions:
        calls.take(decision)
    events = realise_calls(design, start, tuple(calls.made))
    if calls.killed_at is None:
        return events
    before = len(realise_calls(design, start, tuple(calls.made[: calls.killed_at])))
    return (*events[:before], *killed_call(design, events[:before]), *events[before:])


def _waited_with(decisions: tuple[Decision, ...]) -> frozenset[TraceValue]:
    """The entries of which a killed call has copies: the memory that it sends is made for it."""
    entry_of: dict[TraceValue, tuple[TraceValue, TraceValue]] = {}
    found: set[TraceValue] = set()
    for decision in decisions:
        given = dict(decision.arguments)
        if decision.name == "entry_is_copied":
            entry_of[given["copy"]] = given["stack"], given["entry"]
        elif decision.name in ("reference_is_dropped", "reference_is_kept", "thread_takes_hold"):
            entry_of.pop(given["reference"], None)
        elif decision.name == _KILLED:
            found |= {entry for stack, entry in entry_of.values() if stack == given["stack"]}
    return frozenset(found)


class _Calls:
    """The calls that the small steps are, as decisions of capability_lifetimes."""

    def __init__(self, waited_with: frozenset[TraceValue]) -> None:
        self.waited_with = waited_with
        self.made: list[Decision] = []
        self.killed_at: int | None = None
        self.source: dict[TraceValue, tuple[TraceValue, str]] = {}
        self.weak: set[TraceValue] = {_OWN}

    def take(self, decision: Decision) -> None:
        """One small step; the call that it is part of is made where something changes."""
        given = dict(decision.arguments)
        match decision.name:
            case "entry_is_copied" | "entry_is_copied_to_move":
                self._copy(decision.name, given)
            case "count_is_raised":
                self.weak.discard(given["reference"])
            case "reference_is_kept" | "copy_takes_the_place":
                self._keep(given)
            case "thread_takes_hold":
                entry, _ = self.source.pop(given["reference"])
                self._call("holder_comes", capability=entry, shared=False)
            case "entry_is_taken_out":
                self._call("cap_destroy", capability=given["entry"])
            case "object_is_made":
                self._make(given)
            case "owner_is_made":
                self.weak.add(given["reference"])
                made = {**_place(given), "object": given["object"]}
                self._call("thread_new", **made, is_space=True, asked="USE")
            case "thread_lets_go" | "last_thread_lets_go":
                self._call("last_holder_goes", object=given["object"])
            case "call_is_killed":
                self.killed_at = len(self.made)
            case _:
                pass

    def _copy(self, name: str, given: Mapping[str, TraceValue]) -> None:
        copy, entry = given["copy"], given["entry"]
        self.source[copy] = entry, "cap_move" if name.endswith("_to_move") else "cap_clone"
        self.weak.discard(copy)
        if given["weak"] or entry in self.weak:
            self.weak.add(copy)

    def _keep(self, given: Mapping[str, TraceValue]) -> None:
        entry, call = self.source.pop(given["reference"])
        weak = given["reference"] in self.weak
        self._call(call, source=entry, **_place(given), mask=_rights(given), weak=weak)

    def _make(self, given: Mapping[str, TraceValue]) -> None:
        self.weak.discard(given["reference"])
        if given["reference"] not in self.waited_with:
            asked = _rights(given)
            self._call("object_new", **_place(given), object=given["object"], asked=asked)

    def _call(self, name: str, **arguments: TraceValue) -> None:
        self.made.append(Decision(name, tuple(arguments.items())))


def _place(given: Mapping[str, TraceValue]) -> dict[str, TraceValue]:
    return {"space": given["space"], "made": given["reference"]}


def _rights(given: Mapping[str, TraceValue]) -> str:
    return "USE|UPGRADE" if given["upgradable"] else "USE"
