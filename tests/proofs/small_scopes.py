"""Small worlds in which every sequence of a few events is followed by the models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assay.engines.follow import Coverage
from reference_kernel.events import Event
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Outcome
from reference_kernel.scene_words import (
    A_GROUP,
    A_SPACE,
    A_THREAD,
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    AT,
    FRESH,
    GROUP,
    IN_PLACE,
    MADE_SPACE,
    NEW_GROUP,
    NEW_SPACE,
    NEW_THREAD_WORD,
    OTHER,
    OWN_THREAD,
    READ,
    SRC_SELF,
    STARTED,
    STRONG,
    USED,
    WEAK,
    WRITE,
    Made,
    Scene,
    call,
    clones,
    destroys,
    maps,
    named,
    resizes,
    returns,
    tick,
    time_is_up,
    touches,
)
from reference_kernel.state import State
from spec.design import Design
from spec.ids import ObjectType, pack
from spec.options import CREATED_RIGHTS
from tests.reference_kernel.walked import with_all_models

SECOND = named(ObjectType.MEMORY, 8)
WEAK_FRESH = pack(ObjectType.MEMORY, USED, weak=True, serial=9)
TWO_PAGES = call("memory_new", ALLOCATOR, 2, options=CREATED_RIGHTS)


def shares(word: int, options: int = STRONG | ALL) -> Made:
    """The running thread clones a capability into the space of the other process."""
    return call("cap_clone", MADE_SPACE, 0, word, options=options | SRC_SELF)


TWO_PROCESSES = Scene(
    "two processes, two groups, three threads, two memories of two pages",
    (
        TWO_PAGES,
        TWO_PAGES,
        A_GROUP,
        A_SPACE,
        call("thread_new", ALLOCATOR, NEW_GROUP, NEW_SPACE, options=1 | CREATED_RIGHTS),
        shares(FRESH),
        shares(NEW_SPACE),
        shares(NEW_GROUP),
        shares(ALLOCATOR),
        call("thread_resume", NEW_THREAD_WORD),
        A_THREAD,
    ),
    (
        tick,
        returns,
        time_is_up,
        call("thread_suspend", 0),
        call("thread_suspend", 1, options=1),
        call("thread_resume", NEW_THREAD_WORD),
        call("thread_destroy", 0),
        call("thread_destroy", NEW_THREAD_WORD, options=OTHER),
        call("thread_destroy", OWN_THREAD, options=OTHER),
        *(call("thread_group_exit", each) for each in (GROUP, NEW_GROUP)),
        *(destroys(each) for each in (NEW_GROUP, FRESH, MADE_SPACE)),
        *(maps(AT, READ | WRITE, memory=each) for each in (FRESH, SECOND)),
        call("memory_map", NEW_SPACE, FRESH, AT, options=READ | WRITE),
        touches(AT),
        call("address_space_unmap", ADDRESS_SPACE, AT),
        *(resizes(FRESH, pages, IN_PLACE) for pages in (1, 3)),
        clones(FRESH, WEAK | USED),
        shares(SECOND),
        call("cap_clone", MADE_SPACE, 0, WEAK_FRESH, options=STRONG | ALL | SRC_SELF),
        call("thread_new", ALLOCATOR, NEW_GROUP, ADDRESS_SPACE, MADE_SPACE, options=STARTED),
    ),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """What every sequence of a scene's events showed: why steps stray, and of each model what."""

    steps: int
    strays: tuple[str, ...]
    models: Mapping[str, Coverage]


def followed(
    scene: Scene, design: Design, depth: int, *, models_of: Design | None = None
) -> Followed:
    """Every sequence of so many events of the scene, but one that leads where another led.

    The models are those of the design, or of another.
    """
    followers = with_all_models(models_of or design).followers(steps_between_full_looks=1_000)
    steps, strays = 0, list[str]()
    level = [_beginning(scene, design)]
    seen = {*level}
    for _ in range(depth):
        following: dict[State, None] = {}
        for before in level:
            for event, outcome, after in _steps(scene, design, before):
                steps += 1
                whys = (each.follow(before, event, outcome, after) for each in followers)
                strays += [f"{event}: {why}" for why in whys if why is not None]
                if after not in seen:
                    following[after] = None
        level = list(following)
        seen.update(level)
    return Followed(steps, tuple(strays), {each.recorded.name: each.coverage for each in followers})


def _beginning(scene: Scene, design: Design) -> State:
    """The state in which what comes before has happened, all of it."""
    state = KERNEL.boot(design)
    for made in scene.before:
        event = made(state)
        assert KERNEL.possible(design, state, event), (scene.name, event)
        state, _ = KERNEL.step(design, state, event)
    return state


def _steps(scene: Scene, design: Design, before: State) -> Iterator[tuple[Event, Outcome, State]]:
    """What may happen in a state, and the states after."""
    if KERNEL.ended(before):
        return
    for event in (made(before) for made in scene.events):
        if KERNEL.possible(design, before, event):
            after, outcome = KERNEL.step(design, before, event)
            yield event, outcome, after
