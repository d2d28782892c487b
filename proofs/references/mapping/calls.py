"""The small steps of a call, each done before the next call begins.

The steps that the call is to `capability_lifetimes` say what it looked up and what it did; here
each of them is taken apart. What was looked up lies on the stack until the call is over.
"""

from collections.abc import Iterator, Mapping

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.capability_lifetimes.state import Allows
from models.references.state import keeps_weak
from proofs.references.mapping.drops import Counted
from proofs.references.mapping.seen import Seen
from spec.design import Design, Move, UpgradeRight

STACK = 0
"""The stack of the processor that runs."""

_NO_SPACE = 0
_UPGRADE = int(Allows.UPGRADE)


class Called:
    """One call after the other, as it changes what is counted."""

    def __init__(self, design: Design, counted: Counted) -> None:
        self.counted = counted
        self.moves_at_once = design.move is Move.ATOMIC
        self.checks = design.upgrade_right is UpgradeRight.CHECKED
        self.weak = keeps_weak(design)
        self.on_stack: list[int] = []
        self.replaces: dict[Value, Value] = {}

    def steps(self, called: tuple[ModelStep, ...], after: Seen) -> Iterator[ModelStep]:
        """The steps of the whole call, and of what it sets off."""
        for step in called:
            if step.action == "last_holder_goes":
                yield from self._end()
            yield from self._taken_apart(step)
        yield from self._end()
        yield from self._of_the_lost(after)

    def _of_the_lost(self, after: Seen) -> Iterator[ModelStep]:
        """Who holds what since, of that which is counted whoever holds it."""
        now = {name for (name,) in after.tables["anchored"]}
        for name in sorted(now - self.counted.anchored, key=_number):
            yield from self._held(self.counted.entry_of(name), None)
        for name in sorted(self.counted.anchored - now, key=_number):
            yield from self.counted.let_go(name)

    def _end(self) -> Iterator[ModelStep]:
        """What was looked up is dropped."""
        while self.on_stack:
            yield from self.counted.dropped(self.on_stack.pop())

    def _taken_apart(self, step: ModelStep) -> Iterator[ModelStep]:
        given = step.arguments
        match step.action:
            case "capability_is_used":
                yield from self._used(given["capability"], step.refused)
            case "dead_weak_goes":
                yield from self._used(given["capability"], "dead")
                yield from self._taken_out(given["capability"], None)
            case "cap_clone" | "cap_move":
                yield from self._cloned(step.action, given, step.refused)
            case "cap_move_ends":
                yield ModelStep("source_is_removed", {"stack": STACK})
                yield from self.counted.dropped(self.replaces.pop(given["made"]))
            case "cap_destroy":
                yield from self._taken_out(given["capability"], step.refused)
            case "object_new" | "object_new_with_all_rights":
                asked = int(given.get("asked", _UPGRADE) or 0)
                yield from self._made(
                    "object_is_made", given, {"upgradable": bool(asked & _UPGRADE)}
                )
            case "thread_new" | "thread_new_with_weak_rights":
                yield from self._made("owner_is_made", given, {})
            case "holder_comes":
                if not given["shared"]:
                    yield from self._held(given["capability"], step.refused)
            case "last_holder_goes":
                yield from self.counted.let_go(given["object"])
            case _:
                pass  # what drops set off is told by what is counted

    def _used(self, entry: Value, refused: str | None) -> Iterator[ModelStep]:
        """A look-up; where a right is lacking, nothing is copied."""
        match refused:
            case "lacks_right":
                pass
            case "unknown":
                yield _copy("entry_is_copied", entry, 1 + len(self.on_stack), "unknown")
            case _:
                yield from self._looked_up(entry, refused, to_keep=False)

    def _looked_up(
        self, entry: Value, refused: str | None, *, to_keep: bool
    ) -> Iterator[ModelStep]:
        """The entry's copy is on the stack, and strong unless that is refused."""
        copy = 1 + len(self.on_stack)
        yield _copy("entry_is_copied", entry, copy, None)
        if not self.counted.knows(entry):
            return  # the model will not take the copy either
        self.on_stack.append(copy)
        self.counted.copy(entry, copy)
        yield from self._upgraded(copy, refused, to_keep=to_keep)

    def _upgraded(
        self, reference: Value, refused: str | None, *, to_keep: bool
    ) -> Iterator[ModelStep]:
        if not self.counted.is_weak(reference):
            return
        load = "count_is_loaded_to_keep" if to_keep and self.checks else "count_is_loaded"
        given = {"stack": STACK, "reference": reference}
        yield ModelStep(load, given, refused)
        if refused is None:
            self.counted.upgrade(reference)
            yield ModelStep("count_is_raised", given)

    def _cloned(
        self, action: str, given: Mapping[str, Value], refused: str | None
    ) -> Iterator[ModelStep]:
        source = given["source"]
        if refused is not None:
            yield from self._not_cloned(source, refused)
            return
        made, space, moves = given["made"], given["space"], action == "cap_move"
        weak = bool(given["weak"])
        made_weak = weak and not self.counted.is_weak(source)
        self.counted.copy(source, made, weak=weak)
        copied = "entry_is_copied_to_move" if moves else "entry_is_copied"
        yield _copy(copied, source, made, None, weak=made_weak)
        if not weak:
            yield from self._upgraded(made, None, to_keep=True)
        at_once = moves and self.moves_at_once
        upgradable = bool(int(given["mask"] or 0) & _UPGRADE)
        kept = {"stack": STACK, "reference": made, "space": space, "upgradable": upgradable}
        yield ModelStep("copy_takes_the_place" if at_once else "reference_is_kept", kept)
        self.counted.keep(made, space)
        if at_once:
            yield from self.counted.dropped(source)
        elif moves:
            self.replaces[made] = source

    def _not_cloned(self, source: Value, refused: str) -> Iterator[ModelStep]:
        match refused:
            case "cap_unknown":
                yield _copy("entry_is_copied", source, 1 + len(self.on_stack), "unknown")
            case "cap_would_be_weak":
                made_weak = "would_be_weak"
                yield _copy("entry_is_copied", source, 1 + len(self.on_stack), made_weak, weak=True)
            case "cap_lacks_upgrade":
                yield from self._looked_up(source, "lacks_upgrade", to_keep=True)
            case _:
                yield from self._looked_up(source, refused, to_keep=True)

    def _taken_out(self, entry: Value, refused: str | None) -> Iterator[ModelStep]:
        yield ModelStep(
            "entry_is_taken_out", {"stack": STACK, "entry": entry}, refused and "unknown"
        )
        if refused is None:
            yield from self.counted.dropped(entry)

    def _made(
        self, action: str, given: Mapping[str, Value], more: Mapping[str, Value]
    ) -> Iterator[ModelStep]:
        made, space = given["made"], given["space"]
        known = {"stack": STACK, "object": given["object"], "reference": made, "space": space}
        yield ModelStep(action, {**known, **more})
        owner = action == "owner_is_made"
        self.counted.make(given["object"], made, space, owner=owner, weak=owner and self.weak)

    def _held(self, entry: Value, refused: str | None) -> Iterator[ModelStep]:
        yield from self._looked_up(entry, refused, to_keep=True)
        if refused is None and self.counted.knows(entry):
            copy = self.on_stack.pop()
            yield ModelStep("thread_takes_hold", {"stack": STACK, "reference": copy})
            self.counted.hold(copy)


def _number(name: Value) -> int:
    assert isinstance(name, int), name
    return name


def _copy(
    action: str, entry: Value, copy: Value, refused: str | None, *, weak: bool = False
) -> ModelStep:
    given = {"stack": STACK, "entry": entry, "copy": copy, "weak": weak}
    return ModelStep(action, given, refused)
