"""Random programs that send, receive, answer and await are runs of every model."""

import random
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from assay.engines.follow import Follower
from assay.engines.kernel import ModelMapping
from assay.lang.recorded import Recorded
from proofs.capability_lifetimes.mapping import CapabilityMapping
from proofs.copy_on_write.mapping import SharingMapping
from proofs.delivery.mapping import DeliveryMapping
from proofs.mappings.mapping import MappingsMapping
from proofs.references.mapping import ReferencesMapping
from proofs.teardown.mapping import TeardownMapping
from proofs.thread_groups.mapping import GroupsMapping
from proofs.waking.mapping import WakingMapping
from reference_kernel.events import Event
from reference_kernel.outcomes import Deadlock, Outcome
from reference_kernel.proposals import ended
from reference_kernel.state import State
from reference_kernel.step import step
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.models.capability_lifetimes import recording as capability_lifetimes
from tests.models.copy_on_write import recording as copy_on_write
from tests.models.delivery import recording as delivery
from tests.models.mappings import recording as mappings
from tests.models.references import recording as references
from tests.models.teardown import recording as teardown
from tests.models.thread_groups import recording as thread_groups
from tests.models.waking import recording as waking
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.test_message_walk import Wanderer

Step = tuple[State, Event, Outcome, State]
_Followed = tuple[
    Callable[[Design], Recorded],
    Callable[[], ModelMapping[Design, State, Event, Outcome]],
]
SEEDS, STEPS = 20, 200
MODELS: Mapping[str, _Followed] = {
    "capability_lifetimes": (capability_lifetimes.recorded, CapabilityMapping),
    "copy_on_write": (copy_on_write.recorded, SharingMapping),
    "mappings": (mappings.recorded, MappingsMapping),
    "references": (references.recorded, ReferencesMapping),
    "thread_groups": (thread_groups.recorded, GroupsMapping),
    "delivery": (delivery.recorded, DeliveryMapping),
    "waking": (waking.recorded, WakingMapping),
    "teardown": (teardown.recorded, TeardownMapping),
}
SEEN = {
    "capability_lifetimes": {"object_new", "cap_clone", "holder_comes"},
    "copy_on_write": {"page_comes", "page_is_mapped", "page_is_unmapped", "content_is_written"},
    "mappings": {"event_pool_map"},
    "references": {"count_is_raised", "last_reference_is_dropped", "thread_takes_hold"},
    "thread_groups": {"drop_check_reciever_handle_cap_drop_sync", "awaited_event_happens"},
    "teardown": {"takes_reference", "blocks", "wakes", "goes_on", "releases_reference"},
    "delivery": {"sender_waits", "message_is_sent", "call_is_received", "receiver_fails"},
    "waking": {"wait_begins", "source_fires", "call_returns"},
}


class Watched(Mail):
    """Remembers its steps, and asks of no guarantee."""

    def __init__(self, design: Design) -> None:
        self.steps: list[Step] = []
        super().__init__(design)

    def happens(self, event: Event) -> Outcome:
        """Lets the event happen."""
        before = self.state
        self.state, outcome = step(self.design, before, event)
        self.steps.append((before, event, outcome, self.state))
        return outcome


class WatchedWanderer(Wanderer):
    """Whose mail is watched."""

    def __init__(self, design: Design, seed: int) -> None:
        self.chosen = random.Random(seed)
        self.mail: Watched = Watched(design)
        self.mail.thread()
        self.mail.thread()


PAIRS = [
    pytest.param(model, design, id=f"{model}-{design.name}")
    for model in MODELS
    for design in (AS_BUILT, PROPOSED)
]


@cache
def programs(design: Design) -> list[list[Step]]:
    """The steps of each program, once for all models."""
    made = [WatchedWanderer(design, seed) for seed in range(SEEDS)]
    for wanderer in made:
        for _ in range(STEPS):
            if not ended(wanderer.mail.state):
                wanderer.step()
    return [each.mail.steps for each in made]


@pytest.mark.parametrize(("model", "design"), PAIRS)
def test_messages_are_runs_of_the_model(model: str, design: Design) -> None:
    recorded, mapping = MODELS[model]
    follower = Follower(recorded(design), mapping(), design)
    for program in programs(design):
        for each in program:
            assert follower.follow(*each) is None
    assert follower.coverage.taken.keys() >= SEEN[model]


@pytest.mark.parametrize("model", MODELS)
def test_a_deadlock_of_the_kernel_is_a_step_of_no_model(model: str) -> None:
    """As built a message from a memory to itself waits for ever, and nobody sees the call."""
    mail = Watched(AS_BUILT)
    mail.sends(8)
    outcome = mail.call("channel_try_recv", mail.channel, mail.source, 0, 8)
    assert isinstance(outcome, Deadlock)
    recorded, mapping = MODELS[model]
    before, event, _, after = mail.steps[-1]
    assert mapping().steps(AS_BUILT, before, event, outcome, after) == ()
    assert mapping().stutters(event, outcome)
    assert Follower(recorded(AS_BUILT), mapping(), AS_BUILT).follow(*mail.steps[-1]) is None
