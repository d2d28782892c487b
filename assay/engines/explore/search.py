"""The search itself: levels of states, what is seen on the way, and the way back to a start."""

from dataclasses import replace
from importlib.util import find_spec
from math import inf
from pathlib import Path as FilePath

from assay.engines.domains import Sizes
from assay.engines.explore.generate import (
    Found,
    Generated,
    StateTest,
    StepTest,
    Watch,
    generate,
    watches,
)
from assay.engines.explore.known import NOTHING, Known
from assay.engines.explore.layout import Packed
from assay.engines.explore.outlook import expected
from assay.engines.explore.paths import Paths
from assay.engines.explore.patience import INTERRUPTED, Ended, Patience
from assay.engines.explore.representatives import representatives_of
from assay.engines.explore.result import (
    NO_KINDS,
    Broken,
    Engine,
    Exploration,
    Limits,
    Listener,
    Path,
    Reached,
    Unsupported,
)
from assay.engines.interpret import starts
from assay.lang.recorded import Claim, Recorded, Role

NO_LIMITS = Limits()
_STATES_BETWEEN_LOOKS = 256
_WORTH_COMPILING = 50_000
"""States that the plain engine sees in about the time that compiling takes."""
_SAMPLE = 2_000
SOONER = "the search was over before it could pay"
"""Why a search that was to be reduced by symmetry was not."""


def explore(
    recorded: Recorded,
    sizes: Sizes,
    *,
    limits: Limits = NO_LIMITS,
    progress: Listener | None = None,
    engine: Engine = Engine.ANY,
    threads: int = 1,
    reduced: bool = False,
    checkpoint: FilePath | None = None,
) -> Exploration:
    """Everything reachable with these sizes, breadth first, or as much as the limits allow.

    It goes on after a broken claim. An interrupt from the keyboard ends it like a limit. The rest
    is for the compiled engine, which ends what the plain one has not ended soon: its `threads`;
    whether it is `reduced`, so that of states that differ by the places of interchangeable elements
    it keeps one, where that pays; and a file, `checkpoint`, that it writes each minute and when it
    gives up, and from which it goes on. The plain engine is reduced only where it alone may run,
    and takes longer for it. Errors: SizesError for sizes that do not fit; ModelError where an
    update leaves its range; Unsupported where only the compiled engine may run and cannot; Foreign
    for a checkpoint of another search.
    """
    patience = Patience(limits, progress)
    alone = engine is Engine.COMPILED or checkpoint is not None
    known = NOTHING
    if engine is Engine.PLAIN and checkpoint is None:
        return _Search(recorded, sizes, patience, reduced=reduced).run()
    if not can_compile() and (alone or reduced):
        raise Unsupported("llvmlite is not installed")
    if not alone:
        most = _WORTH_COMPILING if can_compile() else inf
        try:
            found = _Search(recorded, sizes, patience, most).run()
            return replace(found, unreduced=SOONER) if reduced else found
        except Paused as paused:
            known = paused.known
    from assay.engines.explore.compiled.checkpoint import Checkpoint
    from assay.engines.explore.compiled.search import explore_compiled

    try:
        return explore_compiled(
            recorded,
            sizes,
            patience,
            known=known,
            threads=threads,
            reduced=reduced,
            checkpoint=None if checkpoint is None else Checkpoint(checkpoint),
        )
    except Unsupported:
        if alone or reduced:
            raise
        return _Search(recorded, sizes, patience).run()


def can_compile() -> bool:
    """Whether there is what the compiled engine needs."""
    return find_spec("llvmlite") is not None


def first_path(
    recorded: Recorded, sizes: Sizes, claim: Claim, *, limits: Limits = NO_LIMITS
) -> Path | None:
    """A shortest path to a state where `claim`, a can claim, holds; None when none was found."""
    asked = replace(recorded, claims=(claim,))
    until = replace(limits, until=frozenset({claim.name}))
    reached = explore(asked, sizes, limits=until).can[claim.name]
    return None if reached is None else reached.path


