"""Lines that several processors wrote into each other, taken apart where that can be done one way.

The kernel writes a line under a lock, programs write theirs without: what is cut is one line of the
kernel and lines of a program. They are mended where all characters together are exactly these.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_RESET = "\x1b[0m"
_NUMBERS = re.compile(r"[0-9]+")
_MOST_LINES = 5
"""Of so many lines at most one is made, and what was cut into it."""
_MOST_SWITCHES = 5
_FARTHEST = 8
"""So many lines behind its beginning the end of a line is looked for."""
_CUTS = re.compile(r"(?:\x1b?\[?(?:0;)?3?5?m)?TRACE|# by |#raw ")
"""Where a whole line may begin behind what it was cut into; its colour may be cut too."""
_TRACE = "TRACE"
_MOST_TRIED = 12_000
_HEAD = re.compile(r"(?:\x1b\[0;35m)?TRACE(?:\x1b\[38;5;242m)? \([\w:]+:\d+\) (?:\x1b\[38;5;249m)?")
_RAW = re.compile(r"#raw [0-9]+ [0-9a-f]+(?: [0-9a-f]{1,16}){8}")
_BY = re.compile(r"# by [0-9]+")
_BEGUN = re.compile(r"#(?:r(?:a(?:w(?: [0-9a-f ]*)?)?)?)?|#(?: (?:b(?:y(?: [0-9]*)?)?)?)?")
_CLEAN = re.compile(
    r"[^\x1b]*|(?:\x1b\[[0-9;]*m)*[A-Z]+\x1b\[38;5;242m \([\w:]+\) (?:\x1b\[[0-9;]*m)*[^\x1b]*"
)


class Numbered(NamedTuple):
    """A line as it was printed, without colours; numbers count from 1."""

    number: int
    text: str


def mended(text: str, is_whole: Callable[[str], bool]) -> Iterator[Numbered]:
    """The lines of a log. `is_whole` says of the text of a kernel's line if it could be one."""
    found = _HEAD.search(text)
    if found is None:
        yield from map(_plain, _split(text))
        return
    mender = _Mender(found[0], is_whole)
    waiting: deque[Numbered] = deque()
    for line in _split(text):
        if not waiting and not _may_be_cut(line.text):
            yield from mender.lost(line.number)
            yield from mender.joined(line) or (_plain(line),)
            continue
        waiting.append(line)
        while waiting and (len(waiting) == _MOST_LINES or not _may_be_cut(waiting[0].text)):
            yield from mender.lost(waiting[0].number)
            yield from _first(mender, waiting)
    while waiting:
        yield from _first(mender, waiting)
    yield from mender.lost(None)


def _first(mender: "_Mender", waiting: deque[Numbered]) -> list[Numbered]:
    """What the first of the lines is, perhaps with some that follow."""
    line = waiting[0]
    if not _may_be_cut(line.text):
        waiting.popleft()
        return mender.joined(line) or [_plain(line)]
    found = mender.joined(line)
    for count in range(1, len(waiting) + 1):
        parted = [] if found else mender.parted(list(waiting)[:count])
        if parted:
            for _ in range(count):
                waiting.popleft()
            return parted
    waiting.popleft()
    return found or mender.split(line) or [_plain(line)]


def _split(text: str) -> Iterator[Numbered]:
    """The lines with colours, one at a time: a log may be long."""
    at = number = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        number += 1
        yield Numbered(number, text[at:end].rstrip("\r"))
        at = end + 1


def _plain(line: Numbered) -> Numbered:
    return Numbered(line.number, COLOURS.sub("", line.text))


def _may_be_cut(text: str) -> bool:
    """Whether something of another line may be in this one, or something of it elsewhere."""
    text = text.replace(_RESET, "")
    shown = COLOURS.sub("", text)
    if shown.startswith("TRACE"):
        return "#" in shown or " -> " not in shown or _HEAD.match(text) is None
    if shown.startswith("#raw"):
        return _RAW.fullmatch(shown) is None
    return _CLEAN.fullmatch(text) is None or (shown.startswith("#") and "TRACE" in shown)


@dataclass(frozen=True, slots=True)
class _Share:
    """So many characters are shared out among two writers: what each has, and where lines end."""

    at: int
    writer: int
    texts: tuple[str, str] = ("", "")
    ends: tuple[tuple[int, str], ...] = ()


class _Piece(NamedTuple):
    """The beginning of a line, and who was said to call when it came."""

    number: int
    text: str
    by: str


_Begins = Callable[[str], bool]


