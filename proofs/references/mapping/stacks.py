"""What the model sees of a kernel state in the middle of calls: also what lies on stacks.

On the stack of a processor lies what its call has looked up, and the last reference to an object
from where it is taken out of a table, or the call is over, till it is dropped. Whatever else holds
an object counts as held by threads. A new thread is seen from where its capability is given.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelState
from assay.lang.values import Value, parse
from models.references.state import Use
from proofs.capability_lifetimes.mapping.names import id_of_word
from proofs.capability_lifetimes.mapping.seen import Seen as Entries
from proofs.references.mapping.seen import NOTHING_YET, Seen, seen
from reference_kernel.events import CallMade
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NOTHING, Processor, State
from spec.ids import is_weak, rights_of
from spec.rights import Right

TO_DROP, BORROWED = (parse(use, Use.sort()) for use in ("TO_DROP", "BORROWED"))

_TABLES = (*NOTHING_YET, "stack", "use", "removes")
_FLAGS = 2
_PLACE_BITS = 4
_Cells = dict[tuple[Value, ...], Value]


@dataclass(frozen=True, slots=True)
class Lying:
    """A strong reference on the stack of a processor, its name in the model, and what it is for."""

    name: int
    object: int
    stack: int
    upgradable: bool
    use: Value | None


@dataclass(frozen=True, slots=True)
class Stacks:
    """What is seen of a state, and what lies on stacks there, by name."""

    state: State
    seen: Seen
    lying: dict[int, Lying]
    tables: ModelState


def stacks(state: State, entries: Entries, last: Stacks | None) -> Stacks:
    """What the model sees; `last` is what it saw of another state."""
    lying = {each.name: each for each in _lying(state)}
    objects = [each.object for each in lying.values()]
    known = seen(entries, None if last is None else last.seen, objects)
    if last is not None and known.tables is last.seen.tables and _is_alike(state, last.state):
        return Stacks(state, known, last.lying, last.tables)
    tables = {name: dict(known.tables.get(name, {})) for name in _TABLES}
    for each in lying.values():
        _put(tables, each)
    tables["removes"] = {
        (number,): _moved(each.rest)
        for number, each in enumerate(state.processors)
        if each.rest is not None and each.rest.section is Section.MOVED
    }
    for name in [_made(each.rest) for each in state.processors]:
        for table in ("stage", "is_owner", "anchored"):
            tables[table].pop((name,), None)
    return Stacks(state, known, lying, tables)


def _put(tables: dict[str, _Cells], lying: Lying) -> None:
    this = (lying.name,)
    tables["target"][this] = lying.object
    tables["stack"][this] = lying.stack
    if lying.upgradable:
        tables["upgradable"][this] = True
    if lying.use is not None:
        tables["use"][this] = lying.use


def _is_alike(state: State, other: State) -> bool:
    """Whether processors are in the middle of the same."""
    if state.objects is not other.objects:
        return False
    pairs = zip(state.processors, other.processors, strict=True)
    return all((a.rest, a.pending) == (b.rest, b.pending) for a, b in pairs)


def _made(rest: Rest | None) -> int:
    """The thread that was made and has no capability yet."""
    gives = rest is not None and rest.section is Section.GIVES_THREAD
    return rest.words[0] if rest is not None and gives else NOTHING


def _moved(rest: Rest) -> int:
    """The entry that was copied to move it, and has still to be removed."""
    assert isinstance(rest.event, CallMade), rest
    return id_of_word(rest.words[0], rest.event.arguments[2])


def _lying(state: State) -> Iterator[Lying]:
    for number, processor in enumerate(state.processors):
        counts: Counter[int] = Counter()
        for target, word in (*_looked_up(processor), *_over(processor)):
            each = _look_up(number, target, word)
            yield Lying(each.name + counts[each.name], target, number, each.upgradable, each.use)
            counts[each.name] += 1
        for pending in processor.pending:
            known = pending.known
            if known is not None and known.space != NOTHING:
                name = id_of_word(known.space, known.word)
                yield Lying(name, pending.object, number, upgradable=False, use=TO_DROP)


def _look_up(stack: int, target: int, word: int) -> Lying:
    """What a look-up of the id has put on the stack; of those that are alike, the first."""
    upgradable, borrows = bool(rights_of(word) & Right.UPGRADE), is_weak(word)
    name = (target << _PLACE_BITS | stack) << _FLAGS | upgradable << 1 | borrows
    use = BORROWED if borrows and not upgradable else None
    return Lying(name << _PLACE_BITS, target, stack, upgradable, use)


def _looked_up(processor: Processor) -> Iterator[tuple[int, int]]:
    """What the call has looked up, each with the id of it."""
    rest = processor.rest
    if rest is not None:
        yield from zip(rest.held, rest.ids, strict=False)


def _over(processor: Processor) -> Iterator[tuple[int, int]]:
    """What a call that is over had looked up, and has still to drop."""
    for each in processor.pending:
        if each.known is not None and each.known.space == NOTHING:
            yield each.object, each.known.word
