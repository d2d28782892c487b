"""Whether a changed log may come of the same run, with its lines printed at other times.

A thread prints the line of a call when it has left the kernel, and before it tells of its next one.
How long that takes nobody knows; and a thread that never runs again prints no line.
"""

from collections import deque
from collections.abc import Iterable

from reference_kernel.log.writing import Piece


def may_be_of(run: Iterable[Piece], log: str) -> bool:
    """Whether the run's threads may have printed the log, each as late as it likes."""
    lines = deque(log.strip().split("\n")[1:])
    if lines and lines[-1] == "# TEST DONE":
        lines.pop()
    left = deque(run)
    unprinted: dict[int, tuple[str, ...]] = {}
    while lines:
        prints = next((each for each in unprinted if unprinted[each][0] == lines[0]), None)
        if prints is not None:
            _take(lines, unprinted.pop(prints))
        elif not left:
            return False
        else:
            piece = left.popleft()
            if piece.told and (piece.thread in unprinted or not _take(lines, piece.told)):
                return False
            if piece.printed:
                unprinted[piece.thread] = piece.printed
    return not any(piece.told for piece in left)


def _take(lines: deque[str], printed: tuple[str, ...]) -> bool:
    """The lines without these, with which they begin; whether they do."""
    return all(lines and lines.popleft() == each for each in printed)
