"""Random programs that send and receive, and now and then let something die that others need."""

from reference_kernel.proposals import ended
from reference_kernel.state import Thread
from spec.design import Design
from spec.ids import ObjectType, type_of
from spec.options import CapClone
from tests.proofs.test_messages import Step, WatchedWanderer
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, RIGHTS_ASKED

_BREAKS, _OLD, _NEW = 0.25, 0.3, 3
_WEAK = (
    CapClone.CHANGE_CAP_WEAKNESS
    | CapClone.MAKE_WEAK
    | CapClone.SRC_CSPACE_SELF
    | CapClone.DST_CSPACE_SELF
    | CapClone.RIGHTS
)
_MORTAL = (
    ObjectType.CHANNEL,
    ObjectType.MEMORY,
    ObjectType.EVENT_POOL,
    ObjectType.REPLY,
    ObjectType.ADDRESS_SPACE,
)
_ELSEWHERE = 0x60_0000_0000


class Breaker(WatchedWanderer):
    """Destroys capabilities, keeps weak ones, and maps pools where nothing else is."""

    def step(self) -> None:
        """One event."""
        runs = self.mail.state.body(self.mail.state.current)
        free = isinstance(runs, Thread) and runs.call is None
        if free and self.chosen.random() < _BREAKS:
            self._breaks()
        else:
            super().step()

    def _breaks(self) -> None:
        word = self._any(self.chosen.choice(_MORTAL))
        match self.chosen.randrange(7):
            case 0 | 1 | 2:
                if word != ADDRESS_SPACE:
                    self.mail.call("cap_destroy", 0, word, options=1)
            case 3:
                self.mail.call("cap_clone", 0, 0, word, options=int(_WEAK))
            case 4:
                kinds = (ObjectType.CHANNEL, ObjectType.EVENT_POOL)
                self.mail.call("channel_remove_listener", *map(self._any, kinds), 1)
            case 5:
                self.mail.call("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)
            case _:
                self.mail.call("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
                space, pool = map(self._any, (ObjectType.ADDRESS_SPACE, ObjectType.EVENT_POOL))
                self.mail.call("event_pool_map", space, pool, _ELSEWHERE)

    def _any(self, kind: ObjectType) -> int:
        """One of the ids of the type that the program has, mostly one of the last."""
        runs = self.mail.state.body(self.mail.state.current)
        assert isinstance(runs, Thread)
        found = [each for each in self._words(runs) if type_of(each) == kind]
        last = found if self.chosen.random() < _OLD else found[-_NEW:]
        return self.chosen.choice(last) if last else 0


def run(design: Design, *, seed: int, steps: int) -> list[Step]:
    """The steps of one program."""
    breaker = Breaker(design, seed)
    for _ in range(steps):
        if ended(breaker.mail.state):
            break
        breaker.step()
    return breaker.mail.steps