class Paused(Exception):
    """The plain engine has seen so many states that the rest is left to the compiled one."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known


class _Search:
    """The plain search; it pauses when it has seen more than `most` states.

    `reduced`: of states that differ by the places of interchangeable elements it keeps one.
    """

    def __init__(
        self,
        recorded: Recorded,
        sizes: Sizes,
        patience: Patience,
        most: float = inf,
        *,
        reduced: bool = False,
    ) -> None:
        self.recorded = recorded
        self.sizes = sizes
        self.patience = patience
        self.most = most
        self.code: Generated = generate(recorded, sizes)
        found = representatives_of(recorded, sizes, self.code.layout) if reduced else None
        self.kinds = () if found is None else tuple(found.kinds)
        self.unreduced = "" if found is None or found.kinds else NO_KINDS
        self.paths = Paths(self.code, found if self.kinds else None)
        self.depth = self.deadlocks = self.known_broken = 0
        self.levels: list[int] = []
        self.broken: dict[str, Broken] = {}
        self.reached: dict[str, Reached] = {}
        self.witness: dict[str, Path] = {}
        self.pending: dict[Watch, StateTest] = {}
        self.step_pending: dict[Watch, dict[int, StepTest | None]] = {}
        for watch in watches(recorded):
            if watch.claim.over_steps:
                self.step_pending[watch] = {}
            else:
                self.pending[watch] = self.code.state_test(watch)

    def run(self) -> Exploration:
        """Search until nothing is left, or until a reason to stop."""
        reason = ""
        try:
            level = self._start()
            while level:
                self.levels.append(len(level))
                if expected(self.levels) > self.most:
                    raise Paused(self.known(level))
                level = self._level(level)
                self.depth += bool(level)
        except Ended as ended:
            reason = str(ended)
        except KeyboardInterrupt:
            reason = INTERRUPTED
        return self._exploration(reason)

    def _start(self) -> list[Packed]:
        level: list[Packed] = []
        for step, state in starts(self.recorded, self.sizes):
            real = self.code.layout.packed(state)
            packed = self.paths.representative(real)
            if packed not in self.paths.before:
                self.paths.before[packed] = None
                self.paths.starts[packed] = step, real
                level.append(packed)
                self._look_at(packed)
        return level

    def _level(self, level: list[Packed]) -> list[Packed]:
        """The states that are new one step after `level`."""
        expand, check = self.code.expand, self.code.broken
        before, pending, standing = self.paths.before, self.pending, self.paths.standing
        following: list[Packed] = []
        found: Found = []
        for done, state in enumerate(level):
            if done % _STATES_BETWEEN_LOOKS == 0:
                self.patience.look(len(before), len(level) - done + len(following), self.depth)
                if len(before) > self.most:
                    raise Paused(self.known(level))
            found.clear()
            expand(state, found, self._unkept)
            if not found:
                self.deadlocks += 1
            followers = [new for _, new in found]
            if standing is not None:
                followers = [new if new in before else standing.of(new) for new in followers]
            for new in followers:
                if new not in before:
                    before[new] = state
                    following.append(new)
                    if pending or check(new) & ~self.known_broken:
                        self._look_at(new)
            if self.step_pending or len(self.witness) < len(self.code.enabled):
                self._look_at_steps(state, found)
        return following

    def _unkept(self, claim: int, instance: int, state: Packed, new: Packed) -> None:
        bit = 1 << claim
        if not self.known_broken & bit:
            self.known_broken |= bit
            self._break(self.code.claims[claim], self.paths.to(state, then=instance, unkept=claim))

    def _look_at(self, state: Packed) -> None:
        """Note what a new state breaks and reaches."""
        broken = self.code.broken(state) & ~self.known_broken
        self.known_broken |= broken
        for index, claim in enumerate(self.code.claims):
            if broken >> index & 1:
                self._break(claim, self.paths.to(state))
        for watch, test in list(self.pending.items()):
            if test(state):
                del self.pending[watch]
                if watch.claim.role is Role.CAN:
                    path = self.paths.to(state)
                    self.reached[watch.claim.name] = Reached(len(path.steps), path)
                    self.patience.decided(watch.claim.name)

    def _look_at_steps(self, state: Packed, found: Found) -> None:
        """Note which actions are taken, and which premises of claims over steps are true."""
        for instance, _ in found:
            action = self.code.instances[instance].action
            if action not in self.witness:
                self.witness[action] = self.paths.to(state, then=instance)
        for watch, tests in list(self.step_pending.items()):
            for instance, new in found:
                if instance not in tests:
                    tests[instance] = self.code.step_test(watch, instance)
                test = tests[instance]
                if test is not None and test(state, new):
                    del self.step_pending[watch]
                    break

    def _break(self, claim: Claim, path: Path) -> None:
        self.broken[claim.name] = Broken(claim.name, len(path.steps), path)
        self.patience.decided(claim.name)

    def known(self, level: list[Packed]) -> Known:
        """What was seen for the first time, and some states of the level."""
        pending = {*self.pending, *self.step_pending}
        seen = frozenset(watch for watch in watches(self.recorded) if watch not in pending)
        sample = tuple(level[:: 1 + len(level) // _SAMPLE])
        return Known(self.broken, self.reached, self.witness, seen, sample)

    def _exploration(self, reason: str) -> Exploration:
        actions, claims = self.recorded.actions, self.recorded.claims
        refused = iter(self.code.refused)
        unseen = {watch.claim.name for watch in (*self.pending, *self.step_pending)}
        promised = [claim.name for claim in claims if claim.role is not Role.CAN]
        names = [action.name for action in actions]
        return Exploration(
            sizes=tuple(self.sizes.items()),
            states=len(self.paths.before),
            transitions=sum(self.code.enabled),
            depth=self.depth,
            seconds=self.patience.seconds,
            complete=not reason,
            reason=reason,
            enabled=dict(zip(names, self.code.enabled, strict=True)),
            refused={a.name: {check.name: next(refused) for check in a.checks} for a in actions},
            can={c.name: self.reached.get(c.name) for c in claims if c.role is Role.CAN},
            premises={name: name not in unseen for name in promised},
            witness={name: self.witness.get(name) for name in names},
            broken=tuple(self.broken[name] for name in promised if name in self.broken),
            deadlocks=self.deadlocks,
            symmetry=self.kinds,
            unreduced=self.unreduced,
        )
