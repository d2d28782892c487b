"""A whole log, item by item, with a step back where what was assumed leads nowhere."""

import gc
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Generic, TypeVar

from assay.engines.conform.frontier import (
    AT_ONCE,
    MOST_SEARCHED,
    Breadth,
    Candidate,
    Taken,
    either,
    explains,
    shown,
    take,
    take_widely,
)
from assay.engines.conform.logs import Choice, Item, Log, Logs
from assay.engines.conform.result import Answer, Contradiction, LogResult, Possible

_D = TypeVar("_D")
_W = TypeVar("_W", bound=Hashable)

ITEMS_KEPT = 4_000
"""How far before a contradiction other choices are looked for."""
ITEMS_BACK = 60
CHOICES_BACK = 60
"""At how many of the last items, and of the last at which something was chosen."""
DEARER_TRIED = 240
"""How often more effort is made for one item, before it is contradicted."""
MOST_WAITS = 8
"""Of so many waits before a contradiction an earlier beginning is looked for."""
MOST_TAKEN = 12_000
MOST_WIDELY_TAKEN = {Breadth.EVERY: 5_000, Breadth.UNSEEN: 12_000}
"""How many worlds are gone on from for one item, before it is contradicted."""
SEARCHED_COSTS = 20
"""As so many counts one in which it is looked for what may have happened unseen."""
EFFORTS = (0, 1, 2)
"""How much more may be chosen there, tried in this order; first only what concerns the item."""
WIDELY = (8, 32, 128)
"""From so many steps before on it is gone on from less likely worlds too, tried in this order."""
KEPT_WIDELY = 8
"""So many of the worlds are kept in which that explains the item."""
_NO_MORE_SEARCHED = -1
"""Behind a contradiction nobody knows what happened: nothing unseen is looked for."""
MEMORY_MIB = 1024
"""The memory of the machine, unless it is told."""
_ITEMS_BETWEEN_NEWS = 100

Listener = Callable[[int, int, int], None]


def conform(
    logs: Logs[_D, _W],
    design: _D,
    text: str,
    *,
    ignore_raw: bool = False,
    memory_mib: int = MEMORY_MIB,
    explain: int | None = None,
    listener: Listener | None = None,
) -> LogResult:
    """What the specification says of each line of a log's text.

    `memory_mib` is how much memory the machine had: no log says so. `explain` is a line whose
    possibilities are wanted; `listener` hears of lines done, of all, and of how many worlds there
    are.
    """
    started = perf_counter()
    with _uncollected():
        log = logs.read(text, ignore_raw=ignore_raw)
        run = _Run(logs, design, log, memory_mib, explain)
        result = run.all(listener)
    result.seconds = perf_counter() - started
    return result


