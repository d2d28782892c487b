"""Rankings prove progress for any number of elements, and nothing that a finite instance breaks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from assay.engines.executor import Here
from assay.engines.explore.progress import check_progress
from assay.engines.prove import prove
from assay.lang import (
    FALSE,
    Act,
    Claims,
    Kind,
    Model,
    ModelError,
    Option,
    Ranking,
    Rankings,
    Recorded,
    State,
    Table,
    Truth,
    exists,
    forall,
    helps,
    leads_to,
    none,
    passing,
    ranked,
    record,
    set_of,
    some,
    strongly,
    weakly,
)
from assay.lang.progress import Fairly, LeadsTo
from assay.traces import Verdict


@dataclass(frozen=True)
class Design:
    """One lift."""

    name: str = "lift"


class Guest(Kind):
    """Somebody in the house."""


class Lift(State):
    """A lift for one guest, and who waits for it."""

    waits: Table[Guest, Truth]
    inside: Option[Guest]
    closed: Truth


Stated = Callable[[Lift, Guest], LeadsTo] | Callable[[Lift], LeadsTo]


def lift(stated: Stated, *fair: Fairly) -> Model[Lift, Design]:
    """The house, with one claim on progress."""
    model = Model("lift", Lift, Design)
    model.start(empty)
    for action in (calls, enters, leaves, closes):
        model.action()(action)
    model.eventually("LIFT-1", *fair)(stated)
    model.guarantee("LIFT-2")(who_is_inside_waits_no_more)
    return model


def empty(new: Lift) -> None:
    new.closed = False


def calls(act: Act[Design], old: Lift, new: Lift, guest: Guest) -> None:
    act.require(~old.closed & ~old.inside.holds(guest), name="may_call")
    new.waits[guest] = True


def enters(act: Act[Design], old: Lift, new: Lift, guest: Guest) -> None:
    act.require(old.waits[guest] & old.inside.is_none, name="is_free")
    new.waits[guest] = False
    new.inside = some(guest)


def leaves(act: Act[Design], old: Lift, new: Lift) -> None:
    act.require(old.inside.is_some, name="somebody_is_inside")
    new.inside = none(Guest)


def closes(act: Act[Design], old: Lift, new: Lift) -> None:
    act.require(~old.closed, name="is_open")
    new.closed = True


def who_is_inside_waits_no_more(s: Lift) -> Truth:
    """Nobody waits in the lift."""
    return forall(Guest, lambda g: s.inside.holds(g).implies(~s.waits[g]))


def who_waits_gets_in(s: Lift, guest: Guest) -> LeadsTo:
    """Nobody waits for ever."""
    return leads_to(s.waits[guest], s.inside.holds(guest))


def all_get_in(s: Lift) -> LeadsTo:
    """Nobody waits in the end, once the house is closed."""
    return leads_to(s.closed, forall(Guest, lambda g: ~s.waits[g]))


STRONG = strongly(enters, "guest"), weakly(leaves)
WEAK = weakly(enters, "guest"), weakly(leaves)
ANYBODY = weakly(enters), weakly(leaves)


def a_ride(s: Lift) -> Ranking:
    """The lift is taken."""
    return ranked(s.inside.is_some, helpful=(helps(leaves, lambda: s.inside.is_some),))


def one_by_one(model: Model[Lift, Design]) -> Rankings[Lift, Design]:
    """A guest waits while another rides."""
    rankings = Rankings(model)
    ride = rankings.ranking()(a_ride)

    @rankings.proves(who_waits_gets_in)
    def a_turn(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits."""
        enter = helps(enters, lambda guest: guest == waiting, blocked=lambda guest: ride(s))
        return ranked(s.waits[waiting], helpful=(enter,))

    return rankings


def fewer_and_fewer(model: Model[Lift, Design], *, counted: bool = True) -> Rankings[Lift, Design]:
    """Of a closed house fewer and fewer wait."""
    rankings = Rankings(model)

    @rankings.proves(all_get_in)
    def a_closed_house(s: Lift) -> Ranking:
        """Somebody waits, and nobody comes."""
        waiting = exists(Guest, lambda g: s.waits[g])
        return ranked(
            s.closed & waiting,
            rank=(set_of(Guest, lambda g: s.waits[g]), s.inside.is_some) if counted else (),
            helpful=(
                helps(enters, lambda: s.inside.is_none),
                helps(leaves, lambda: s.inside.is_some),
            ),
        )

    return rankings


