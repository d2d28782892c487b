"""Who holds something while its call waits: what that needs no right for, the model sees too.

Such a hold ends with the call, so it needs no UPGRADE; to the model a strong capability, of which
there is one, has a new holder.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelState, ModelStep


def holders(
    before: ModelState, called: tuple[ModelStep, ...], after: ModelState
) -> Iterator[ModelStep]:
    """The holders that no step of the call brings."""
    if before["anchored"] is after["anchored"]:
        return
    named = {
        before["target"].get((step.arguments["capability"],))
        for step in called
        if step.action == "holder_comes"
    }
    for (name,) in sorted(after["anchored"].keys() - before["anchored"].keys(), key=_number):
        if (name,) in before["alive"] and name not in named:
            strong = next(
                capability
                for (capability,), target in before["target"].items()
                if target == name and (capability,) not in before["weak"]
            )
            yield ModelStep("holder_comes", {"capability": strong, "shared": False})


def _number(cell: tuple[object, ...]) -> int:
    (name,) = cell
    assert isinstance(name, int), cell
    return name
