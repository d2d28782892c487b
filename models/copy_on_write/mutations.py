"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang import none
from assay.lang.mutate import (
    Change,
    Mutation,
    changed_value,
    without_assignment,
    without_check,
)
from assay.lang.recorded import Recorded
from assay.lang.terms import FALSE
from assay.lang.tree import Apply, Expr
from models.copy_on_write.state import Frame

_LINE = ("at", "on", "leads_to", "writes")


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


def _without_flush(action: str) -> Change:
    """The action leaves all translation caches as they are."""

    def change(recorded: Recorded) -> Recorded:
        for table in _LINE:
            recorded = without_assignment(action, table)(recorded)
        return recorded

    return change


def _then(expr: Expr) -> Expr:
    """The value that is chosen where the condition holds."""
    assert isinstance(expr, Apply), expr
    return expr.arguments[1]


def _nowhere(_: Expr) -> Expr:
    """No frame."""
    return none(Frame).node


def _never(_: Expr) -> Expr:
    """False."""
    return FALSE.node


MUTATIONS = (
    _wrong(
        "a copy holds what its frame held before",
        "COW-1",
        without_assignment("sharer_writes", "content"),
    ),
    _wrong(
        "a write to a shared page goes to the shared frame",
        "COW-1",
        without_check("entry_allows_writes", "page_is_not_shared"),
    ),
    _wrong(
        "a processor that read a shared page reads on in its frame after the copy",
        "COW-1",
        _without_flush("sharer_writes"),
    ),
    _wrong(
        "a copy loses its page",
        "COW-2",
        changed_value("sharer_writes", "frame", _nowhere),
    ),
    _wrong(
        "the last sharer copies the page as well",
        "COW-3",
        without_check("sharer_writes", "others_hold_it"),
    ),
    _wrong(
        "any sharer takes the frame",
        "COW-3",
        without_check("last_sharer_writes", "nobody_else_holds_it"),
    ),
    _wrong(
        "a clone is not counted",
        "COW-3",
        without_assignment("page_is_shared", "sharers"),
    ),
    _wrong(
        "every sharer that goes gives back the frame",
        "COW-3",
        changed_value("page_goes", "charged", _then),
    ),
    _wrong(
        "a clone leaves its source writable",
        "COW-4",
        without_assignment("page_is_shared", "writable"),
    ),
    _wrong(
        "a processor that wrote to a page writes on after it was shared",
        "COW-4",
        _without_flush("page_is_shared"),
    ),
    _wrong(
        "a copy is not mapped",
        "MEM-2",
        without_assignment("sharer_writes", "entry"),
    ),
    _wrong(
        "a lazy page that comes is not mapped",
        "MEM-2",
        without_assignment("page_comes", "entry"),
    ),
    _wrong(
        "a frame in use is given out",
        "MEM-3",
        without_check("page_comes", "frame_is_free"),
    ),
    _wrong(
        "a page goes while it is mapped",
        "MEM-3",
        without_check("page_goes", "page_is_mapped_nowhere"),
    ),
    _wrong(
        "every sharer that goes frees the frame",
        "MEM-3",
        changed_value("page_goes", "allocated", _never),
    ),
    _wrong(
        "no frame is ever free again",
        "MEM-3",
        without_assignment("page_goes", "allocated"),
    ),
    _wrong(
        "a processor remembers what was unmapped",
        "MEM-3",
        _without_flush("page_is_unmapped"),
    ),
    _wrong(
        "a copy is not charged",
        "MEM-7",
        without_assignment("sharer_writes", "charged"),
    ),
    _wrong(
        "a page that goes is not credited",
        "MEM-7",
        without_assignment("page_goes", "charged"),
    ),
    _wrong(
        "a fresh page holds what its frame held before",
        "MEM-8",
        without_check("page_comes", "fresh_pages_are_cleared"),
    ),
)

_NO_ENTRY = "a line translates only what has an entry, and before this step there is none"
_READ_ONLY = "a line of a read-only entry does not allow writes"
_NO_OWNER = "whose cache a line is in matters only where a flush is local"
_LESS = "a line that is never forgotten is one that nobody needs for something else"

_FLUSHING = (
    "page_comes",
    "page_is_shared",
    "page_is_mapped",
    "entry_allows_writes",
    "page_is_unmapped",
    "translation_is_cached",
    "translation_is_forgotten",
    "sharer_writes",
)

SURVIVORS = {
    **{
        f"{action} without assignment 0 of {table}": _NO_ENTRY
        for action in ("page_comes", "page_is_mapped")
        for table in _LINE
    },
    **{
        f"{action} without assignment 0 of writes": _READ_ONLY
        for action in ("entry_allows_writes", "sharer_writes")
    },
    **{f"{action} without assignment 0 of on": _NO_OWNER for action in _FLUSHING},
    "processor_calls with atom 0 of is_another negated": _NO_OWNER,
    "processor_calls without assignment 0 of caller": _NO_OWNER,
    "translation_is_forgotten with atom 0 of line_is_used negated": _LESS,
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
