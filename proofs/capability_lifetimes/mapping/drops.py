"""The drops that follow a call, in an order that the model allows; the kernel's own is another."""

from collections.abc import Callable, Iterator, Sequence, Set

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value

_REMOVES = ("cap_destroy", "cap_move")


def drops(
    before: ModelState,
    called: tuple[ModelStep, ...],
    after: ModelState,
    let_go: Sequence[int] = (),
) -> tuple[ModelStep, ...]:
    """The drops that the steps of a call set off, and those of threads that ended meanwhile.

    In between go the capabilities that are `let_go`: what messages held that wait no more.
    """
    held, holds = before["anchored"], after["anchored"]
    ended = set() if held is holds else held.keys() - holds.keys()
    if not ended and not let_go and not any(step.action in _REMOVES for step in called):
        return ()
    left = _Left(before)
    for step in called:
        if step.refused is None:
            left.take(step)
    return tuple(left.drops(let_go, {name for (name,) in ended}))


class _Left:
    """Who holds what, and what was let go, as one drop after the other is done."""

    def __init__(self, state: ModelState) -> None:
        weak = state["weak"]
        self.space = {name: space for (name,), space in state["space"].items()}
        self.strong = {
            name: target for (name,), target in state["target"].items() if (name,) not in weak
        }
        self.anchored = {name for (name,) in state["anchored"]}
        self.target = {name: target for (name,), target in state["target"].items()}
        self.released: list[Value] = []

    def take(self, step: ModelStep) -> None:
        """What the step of a call adds and lets go."""
        given = step.arguments
        match step.action:
            case "cap_clone" | "cap_move":
                target = self.target[given["source"]]
                self.space[given["made"]] = given["space"]
                if step.action == "cap_move":
                    self._let_go(given["source"])
                if not given["weak"]:
                    self.strong[given["made"]] = target
            case "object_new" | "object_new_with_all_rights":
                self.space[given["made"]] = given["space"]
                self.strong[given["made"]] = given["object"]
            case "thread_new" | "thread_new_with_weak_rights":
                self.space[given["made"]] = given["space"]
                self.anchored.add(given["object"])
            case "cap_destroy" | "dead_weak_goes":
                self._let_go(given["capability"])
            case "object_dies":
                self.released.remove(given["object"])
            case "holder_comes":
                self.anchored.add(self.target[given["capability"]])
            case _:
                pass

    def drops(self, let_go: Sequence[int], ended: Set[Value]) -> Iterator[ModelStep]:
        """The drops of the call, of what is let go, of what lost its last holder but spaces."""
        yield from self._settled()
        for capability in let_go:
            self._let_go(capability)
            yield ModelStep("cap_destroy", {"capability": capability})
            yield from self._settled()
        for name in sorted(ended, key=lambda name: name or 0):
            self.anchored.discard(name)
            self.released.append(name)
            yield ModelStep("last_holder_goes", {"object": name})
            yield from self._settled()

    def _let_go(self, capability: Value) -> None:
        target = self.strong.pop(capability, None)
        if target is not None and target not in self.released:
            self.released.append(target)

    def _settled(self) -> Iterator[ModelStep]:
        while self.released:
            name = self.released.pop()
            if name in self.anchored or name in self.strong.values():
                yield ModelStep("object_lives_on", {"object": name})
                continue
            yield from dies(name, self.space, self._let_go)


def dies(
    name: Value, spaces: dict[Value, Value], let_go: Callable[[Value], None]
) -> Iterator[ModelStep]:
    """An object that nobody holds dies; with a capability space its ids go, each let go of."""
    yield ModelStep("object_dies", {"object": name})
    for capability in [each for each, space in spaces.items() if space == name]:
        del spaces[capability]
        let_go(capability)
        yield ModelStep("id_goes_with_its_space", {"capability": capability})
