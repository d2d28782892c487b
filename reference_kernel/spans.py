"""Maps from pages to frames, kept as runs: a mapping of thousands of pages is one entry.

Page number p of a span stands for frame `frame + p - first`. Spans are sorted, share no page, and
neighbours that could be one are one, so that equal maps are equal values.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """The pages from `first` to before `end`; `note` is what holds for each of them."""

    first: int
    end: int
    frame: int
    note: int


Spans = tuple[Span, ...]
NONE: Spans = ()
_BEYOND = 1 << 64


def at(spans: Spans, page: int) -> Span | None:
    """The span that holds the page."""
    index = bisect_right(spans, (page, _BEYOND)) - 1
    if index >= 0 and page < spans[index].end:
        return spans[index]
    return None


def frame_at(spans: Spans, page: int) -> int | None:
    """The frame that stands for the page."""
    span = at(spans, page)
    return None if span is None else span.frame + page - span.first


def within(spans: Spans, first: int, end: int) -> Iterator[Span]:
    """What the map says of these pages, cut to them."""
    index = max(0, bisect_right(spans, (first, _BEYOND)) - 1)
    for each in spans[index:]:
        if each.first >= end:
            return
        low, high = max(first, each.first), min(end, each.end)
        if low < high:
            yield Span(low, high, each.frame + low - each.first, each.note)


def count_within(spans: Spans, first: int, end: int) -> int:
    """How many of these pages the map holds."""
    return sum(each.end - each.first for each in within(spans, first, end))


def gaps(spans: Spans, first: int, end: int) -> Iterator[tuple[int, int]]:
    """The runs of these pages that the map does not hold, each as first and end."""
    at_page = first
    for each in within(spans, first, end):
        if at_page < each.first:
            yield at_page, each.first
        at_page = each.end
    if at_page < end:
        yield at_page, end


def cut(spans: Spans, first: int, end: int) -> Spans:
    """The map without these pages."""
    low, high, left, right = _around(spans, first, end)
    return spans if low == high else (*spans[:low], *left, *right, *spans[high:])


def put(spans: Spans, span: Span) -> Spans:
    """The map with this span, over whatever was there."""
    if span.first >= span.end:
        return spans
    low, high, left, right = _around(spans, span.first, span.end)
    if not left and low:
        low -= 1
        left = (spans[low],)
    if not right and high < len(spans):
        right = (spans[high],)
        high += 1
    return (*spans[:low], *joined((*left, span, *right)), *spans[high:])


def _around(spans: Spans, first: int, end: int) -> tuple[int, int, Spans, Spans]:
    """The slice of spans that reach into these pages, and what of them lies outside."""
    low = bisect_right(spans, (first, _BEYOND)) - 1
    if low < 0 or spans[low].end <= first:
        low += 1
    high = low
    while high < len(spans) and spans[high].first < end:
        high += 1
    if low == high:
        return low, high, NONE, NONE
    head, tail = spans[low], spans[high - 1]
    left = (Span(head.first, first, head.frame, head.note),) if head.first < first else NONE
    right = NONE
    if tail.end > end:
        right = (Span(end, tail.end, tail.frame + end - tail.first, tail.note),)
    return low, high, left, right


def joined(spans: Iterable[Span]) -> Spans:
    """The map of spans that are sorted and share no page."""
    done: list[Span] = []
    for each in spans:
        last = done[-1] if done else None
        if last is not None and _continues(last, each):
            done[-1] = Span(last.first, each.end, last.frame, last.note)
        else:
            done.append(each)
    return tuple(done)


def _continues(span: Span, after: Span) -> bool:
    adjacent = span.end == after.first and span.frame + span.end - span.first == after.frame
    return adjacent and span.note == after.note
