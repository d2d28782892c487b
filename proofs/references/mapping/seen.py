"""What the model sees of a kernel state between two calls.

It is what `capability_lifetimes` sees, told otherwise: an id that names something is a reference in
the table of its space, and nothing lies on a stack. Who holds an object otherwise is told by the
holders, one by one; what is counted beyond them is lost.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assay.engines.kernel import ModelState, Tables
from assay.lang.values import Value, parse
from models.capability_lifetimes.state import Allows
from models.references.state import Stage
from proofs.capability_lifetimes.mapping.seen import Seen as Entries
from proofs.references.mapping.held import Lost, held, lost
from reference_kernel.state import CapabilitySpace, State, Thread

_Cells = dict[tuple[Value, ...], Value]

ID_BITS = 59
"""An id is the name of its space, then so many bits."""

_TABLES = ("target", "weak", "upgradable", "keeper", "stage", "is_owner", "anchored")
ALIVE, DEAD = (parse(stage, Stage.sort()) for stage in ("ALIVE", "DEAD"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a state: the tables, and how many strong entries lead to each object."""

    entries: Entries
    tables: ModelState
    lost: Lost

    @property
    def strong(self) -> Counter[int]:
        """How many strong entries each object has."""
        return self.entries.strong


NOTHING_YET: ModelState = {name: {} for name in _TABLES}


def seen(entries: Entries, last: Seen | None, lying: Iterable[int] = ()) -> Seen:
    """The tables, by what was seen before where that is known.

    `lying` are the objects that lie on stacks of processors, each as often as it does.
    """
    tables = Tables(NOTHING_YET if last is None else last.tables)
    old: ModelState = {} if last is None else last.entries.tables
    new = entries.tables
    gone: Lost = {} if last is None else last.lost
    if last is None or _has_changed(last.entries.state, entries.state):
        holds = held(entries.state)
        gone = lost(entries.state, entries.strong, holds)
        holds.subtract(lying)
        tables.fill("anchored", _anchored(entries.state, holds))
        tables.fill("stage", _stages(entries.state))
        tables.fill("is_owner", _owners(entries.state))
    if last is None or old["target"] is not new["target"] or gone != last.lost:
        targets: _Cells = dict(new["target"])
        for name, object in gone.items():
            targets[name] = object
        tables.fill("target", targets)
        tables.fill("keeper", {key: _space_of(*key) for key in new["target"]})
    if old.get("weak") is not new["weak"]:
        tables.fill("weak", dict(new["weak"]))
    if old.get("rights") is not new["rights"]:
        tables.fill("upgradable", _upgradable(new))
    return Seen(entries, tables.finish(), gone)


def _has_changed(old: State, new: State) -> bool:
    """Whether somebody may hold now what nobody held."""
    return old.objects is not new.objects or old.processors is not new.processors


def _anchored(state: State, holds: Counter[int]) -> _Cells:
    alive = (name for name, count in holds.items() if count > 0 and state.body(name))
    return dict.fromkeys(((name,) for name in alive), True)


def _space_of(name: Value) -> int:
    assert isinstance(name, int), name
    return name >> ID_BITS


def _upgradable(entries: ModelState) -> _Cells:
    rights = entries["rights"].items()
    return {key: True for key, mask in rights if int(mask or 0) & Allows.UPGRADE}


def _stages(state: State) -> _Cells:
    known = state.objects.items()
    return {(name,): DEAD if each.body is None else ALIVE for name, each in known}


def _owners(state: State) -> _Cells:
    known = state.objects.items()
    owners = (name for name, each in known if isinstance(each.body, CapabilitySpace | Thread))
    return {(name,): True for name in owners}
