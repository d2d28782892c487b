"""A search that is stopped or killed goes on from its checkpoint as if nothing had been."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from assay.engines.explore import Engine, Exploration, Foreign, Limits, explore
from assay.engines.explore.compiled.search import Search
from assay.engines.explore.patience import Patience
from tests.assay.toys import all_toys

TOYS = all_toys()
COMPILED = "assay.engines.explore.compiled"


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that looks around after a few states each."""
    monkeypatch.setattr(f"{COMPILED}.build._MOST_BLOCK", 3)
    monkeypatch.setattr(f"{COMPILED}.search._BLOCKS", 2)
    monkeypatch.setattr(f"{COMPILED}.search._BLOCKS_ALONE", 1)
    monkeypatch.setattr(f"{COMPILED}.store._FIRST_ENTRIES", 64)


def searched(name: str, file: Path | None, **options: object) -> Exploration:
    """What is found of a toy, without the time that it took."""
    toy = TOYS[name]
    found = explore(
        toy.recorded,
        toy.sizes,
        engine=Engine.COMPILED,
        checkpoint=file,
        **options,  # type: ignore[arg-type]
    )
    return replace(found, seconds=0)


@pytest.mark.parametrize("reduced", [False, True])
@pytest.mark.parametrize("name", TOYS)
def test_a_search_that_gives_up_again_and_again_ends_as_one_that_does_not(
    name: str, reduced: bool, tmp_path: Path
) -> None:
    file = tmp_path / "search"
    expected = searched(name, None, reduced=reduced)
    step = expected.states // 4 + 1
    for states in range(step, expected.states, step):
        found = searched(name, file, reduced=reduced, limits=Limits(states=states))
        assert found.reason == f"the limit of {states} states"
        assert file.exists()
    assert searched(name, file, reduced=reduced) == expected
    assert not file.exists()


@pytest.mark.parametrize("name", ["families", "locks", "shelves"])
def test_a_search_that_is_killed_goes_on_from_its_last_checkpoint(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing is written any more."""

    looks: Iterator[int] = count(1)

    def die(patience: Patience, *_: int) -> None:
        if next(looks) % 25 == 0:
            raise Killed

    file = tmp_path / "search"
    expected = searched(name, None)
    monkeypatch.setattr(Patience, "look", die)
    monkeypatch.setattr(f"{COMPILED}.checkpoint._SECONDS_BETWEEN", 0.0)
    for _ in range(100):
        try:
            found = searched(name, file)
        except Killed:
            continue
        assert found == expected
        return
    pytest.fail("it begins again and again")


def test_threads_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "search"
    expected = searched("meters", None)
    searched("meters", file, threads=2, limits=Limits(states=900))
    found = searched("meters", file, threads=2)
    assert (found.states, found.transitions, found.depth) == (
        expected.states,
        expected.transitions,
        expected.depth,
    )
    assert (found.enabled, found.refused, found.premises) == (
        expected.enabled,
        expected.refused,
        expected.premises,
    )


def test_an_interrupt_while_a_level_is_closed_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "search"
    searched("meters", file, limits=Limits(states=900))
    kept = file.read_bytes()

    def interrupt(search: Search, *_: object) -> None:
        search.settled = False
        raise KeyboardInterrupt

    monkeypatch.setattr(Search, "_expand", interrupt)
    assert searched("meters", file).reason == "interrupted"
    assert file.read_bytes() == kept


def test_a_checkpoint_of_another_search_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "search"
    searched("meters", file, limits=Limits(states=900))
    with pytest.raises(Foreign, match="its model differs"):
        searched("letters", file)
    with pytest.raises(Foreign, match="its symmetry differs"):
        searched("meters", file, reduced=True)
    file.write_bytes(b"something else")
    with pytest.raises(Foreign, match="no checkpoint"):
        searched("meters", file)


def test_what_a_search_was_for_is_decided_after_a_stop_too(tmp_path: Path) -> None:
    file = tmp_path / "search"
    asked = Limits(until=frozenset({"can_be_behind"}))
    assert searched("meters", file, limits=asked).reason == "can_be_behind was decided"
    assert searched("meters", file, limits=asked).reason == "can_be_behind was decided"
