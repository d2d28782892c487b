"""The search itself: levels of states, what is seen on the way, and the way back to a start."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from time import monotonic

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
from assay.engines.explore.layout import Packed
from assay.engines.explore.result import (
    Broken,
    Exploration,
    Limits,
    Listener,
    Path,
    Progress,
    Reached,
)
from assay.engines.interpret import ModelStep, starts
from assay.lang.recorded import Claim, Recorded, Role

NO_LIMITS = Limits()
_STATES_BETWEEN_LOOKS = 256
_SECONDS_BETWEEN_REPORTS = 1.0


def explore(
    recorded: Recorded,
    sizes: Sizes,
    *,
    limits: Limits = NO_LIMITS,
    progress: Listener | None = None,
) -> Exploration:
    """Everything reachable with these sizes, breadth first, or as much as the limits allow.

    It goes on after a broken claim. An interrupt from the keyboard ends it like a limit.
    Errors: SizesError for sizes that do not fit; ModelError where an update leaves its range.
    """
    return _Search(recorded, sizes, limits, progress).run()


def first_path(
    recorded: Recorded, sizes: Sizes, claim: Claim, *, limits: Limits = NO_LIMITS
) -> Path | None:
    """A shortest path to a state where `claim`, a can claim, holds; None when none was found."""
    asked = replace(recorded, claims=(claim,))
    until = replace(limits, until=frozenset({claim.name}))
    reached = explore(asked, sizes, limits=until).can[claim.name]
    return None if reached is None else reached.path


class _Ended(Exception):
    """The search stops before its end; the message says why."""


@dataclass(slots=True)
class _Seen:
    """What was seen so far, by claim."""

    broken: dict[str, Broken] = field(default_factory=dict)
    reached: dict[str, Reached] = field(default_factory=dict)


class _Search:
    def __init__(
        self, recorded: Recorded, sizes: Sizes, limits: Limits, progress: Listener | None
    ) -> None:
        self.recorded = recorded
        self.sizes = sizes
        self.limits = limits
        self.progress = progress
        self.began = self.reported = monotonic()
        self.code: Generated = generate(recorded, sizes)
        self.seen = _Seen()
        self.from_state: dict[Packed, Packed | None] = {}
        self.starts: dict[Packed, ModelStep] = {}
        self.depth = self.deadlocks = self.known_broken = 0
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
                level = self._level(level)
                self.depth += bool(level)
        except _Ended as ended:
            reason = str(ended)
        except KeyboardInterrupt:
            reason = "interrupted"
        return self._exploration(reason)

    def _start(self) -> list[Packed]:
        level: list[Packed] = []
        for step, state in starts(self.recorded, self.sizes):
            packed = self.code.layout.packed(state)
            if packed not in self.from_state:
                self.from_state[packed] = None
                self.starts[packed] = step
                level.append(packed)
                self._look_at(packed)
        return level

    def _level(self, level: list[Packed]) -> list[Packed]:
        """The states that are new one step after `level`."""
        expand, check = self.code.expand, self.code.broken
        from_state, pending = self.from_state, self.pending
        following: list[Packed] = []
        found: Found = []
        for done, state in enumerate(level):
            if done % _STATES_BETWEEN_LOOKS == 0:
                self._report(len(level) - done + len(following))
            found.clear()
            expand(state, found, self._unkept)
            if not found:
                self.deadlocks += 1
            for _, new in found:
                if new not in from_state:
                    from_state[new] = state
                    following.append(new)
                    if pending or check(new) & ~self.known_broken:
                        self._look_at(new)
            if self.step_pending:
                self._look_at_steps(state, found)
        return following

    def _unkept(self, claim: int, instance: int, state: Packed, new: Packed) -> None:
        bit = 1 << claim
        if not self.known_broken & bit:
            self.known_broken |= bit
            path = self._path(state)
            steps = (*path.steps, self.code.instances[instance])
            self._break(self.code.claims[claim], Path(path.start, steps))

    def _look_at(self, state: Packed) -> None:
        """Note what a new state breaks and reaches."""
        broken = self.code.broken(state) & ~self.known_broken
        self.known_broken |= broken
        for index, claim in enumerate(self.code.claims):
            if broken >> index & 1:
                self._break(claim, self._path(state))
        for watch, test in list(self.pending.items()):
            if test(state):
                del self.pending[watch]
                if watch.claim.role is Role.CAN:
                    path = self._path(state)
                    self.seen.reached[watch.claim.name] = Reached(len(path.steps), path)
                    self._end_with(watch.claim.name)

    def _look_at_steps(self, state: Packed, found: Found) -> None:
        """Note which premises of claims over steps are true in these steps."""
        for watch, tests in list(self.step_pending.items()):
            for instance, new in found:
                if instance not in tests:
                    tests[instance] = self.code.step_test(watch, instance)
                test = tests[instance]
                if test is not None and test(state, new):
                    del self.step_pending[watch]
                    break

    def _break(self, claim: Claim, path: Path) -> None:
        self.seen.broken[claim.name] = Broken(claim.name, len(path.steps), path)
        self._end_with(claim.name)

    def _end_with(self, claim: str) -> None:
        if claim in self.limits.until:
            raise _Ended(f"{claim} was decided")

    def _report(self, queued: int) -> None:
        """Tell how far we are, and stop at a limit."""
        now = monotonic()
        states = len(self.from_state)
        if self.limits.states is not None and states >= self.limits.states:
            raise _Ended(f"the limit of {self.limits.states} states")
        if self.limits.seconds is not None and now - self.began >= self.limits.seconds:
            raise _Ended(f"the limit of {self.limits.seconds} s")
        if now - self.reported >= _SECONDS_BETWEEN_REPORTS:
            self.reported = now
            if self.limits.memory_mib is not None and memory_mib() >= self.limits.memory_mib:
                raise _Ended(f"the limit of {self.limits.memory_mib} MiB")
            if self.progress is not None:
                rate = states / (now - self.began)
                self.progress(Progress(states, queued, self.depth, rate))

    def _path(self, state: Packed) -> Path:
        """A shortest path to a state that was seen."""
        steps: list[ModelStep] = []
        while (before := self.from_state[state]) is not None:
            steps.append(self._step(before, state))
            state = before
        return Path(self.starts[state], tuple(reversed(steps)))

    def _step(self, before: Packed, after: Packed) -> ModelStep:
        counted = (list(self.code.enabled), list(self.code.refused))
        found: Found = []
        self.code.expand(before, found, lambda *_: None)
        self.code.enabled[:], self.code.refused[:] = counted
        return next(self.code.instances[index] for index, new in found if new == after)

    def _exploration(self, reason: str) -> Exploration:
        refused = iter(self.code.refused)
        unseen = {watch.claim.name for watch in (*self.pending, *self.step_pending)}
        claims = self.recorded.claims
        return Exploration(
            sizes=tuple(self.sizes.items()),
            states=len(self.from_state),
            transitions=sum(self.code.enabled),
            depth=self.depth,
            seconds=monotonic() - self.began,
            complete=not reason,
            reason=reason,
            enabled={
                action.name: count
                for action, count in zip(self.recorded.actions, self.code.enabled, strict=True)
            },
            refused={
                action.name: {check.name: next(refused) for check in action.checks}
                for action in self.recorded.actions
            },
            can={
                claim.name: self.seen.reached.get(claim.name)
                for claim in claims
                if claim.role is Role.CAN
            },
            premises={
                claim.name: claim.name not in unseen
                for claim in claims
                if claim.role is not Role.CAN
            },
            broken=tuple(
                self.seen.broken[claim.name] for claim in claims if claim.name in self.seen.broken
            ),
            deadlocks=self.deadlocks,
        )


def memory_mib() -> int:
    """The memory that this process holds, in MiB; 0 where the system does not tell."""
    with suppress(OSError):
        pages = int(File("/proc/self/statm").read_text().split()[1])
        return pages * 4096 >> 20
    return 0
