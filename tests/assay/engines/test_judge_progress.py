"""Each claim on progress is judged where its premise can be seen."""

from assay.engines.explore import Limits
from assay.engines.judge_progress import judge_progress
from assay.lang import (
    Recorded,
    exists,
    leads_to,
    record,
    weakly,
)
from assay.lang.progress import LeadsTo
from assay.traces import Verdict
from tests.assay.engines.graphs import Guest, Hall, hall_of_guests
from tests.assay.toys.locks import DESIGN

ONE, TWO, THREE, NINE = ({"Guest": number} for number in (1, 2, 3, 9))
ALL = Limits()


def hall(*, fair: bool) -> Recorded:
    """Guests come and are served; what is claimed of each, and of two who wait together."""
    model, serve = hall_of_guests()
    served = [weakly(serve, "guest")] if fair else []

    @model.eventually("HAL-1", weakly(serve, "guest"))
    def guests_are_served(now: Hall, guest: Guest) -> LeadsTo:
        """Who waits is served."""
        return leads_to(now.waits[guest], ~now.waits[guest])

    @model.eventually("HAL-2", *served)
    def guests_part(now: Hall, guest: Guest) -> LeadsTo:
        """Who waits beside another does not for ever."""
        meets = exists(Guest, lambda other: now.waits[other] & (other != guest))
        return leads_to(now.waits[guest] & meets, ~now.waits[guest])

    return record(model, DESIGN)


def judged(*instances: dict[str, int], fair: bool = True, limits: Limits = ALL) -> list[object]:
    """The verdict on each claim, and how many guests it is about."""
    found = judge_progress(hall(fair=fair), instances, limits, {})
    return [(each.verdict, dict(each.bounds)["Guest"]) for each in found]


def test_a_claim_whose_premise_an_instance_does_not_show_is_judged_in_the_next() -> None:
    assert judged(ONE) == [(Verdict.EXHAUSTED, 1), (Verdict.VACUOUS, 1)]
    assert judged(ONE, TWO, THREE) == [(Verdict.EXHAUSTED, 1), (Verdict.EXHAUSTED, 2)]


def test_what_is_broken_there_is_broken() -> None:
    assert judged(ONE, TWO, fair=False) == [(Verdict.EXHAUSTED, 1), (Verdict.BROKEN, 2)]


def test_what_holds_in_one_instance_and_is_not_proved_is_looked_for_in_the_next() -> None:
    model, _ = hall_of_guests()

    @model.eventually("HAL-3")
    def guests_are_served_beside_another(now: Hall, guest: Guest) -> LeadsTo:
        """Who waits is served, or alone: with two guests one of them may wait for ever."""
        alone = ~exists(Guest, lambda other: other != guest)
        return leads_to(now.waits[guest], ~now.waits[guest] | alone)

    hall, name = record(model, DESIGN), "guests_are_served_beside_another"
    (unproved,) = judge_progress(hall, (ONE, TWO), ALL, {})
    assert (unproved.verdict, dict(unproved.bounds)) == (Verdict.BROKEN, TWO)
    (proved,) = judge_progress(hall, (ONE, TWO), ALL, {name: ()})
    assert (proved.verdict, dict(proved.bounds)) == (Verdict.PROVED, ONE)


def test_an_instance_beyond_the_limits_says_nothing() -> None:
    limits = Limits(states=100)
    assert judged(NINE, limits=limits) == [(Verdict.UNKNOWN, 9), (Verdict.UNKNOWN, 9)]
    assert judged(NINE, TWO, limits=limits) == [(Verdict.EXHAUSTED, 2), (Verdict.EXHAUSTED, 2)]
    assert judged(ONE, NINE, limits=limits) == [(Verdict.EXHAUSTED, 1), (Verdict.VACUOUS, 1)]
