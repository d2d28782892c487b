"""The compiled search: levels of states as the plain explorer has them, many times faster."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.build import Compiled, build
from assay.engines.explore.compiled.checkpoint import Checkpoint
from assay.engines.explore.compiled.functions import NEVER
from assay.engines.explore.compiled.kernel import Context, Own, Status
from assay.engines.explore.compiled.paths import Paths
from assay.engines.explore.compiled.program import Breaks, Event, Fails, Shows
from assay.engines.explore.compiled.store import Span, Store, Workplace
from assay.engines.explore.compiled.words import FIRST_WIDTH, Overflow
from assay.engines.explore.generate import watches
from assay.engines.explore.known import NOTHING, Known
from assay.engines.explore.patience import INTERRUPTED, Ended, Patience
from assay.engines.explore.result import Broken, Exploration, Path, Reached, Unsupported
from assay.engines.interpret import attempt, starts
from assay.lang.recorded import Recorded, Role

_BLOCKS = 64
"""Blocks that a thread expands before it looks at the clock."""
_BLOCKS_ALONE = 8
"""Below so many blocks for each thread, one thread expands a level faster than several."""
_WIDEST = 40
_Seen = tuple[int, int]


def explore_compiled(
    recorded: Recorded,
    sizes: Sizes,
    patience: Patience,
    *,
    known: Known = NOTHING,
    threads: int = 1,
    reduced: bool = False,
    checkpoint: Checkpoint | None = None,
) -> Exploration:
    """As `explore`; what is known to be found first by such a search is taken as it is.

    `reduced`: of states that differ by the places of interchangeable elements one is kept. A search
    in which a number outgrows its field is begun again with a wider one. Errors: Unsupported for an
    instance that cannot be compiled, and as `explore`.
    """
    widths = {} if checkpoint is None else checkpoint.widths()
    while True:
        try:
            code = build(recorded, sizes, known, widths, shared=threads > 1, reduced=reduced)
            return Search(code, known, patience, threads, checkpoint).run()
        except Overflow as overflow:
            if checkpoint is not None:
                checkpoint.done()
            widen(widths, overflow)


def widen(widths: dict[str, int], overflow: Overflow) -> None:
    """Twice as many bits for the table whose numbers were too large.

    Errors: Unsupported when that is more than a number may have.
    """
    table = str(overflow)
    widths[table] = 2 * widths.get(table, FIRST_WIDTH)
    if widths[table] > _WIDEST:
        raise Unsupported(f"the numbers of {table} have no end") from overflow


class Search:
    """A search of a compiled instance, from its start or from a checkpoint."""

    def __init__(
        self,
        code: Compiled,
        known: Known,
        patience: Patience,
        threads: int,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.code = code
        self.checkpoint = checkpoint
        self.left: list[Span] = []
        self.settled = False
        self.known = known
        self._run = code.kernel.function("work", 2)
        self._check = code.model.function("check", 3)
        self.patience = patience
        self.store = Store(code, threads)
        self.paths = Paths(code, self.store)
        self.first: dict[Event, _Seen] = {}
        self.prepared = patience.seconds

    def run(self) -> Exploration:
        """Search until nothing is left, or until a reason to stop."""
        reason = ""
        try:
            with ThreadPoolExecutor(len(self.store.workplaces)) as pool:
                self.left = self._begin()
                self.settled = True
                while self.left:
                    while self.left:
                        self._expand(self.left[0], pool)
                        self.left = self.left[1:]
                    self.settled = False
                    self.left = self.store.close_level()
                    self.settled = True
        except Ended as ended:
            reason = str(ended)
        except KeyboardInterrupt:
            reason = INTERRUPTED
        if reason:
            self._keep()
            self.store.close_level()
        elif self.checkpoint is not None:
            self.checkpoint.done()
        return self._exploration(reason)

    def _begin(self) -> list[Span]:
        """The part of a level to begin with: the start states, or where the checkpoint is."""
        for step, state in starts(self.code.recorded, self.code.sizes):
            self.paths.add_start(step, state)
        position = self.checkpoint and self.checkpoint.read(self.code, self.store)
        if position:
            self._look()
            return [(begin, end) for begin, end in position["left"]]
        self.store.begin(list(self.paths.starts))
        workplace = self.store.workplaces[0]
        for index in range(len(self.paths.starts)):
            self._check(self.store.address(index), workplace.first.address, index)
        self._look()
        return self.store.levels[0]

    def _expand(self, span: Span, pool: ThreadPoolExecutor) -> None:
        """Expand a part of a level."""
        context, (begin, end) = self.store.context, span
        context[Context.CURSOR], context[Context.END] = begin, end
        blocks = (end - begin) // self.code.shape.block
        places = self.store.workplaces
        if blocks < _BLOCKS_ALONE * len(places):
            places = places[:1]
        while True:
            done = min(context[Context.CURSOR], end)
            if self.checkpoint is not None and self.checkpoint.is_due:
                self._keep()
            queued = self.store.states - done
            self.patience.look(self.store.states, queued, len(self.store.levels) - 1)
            if len(places) == 1:
                statuses = {self._work(places[0])}
            else:
                statuses = set(pool.map(self._work, places))
            self._look()
            if Status.TABLE_FULL in statuses:
                self.patience.reserve(self.store.growth_mib)
                self.store.grow(pool=pool if len(self.store.workplaces) > 1 else None)
            elif statuses == {Status.LEVEL_DONE}:
                return

    def _work(self, workplace: Workplace) -> int:
        workplace.own[Own.BLOCKS] = _BLOCKS
        return self._run(self.store.context.address, workplace.own.address)

    def _keep(self) -> None:
        """Write the checkpoint, if there is one and no level is being closed."""
        if self.checkpoint is None or not self.settled:
            return
        left = list(self.left)
        context = self.store.context
        if left and left[0][1] == context[Context.END]:
            left[0] = min(context[Context.CURSOR], left[0][1]), left[0][1]
        self.checkpoint.write(self.code, self.store, {"left": left})

    def _look(self) -> None:
        """See what has happened for the first time; Ended when a claim is decided by it."""
        new: list[Event] = []
        for slot, event in enumerate(self.code.events):
            seen = [
                (place.first[2 * slot], place.first[2 * slot + 1])
                for place in self.store.workplaces
                if place.first[2 * slot] != NEVER
            ]
            if seen and event not in self.first:
                self.first[event] = min(seen)
                new.append(event)
        if Fails() in new:
            self._fail(*self.first[Fails()])
        for event in sorted(new, key=lambda event: self.first[event]):
            claim = self._decided(event)
            if claim is not None:
                self.patience.decided(claim)

    def _decided(self, event: Event) -> str | None:
        match event:
            case Breaks(claim=claim):
                return claim.name
            case Shows(watch=watch) if watch.claim.role is Role.CAN:
                return watch.claim.name
            case _:
                return None

    def _fail(self, index: int, step: int) -> None:
        """Raise what the interpreter says of a step that has no result, or Overflow."""
        code, taken = self.code, self.code.steps[step]
        layout = code.words.layout
        state = layout.sparse(code.words.packed(self.store.words(index)))
        result = attempt(code.recorded, code.sizes, state, taken.action, taken.arguments)
        code.words.words(layout.packed(result.new))  # type: ignore[union-attr]
        raise AssertionError(taken)

    def _exploration(self, reason: str) -> Exploration:
        code, places = self.code, self.store.workplaces
        actions, claims = code.recorded.actions, code.recorded.claims
        enabled = dict.fromkeys((action.name for action in actions), 0)
        for number, step in enumerate(code.steps):
            enabled[step.action] += sum(place.taken[number] for place in places)
        refused = iter(
            sum(place.refused[check] for place in places)
            for check in range(sum(len(action.checks) for action in actions))
        )
        promised = [claim.name for claim in claims if claim.role is not Role.CAN]
        seen = {event.watch for event in self.first if isinstance(event, Shows)} | self.known.seen
        unseen = {watch.claim.name for watch in watches(code.recorded) if watch not in seen}
        broken = dict(self.known.broken) | {
            event.claim.name: self._broken(event, seen)
            for event, seen in self.first.items()
            if isinstance(event, Breaks)
        }
        return Exploration(
            sizes=tuple(code.sizes.items()),
            states=self.store.states,
            transitions=sum(enabled.values()),
            depth=len(self.store.levels) - 1,
            seconds=self.patience.seconds,
            complete=not reason,
            reason=reason,
            enabled=enabled,
            refused={a.name: {check.name: next(refused) for check in a.checks} for a in actions},
            can=dict(self._reached()),
            premises={name: name not in unseen for name in promised},
            witness=self._witnesses(),
            broken=tuple(broken[name] for name in promised if name in broken),
            deadlocks=sum(place.own[Own.DEADLOCKS] for place in places),
            symmetry=code.kinds,
            prepared=self.prepared,
            unreduced="" if code.ordering is None else code.ordering.remark,
        )

    def _broken(self, event: Breaks, seen: _Seen) -> Broken:
        path = self.paths.to(*seen, event)
        return Broken(event.claim.name, len(path.steps), path)

    def _reached(self) -> Iterator[tuple[str, Reached | None]]:
        for watch in watches(self.code.recorded):
            if watch.claim.role is Role.CAN:
                name, seen = watch.claim.name, self.first.get(Shows(watch))
                if seen is None:
                    yield name, self.known.reached.get(name)
                else:
                    path = self.paths.to(seen[0])
                    yield name, Reached(len(path.steps), path)

    def _witnesses(self) -> dict[str, Path | None]:
        """For each action a shortest path that ends with it."""
        first: dict[str, _Seen] = {}
        for number, step in enumerate(self.code.steps):
            for place in self.store.workplaces:
                if place.seen[number]:
                    seen = place.seen[number] - 1, number
                    first[step.action] = min(seen, first.get(step.action, seen))
        return {
            name: self.known.witness.get(name)
            or (self.paths.to(*first[name]) if name in first else None)
            for name in (action.name for action in self.code.recorded.actions)
        }
