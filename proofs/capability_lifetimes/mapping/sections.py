"""The small steps of a section: what its call says, and what is different after it.

What is new on a stack, or is about to be released, is held from before the entry goes through which
that was so; what nobody holds any more dies in the section that lets go of it.
"""

from collections.abc import Iterator, Mapping

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from models.capability_lifetimes.state import Allows
from proofs.capability_lifetimes.mapping.drops import dies
from spec.design import Design, Move

_UPGRADE = int(Allows.UPGRADE)


def steps(
    design: Design, before: ModelState, called: tuple[ModelStep, ...], after: ModelState
) -> tuple[ModelStep, ...]:
    """What the call says, with the holders that come and go, and the drops."""
    if before is after:
        return called
    return tuple(_Going(design, before, after).steps(called))


class _Going:
    """Who names and who holds what, as one step after the other is done."""

    def __init__(self, design: Design, before: ModelState, after: ModelState) -> None:
        self.moves_at_once = design.move is Move.ATOMIC
        self.before = before
        self.after = after
        self.space = {name: space for (name,), space in before["space"].items()}
        self.target = {name: target for (name,), target in before["target"].items()}
        self.weak = {name for (name,) in before["weak"]}
        self.moved = {made: source for (made,), source in before["replaces"].items()}
        self.anchored = {name for (name,) in before["anchored"]}
        self.released: list[Value] = []

    def steps(self, called: tuple[ModelStep, ...]) -> Iterator[ModelStep]:
        """All steps of the section."""
        yield from self._taken_hold()
        for step in called:
            if self._is_over(step):
                continue
            yield step
            if step.refused is None:
                self._take(step)
                yield from self._settled()
        yield from self._taken_hold()
        for name in self._gone("target"):
            if name in self.target and (self.space[name],) in self.after["alive"]:
                yield from self._done(ModelStep("cap_destroy", {"capability": name}))
        for name in sorted(self.anchored, key=_number):
            if (name,) not in self.after["anchored"]:
                yield from self._done(ModelStep("last_holder_goes", {"object": name}))

    def _gone(self, table: str) -> list[Value]:
        now = self.after[table]
        return sorted((name for (name,) in self.before[table] if (name,) not in now), key=_number)

    def _is_over(self, step: ModelStep) -> bool:
        """Whether another processor has removed what the step would take."""
        if step.action not in ("holder_comes", "cap_destroy") or step.refused == "cap_unknown":
            return False
        return step.arguments["capability"] not in self.target

    def _taken_hold(self) -> Iterator[ModelStep]:
        """What is held now, and was not, by way of a capability that allows that."""
        for (name,) in sorted(self.after["anchored"], key=lambda cell: _number(*cell)):
            if name in self.anchored:
                continue
            entries = [each for each, target in self.target.items() if target == name]
            if entries:
                entry = min(entries, key=self._allows_less)
                given = {"capability": entry, "shared": False}
                yield from self._done(ModelStep("holder_comes", given))

    def _allows_less(self, entry: Value) -> tuple[bool, bool, int]:
        rights = self.before["rights"].get((entry,), self.after["rights"].get((entry,), 0))
        return entry in self.weak, not int(rights or 0) & _UPGRADE, _number(entry)

    def _done(self, step: ModelStep) -> Iterator[ModelStep]:
        yield step
        self._take(step)
        yield from self._settled()

    def _take(self, step: ModelStep) -> None:
        """What the step adds and lets go."""
        given = step.arguments
        match step.action:
            case "cap_clone" | "cap_move":
                self._put(given, self.target[given["source"]], weak=bool(given["weak"]))
                if step.action == "cap_move" and self.moves_at_once:
                    self._let_go(given["source"])
                elif step.action == "cap_move":
                    self.moved[given["made"]] = given["source"]
            case "cap_move_ends":
                self._let_go(self.moved.pop(given["made"]))
            case "object_new" | "object_new_with_all_rights":
                self._put(given, given["object"], weak=False)
            case "thread_new" | "thread_new_with_weak_rights":
                is_weak = (given["made"],) in self.after["weak"]
                self._put(given, given["object"], weak=is_weak)
                self.anchored.add(given["object"])
            case "cap_destroy" | "dead_weak_goes":
                self._let_go(given["capability"])
            case "holder_comes":
                self.anchored.add(self.target[given["capability"]])
            case "last_holder_goes":
                self.anchored.discard(given["object"])
                self.released.append(given["object"])
            case _:
                pass

    def _put(self, given: Mapping[str, Value], target: Value, *, weak: bool) -> None:
        made = given["made"]
        self.space[made], self.target[made] = given["space"], target
        if weak:
            self.weak.add(made)

    def _let_go(self, capability: Value) -> None:
        target = self.target.pop(capability, None)
        if target is not None and capability not in self.weak:
            self.released.append(target)
        self.weak.discard(capability)

    def _is_held(self, name: Value) -> bool:
        strong = (target for each, target in self.target.items() if each not in self.weak)
        return name in self.anchored or name in strong

    def _settled(self) -> Iterator[ModelStep]:
        """The drops that are left to do."""
        while self.released:
            name = self.released.pop()
            if name in self.released:
                continue
            if self._is_held(name):
                yield ModelStep("object_lives_on", {"object": name})
                continue
            yield from dies(name, self.space, self._let_go)


def _number(name: Value) -> int:
    assert isinstance(name, int), name
    return name
