"""Rankings prove progress for any number of elements, and nothing that a finite instance breaks."""

from dataclasses import replace

import pytest

from assay.engines.executor import Here
from assay.engines.explore.progress import check_progress
from assay.engines.judge import Case, Settings, judge_model
from assay.engines.prove import prove
from assay.lang import (
    FALSE,
    Claims,
    Model,
    ModelError,
    Ranking,
    Rankings,
    Recorded,
    Truth,
    exists,
    forall,
    helps,
    passing,
    ranked,
    record,
    set_of,
)
from assay.traces import Verdict
from tests.assay.engines.lifts import (
    ANYBODY,
    STRONG,
    WEAK,
    Design,
    Guest,
    Lift,
    all_get_in,
    enters,
    leaves,
    lift,
    who_waits_gets_in,
)


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


def test_a_claim_on_progress_is_judged_by_its_rankings() -> None:
    """And in a finite instance, where they say nothing or are wrong."""
    model = lift(all_get_in, *ANYBODY)
    for rankings, verdict in (
        (fewer_and_fewer(model), Verdict.PROVED),
        (fewer_and_fewer(model, counted=False), Verdict.EXHAUSTED),
        (None, Verdict.EXHAUSTED),
    ):
        case = Case(record(model, Design(), rankings=rankings), ({"Guest": 2},))
        judged = {each.guarantee: each for each in judge_model(case, Design(), Settings())}
        assert judged["LIFT-1"].verdict is verdict
        assert bool(judged["LIFT-1"].obligations) == (verdict is Verdict.PROVED)
        assert judged["LIFT-2"].verdict is Verdict.PROVED


def test_what_a_small_instance_breaks_is_broken_whatever_is_said() -> None:
    model = lift(who_waits_gets_in, *WEAK)
    case = Case(record(model, Design()), ({"Guest": 2},))
    judged = {each.guarantee: each for each in judge_model(case, Design(), Settings())}
    assert judged["LIFT-1"].verdict is Verdict.BROKEN


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


def test_two_rankings_prove_a_claim_in_designs_of_their_own() -> None:
    model = lift(who_waits_gets_in, *STRONG)
    rankings = Rankings(model)

    @rankings.proves(who_waits_gets_in, when=lambda _: False)
    def another_turn(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits, in a design that is not asked about."""
        return ranked(s.waits[waiting], helpful=())

    @rankings.proves(who_waits_gets_in)
    def a_turn(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits."""
        return ranked(s.waits[waiting], helpful=())

    (shown,) = record(model, Design(), rankings=rankings).ranked
    assert {each.name.partition(" ")[0] for each in shown.claims} == {"a_turn"}

    @rankings.proves(who_waits_gets_in)
    def a_third(s: Lift, waiting: Guest) -> Ranking:
        """The guest waits, in the same design."""
        return ranked(s.waits[waiting], helpful=())

    with pytest.raises(ModelError, match="proved by a_turn and a_third in one design"):
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
