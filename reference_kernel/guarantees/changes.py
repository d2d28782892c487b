"""What a step changed, worked out once for all checks that ask."""

from reference_kernel.buddy import Tree
from reference_kernel.frames import Frames, free_runs
from reference_kernel.machine import Machine
from reference_kernel.state import Body, State

_Changed = tuple[int, Body | None, Body | None]


class _ChangedObjects:
    """Knows the last step that was asked about: every check of a step asks for the same."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[State, State, tuple[int, ...]] | None = None

    def __call__(self, before: State, after: State) -> tuple[int, ...]:
        """The objects that are new, gone or different."""
        last = self._last
        if last is not None and last[0] is before and last[1] is after:
            return last[2]
        changed = _changed(before, after)
        self._last = before, after, changed
        return changed


def _changed(before: State, after: State) -> tuple[int, ...]:
    old, new = before.objects, after.objects
    if old is new:
        return ()
    changed = [name for name, known in new.items() if old.get(name) is not known]
    fresh = sum(name not in old for name in changed)
    if len(new) - fresh != len(old):
        changed += [name for name in old if name not in new]
    return tuple(changed)


class _ChangedBodies:
    """Knows the bodies of the objects that the last step changed, as `_ChangedObjects` does."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[State, State, tuple[_Changed, ...]] | None = None

    def __call__(self, before: State, after: State) -> tuple[_Changed, ...]:
        """The objects that are new, gone or different, each with its bodies before and after."""
        last = self._last
        if last is not None and last[0] is before and last[1] is after:
            return last[2]
        changed = tuple(
            (name, before.body(name), after.body(name)) for name in changed_objects(before, after)
        )
        self._last = before, after, changed
        return changed


def touched(before: State, after: State, bodies: tuple[type, ...]) -> bool:
    """Whether a body of one of these classes is new, gone or different."""
    return any(
        old is not new and (isinstance(old, bodies) or isinstance(new, bodies))
        for _, old, new in changed_bodies(before, after)
    )


class _FreeFrames:
    """Knows the last buddy trees that were asked about: most steps leave them as they are."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[Tree, Machine, tuple[tuple[int, int], ...]] | None = None

    def __call__(self, frames: Frames, machine: Machine) -> tuple[tuple[int, int], ...]:
        """The frames that may still be given out, in order: first and end."""
        last = self._last
        if last is not None and last[0] is frames.tree and last[1] is machine:
            return last[2]
        free = tuple(free_runs(frames, machine))
        self._last = frames.tree, machine, free
        return free


changed_objects = _ChangedObjects()
changed_bodies = _ChangedBodies()
free_frames = _FreeFrames()
