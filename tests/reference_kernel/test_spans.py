"""Maps of runs mean what a map page by page means."""

from hypothesis import given
from hypothesis import strategies as st

from reference_kernel import spans
from reference_kernel.spans import Span

PAGES = 24

Steps = list[tuple[bool, int, int, int, int]]
steps = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, PAGES),
        st.integers(0, PAGES),
        st.integers(0, 60),
        st.integers(0, 1),
    ),
    max_size=12,
)


def both(done: Steps) -> tuple[spans.Spans, dict[int, tuple[int, int]]]:
    """The same changes to a map of runs, and to one of pages."""
    runs, pages = spans.NONE, {}
    for puts, first, end, frame, note in done:
        for page in range(first, end):
            if puts:
                pages[page] = (frame + page - first, note)
            else:
                pages.pop(page, None)
        if puts:
            runs = spans.put(runs, Span(first, end, frame, note))
        else:
            runs = spans.cut(runs, first, end) if first < end else runs
    return runs, pages


@given(steps)
def test_a_map_of_runs_holds_what_a_map_of_pages_holds(done: Steps) -> None:
    runs, pages = both(done)
    for page in range(PAGES):
        span = spans.at(runs, page)
        assert (span is None) == (page not in pages)
        if span is not None:
            assert (spans.frame_at(runs, page), span.note) == pages[page]


@given(steps)
def test_equal_maps_are_equal_values(done: Steps) -> None:
    runs, pages = both(done)
    again = spans.NONE
    for page in sorted(pages, reverse=True):
        frame, note = pages[page]
        again = spans.put(again, Span(page, page + 1, frame, note))
    assert again == runs
    assert list(runs) == sorted(runs)
    assert spans.joined(runs) == runs


@given(steps, st.integers(0, PAGES), st.integers(0, PAGES))
def test_a_part_of_a_map_and_its_gaps_are_all_its_pages(done: Steps, first: int, end: int) -> None:
    runs, pages = both(done)
    within = [page for each in spans.within(runs, first, end) for page in range(*each[:2])]
    gaps = [page for low, high in spans.gaps(runs, first, end) for page in range(low, high)]
    assert within == [page for page in range(first, end) if page in pages]
    assert sorted(within + gaps) == list(range(first, end))
    assert spans.count_within(runs, first, end) == len(within)
