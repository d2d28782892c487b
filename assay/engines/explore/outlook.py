"""How many states a search will have, guessed from its first levels."""

from collections.abc import Sequence


def expected(levels: Sequence[int]) -> float:
    """The states of these levels and of two more, whose growth changes on as it has changed.

    Growth that increases is not thought to do so again. Of fewer than three levels nothing can be
    said: no more is expected.
    """
    seen = float(sum(levels))
    if len(levels) < 3 or not levels[-1]:
        return seen
    growth = levels[-1] / levels[-2]
    change = min(1.0, growth / (levels[-2] / levels[-3]))
    next_ = levels[-1] * growth * change
    return seen + next_ + next_ * growth * change * change
