"""How far a long run is, on stderr: one line that is rewritten, or a line now and then."""

import sys
from time import monotonic

_SECONDS_BETWEEN_LINES = 10.0
_CLEAR = "\r\x1b[K"


class Ticker:
    """Shows the latest line that it was told; a terminal sees each, a file few."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = monotonic()

    def __enter__(self) -> "Ticker":
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def tell(self, line: str) -> None:
        """Show how far the run is."""
        if self._live:
            sys.stderr.write(f"{_CLEAR}{line[:100]}")
            sys.stderr.flush()
        elif monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = monotonic()
            sys.stderr.write(f"{line}\n")
