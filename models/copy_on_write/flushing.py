"""Which lines of the translation caches a change of a page table throws away."""

from collections.abc import Callable

from assay.lang import FALSE, TRUE, Act, Truth, choose, none
from models.copy_on_write.state import (
    Address,
    Frame,
    Pages,
    Processor,
    Translation,
    caches_are_current,
)
from spec.design import Design, TranslationFlush

Which = Callable[[Address], Truth]
"""Some of the addresses."""


def flush_changed(act: Act[Design], old: Pages, new: Pages, which: Which) -> None:
    """Entries there are written: whoever writes one flushes it in its own cache in any design."""

    def goes(t: Translation) -> Truth:
        reached = TRUE if caches_are_current(act.design) else old.on[t].holds(old.caller)
        return old.at[t].is_some & which(old.at[t].value) & reached

    empty(old, new, goes)


def flush_removed(act: Act[Design], old: Pages, new: Pages, which: Which) -> None:
    """Entries there are gone; as built nothing is flushed for that."""
    if act.design.translation_flush is not TranslationFlush.NONE:
        flush_changed(act, old, new, which)


def empty(old: Pages, new: Pages, goes: Callable[[Translation], Truth]) -> None:
    """These lines translate nothing any more."""
    new.at.each(lambda t: choose(goes(t), none(Address), old.at[t]))
    new.on.each(lambda t: choose(goes(t), none(Processor), old.on[t]))
    new.leads_to.each(lambda t: choose(goes(t), none(Frame), old.leads_to[t]))
    new.writes.each(lambda t: choose(goes(t), FALSE, old.writes[t]))
