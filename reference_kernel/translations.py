"""The translations that processors remember, and who makes them forget.

Source: mem/virt_addr_space.rs: as built mapping a page flushes it on the own processor, unmapping
flushes nothing.
"""

from reference_kernel import spans
from reference_kernel.draft import Draft
from reference_kernel.spans import NONE, Span
from spec.design import TranslationFlush


def remember(draft: Draft, page: int, entry: Span) -> None:
    """The own processor keeps what the page tables said of this one page."""
    frame = entry.frame + page - entry.first
    draft.cache = spans.put(draft.cache, Span(page, page + 1, frame, entry.note))


def flush_mapped(draft: Draft, first: int, end: int) -> None:
    """These pages were mapped, perhaps anew: no processor that is told uses what was there."""
    draft.cache = spans.cut(draft.cache, first, end)
    if draft.design.translation_flush is TranslationFlush.SHOOTDOWN:
        _flush_everywhere(draft, first, end)


def flush_unmapped(draft: Draft, first: int, end: int) -> None:
    """These pages were unmapped."""
    match draft.design.translation_flush:
        case TranslationFlush.NONE:
            pass
        case TranslationFlush.LOCAL:
            draft.cache = spans.cut(draft.cache, first, end)
        case TranslationFlush.SHOOTDOWN:
            _flush_everywhere(draft, first, end)


def _flush_everywhere(draft: Draft, first: int, end: int) -> None:
    for number, processor in enumerate(draft.processors):
        draft.change(number, cache=spans.cut(processor.cache, first, end))


def load(draft: Draft, old: int, new: int) -> None:
    """The own processor goes from one address space to another, which it forgets the first for."""
    if old != new:
        draft.cache = NONE