def unproved(recorded: Recorded) -> set[str]:
    """The claims that some step breaks, or no solver proves."""
    results = prove(recorded, executor=Here(), questions=False)
    assert {each.claim for each in results} & {
        claim.name for each in recorded.ranked for claim in each.claims
    } or not recorded.ranked
    return {each.claim for each in results if each.verdict is not Verdict.PROVED}


def breaks(model: Model[Lift, Design]) -> bool:
    """Whether a small instance breaks the claim on progress."""
    return bool(check_progress(record(model, Design()), {"Guest": 2}).broken)


def test_a_strongly_fair_action_helps_where_what_blocks_it_does_not_last() -> None:
    model = lift(who_waits_gets_in, *STRONG)
    recorded = record(model, Design(), rankings=one_by_one(model))
    assert [each.progress for each in recorded.ranked] == ["who_waits_gets_in"]
    assert not unproved(recorded)
    assert not breaks(model)


def test_a_rank_is_a_row_of_sets() -> None:
    model = lift(all_get_in, *ANYBODY)
    assert not unproved(record(model, Design(), rankings=fewer_and_fewer(model)))
    assert not breaks(model)


def test_without_a_rank_that_falls_nothing_is_shown() -> None:
    model = lift(all_get_in, *ANYBODY)
    rankings = fewer_and_fewer(model, counted=False)
    assert unproved(record(model, Design(), rankings=rankings)) == {
        "a_closed_house help 1 remains",
        "a_closed_house help 2 remains",
    }


def test_weak_fairness_is_not_enough_and_says_so() -> None:
    model = lift(who_waits_gets_in, *WEAK)
    assert breaks(model)
    with pytest.raises(ModelError, match="its ranking needs strong fairness of enters"):
        record(model, Design(), rankings=one_by_one(model))


def test_what_is_not_fair_does_not_help() -> None:
    model = lift(who_waits_gets_in, STRONG[0])
    assert breaks(model)
    with pytest.raises(ModelError, match="its ranking needs weak fairness of leaves"):
        record(model, Design(), rankings=one_by_one(model))


def test_an_action_helps_for_the_arguments_for_which_it_is_fair() -> None:
    model = lift(all_get_in, *STRONG)
    with pytest.raises(ModelError, match="does not say for which `guest`"):
        record(model, Design(), rankings=fewer_and_fewer(model))


def test_what_can_be_blocked_is_told_by_the_state_where_it_is() -> None:
    """Without the ranking of what blocks it, the action would have to be possible always."""
    model = lift(who_waits_gets_in, *STRONG)
    rankings = Rankings(model)

    @rankings.proves(who_waits_gets_in)
    def a_turn(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits."""
        return ranked(s.waits[waiting], helpful=(helps(enters, lambda guest: guest == waiting),))

    assert unproved(record(model, Design(), rankings=rankings)) == {"a_turn help 1"}


def test_a_ranking_uses_only_what_is_stated_above_it() -> None:
    """A ranking that rests on itself shows nothing."""
    model = lift(who_waits_gets_in, *STRONG)
    rankings = Rankings(model)

    @rankings.proves(who_waits_gets_in)
    def a_turn(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits, since it waits."""
        itself = ranked(s.waits[waiting], helpful=())
        return ranked(
            s.waits[waiting], helpful=(passing(s.waits[waiting], replace(itself, name="a_turn")),)
        )

    with pytest.raises(ModelError, match="a_turn uses a_turn"):
        record(model, Design(), rankings=rankings)


def test_a_claim_apart_is_used_for_claims_apart_alone() -> None:
    """From one that is false another follows that stands apart too, and none that does not."""
    lemmas = Claims(Lift, Design)

    @lemmas.auxiliary(apart=True)
    def nothing_is_true(_: Lift) -> Truth:
        return FALSE

    @lemmas.auxiliary(apart=True)
    def nobody_waits(s: Lift) -> Truth:
        return forall(Guest, lambda g: ~s.waits[g])

    @lemmas.auxiliary()
    def nobody_rides(s: Lift) -> Truth:
        return s.inside.is_none

    recorded = record(lift(who_waits_gets_in, *STRONG), Design(), lemmas)
    assert unproved(recorded) == {"nothing_is_true", "nobody_rides"}
