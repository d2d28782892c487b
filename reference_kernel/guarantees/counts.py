"""CAP-1 strong_references_keep_alive and GRP-4 teardown_releases_everything_once."""

from collections import Counter
from collections.abc import Iterable

from reference_kernel.events import Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import (
    has_ended,
    held_by_kernel,
    strong,
    strong_holds,
    title,
    watched_by_kernel,
    weak,
    weak_holds,
)
from reference_kernel.outcomes import Outcome
from reference_kernel.state import NOTHING, CapabilitySpace, Object, State, Thread
from spec.design import Design
from spec.ids import ObjectType, is_weak

_NO_OBJECT = Object(ObjectType.NULL, 0, 0, None)


def strong_references_keep_alive(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Counts every reference again, and compares."""
    strongs, weaks = strong_holds(after), weak_holds(after)
    for name in sorted({*after.objects, *strongs, *weaks}):
        known = after.objects.get(name, _NO_OBJECT)
        if (strongs[name] > 0) != (known.body is not None):
            life = "is dead but held" if known.body is None else "is alive but not held"
            return f"{title(after, name)} {life}"
        if (strongs[name], weaks[name]) != (known.strong, known.weak):
            return (
                f"{title(after, name)} counts {known.strong} strong and {known.weak} weak "
                f"references; there are {strongs[name]} and {weaks[name]}"
            )
        if known.body is None and not known.weak:
            return f"the block of {title(after, name)} is kept for nobody"
    return None


def _strong_references_keep_alive_here(
    _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Compares the change of each count with the change of the references."""
    if before is after:
        return None
    strongs: Counter[int] = Counter()
    weaks: Counter[int] = Counter()
    if before.processors is not after.processors:
        _change(strongs, held_by_kernel(before), held_by_kernel(after))
        _change(weaks, watched_by_kernel(before), watched_by_kernel(after))
    if before.ready != after.ready:
        _change(weaks, before.ready, after.ready)
        del weaks[NOTHING]
    changed = changed_objects(before, after)
    for name in changed:
        _compare(before, after, name, strongs, weaks)
    for name in {*changed, *strongs, *weaks}:
        old = before.objects.get(name, _NO_OBJECT)
        new = after.objects.get(name, _NO_OBJECT)
        if (new.strong - old.strong, new.weak - old.weak) != (strongs[name], weaks[name]):
            return f"the counts of {title(after, name)} changed otherwise than its references"
        if (new.strong > 0) != (new.body is not None):
            return f"{title(after, name)} is alive or dead against its count"
        if new is not _NO_OBJECT and new.body is None and not new.weak:
            return f"the block of {title(after, name)} is kept for nobody"
    return None


def _compare(
    before: State, after: State, name: int, strongs: Counter[int], weaks: Counter[int]
) -> None:
    old = before.objects.get(name, _NO_OBJECT).body
    new = after.objects.get(name, _NO_OBJECT).body
    if old is new:
        return
    if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
        had, has = old.holdings, new.holdings
        for word, target in has.items():
            if word not in had:
                (weaks if is_weak(word) else strongs)[target] += 1
        for word, target in had.items():
            if word not in has:
                (weaks if is_weak(word) else strongs)[target] -= 1
        return
    _change(strongs, strong(before.objects, old), strong(after.objects, new))
    _change(weaks, weak(before.objects, old), weak(after.objects, new))


def _change(counts: Counter[int], old: Iterable[int], new: Iterable[int]) -> None:
    """What was is taken away, what is now is added; quicker than a counter does it by itself."""
    for each in old:
        counts[each] -= 1
    for each in new:
        counts[each] += 1


def teardown_releases_everything_once(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Counts again what threads hold."""
    holds = strong_holds(after)
    for name in sorted(after.objects):
        known = after.objects[name]
        if known.type in _HELD_BY_THREADS and known.strong != holds[name]:
            return (
                f"{title(after, name)} counts {known.strong} strong references; "
                f"there are {holds[name]}"
            )
    return None


_HELD_BY_THREADS = (
    ObjectType.THREAD,
    ObjectType.ADDRESS_SPACE,
    ObjectType.CAPABILITY_SPACE,
)


def _teardown_releases_everything_once_here(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """The same, when a thread came to its end."""
    for name in changed_objects(before, after):
        old = before.body(name)
        if not isinstance(old, Thread):
            continue
        ends = has_ended(after, name) and not has_ended(before, name)
        if ends or after.body(name) is None:
            return teardown_releases_everything_once(design, before, event, outcome, after)
    return None


CHECKS = (
    full("CAP-1", strong_references_keep_alive),
    quick("CAP-1", _strong_references_keep_alive_here, "objects", "processors", "ready"),
    full("GRP-4", teardown_releases_everything_once),
    quick("GRP-4", _teardown_releases_everything_once_here, "processors", Thread),
)
