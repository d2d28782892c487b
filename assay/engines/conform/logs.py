"""What the engine needs of a kernel's logs, whichever kernel it is.

Worlds are opaque: a state of the kernel, and whatever else of a log is open in it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Protocol, TypeVar

from assay.engines.kernel import Chooser

_D_contra = TypeVar("_D_contra", contravariant=True)
_W = TypeVar("_W", bound=Hashable)
_W_co = TypeVar("_W_co", bound=Hashable, covariant=True)


class Choice(Protocol):
    """A hidden input that was chosen: what it is, the line it was for, and how."""

    @property
    def kind(self) -> str:
        """What was hidden."""
        ...

    @property
    def line(self) -> int:
        """The line that needed it."""
        ...

    @property
    def value(self) -> str:
        """What was chosen."""
        ...

    def __hash__(self) -> int: ...


class Way(Protocol[_W_co]):
    """One way to an item: what it would print, what was chosen, and the world after it.

    `price` counts the hidden inputs of the machine that it takes. `refusal` names the outcome in
    the call's table; `accepts` counts the results that differ only in what the line itself gives;
    `compared` and `wrong` what words that a program read say of the world. A way is `unlikely`
    where others that come before it are likelier.
    """

    @property
    def gave(self) -> str:
        """The result as the log would print it."""
        ...

    @property
    def world(self) -> _W_co:
        """The world after it."""
        ...

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The hidden inputs chosen on the way."""
        ...

    @property
    def price(self) -> int:
        """How many of them are of the machine."""
        ...

    @property
    def refusal(self) -> str:
        """The outcome's name in the call's table."""
        ...

    @property
    def accepts(self) -> int:
        """How many results it stands for."""
        ...

    @property
    def unlikely(self) -> bool:
        """Whether ways before it are likelier."""
        ...

    @property
    def compared(self) -> int:
        """How many words that a program read are known."""
        ...

    @property
    def wrong(self) -> int:
        """How many of those are others."""
        ...


class Item(Protocol):
    """One thing that a log tells.

    `call` names the call and `shown` is its text; `gave` is what it returned, empty where it is
    only about to be made. `waits` says that nobody knows since when its thread may have waited in
    it, `unread` why the line cannot be read, `wrong` what no kernel prints.
    """

    @property
    def line(self) -> int:
        """Its line, counted from 1."""
        ...

    @property
    def call(self) -> str:
        """The call's name."""
        ...

    @property
    def shown(self) -> str:
        """The call as printed."""
        ...

    @property
    def gave(self) -> str:
        """What it returned, as printed."""
        ...

    @property
    def waits(self) -> bool:
        """Whether its thread may have waited in it, and nobody knows since when."""
        ...

    @property
    def unread(self) -> str:
        """Why it cannot be read."""
        ...

    @property
    def wrong(self) -> str:
        """What in it no kernel prints."""
        ...


class Ending(Protocol):
    """How a log ends, and at which place of the kernel or of a program."""

    @property
    def kind(self) -> Enum:
        """done, user_panic, kernel_panic, hang or cut."""
        ...

    @property
    def place(self) -> str:
        """Where a panic stood."""
        ...


class Log(Protocol):
    """A log that was read: its items, lines, calls, and the lines of calls that are torn."""

    def items(self) -> Iterator[Item]:
        """What it tells, in order."""
        ...

    @property
    def lines(self) -> int:
        """How many lines it has."""
        ...

    @property
    def calls(self) -> int:
        """How many of them print a call."""
        ...

    @property
    def cut(self) -> int:
        """How many of those cannot be put together."""
        ...

    @property
    def torn(self) -> tuple[int, ...]:
        """Which ones."""
        ...

    @property
    def booted(self) -> bool:
        """Whether it shows the kernel starting."""
        ...

    @property
    def ending(self) -> Ending:
        """How it ends."""
        ...


class Logs(Protocol[_D_contra, _W]):
    """Logs of one kernel."""

    def read(self, text: str, /, *, ignore_raw: bool) -> Log:
        """The items of a log's text."""
        ...

    def start(
        self, design: _D_contra, log: Log, memory_mib: int, /
    ) -> tuple[tuple[_W, tuple[Choice, ...]], ...]:
        """The worlds before the first item, on a machine with so much memory."""
        ...

    def ways(
        self, design: _D_contra, world: _W, item: Item, effort: int, because: Item | None, /
    ) -> Iterator[Way[_W]]:
        """How the item may have come about: cheapest ways, and up to `effort` dearer ones.

        With less than no effort, only ways before which nothing happened unseen; with none, the
        same where one of them explains the item and is not unlikely. `because` is a later item that
        nothing explains: then only ways that may change that.
        """
        ...

    def run(self, design: _D_contra, chooser: Chooser, steps: int, /) -> Iterator[Any]:
        """Events of a run from boot, of a sort that a log can tell whole."""
        ...

    def write(self, design: _D_contra, events: Iterable[Any], /, *, raw: bool) -> str:
        """What the kernel prints in that run; with `raw`, the true words of each call too."""
        ...

    def earlier(
        self, design: _D_contra, world: _W, item: Item, because: Item, /
    ) -> Iterator[tuple[_W, tuple[Choice, ...]]]:
        """The worlds before an item in which the later one, that nothing explains, had begun."""
        ...

    def refusals(self, design: _D_contra, /) -> Mapping[str, tuple[str, ...]]:
        """For each call that a log prints, how it can refuse under the design, in order."""
        ...

    def ends(self, design: _D_contra, worlds: Iterable[_W], log: Log, /) -> Enum:
        """Whether the log may end as it does: explained, contradicted, unknown_place or none."""
        ...
