"""Events in a pool: their words tell which event it is, and where the next one begins."""

from itertools import combinations

from assay.lang import Statement, free, statement
from proofs.abi.words import Word64
from spec.event_words import EVENTS, LARGEST_BYTES, WORD_BYTES, EventKind, padded


def event_statements() -> tuple[Statement, ...]:
    """ABI-3 of events, under every design."""
    return (_tags(), *(_data(kind) for kind in EVENTS if kind.carries_data))


def _tags() -> Statement:
    """No two kinds begin with one tag."""
    tag = free(Word64, "tag")
    parts = {
        f"{one.name} and {other.name}": (tag == one.tag).implies(tag != other.tag)
        for one, other in combinations(EVENTS, 2)
    }
    return statement("event tags", "ABI-3", parts)


def _data(kind: EventKind) -> Statement:
    """The next event begins at the first whole word after the data."""
    size = free(Word64, kind.payload[-1])
    end = padded(size)
    parts = {
        "whole words": end & (WORD_BYTES - 1) == 0,
        "room for all bytes": size <= end,
        "less than a word more": end - size < WORD_BYTES,
    }
    return statement(f"{kind.name} data", "ABI-3", parts, given=[size <= LARGEST_BYTES])
