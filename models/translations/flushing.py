"""How a change of a page table reaches the caches: here, by interrupts, or not at all."""

from collections.abc import Callable

from assay.lang import FALSE, Act, Truth, choose, exists, forall, none, some
from models.copy_on_write.state import (
    Address,
    Frame,
    Processor,
    Translation,
    caches_are_current,
)
from models.translations.state import Caches, Flush, model
from spec.design import Design


def begin_flush(
    old: Caches, new: Caches, processor: Processor, which: Callable[[Address], Truth]
) -> None:
    """The processor has written the entries there, and flushes them next."""
    new.flush.each(lambda a: choose(which(a), Flush.CHANGED, old.flush[a]))
    new.flusher.each(lambda a: choose(which(a), some(processor), old.flusher[a]))


def _empty(old: Caches, new: Caches, goes: Callable[[Translation], Truth]) -> None:
    new.at.each(lambda t: choose(goes(t), none(Address), old.at[t]))
    new.on.each(lambda t: choose(goes(t), none(Processor), old.on[t]))
    new.leads_to.each(lambda t: choose(goes(t), none(Frame), old.leads_to[t]))
    new.writes.each(lambda t: choose(goes(t), FALSE, old.writes[t]))


@model.action()
def processor_flushes_its_own(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """Whoever changed the entry forgets what it was."""
    act.require(old.flush[address] == Flush.CHANGED, name="changed")
    flusher = old.flusher[address]
    _empty(old, new, lambda t: old.at[t].holds(address) & (old.on[t] == flusher))
    if caches_are_current(act.design):
        new.flush[address] = Flush.HERE
    else:
        new.flush[address] = Flush.OVER
        new.flusher[address] = none(Processor)


@model.action(when=caches_are_current)
def shootdown_is_sent(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """All other processors are interrupted; whoever remembers nothing has nothing to forget."""
    act.require(old.flush[address] == Flush.HERE, name="flushed_here")

    def remembers(q: Processor) -> Truth:
        return exists(Translation, lambda t: old.at[t].holds(address) & old.on[t].holds(q))

    new.flush[address] = Flush.SENT
    new.owes.column(address, lambda q: remembers(q) & ~old.flusher[address].holds(q))


@model.action(when=caches_are_current)
def shootdown_is_acknowledged(
    act: Act[Design], old: Caches, new: Caches, processor: Processor, address: Address
) -> None:
    """A processor takes the interrupt, forgets what the entry was, and says so."""
    act.require(old.owes[processor, address], name="interrupted")
    _empty(old, new, lambda t: old.at[t].holds(address) & old.on[t].holds(processor))
    new.owes[processor, address] = False


@model.action(when=caches_are_current)
def shootdown_is_over(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """Every processor has acknowledged: the call goes on."""
    act.require(old.flush[address] == Flush.SENT, name="sent")
    act.require(forall(Processor, lambda q: ~old.owes[q, address]), name="all_have_flushed")
    new.flush[address] = Flush.OVER
    new.flusher[address] = none(Processor)


@model.action()
def translation_is_cached(
    act: Act[Design],
    old: Caches,
    new: Caches,
    translation: Translation,
    processor: Processor,
    address: Address,
) -> None:
    """A processor reads or writes at the address, or guesses that it will."""
    act.require(old.at[translation].is_none, name="line_is_empty")
    act.require(old.entry[address].is_some, name="entry_is_present")
    new.at[translation] = some(address)
    new.on[translation] = some(processor)
    new.leads_to[translation] = old.entry[address]
    new.writes[translation] = old.writable[address]


@model.action()
def translation_is_forgotten(
    act: Act[Design], old: Caches, new: Caches, translation: Translation
) -> None:
    """A processor needs the line for something else, or turns to another address space."""
    act.require(old.at[translation].is_some, name="line_is_used")
    _empty(old, new, lambda t: t == translation)
