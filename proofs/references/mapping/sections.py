"""The small steps of a section, told by what is different after it.

A look-up is seen by what lies on the stack then, a drop by what does not. Only what refuses, and
the source of a clone, is told by the call.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import id_of_word
from proofs.references.mapping.seen import ALIVE, DEAD, ID_BITS
from proofs.references.mapping.stacks import BORROWED, TO_DROP, Lying, Stacks
from reference_kernel.events import CallContinues, CallMade, Event
from reference_kernel.sections import Rest
from reference_kernel.state import Chore, Pending, Thread
from spec.design import Design, Move, UpgradeRight
from spec.ids import ObjectType
from spec.options import CapClone
from spec.syscalls import BY_NAME

COPY = 1
"""A copy that is on the stack for a moment only."""
_CLONE = BY_NAME["cap_clone"].number
_OWNERS = (ObjectType.THREAD, ObjectType.CAPABILITY_SPACE)


def call_of(rest: Rest | None) -> CallMade | None:
    """The call that goes on, if it is one."""
    return rest.event if rest is not None and isinstance(rest.event, CallMade) else None


def own_space(stacks: Stacks, call: CallMade) -> int:
    """The capability space of the caller."""
    caller = stacks.state.body(call.thread)
    assert isinstance(caller, Thread), call
    return caller.capability_space


def source_of(stacks: Stacks, rest: Rest, call: CallMade) -> int:
    """The entry that cap_clone names."""
    own = call.options & CapClone.SRC_CSPACE_SELF
    return id_of_word(own_space(stacks, call) if own else rest.held[0], call.arguments[2])


class SectionTaken:
    """A step of the processor `here`, and what is seen around it."""

    def __init__(self, design: Design, old: Stacks, new: Stacks, event: Event, here: int) -> None:
        self.old = old
        self.new = new
        self.here = here
        processor = old.state.processors[here]
        is_chore = isinstance(event, CallContinues) and bool(processor.pending)
        self.chore: Pending | None = processor.pending[0] if is_chore else None
        self.rest: Rest | None = None if is_chore else processor.rest
        self.checks = design.upgrade_right is UpgradeRight.CHECKED
        self.moves_at_once = design.move is Move.ATOMIC
        self.died = self._gone_from("stage", ALIVE)
        self.moved: Value = None
        self.second_half = old.tables["removes"].get((here,))
        self.anchored = {name for (name,) in old.tables["anchored"]}

    def steps(self) -> Iterator[ModelStep]:
        """All of it: what comes, what threads take hold of and let go, what goes.

        A call takes entries out of a space that it alone holds before it lets go of that.
        """
        if self.second_half is not None:
            yield self._step("source_is_removed")
        yield from self._looked_up()
        come = self._entries_come()
        yield from self._come(come)
        gone = self._entries_go(come)
        last = [name for name in gone if self._is_held_by_call(name)]
        yield from self._removed(last)
        yield from self._stack_clears()
        yield from self._taken_hold()
        let_go = self.anchored - {name for (name,) in self.new.tables["anchored"]}
        for name in sorted(let_go - {*self.died}, key=_number):
            yield self._step("thread_lets_go", object=name)
        yield from self._removed([name for name in gone if name not in last])
        for name in self.died:
            yield self._step("object_is_destroyed", object=name)
        freed = [name for name in self.died if (name,) not in self.new.tables["stage"]]
        for name in (*self._gone_from("stage", DEAD), *freed):
            yield ModelStep("block_is_freed", {"object": name})

    def _step(self, action: str, **arguments: Value) -> ModelStep:
        return ModelStep(action, {"stack": self.here, **arguments})

    def _gone_from(self, table: str, value: Value) -> list[Value]:
        """What had the value there, and is not there any more, or is dead."""
        was, now = self.old.tables[table], self.new.tables[table]
        return [key[0] for key, known in was.items() if known == value and now.get(key) != known]

    def _looked_up(self) -> Iterator[ModelStep]:
        """What a look-up has put on the stack: a copy of an entry, made strong."""
        call = call_of(self.rest)
        for each in self.new.lying.values():
            if each.use != TO_DROP and each.name not in self.old.lying:
                assert call is not None, each
                word = self._rest_after().ids[-1]
                entry = id_of_word(own_space(self.old, call), word)
                yield from self.copied(entry, each.name, weak=False)

    def _rest_after(self) -> Rest:
        rest = self.new.state.processors[self.here].rest
        assert rest is not None, self.here
        return rest

    def copied(
        self,
        entry: Value,
        copy: Value,
        *,
        weak: bool,
        action: str = "entry_is_copied",
        to_keep: bool = False,
    ) -> Iterator[ModelStep]:
        """The entry is copied; the copy is strong unless it is to be `weak`."""
        is_weak = (entry,) in self.old.tables["weak"] or (entry,) in self.new.tables["weak"]
        yield self._step(action, entry=entry, copy=copy, weak=weak and not is_weak)
        if is_weak and not weak:
            load = "count_is_loaded_to_keep" if to_keep and self.checks else "count_is_loaded"
            yield self._step(load, reference=copy)
            yield self._step("count_is_raised", reference=copy)

    def _entries_come(self) -> list[Value]:
        """The entries that are new, also such as were taken out again at once."""
        known = self.old.tables["keeper"]
        come = [name for (name,) in self.new.tables["keeper"] if (name,) not in known]
        come += [
            each.name
            for each in self.new.lying.values()
            if each.use == TO_DROP and each.name not in self.old.lying and (each.name,) not in known
        ]
        return sorted(come, key=_number)

    def _come(self, come: list[Value]) -> Iterator[ModelStep]:
        """The first entries of what is new, then copies of entries."""
        sources = [name for (name,) in self.old.tables["keeper"]]
        copies = list[Value]()
        made = set[Value]()
        for entry in come:
            target = self.new.tables["target"][entry,]
            if (target,) in self.old.tables["stage"] or target in made:
                copies.append(entry)
                continue
            made.add(target)
            sources.append(entry)
            yield self._first(entry, target)
        for entry in copies:
            yield from self._cloned(entry, sources)
            sources.append(entry)

    def _first(self, entry: Value, target: Value) -> ModelStep:
        given = {"object": target, "reference": entry, "space": _space_of(entry)}
        known = self.new.state.objects[_number(target)]
        if known.type in _OWNERS:
            self.anchored.add(target)
            return self._step("owner_is_made", **given)
        upgradable = (entry,) in self.new.tables["upgradable"]
        return self._step("object_is_made", **given, upgradable=upgradable)

    def _cloned(self, entry: Value, sources: list[Value]) -> Iterator[ModelStep]:
        call, moves = call_of(self.rest), False
        if call is not None and call.number == _CLONE:
            assert self.rest is not None
            source: Value = source_of(self.old, self.rest, call)
            moves = bool(call.options & CapClone.DESTROY_SRC_CAP)
        else:
            source = next(each for each in sources if self._may_be_source(each, entry))
        at_once = moves and self.moves_at_once
        action = "entry_is_copied_to_move" if moves else "entry_is_copied"
        weak = (entry,) in self.new.tables["weak"]
        yield from self.copied(source, entry, weak=weak, action=action, to_keep=True)
        kept = "copy_takes_the_place" if at_once else "reference_is_kept"
        upgradable = (entry,) in self.new.tables["upgradable"]
        given = {"reference": entry, "space": _space_of(entry), "upgradable": upgradable}
        yield self._step(kept, **given)
        self.moved = source if at_once else None

    def _may_be_source(self, source: Value, entry: Value) -> bool:
        """Whether the entry may have been cloned from that one: what a message brings is alike."""
        if self._of("target", source) != self._of("target", entry):
            return False
        return all(
            self._of(name, source) == self._of(name, entry) for name in ("weak", "upgradable")
        )

    def _of(self, table: str, entry: Value) -> Value:
        return self.old.tables[table].get((entry,), self.new.tables[table].get((entry,)))

    def _stack_clears(self) -> Iterator[ModelStep]:
        """What lay on the stack is dropped, or threads take hold of it."""
        for each in self.old.lying.values():
            if each.name not in self.new.lying and each.stack == self.here:
                yield from self._leaves_stack(each)
        chore = self.chore
        is_unknown = chore is not None and chore.chore is Chore.RELEASE and chore.known is None
        if chore is not None and is_unknown and chore.object in self.died:
            yield self._step("last_thread_lets_go", object=chore.object)

    def _leaves_stack(self, lying: Lying) -> Iterator[ModelStep]:
        borrowed = lying.use == BORROWED and self.checks
        if lying.object in self._held_anew() and not borrowed:
            self.anchored.add(lying.object)
            yield self._step("thread_takes_hold", reference=lying.name)
            return
        is_last = self.chore is not None and lying.object in self.died
        action = "last_reference_is_dropped" if is_last else "reference_is_dropped"
        yield self._step(action, reference=lying.name)

    def _held_anew(self) -> list[Value]:
        """What threads hold now, and did not so far."""
        held = (name for (name,) in self.new.tables["anchored"])
        return sorted((name for name in held if name not in self.anchored), key=_number)

    def _taken_hold(self) -> Iterator[ModelStep]:
        """What threads hold by way of an entry: one that allows that, where there is one."""
        for name in self._held_anew():
            entries = [
                entry
                for tables in (self.old.tables, self.new.tables)
                for (entry,), _ in tables["keeper"].items()
                if tables["target"][entry,] == name
            ]
            entry = min(entries, key=self._allows_less)
            yield from self.copied(entry, COPY, weak=False, to_keep=True)
            yield self._step("thread_takes_hold", reference=COPY)
            self.anchored.add(name)

    def _allows_less(self, entry: Value) -> tuple[bool, bool]:
        return bool(self._of("weak", entry)), not self._of("upgradable", entry)

    def _entries_go(self, come: list[Value]) -> list[Value]:
        """Entries that go, first those of which nothing is left to be dropped later."""
        known = self.old.tables["keeper"]
        every = [*(name for (name,) in known), *come]
        gone = [name for name in every if (name,) not in self.new.tables["keeper"]]
        return sorted(gone, key=lambda each: each in self.new.lying)

    def _is_held_by_call(self, entry: Value) -> bool:
        """Whether no thread holds the space of the entry, but the call that goes on."""
        space = self.old.tables["keeper"].get((entry,))
        return self.rest is not None and space is not None and space not in self.anchored

    def _removed(self, gone: list[Value]) -> Iterator[ModelStep]:
        for name in gone:
            if self.old.tables["keeper"].get((name,)) in self.died:
                yield self._step("entry_goes_with_its_space", entry=name)
            elif name not in (self.moved, self.second_half):
                yield self._step("entry_is_taken_out", entry=name)
            if name not in self.new.lying:
                yield self._step("reference_is_dropped", reference=name)


def _space_of(entry: Value) -> int:
    return _number(entry) >> ID_BITS


def _number(name: Value) -> int:
    assert isinstance(name, int), name
    return name