@contextmanager
def _uncollected() -> Iterator[None]:
    """Meanwhile nobody looks for cycles among objects: worlds have none, and there are many."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Past(Generic[_W]):
    """An item that was taken, and the worlds before it.

    With how much effort it was, and because of which later item; which later one had begun before
    it; whether something was chosen for it, how many words were wrong there, and what all worlds
    have chosen since.
    """

    before: tuple[Candidate[_W], ...]
    item: Item
    effort: int = 0
    because: Item | None = None
    begun: Item | None = None
    chose: bool = False
    wrong: int = 0
    settled: frozenset[Choice] = frozenset()

    def parts(self) -> "Iterator[_Past[_W]]":
        """The step from a few of the worlds before it, then from the next few."""
        for at in range(0, min(len(self.before), MOST_SEARCHED), AT_ONCE):
            yield replace(self, before=self.before[at : at + AT_ONCE])

    def with_taken(self, taken: Taken[_W]) -> "_Past[_W]":
        """The step when that was what it gave."""
        chose = any(path.way.chosen for path in taken.paths)
        if (chose, taken.words[1], taken.settled) == (self.chose, self.wrong, self.settled):
            return self
        return replace(self, chose=chose, wrong=taken.words[1], settled=taken.settled)


def _worth_changing(steps: list[_Past[_W]]) -> list[int]:
    """The steps at which other choices are looked for, the nearest to the last step first.

    Words of memory that a program tells of are no step: a call comes before them.
    """
    earlier = [at for at in range(len(steps) - 2, -1, -1) if steps[at].item.call]
    chose = [at for at in earlier if steps[at].chose]
    return sorted({*earlier[:ITEMS_BACK], *chose[:CHOICES_BACK]}, reverse=True)


class _Run(Generic[_D, _W]):
    def __init__(
        self, logs: Logs[_D, _W], design: _D, log: Log, memory_mib: int, explain: int | None
    ) -> None:
        self.logs = logs
        self.memory_mib = memory_mib
        self.design = design
        self.log = log
        self.explain = explain
        self.past: deque[_Past[_W]] = deque()
        self.left = 0
        self.assumed: list[Choice] = []
        self.result = LogResult(log.lines, log.calls, log.cut, log.torn, log.booted)

    def all(self, listener: Listener | None) -> LogResult:
        """Every item, then the ending."""
        start = self.logs.start(self.design, self.log, self.memory_mib)
        here = tuple(Candidate(world, frozenset(chosen)) for world, chosen in start)
        for at, item in enumerate(self.log.items()):
            here = self._item(item, here)
            self.result.states_max = max(self.result.states_max, len(here))
            if listener is not None and at % _ITEMS_BETWEEN_NEWS == 0:
                listener(item.line, self.log.lines, len(here))
        ends, worlds = self.log.ending, tuple(each.world for each in here)
        verdict = self.logs.ends(self.design, worlds, self.log)
        self.result.ending = (ends.kind.value, ends.place, verdict.value)
        self.result.assumed = self._assumed(here)
        return self.result

    def _assumed(self, here: tuple[Candidate[_W], ...]) -> tuple[Choice, ...]:
        """Everything chosen in the history that takes fewest choices: it explains the log."""
        for step in self.past:
            self.assumed += step.settled
        least = min((each.open for each in here), key=len, default=frozenset[Choice]())
        return tuple(sorted({*self.assumed, *least}, key=lambda each: (each.line, each.kind)))

    def _pass(self, step: _Past[_W]) -> None:
        """The step is done; where too many are, the first can be taken back no more."""
        self.past.append(step)
        if len(self.past) > ITEMS_KEPT:
            self.assumed += self.past.popleft().settled

    def _item(self, item: Item, here: tuple[Candidate[_W], ...]) -> tuple[Candidate[_W], ...]:
        if item.unread:
            self._count(item, Answer.UNREAD)
            self.result.unread.setdefault(item.unread, item.line)
            self._pass(_Past(here, item))
            return here
        effort = 0 if self.result.first is None else _NO_MORE_SEARCHED
        taken = take(self.logs, self.design, here, item, effort)
        if self.result.first is None and not self.result.words_wrong and not _fine(taken, 0):
            here, taken = self._otherwise(item, here) or (here, taken)
        self._pass(_Past(here, item).with_taken(taken))
        if item.gave:
            self._account(item, taken)
        self.result.words_compared += taken.words[0]
        self.result.words_wrong += taken.words[1]
        if item.line == self.explain:
            self.result.explained_at = tuple(
                Possible(*each) for each in shown(taken.paths, item.gave)
            )
        if taken.answer is Answer.CONTRADICTED:
            self._contradicted(item, taken)
            return _astray(taken) or here
        return taken.after

    def _otherwise(
        self, item: Item, here: tuple[Candidate[_W], ...]
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """The item after other choices at one before it, or at many.

        The past is what these lead to then; gives the worlds before the item too.
        """
        steps = [*self.past, _Past(here, item)]
        dead = [{each.world for each in step.before} for step in steps]
        self.left = MOST_TAKEN
        return (
            self._after_begun(steps, dead, len(steps) - 1)
            or self._after_waits(steps, dead)
            or self._widely(steps, Breadth.EVERY)
            or self._after_effort(steps, dead, item)
            or self._widely(steps, Breadth.UNSEEN)
        )

    def _after_begun(
        self, steps: list[_Past[_W]], dead: list[set[_W]], at: int
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """The last item, if this one had begun before another one; the nearest one comes first."""
        item = steps[at].item
        for back in _worth_changing(steps[: at + 1]):
            begun = self._begun(steps[back], item)
            for first in range(0, len(begun), AT_ONCE):
                found = self._instead(steps, dead, back, begun[first : first + AT_ONCE], item)
                if found is not None or self.left < 0:
                    return found
        return None

    def _after_waits(
        self, steps: list[_Past[_W]], dead: list[set[_W]]
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """The last item, if a wait that ended before it had begun earlier; the last is tried first.

        Such a wait seemed to begin with the line that prints it.
        """
        waits = [at for at in range(len(steps) - 2, -1, -1) if steps[at].item.waits]
        for at in waits[:MOST_WAITS]:
            self.left = MOST_TAKEN // 4
            found = self._after_begun(steps, dead, at)
            if found is not None:
                return found
        return None

    def _after_effort(
        self, steps: list[_Past[_W]], dead: list[set[_W]], item: Item
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """The item after another choice at one before it; the nearest one is tried first."""
        self.left = MOST_TAKEN
        left, tried = _worth_changing(steps), 0
        for effort in EFFORTS:
            because = None if effort else item
            open_ = []
            for back in left:
                step = replace(steps[back], effort=effort, because=because)
                for part in step.parts():
                    tried += effort > 0
                    if tried > DEARER_TRIED or self.left < 0:
                        return None
                    changed = self._take(part)
                    if effort and back not in open_ and _alive(changed.after, dead[back + 1]):
                        open_.append(back)
                    other = part.with_taken(changed)
                    for worlds in _apart(changed.after, effort):
                        found = self._instead(steps, dead, back + 1, worlds, other)
                        if found is not None:
                            return found
            left = open_ if effort else left
        return None

    def _begun(self, step: _Past[_W], item: Item) -> tuple[Candidate[_W], ...]:
        """The worlds before the step in which what the item tells had already begun.

        Where something was chosen for the step, those first that need nothing of the sort.
        """
        begun = self._earlier(step, item, step.before[:MOST_SEARCHED])
        if not step.chose:
            return begun
        later = [not explains(self.logs, self.design, each, step.item) for each in begun]
        return tuple(begun[at] for at in sorted(range(len(begun)), key=later.__getitem__))

    def _earlier(
        self, step: _Past[_W], item: Item, worlds: tuple[Candidate[_W], ...]
    ) -> tuple[Candidate[_W], ...]:
        return tuple(
            Candidate(world, each.open.union(chosen))
            for each in worlds
            for world, chosen in self.logs.earlier(self.design, each.world, step.item, item)
        )

    def _instead(
        self,
        steps: list[_Past[_W]],
        dead: list[set[_W]],
        at: int,
        worlds: tuple[Candidate[_W], ...],
        other: _Past[_W] | Item,
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """What comes of the last step, if all go on from these worlds before one of the steps.

        They come of another step than the one before it, or an item had begun before it.
        """
        fresh = _alive(worlds, dead[at])
        if not fresh:
            return None
        redone, taken = self._again(steps[at:], dead[at:], fresh)
        if taken is None or not _fine(taken, 0):
            return None
        if isinstance(other, _Past):
            redone.insert(0, other)
        else:
            redone[0] = replace(redone[0], begun=other)
        settled = other.settled if isinstance(other, _Past) else frozenset[Choice]()
        return self._redone(redone, taken, fresh, settled)

    def _redone(
        self,
        redone: list[_Past[_W]],
        taken: Taken[_W],
        worlds: tuple[Candidate[_W], ...],
        settled: frozenset[Choice] = frozenset(),
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]]:
        """The worlds before the last of the steps, and what that gave; they are the past now.

        Where nothing was chosen for it, what was chosen on the way to these worlds explains it.
        """
        for _ in redone[1:]:
            self.past.pop()
        self.past.extend(redone[:-1])
        kinds = taken.kinds or _kinds(worlds, settled)
        return redone[-1].before, replace(taken, answer=Answer.EXPLAINED, kinds=kinds)

    def _again(
        self, steps: list[_Past[_W]], dead: list[set[_W]], worlds: tuple[Candidate[_W], ...]
    ) -> tuple[list[_Past[_W]], Taken[_W] | None]:
        """The steps from other worlds, as far as they go; and what the last one of them gave.

        Worlds that are known to be `dead` before a step are not gone on from again. What was done
        for the sake of a later item need not be right from other worlds.
        """
        redone: list[_Past[_W]] = []
        taken: Taken[_W] | None = None
        for step, known in zip(steps, dead, strict=True):
            if step.begun is not None:
                worlds += self._earlier(step, step.begun, worlds[:MOST_SEARCHED])
            worlds = _alive(worlds, known)
            if not worlds or self.left < 0:
                return redone, None
            known.update(each.world for each in worlds)
            if step.item.unread:
                redone.append(_Past(worlds, step.item))
                continue
            again = replace(step, before=worlds)
            taken = self._take(again)
            if step.because is not None:
                plain = self._take(_Past(worlds, step.item))
                taken = either(step.item, taken, plain)
            elif not taken.after and step.effort:
                again = _Past(worlds, step.item, begun=step.begun)
                taken = self._take(again)
            redone.append(again.with_taken(taken))
            worlds = taken.after if _fine(taken, step.wrong) else ()
        return redone, taken

    def _widely(
        self, steps: list[_Past[_W]], breadth: Breadth
    ) -> tuple[tuple[Candidate[_W], ...], Taken[_W]] | None:
        """What comes of the last step, if it is gone on from less likely worlds before it too."""
        self.left = MOST_WIDELY_TAKEN[breadth]
        backs = [*(back for back in WIDELY if back < len(steps)), len(steps)]
        for back in backs[: len(WIDELY)]:
            redone, taken = self._again_widely(steps[-back:], breadth)
            if taken is not None:
                kept = replace(taken, after=taken.after[:KEPT_WIDELY])
                return self._redone(redone, kept, kept.after)
        return None

    def _again_widely(
        self, steps: list[_Past[_W]], breadth: Breadth
    ) -> tuple[list[_Past[_W]], Taken[_W] | None]:
        """The steps once more, and what the last one of them gave if all are explained."""
        redone: list[_Past[_W]] = []
        worlds, taken = steps[0].before, None
        for step in steps:
            if step.begun is not None:
                worlds += self._earlier(step, step.begun, worlds[:MOST_SEARCHED])
            again = replace(step, before=worlds)
            if step.item.unread:
                redone.append(again)
                continue
            taken, searched = take_widely(self.logs, self.design, worlds, step.item, breadth)
            self.left -= len(worlds) + SEARCHED_COSTS * searched
            if step.effort or step.because is not None:
                taken = either(step.item, taken, self._take(again))
            if self.left < 0 or not _fine(taken, step.wrong):
                return redone, None
            redone.append(again.with_taken(taken))
            worlds = taken.after
        return redone, taken

    def _take(self, step: _Past[_W]) -> Taken[_W]:
        taken = take(self.logs, self.design, step.before, step.item, step.effort, step.because)
        at_once = any(
            path.way.gave == step.item.gave and not path.way.price for path in taken.paths
        )
        nothing = step.because is not None and not taken.paths
        searched = not nothing and (step.effort or not at_once)
        self.left -= len(step.before)
        if searched:
            self.left -= SEARCHED_COSTS * min(len(step.before), MOST_SEARCHED)
        return taken

    def _account(self, item: Item, taken: Taken[_W]) -> None:
        self._count(item, taken.answer)
        self.result.accepted[taken.accepted] += 1
        for kind in taken.kinds:
            self.result.choices[kind] += 1
        seen = self.result.coverage[item.call]
        for refusal in {path.way.refusal for path in taken.paths if path.way.gave == item.gave}:
            seen[refusal] += 1

    def _count(self, item: Item, answer: Answer) -> None:
        if item.gave:
            self.result.answers[answer] += 1

    def _contradicted(self, item: Item, taken: Taken[_W]) -> None:
        if self.result.first is not None:
            return
        expected = tuple(sorted({path.way.gave for path in taken.paths}))
        self.result.first = Contradiction(
            item.line, item.call or item.shown, item.gave, expected, _why(item, taken)
        )


def _fine(taken: Taken[_W], wrong: int) -> bool:
    """Whether something explains the item, with no more words that are wrong."""
    return bool(taken.after) and taken.words[1] <= wrong


def _alive(worlds: tuple[Candidate[_W], ...], dead: set[_W]) -> tuple[Candidate[_W], ...]:
    """Those of the worlds from which nobody has gone on yet."""
    return tuple(each for each in worlds if each.world not in dead)


def _apart(worlds: tuple[Candidate[_W], ...], effort: int) -> Iterator[tuple[Candidate[_W], ...]]:
    """The worlds as they are gone on from: those of an effort one by one.

    Where one of them explains the next item at once, nothing is looked for in the others.
    """
    if effort:
        yield from ((each,) for each in worlds)
    else:
        yield worlds


def _kinds(candidates: tuple[Candidate[_W], ...], settled: frozenset[Choice]) -> tuple[str, ...]:
    chosen = settled.union(*(each.open for each in candidates))
    return tuple(sorted({choice.kind for choice in chosen}))


def _astray(taken: Taken[_W]) -> tuple[Candidate[_W], ...]:
    """Where the specification goes on from a line that contradicts it: as if it had been right."""
    worlds = dict.fromkeys(path.way.world for path in taken.paths[:MOST_SEARCHED])
    return tuple(map(Candidate, worlds))


def _why(item: Item, taken: Taken[_W]) -> str:
    if item.wrong:
        return item.wrong
    if not item.gave:
        return "no thread that may call here has done what it told before"
    if not taken.paths:
        return "no thread may return from this call here"
    reasons = sorted({path.way.refusal for path in taken.paths})
    return f"no choice of hidden inputs gives it; possible is only: {', '.join(reasons)}"
