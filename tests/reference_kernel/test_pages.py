"""Runs of pages mean what a list of pages means."""

import pytest
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


LAZY = Run(PageState.LAZY, 3)
OWNED = Run(PageState.OWNED, 3, 20, cleared=True)


@pytest.mark.parametrize("run", [LAZY, OWNED])
def test_a_page_of_a_run_is_a_run_of_one(run: Run) -> None:
    memory = (LAZY, run) if run is OWNED else (OWNED, run)
    frames = (20, 21, 22) if run.resident else (0, 0, 0)
    expected = [Run(run.state, 1, frame, run.cleared) for frame in frames]
    assert [pages.page_at(memory, 3 + at) for at in range(3)] == expected
    with pytest.raises(AssertionError):
        pages.page_at(memory, 6)


@pytest.mark.parametrize(
    ("after", "follows"),
    [
        (OWNED._replace(frame=23), True),
        (OWNED._replace(frame=17), False),
        (OWNED._replace(frame=23, cleared=False), False),
        (OWNED._replace(frame=23, state=PageState.SHARED), False),
    ],
)
def test_a_run_is_joined_to_that_before_it_if_it_goes_on_there(after: Run, follows: bool) -> None:
    first = LAZY._replace(length=2)
    empty = Run(PageState.SHARED, 0, 9)
    longer = OWNED._replace(length=6)
    joined = (longer,) if follows else (OWNED, after)
    assert pages.joined((first, empty, OWNED, after)) == (first, *joined)
    assert pages.joined((OWNED, first, LAZY, OWNED)) == (OWNED, LAZY._replace(length=5), OWNED)


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
