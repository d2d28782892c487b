"""A trace of capability_lifetimes as calls of the first program, from boot.

All calls are made by the first thread. What the model leaves open is chosen so that the rest of the
trace can be done: an object that a thread is to hold later is an address space, with the right that
thread_new needs; new threads sleep.

Not realised, ValueError: calls after the first thread's end, and look-ups without a call.
"""

from collections.abc import Mapping

from assay.traces.trace import Decision, TraceValue
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import NOTHING, CapabilitySpace, Thread
from reference_kernel.step import step
from spec.design import CreatedRights, Design, ThreadEnd
from spec.ids import ObjectType, rights_of, type_of
from spec.options import (
    CREATED_RIGHTS,
    WEAK_AUTO_DESTROY,
    CapClone,
    CapDestroy,
    ThreadDestroy,
    ThreadNew,
)
from spec.rights import ALL_RIGHTS, Right, covers
from spec.syscalls import BY_NAME

_Given = Mapping[str, TraceValue]
_WORDS = 8
_USE = Right.READ | Right.PROD | Right.WRITE
_OF_THE_CALL = ("cap_move_ends", "object_lives_on", "object_dies", "id_goes_with_its_space")
"""What happens in the call before it."""


def realise(design: Design, _start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The calls that do what the decisions say.

    Errors: ValueError naming the decision that no call of the first thread does.
    """
    program = _Program(design, _held_by_threads(decisions))
    for decision in decisions:
        if decision.name in _OF_THE_CALL:
            continue
        try:
            program.do(decision)
        except KeyError as missing:
            raise ValueError(f"{decision}: nothing is called {missing}") from missing
    return tuple(program.events)


def _held_by_threads(decisions: tuple[Decision, ...]) -> frozenset[TraceValue]:
    """The objects that something other than a space comes to hold."""
    names: dict[TraceValue, TraceValue] = {"OWN_SPACE": "BOOT_SPACE"}
    held: set[TraceValue] = set()
    for decision in decisions:
        given = dict(decision.arguments)
        if "made" in given and "source" in given:
            names[given["made"]] = names.get(given["source"])
        elif "made" in given and "object" in given:
            names[given["made"]] = given["object"]
        elif decision.name == "holder_comes":
            held.add(names.get(given["capability"]))
    return frozenset(held)


class _Program:
    """The first program as it writes itself: the calls so far, and what the trace's names are."""

    def __init__(self, design: Design, held: frozenset[TraceValue]) -> None:
        self.design = design
        self.held = held
        self.state = boot(design)
        self.events: list[Event] = []
        self.thread = self.state.current
        caller = self.state.body(self.thread)
        assert isinstance(caller, Thread)
        self.space = caller.capability_space
        own = self._word(ObjectType.CAPABILITY_SPACE, self.space)
        self.spaces: dict[TraceValue, int] = {"BOOT_SPACE": self.space}
        self.ids: dict[TraceValue, tuple[int, int]] = {"OWN_SPACE": (self.space, own)}
        self.named: dict[TraceValue, TraceValue] = {"OWN_SPACE": "BOOT_SPACE"}
        self.holders: dict[TraceValue, int] = {}

    def do(self, decision: Decision) -> None:
        """Make the call of one decision."""
        given = dict(decision.arguments)
        if self.state.current != self.thread:
            raise ValueError(f"{decision}: the first thread has ended")
        match decision.name:
            case "cap_clone":
                self._clone(given, 0)
            case "cap_move":
                self._clone(given, int(CapClone.DESTROY_SRC_CAP))
            case "cap_destroy":
                space, word = self.ids[given["capability"]]
                among, own = self._reached(space, CapDestroy.CSPACE_SELF)
                self._call("cap_destroy", own, among, word)
            case "dead_weak_goes":
                self._let_go_dead(given)
            case "object_new" | "object_new_with_all_rights":
                self._create(given)
            case "thread_new" | "thread_new_with_weak_rights":
                self._start(given)
            case "holder_comes":
                self._hold(given)
            case "last_holder_goes":
                self._end(given["object"])
            case _:
                raise ValueError(f"{decision}: no call does only this")

    def _clone(self, given: _Given, options: int) -> None:
        source, word = self.ids[given["source"]]
        space = self.spaces[given["space"]]
        self.named[given["made"]] = self.named[given["source"]]
        to, to_self = self._reached(space, CapClone.DST_CSPACE_SELF)
        at, at_self = self._reached(source, CapClone.SRC_CSPACE_SELF)
        options |= to_self | at_self | self._rights(given["mask"], self.named[given["made"]])
        options |= CapClone.CHANGE_CAP_WEAKNESS
        options |= CapClone.MAKE_WEAK if given["weak"] else 0
        outcome = self._call("cap_clone", options, to, at, word)
        if isinstance(outcome, Ok):  # of two moves at once, one processor does only the first
            self.ids[given["made"]] = (space, outcome.values[0])

    def _let_go_dead(self, given: _Given) -> None:
        """A strong clone of what is dead is refused, and takes it along."""
        space, word = self.ids[given["capability"]]
        at, own = self._reached(space, CapClone.SRC_CSPACE_SELF)
        options = own | CapClone.DST_CSPACE_SELF | CapClone.CHANGE_CAP_WEAKNESS
        self._call("cap_clone", options | WEAK_AUTO_DESTROY, NOTHING, at, word)

    def _create(self, given: _Given) -> None:
        """A key, or an address space where a thread is to hold it or all rights are given."""
        self._is_own(given["space"])
        name = given["object"]
        rights = self._rights(given.get("asked", "USE|UPGRADE"), name)
        allocator = self._word(ObjectType.ALLOCATOR)
        self.named[given["made"]] = name
        if name in self.held or "asked" not in given:
            values = self._made("address_space_new", self._asked(rights), allocator)
        else:
            values = self._made("key_new", rights, allocator)
        self.ids[given["made"]] = (self.space, values[0])

    def _start(self, given: _Given) -> None:
        """A new thread; the trace's object is the thread itself, or its new space."""
        self._is_own(given["space"])
        name = given["object"]
        options = self._asked(self._rights(given.get("asked", "USE"), name))
        self.named[given["made"]] = name
        if given["is_space"]:
            options |= ThreadNew.CREATE_CAPABILITY_SPACE
            thread, made = self._thread_new(options)
            self.spaces[name] = self._entries(self.space)[made]
        else:
            thread, _ = self._thread_new(options)
            made = thread
        self.holders[name] = thread
        self.ids[given["made"]] = (self.space, made)

    def _hold(self, given: _Given) -> None:
        space, word = self.ids[given["capability"]]
        if space != self.space:
            raise ValueError(f"{given['capability']} is no id of the first thread")
        match type_of(word):
            case ObjectType.ADDRESS_SPACE:
                thread, _ = self._thread_new(0, address_space=word)
            case ObjectType.CAPABILITY_SPACE:
                thread, _ = self._thread_new(0, space=word)
            case _:
                raise ValueError(f"{given['capability']}: no thread can hold its object")
        self.holders[self.named[given["capability"]]] = thread

    def _end(self, name: TraceValue) -> None:
        """The thread that holds the object ends; the first one with its group where it must."""
        if name in self.holders:
            self._call("thread_destroy", ThreadDestroy.DESTROY_OTHER, self.holders.pop(name))
        elif name != "BOOT_SPACE":
            raise ValueError(f"{name} is held by no thread")
        elif self.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED:
            self._call("thread_destroy", 0)
        else:
            self._call("thread_group_exit", 0, self._word(ObjectType.THREAD_GROUP))

    def _thread_new(
        self, options: int, *, address_space: int = NOTHING, space: int = NOTHING
    ) -> tuple[int, int]:
        """The ids of a new thread and of its space; both are the caller's where none is given."""
        own = self._word(ObjectType.CAPABILITY_SPACE, self.space)
        thread, of_space = self._made(
            "thread_new",
            options,
            self._word(ObjectType.ALLOCATOR),
            self._word(ObjectType.THREAD_GROUP),
            address_space or self._word(ObjectType.ADDRESS_SPACE),
            space or own,
        )
        return thread, of_space

    def _call(self, name: str, options: int, *arguments: int) -> Outcome:
        words = (*arguments, *(0 for _ in range(_WORDS - len(arguments))))
        event = CallMade(self.thread, BY_NAME[name].number, int(options), words)
        self.events.append(event)
        self.state, outcome = step(self.design, self.state, event)
        return outcome

    def _made(self, name: str, options: int, *arguments: int) -> tuple[int, ...]:
        """What a call returns that must not be refused."""
        outcome = self._call(name, options, *arguments)
        if not isinstance(outcome, Ok):
            raise ValueError(f"{name} gave {outcome}")
        return outcome.values

    def _rights(self, mask: TraceValue, name: TraceValue) -> int:
        """The rights that a mask of the model stands for, and what a thread needs to hold."""
        flags = str(mask).split("|")
        use = _USE if "USE" in flags or name in self.held else Right(0)
        return int(use | Right.UPGRADE if "UPGRADE" in flags else use)

    def _asked(self, rights: int) -> int:
        """The option bits that ask for these rights, where the design lets calls ask."""
        asks = self.design.created_rights is CreatedRights.OPTION
        return rights * (CREATED_RIGHTS // int(ALL_RIGHTS)) if asks else 0

    def _entries(self, space: int) -> Mapping[int, int]:
        body = self.state.body(space)
        assert isinstance(body, CapabilitySpace), space
        return body.entries

    def _word(self, kind: ObjectType, target: int | None = None) -> int:
        """The oldest id of this type in the first thread's space, or of this object."""
        for word, name in sorted(self._entries(self.space).items()):
            usable = covers(rights_of(word), _USE)
            if type_of(word) == kind and usable and (target is None or name == target):
                return word
        raise ValueError(f"the first thread has no {kind.printed} left that it can use")

    def _reached(self, space: int, own: int) -> tuple[int, int]:
        """The argument that names the space, and the option bit that says it is the caller's."""
        if space == self.space:
            return NOTHING, int(own)
        return self._word(ObjectType.CAPABILITY_SPACE, space), 0

    def _is_own(self, space: TraceValue) -> None:
        if self.spaces.get(space) != self.space:
            raise ValueError(f"the first thread makes nothing in {space}")
