"""The checker of logs, on a counter: a line says where it stands, and hidden jumps skip some."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from assay.engines.conform import Answer, LogResult, conform


class Kind(Enum):
    """How a count ends."""

    DONE = "done"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Jump:
    """The counter skipped a number before a line."""

    line: int
    kind: str = "jump"
    value: str = "one"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a line."""

    gave: str
    world: int
    chosen: tuple[Jump, ...] = ()
    price: int = 0
    refusal: str = "ok"
    accepts: int = 1
    given: bool = False
    compared: int = 0
    wrong: int = 0
    unlikely: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line: `next 3` counts, `ready` counts nothing and needs an even counter.

    `may 0` does not tell whether it counted, and likely it did not. Nor does `wait 0` tell whether
    it had begun before another line: only `early 1` does, later on.
    """

    line: int
    call: str
    shown: str
    gave: str
    unread: str = ""
    wrong: str = ""

    @property
    def waits(self) -> bool:
        """Whether it may have begun before another line."""
        return self.call == "wait"


@dataclass(frozen=True, slots=True)
class Ending:
    """Every count ends the same."""

    kind: Enum = Kind.DONE
    place: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """A text, line by line."""

    text: str
    torn: tuple[int, ...] = ()
    cut: int = 0
    booted: bool = True
    ending: Ending = Ending()

    @property
    def lines(self) -> int:
        """How many there are."""
        return len(self.text.splitlines())

    @property
    def calls(self) -> int:
        """Those that count."""
        return sum("ready" not in line for line in self.text.splitlines())

    def items(self) -> Iterator[Item]:
        """Each line."""
        for at, line in enumerate(self.text.splitlines(), start=1):
            call, _, gave = line.partition(" ")
            known = call in ("next", "ready", "may", "wait", "early")
            unread = "" if known else f"there is no call `{call}`"
            yield Item(at, call, line, gave, unread, "too loud" if gave.endswith("!") else "")


EARLY = 100
"""So much more the world is once a wait has begun before another line."""


class Counters:
    """Logs of counters; a world is the number last given. With effort it may have jumped."""

    def read(self, text: str, /, *, ignore_raw: bool) -> Log:
        assert not ignore_raw
        return Log(text)

    def start(self, _: str, __: Log, ___: int, /) -> tuple[tuple[int, tuple[Jump, ...]], ...]:
        return ((0, ()),)

    def ways(self, _: str, world: int, item: Any, effort: int, because: Any, /) -> Iterator[Way]:
        if item.wrong or because is not None:
            return
        if item.call == "ready":
            if world % 2 == 0:
                yield Way("", world)
            return
        if item.call in ("wait", "early"):
            yield Way("0" if item.call == "wait" else str(world // EARLY), world)
            return
        jump = (Jump(item.line),)
        if item.call == "may":
            yield Way("0", world)
            yield Way("0", world + 1, jump, unlikely=True)
            return
        count = world % EARLY
        yield Way(str(count + 1), world + 1)
        if effort > 0 or item.gave == str(count + 2):
            yield Way(str(count + 2), world + 2, jump, 1)
        if effort > 0:
            # What is given does not tell that it jumped afterwards.
            yield Way(str(count + 1), world + 2, jump, 1)

    def run(self, _: str, __: Any, ___: int, /) -> Iterator[Any]:
        return iter(())

    def write(self, _: str, __: Iterable[Any], /, *, raw: bool) -> str:
        return str(raw)

    def earlier(
        self, _: str, world: int, __: Any, because: Any, /
    ) -> Iterator[tuple[int, tuple[Jump, ...]]]:
        if because.waits and world < EARLY:
            yield world + EARLY, (Jump(because.line, "wait"),)

    def ends(self, _: str, __: Iterable[int], ___: Log, /) -> Enum:
        return Kind.NONE


def checked(*lines: str, explain: int | None = None) -> LogResult:
    return conform(Counters(), "any", "\n".join(lines), explain=explain)


def counts(result: LogResult) -> dict[Answer, int]:
    return {answer: count for answer, count in result.answers.items() if count}


def test_what_no_choice_decides_is_predicted() -> None:
    result = checked("next 1", "next 2", "ready", "next 3")
    assert counts(result) == {Answer.PREDICTED: 3}
    assert (result.first, result.calls, result.lines) == (None, 3, 4)
    assert result.accepted[1] == 3


def test_what_a_choice_gives_is_explained_by_its_kind() -> None:
    result = checked("next 1", "next 3", "next 4")
    assert counts(result) == {Answer.PREDICTED: 2, Answer.EXPLAINED: 1}
    assert result.choices == {"jump": 1}


def test_what_no_choice_gives_is_contradicted_with_what_would_have_been() -> None:
    result = checked("next 1", "next 9", "next 3")
    assert counts(result) == {Answer.PREDICTED: 2, Answer.CONTRADICTED: 1}
    assert result.first is not None
    assert (result.first.line, result.first.got, result.first.expected) == (2, "9", ("2",))


def test_only_the_first_contradiction_is_told() -> None:
    result = checked("next 7", "next 9")
    assert counts(result) == {Answer.CONTRADICTED: 2}
    assert result.first is not None
    assert result.first.line == 1


def test_a_choice_at_an_earlier_line_is_looked_for_before_a_line_is_contradicted() -> None:
    result = checked("next 1", "next 3", "next 4", "next 7")
    assert result.first is None
    assert counts(result) == {Answer.PREDICTED: 2, Answer.EXPLAINED: 2}


def test_what_is_unlikely_is_gone_on_from_once_a_line_needs_it() -> None:
    unsure = ("may 0",) * 4
    likely = checked("next 1", *unsure, "next 2")
    assert counts(likely) == {Answer.PREDICTED: 6}
    assert likely.states_max == 1
    result = checked("next 1", *unsure, "next 6", "next 7")
    assert result.first is None
    assert counts(result) == {Answer.PREDICTED: 6, Answer.EXPLAINED: 1}
    assert checked("next 1", *unsure, "next 9").first is not None


def test_an_earlier_wait_may_have_begun_before_other_lines() -> None:
    result = checked("next 1", "next 2", "wait 0", "next 3", "early 1", "next 4")
    assert counts(result) == {Answer.PREDICTED: 5, Answer.EXPLAINED: 1}
    assert result.choices == {"wait": 1}
    assert result.assumed == (Jump(3, "wait"),)
    assert checked("next 1", "next 2", "next 3", "early 1").first is not None


def test_what_is_about_to_be_made_and_cannot_be_is_a_contradiction_of_no_call() -> None:
    result = checked("next 1", "next 2", "next 3", "ready")
    assert result.first is None, "the counter may have jumped after line 3"
    result = checked("ready", "next 1!", "next 1")
    assert result.first is not None
    assert (result.first.line, result.first.why) == (2, "too loud")


def test_what_cannot_be_read_changes_nothing_and_is_told_once() -> None:
    result = checked("next 1", "shout 4", "shout 4", "next 2")
    assert counts(result) == {Answer.PREDICTED: 2, Answer.UNREAD: 2}
    assert list(result.unread.values()) == [2]


def test_every_call_has_one_answer() -> None:
    lines = ("next 1", "shout 1", "next 3", "ready", "next 12", "far 1", "next 1!", "next 4")
    result = checked(*lines)
    assert sum(result.answers.values()) == result.calls


def test_a_line_is_explained_with_each_result_that_was_possible() -> None:
    (one, two) = checked("next 1", "next 3", explain=2).explained_at
    assert (one.gave, one.survives) == ("2", False)
    assert (two.gave, two.survives, two.chosen) == ("3", True, ("line 2: jump one",))


def test_an_empty_log_says_nothing() -> None:
    result = checked("")
    assert counts(result) == {}
    assert (result.first, result.accepted_max, result.accepted_median) == (None, 0, 0.0)
