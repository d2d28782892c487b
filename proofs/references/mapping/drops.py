"""Who refers to what as a call goes on, and the steps by which objects go."""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.names import NOBODY
from proofs.references.mapping.held import Lost
from proofs.references.mapping.seen import Seen

_STACK = 0


class Counted:
    """The references and their counts, as one step after the other is done."""

    def __init__(self, before: Seen, lost: Lost) -> None:
        """What was seen before the call; `lost` is what is lost when it is over."""
        tables = before.tables
        self.target = {name: target for (name,), target in tables["target"].items()}
        self.weak = {name for (name,) in tables["weak"]}
        self.keeper = {name: space for (name,), space in tables["keeper"].items()}
        self.anchored = {name for (name,) in tables["anchored"]}
        self.strong: dict[Value, int] = dict(before.strong.items())
        for object in lost.values():
            self.strong[object] = self.strong.get(object, 0) + 1
        self.upgradable = {name for (name,) in tables["upgradable"]}
        self.died: list[Value] = []

    def knows(self, reference: Value) -> bool:
        """Whether there is such a reference."""
        return reference in self.target

    def is_weak(self, reference: Value) -> bool:
        """Whether the reference is a weak one."""
        return reference in self.weak

    def entry_of(self, object: Value) -> Value:
        """An entry of the object, one that lets threads hold it if there is such a one."""
        entries = [name for name in self.keeper if self.target[name] == object]
        return min(
            entries,
            key=lambda name: (name in self.weak, name not in self.upgradable),
            default=NOBODY,
        )

    def copy(self, entry: Value, copy: Value, *, weak: bool = False) -> None:
        """A second reference to what the entry names."""
        self.target[copy] = self.target[entry]
        if weak or entry in self.weak:
            self.weak.add(copy)
        else:
            self._more(copy, 1)

    def upgrade(self, reference: Value) -> None:
        """The weak reference is a strong one."""
        self.weak.discard(reference)
        self._more(reference, 1)

    def keep(self, reference: Value, space: Value) -> None:
        """The reference is an entry of the space."""
        self.keeper[reference] = space

    def make(
        self, object: Value, reference: Value, space: Value, *, owner: bool, weak: bool
    ) -> None:
        """A new object with its first entry; threads hold an owner."""
        self.target[reference] = object
        self.keeper[reference] = space
        if owner:
            self.anchored.add(object)
        if weak:
            self.weak.add(reference)
        else:
            self._more(reference, 1)

    def hold(self, reference: Value) -> None:
        """Threads hold what the reference led to."""
        object = self.target.pop(reference)
        self.strong[object] = self.strong.get(object, 0) - 1
        self.anchored.add(object)

    def dropped(self, reference: Value) -> Iterator[ModelStep]:
        """The reference is on the stack and is dropped, with all that this sets off."""
        object = self.target.pop(reference)
        self.keeper.pop(reference, None)
        given = {"stack": _STACK, "reference": reference}
        if reference in self.weak:
            self.weak.discard(reference)
            yield ModelStep("reference_is_dropped", given)
            return
        self.strong[object] = self.strong.get(object, 0) - 1
        if self._is_held(object):
            yield ModelStep("reference_is_dropped", given)
            return
        yield ModelStep("last_reference_is_dropped", given)
        yield from self._destroyed(object)

    def let_go(self, object: Value) -> Iterator[ModelStep]:
        """No thread holds the object any more."""
        self.anchored.discard(object)
        given = {"stack": _STACK, "object": object}
        if self._is_held(object):
            yield ModelStep("thread_lets_go", given)
            return
        yield ModelStep("last_thread_lets_go", given)
        yield from self._destroyed(object)

    def _destroyed(self, object: Value) -> Iterator[ModelStep]:
        """Its entries are dropped once the destructor is over, which each design allows."""
        entries = [name for name, space in self.keeper.items() if space == object]
        for entry in entries:
            yield ModelStep("entry_goes_with_its_space", {"stack": _STACK, "entry": entry})
        yield ModelStep("object_is_destroyed", {"stack": _STACK, "object": object})
        self.died.append(object)
        for entry in entries:
            yield from self.dropped(entry)

    def _is_held(self, object: Value) -> bool:
        return object in self.anchored or self.strong.get(object, 0) > 0

    def _more(self, reference: Value, count: int) -> None:
        object = self.target[reference]
        self.strong[object] = self.strong.get(object, 0) + count