class _Mender:
    """Takes lines apart in a log whose kernel's lines begin like this."""

    def __init__(self, head: str, is_whole: Callable[[str], bool]) -> None:
        self._head = head
        self._is_whole = is_whole
        self._open: list[_Piece] = []
        self._by = ""

    def lost(self, number: int | None) -> list[Numbered]:
        """Beginnings so far before a line that their ends are lost; all of them, at the end."""
        gone = [each for each in self._open if number is None or number - each.number > _FARTHEST]
        self._open = [each for each in self._open if each not in gone]
        return [_plain(Numbered(each.number, each.text)) for each in gone]

    def joined(self, line: Numbered) -> list[Numbered]:
        """The line that this is the end of, if something whole was cut into exactly one."""
        text = line.text.replace(_RESET, "")
        shown = COLOURS.sub("", text)
        if _BY.fullmatch(shown):
            self._by = shown
        if not self._open or _is_known(shown):
            return []
        ends = [each for each in self._open if self._ends(each.text + text)]
        if len(ends) != 1:
            return []
        self._open.remove(ends[0])
        whole = Numbered(line.number, COLOURS.sub("", ends[0].text + text))
        raw = whole.text.startswith("#raw") and ends[0].by
        return [Numbered(line.number, ends[0].by), whole] if raw else [whole]

    def split(self, line: Numbered) -> list[Numbered]:
        """The whole line that was cut into this one, of which the rest has its beginning only."""
        text = line.text.replace(_RESET, "")
        for cut in _CUTS.finditer(text):
            before, whole = text[: cut.start()], text[cut.start() :]
            if cut[0].endswith(_TRACE):
                whole = self._head.partition(_TRACE)[0] + text[cut.end() - len(_TRACE) :]
            if before and self._ends(whole) and self._keeps(before, line.number):
                if _BY.fullmatch(whole):
                    self._by = whole
                return [Numbered(line.number, COLOURS.sub("", whole))]
        return []

    def _keeps(self, text: str, number: int) -> bool:
        """Whether this begins a line, or goes on with exactly one that was begun."""
        goes_on = [each for each in self._open if self._begins(each.text + text)]
        if len(goes_on) > 1:
            return False
        if goes_on:
            self._open.remove(goes_on[0])
            self._open.append(goes_on[0]._replace(text=goes_on[0].text + text))
            return True
        if not self._begins(text):
            return False
        self._open.append(_Piece(number, text, self._by))
        return True

    def _begins(self, text: str) -> bool:
        return self._of_kernel(text) or _of_program(text)

    def _ends(self, text: str) -> bool:
        return self._of_kernel(text + "\n") or _of_program(text + "\n")

    def parted(self, lines: list[Numbered]) -> list[Numbered]:
        """The lines taken apart, each with the number at which it ends; none where not one way."""
        block = "\n".join(each.text.replace(_RESET, "") for each in lines) + "\n"
        for writers in ((self._of_kernel, _of_program), (_of_program, _of_program)):
            for switches in range(1, _MOST_SWITCHES + 1):
                ways = {share.ends for share in _shares(block, writers, switches)}
                if len(ways) == 1:
                    (ends,) = ways
                    return [
                        Numbered(lines[0].number + block.count("\n", 0, at), text)
                        for at, text in ends
                    ]
                if ways:
                    return []
        return []

    def _of_kernel(self, text: str) -> bool:
        """Whether a line of the kernel may begin so."""
        if len(text) <= len(self._head):
            return self._head.startswith(text)
        if not text.startswith(self._head):
            return False
        if not text.endswith("\n"):
            return "\n" not in text and "#" not in text and "\x1b" not in text[len(self._head) :]
        return text.count("\n") == 1 and self._is_whole(COLOURS.sub("", text[:-1]))


def _is_known(shown: str) -> bool:
    """Whether this is the beginning of a line of its own."""
    return shown.startswith(("TRACE", "#", "INFO", "ERROR", "WARN"))


def _shares(block: str, writers: tuple[_Begins, _Begins], switches: int) -> Iterator[_Share]:
    """The ways to share the block out with so many changes from one writer to the other."""
    left = [(_Share(0, writer), switches) for writer in (0, 1)]
    for _ in range(_MOST_TRIED):
        if not left:
            return
        share, more = left.pop()
        if share.at == len(block):
            if not more and all(text.endswith("\n") for text in share.texts):
                yield share
            continue
        for writer in (share.writer, 1 - share.writer) if more else (share.writer,):
            text = share.texts[writer] + block[share.at]
            if writers[writer](text):
                left.append((_given(share, writer, text), more - (writer != share.writer)))


def _given(share: _Share, writer: int, text: str) -> _Share:
    """The next character goes to the writer, who has this text then."""
    ends = share.ends
    if text.endswith("\n"):
        ends = (*ends, (share.at, COLOURS.sub("", text[:-1].rpartition("\n")[2])))
    texts = (text, share.texts[1]) if writer == 0 else (share.texts[0], text)
    return _Share(share.at + 1, writer, texts, ends)


def _of_program(text: str) -> bool:
    """Whether what a program tells of its calls may begin so."""
    whole, ended, begun = text.rpartition("\n")
    if begun:
        return _BEGUN.fullmatch(begun) is not None
    last = whole.rpartition("\n")[2]
    return bool(ended) and (_RAW.fullmatch(last) or _BY.fullmatch(last)) is not None
