"""The translations that processors remember, and who makes them forget.

Source: mem/virt_addr_space.rs: as built mapping a page flushes it on the own processor, unmapping
flushes nothing. A shootdown is ours: who changes pages that others remember takes them out of the
page tables, asks those others, and goes on when all have forgotten. It keeps its locks meanwhile,
so who spins for a lock, or waits for an answer itself, has to answer: he would not let it go else.
"""

from reference_kernel import spans
from reference_kernel.draft import Draft
from reference_kernel.locks import Lock, LockKind
from reference_kernel.sections import Change
from reference_kernel.spans import NONE, Span
from reference_kernel.state import NOTHING, State
from spec.design import TranslationFlush


def remember(draft: Draft, page: int, entry: Span) -> None:
    """The own processor keeps what the page tables said of this one page."""
    frame = entry.frame + page - entry.first
    draft.cache = spans.put(draft.cache, Span(page, page + 1, frame, entry.note))


def flush_mapped(draft: Draft, space: int, first: int, end: int, *, anew: bool) -> None:
    """These pages were mapped; if `anew`, no processor that is told uses what was there."""
    draft.cache = spans.cut(draft.cache, first, end)
    if anew and draft.design.translation_flush is TranslationFlush.SHOOTDOWN:
        _flush_everywhere(draft, Change(space, first, end))


def flush_unmapped(draft: Draft, space: int, first: int, end: int) -> None:
    """These pages were unmapped."""
    match draft.design.translation_flush:
        case TranslationFlush.NONE:
            pass
        case TranslationFlush.LOCAL:
            draft.cache = spans.cut(draft.cache, first, end)
        case TranslationFlush.SHOOTDOWN:
            _flush_everywhere(draft, Change(space, first, end))


def _flush_everywhere(draft: Draft, change: Change) -> None:
    """What other processors remember nobody sees; so all are told that run in that space.

    Where a call is one step they forget it at once, else once they are interrupted.
    """
    draft.cache = spans.cut(draft.cache, change.first, change.end)
    others = tuple(
        number
        for number, processor in enumerate(draft.processors)
        if number != draft.here and space_of(draft, processor.current) == change.space
    )
    if draft.fine is not None:
        if others and not draft.fine.is_forgotten(change):
            draft.asks_to_forget(change, others)
        return
    for number in others:
        cache = spans.cut(draft.processors[number].cache, change.first, change.end)
        draft.change(number, cache=cache)


def space_of(draft: Draft, thread: int) -> int:
    """The address space of the thread; the idle thread has the kernel's own."""
    return NOTHING if thread == NOTHING else draft.thread(thread).address_space


def is_changing(draft: Draft, space: int, page: int) -> bool:
    """Whether another processor has taken the page out of the page tables, to change its entry."""
    return any(
        change.space == space and change.first <= page < change.end
        for number, each in enumerate(draft.processors)
        if number != draft.here and each.asked is not None
        for change in each.asked.changes
    )


def waits_for_change(draft: Draft, space: int) -> None:
    """Spins as long as somebody changes pages of the address space, whose lock he has."""
    draft.touch(Lock(LockKind.ADDRESS_SPACE, space))


def owes(state: State, number: int) -> bool:
    """Whether another processor waits for this one to forget what it changes."""
    return any(each.asked is not None and number in each.asked.owing for each in state.processors)


def acknowledge(draft: Draft) -> None:
    """The processor forgets what others change, and tells them."""
    own = space_of(draft, draft.current)
    for number, each in enumerate(draft.processors):
        if each.asked is None or draft.here not in each.asked.owing:
            continue
        for change in each.asked.changes:
            if change.space == own:
                draft.cache = spans.cut(draft.cache, change.first, change.end)
        owing = tuple(other for other in each.asked.owing if other != draft.here)
        draft.goes_on(number, asked=each.asked._replace(owing=owing))


def load(draft: Draft, old: int, new: int) -> None:
    """The own processor goes from one address space to another, which it forgets the first for."""
    if old != new:
        draft.cache = NONE
