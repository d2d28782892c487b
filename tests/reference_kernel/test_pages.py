"""Runs of pages mean what a list of pages means."""

from hypothesis import given
from hypothesis import strategies as st

from reference_kernel import pages
from reference_kernel.pages import Pages, PageState, Run

states = st.sampled_from(list(PageState))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A run of up to four pages."""
    state = draw(states)
    resident = state in (PageState.OWNED, PageState.SHARED)
    frame = draw(st.integers(1, 12)) if resident else 0
    return Run(state, draw(st.integers(1, 4)), frame, resident and draw(st.booleans()))


memories = st.lists(runs(), max_size=6).map(lambda drawn: pages.joined(tuple(drawn)))


def singly(memory: Pages) -> list[Run]:
    """Each page by itself."""
    return [run.part(at, 1) for run in memory for at in range(run.length)]


@given(memories)
def test_joining_changes_no_page_and_leaves_nothing_to_join(memory: Pages) -> None:
    assert pages.joined(tuple(singly(memory))) == memory
    assert pages.count_of(memory) == len(singly(memory))


@given(memories, st.integers(0, 12), st.integers(0, 12))
def test_a_part_has_just_these_pages(memory: Pages, first: int, end: int) -> None:
    assert singly(pages.part_of(memory, first, end)) == singly(memory)[first:end]
    resident = [
        (at + number, run.part(number, 1))
        for at, run in pages.resident_within(memory, first, end)
        for number in range(run.length)
    ]
    expected = list(enumerate(singly(memory)))[first:end]
    assert resident == [(at, page) for at, page in expected if page.resident]


@given(memories, st.data(), runs())
def test_one_page_is_put_in_the_place_of_another(
    memory: Pages, data: st.DataObject, run: Run
) -> None:
    if memory:
        page = data.draw(st.integers(0, pages.count_of(memory) - 1))
        one = run.part(0, 1)
        put = pages.with_page(memory, page, one)
        expected = singly(memory)
        expected[page] = one
        assert singly(put) == expected
        assert pages.page_at(put, page) == one
