"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import (
    Mutation,
    changed_value,
    without_assignment,
    without_check,
)
from assay.lang.recorded import Recorded
from assay.lang.tree import Apply, Expr


def _nothing_is_flushed(recorded: Recorded) -> Recorded:
    """Whoever acknowledges an interrupt keeps all lines."""
    for table in ("at", "on", "leads_to", "writes"):
        recorded = without_assignment("shootdown_is_acknowledged", table)(recorded)
    return recorded


def _taken(expr: Expr) -> Expr:
    """What a choice gives where its condition holds."""
    assert isinstance(expr, Apply), expr
    return expr.arguments[1]


MUTATIONS = (
    Mutation(
        "a page is shared while an entry of it allows writes",
        breaks="COW-1",
        design="proposed",
        change=without_check("page_is_shared", "entries_are_protected"),
    ),
    Mutation(
        "a page is shared before every processor has flushed that it was protected",
        breaks="COW-4",
        design="proposed",
        change=without_check("page_is_shared", "page_is_settled"),
    ),
    Mutation(
        "a processor that protects an entry does not flush it",
        breaks="COW-4",
        design="proposed",
        change=without_assignment("entry_is_protected", "flush"),
    ),
    Mutation(
        "an interrupt is acknowledged without a flush",
        breaks="MEM-3",
        design="proposed",
        change=_nothing_is_flushed,
    ),
    Mutation(
        "an entry leads to the copy before the content is there",
        breaks="COW-1",
        design="proposed",
        change=without_check("entry_leads_to_the_copy", "content_is_copied"),
    ),
    Mutation(
        "the copy is never filled",
        breaks="COW-1",
        design="proposed",
        change=without_assignment("content_is_copied", "content"),
    ),
    Mutation(
        "a copy is taken while others read the old frame by way of its address",
        breaks="COW-1",
        design="proposed",
        change=without_check("copy_is_taken", "entries_are_replaced"),
    ),
    Mutation(
        "a copy is taken before there is a frame for it",
        breaks="COW-2",
        design="proposed",
        change=without_check("copy_is_taken", "content_is_copied"),
    ),
    Mutation(
        "the last sharer is copied too",
        breaks="COW-3",
        design="proposed",
        change=without_check("copy_begins", "others_hold_it"),
    ),
    Mutation(
        "a sharer takes the frame while others are in it",
        breaks="COW-3",
        design="proposed",
        change=without_check("last_sharer_writes", "nobody_else_holds_it"),
    ),
    Mutation(
        "an entry allows writes to what is shared",
        breaks="COW-4",
        design="proposed",
        change=without_check("entry_allows_writes", "page_is_not_shared"),
    ),
    Mutation(
        "a page goes while it can still be written by way of an address that is unmapped",
        breaks="MEM-3",
        design="proposed",
        change=without_check("page_is_unmapped", "flush_is_over"),
    ),
    Mutation(
        "a shootdown does not wait",
        breaks="MEM-3",
        design="proposed",
        change=without_check("shootdown_is_over", "all_have_flushed"),
    ),
    Mutation(
        "a frame is given out twice",
        breaks="MEM-3",
        design="proposed",
        change=without_check("page_comes", "frame_is_free"),
    ),
    Mutation(
        "the copy is given a frame in use",
        breaks="MEM-3",
        design="proposed",
        change=without_check("copy_begins", "frame_is_free"),
    ),
    Mutation(
        "a copy is not paid for",
        breaks="MEM-7",
        design="proposed",
        change=without_assignment("copy_begins", "charged"),
    ),
    Mutation(
        "a page that goes is paid back in full by every sharer",
        breaks="MEM-7",
        design="proposed",
        change=changed_value("page_goes", "charged", _taken),
    ),
    Mutation(
        "the frame that a copy leaves as the last is kept",
        breaks="MEM-3",
        design="proposed",
        change=without_assignment("copy_is_taken", "allocated"),
    ),
)

_OTHER_TIMES = "it happens in other states, and no guarantee here says when it must"
_TOLD = "a processor of which nobody knows that it has flushed is interrupted like the others"
_HIDDEN = "what a page table does not show nobody reads; that it shows what is mapped is MEM-2"
_FRESH = "what a page holds that comes is MEM-8, which copy_on_write judges"
_NO_LINE = "no processor remembers more than the entry said, and that was less"
_AGAIN = "what is flushed twice is flushed"
_BARE = "a line that translates nothing is in no cache, whatever it says of that"
_FLUSHERS = ("entry_is_protected", "entry_leads_to_the_copy", "entry_is_cleared")
_COMERS = ("page_comes", "page_is_mapped")

SURVIVORS = {
    **{f"{action} without assignment 0 of flusher": _TOLD for action in _FLUSHERS},
    **{f"{action} without assignment 0 of entry": _HIDDEN for action in _COMERS},
    **{
        f"{action} without assignment 0 of {table}": _NO_LINE
        for action in (*_COMERS, "entry_allows_writes")
        for table in ("flush", "flusher")
    },
    **{
        f"{action} without assignment 0 of on": _BARE
        for action in (
            "processor_flushes_its_own",
            "shootdown_is_acknowledged",
            "translation_is_forgotten",
        )
    },
    "page_comes with atom 0 of fresh_pages_are_cleared negated": _FRESH,
    "page_comes without assignment 0 of content": _FRESH,
    "shootdown_is_acknowledged with atom 0 of interrupted negated": _OTHER_TIMES,
    "shootdown_is_acknowledged without assignment 0 of owes": _AGAIN,
    "shootdown_is_over without assignment 0 of flusher": "the next flush names its own",
    "translation_is_forgotten with atom 0 of line_is_used negated": _OTHER_TIMES,
    "page_is_shared with atom 1 of clone_is_new negated": _HIDDEN,
    "last_sharer_writes with atom 0 of address_is_used negated": _OTHER_TIMES,
    "copy_begins with atom 0 of page_is_settled negated": _OTHER_TIMES,
    "page_is_unmapped with atom 0 of address_is_used negated": _OTHER_TIMES,
    "page_is_unmapped with atom 0 of page_is_not_copied negated": _OTHER_TIMES,
    "page_is_unmapped without assignment 0 of page": "a page that stays mapped only stays",
    "page_is_unmapped without assignment 0 of writable": "its entry is gone, or never was writable",
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
