"""Copy on write: memories that share frames, and what a write to a shared page does.

Source: cap/memory/page.rs, whose code for this nothing reaches today; the clone is a proposal.
"""

from reference_kernel import frames as physical
from reference_kernel import spans
from reference_kernel.allocation import take_frame
from reference_kernel.changing import replace
from reference_kernel.draft import Draft, Mark
from reference_kernel.frames import CLEARED, NEVER_TOUCHED
from reference_kernel.mappings import remap
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.pages import (
    Pages,
    PageState,
    Run,
    count_of,
    joined,
    page_at,
    part_of,
    with_page,
)
from spec.design import CopyFailure, FreshPages
from spec.errors import Error

NO_FRAME = Refused(Error.OUT_OF_MEM, "no_frame")


def clone_pages(draft: Draft, memory: int, first: int, end: int) -> Pages | Refused | Panic:
    """The pages of a clone; what is resident of these pages is shared from now on.

    No mapping can write to a shared page any more. Lazy pages are lazy in the clone too. Refuses:
    no frame for a page table, which only mappings can need that lie over each other.
    """
    mark = draft.mark()
    body = draft.memory(memory)
    shared = tuple(_shared(run) for run in part_of(body.pages, first, end))
    for run in shared:
        if run.resident:
            draft.frames = physical.share(draft.frames, run.frame, run.length)
    behind = part_of(body.pages, end, count_of(body.pages))
    _put_pages(draft, memory, (*part_of(body.pages, 0, first), *shared, *behind))
    remapped = remap(draft, memory, first, end)
    if not remapped:
        draft.back_to(mark)
        return Refused(Error.OUT_OF_MEM, "no_memory_for_memory")
    return remapped if isinstance(remapped, Panic) else shared


def _shared(run: Run) -> Run:
    return run._replace(state=PageState.SHARED) if run.resident else run


def _put_pages(draft: Draft, memory: int, pages: Pages) -> None:
    draft.put(memory, replace(draft.memory(memory), pages=joined(pages)))


def prepare_write(draft: Draft, memory: int, page: int) -> Refused | Panic | None:
    """The page has a frame that only this memory has, so that it can be written to.

    The last sharer keeps the frame, any other gets a copy. Refuses: no frame for it.
    """
    run = page_at(draft.memory(memory).pages, page)
    match run.state:
        case PageState.OWNED:
            return None
        case PageState.SHARED:
            return _part(draft, memory, page, run)
        case PageState.LAZY | PageState.LAZY_ZEROED:
            return fill(draft, memory, page)


def _part(draft: Draft, memory: int, page: int, run: Run) -> Refused | Panic | None:
    mark = draft.mark()
    sharers = spans.at(draft.frames.sharers, run.frame)
    assert sharers is not None, run
    if sharers.note == 1:
        draft.frames = physical.keep_alone(draft.frames, run.frame)
        return _set_page(draft, memory, page, run._replace(state=PageState.OWNED), mark)
    frame = take_frame(draft)
    if frame is None:
        if draft.design.copy_failure is CopyFailure.FORGETS_PAGE:
            draft.frames, _ = physical.unshare(draft.frames, run.frame, 1)
            body = draft.memory(memory)
            _put_pages(draft, memory, with_page(body.pages, page, Run(PageState.LAZY, 1)))
            return Refused(NO_FRAME.error, NO_FRAME.refusal, after=True)
        return NO_FRAME
    contents = draft.frames.contents
    held = contents.get(run.frame, CLEARED if run.cleared else NEVER_TOUCHED)
    draft.frames = draft.frames.with_contents(contents.set(frame, held))
    draft.frames, _ = physical.unshare(draft.frames, run.frame, 1)
    return _set_page(draft, memory, page, Run(PageState.OWNED, 1, frame, run.cleared), mark)


def fill(draft: Draft, memory: int, page: int) -> Refused | Panic | None:
    """The lazy page gets a frame.

    Refuses: no frame for it or for a page table that its mappings need.
    """
    run = page_at(draft.memory(memory).pages, page)
    mark = draft.mark()
    frame = take_frame(draft)
    if frame is None:
        return NO_FRAME
    zeroed = run.state is PageState.LAZY_ZEROED
    cleared = zeroed or draft.design.fresh_pages is FreshPages.ZEROED
    if cleared:
        draft.frames = physical.forget_contents(draft.frames, frame, 1)
    return _set_page(draft, memory, page, Run(PageState.OWNED, 1, frame, cleared), mark)


def _set_page(draft: Draft, memory: int, page: int, run: Run, mark: Mark) -> Refused | Panic | None:
    """The page is that one, in page tables too; back to the mark where those find no frame."""
    body = draft.memory(memory)
    _put_pages(draft, memory, with_page(body.pages, page, run))
    remapped = remap(draft, memory, page, page + 1)
    if isinstance(remapped, Panic):
        return remapped
    if remapped:
        return None
    draft.back_to(mark)
    return NO_FRAME
