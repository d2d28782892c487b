"""A verdict rests on what it says: proofs on proofs, counterexamples on the kernel."""

from dataclasses import replace

from latches.design import Design, Locking
from latches.kernel import KERNEL, Event
from latches.latch.model import Door, Doors, model
from latches.proofs.latch.mapping import MAPPING
from latches.proofs.latch.realise import realise

from assay.engines.executor import Here
from assay.engines.judge import Case, Settings, judge_kernel, judge_model
from assay.engines.performing import Performer
from assay.engines.walk import Subject
from assay.lang import FALSE, Claims, Truth, forall, record
from assay.traces import Decision, Replayed, Verdict

FREE = Design("free", "", Locking.FREE)
SHUT_ONLY = Design("shut-only", "", Locking.SHUT_ONLY)
SETTINGS = Settings(steps=500)


def _alone(design: Design, extra: Claims, *doors: int) -> Case:
    return Case(record(model, design, extra), tuple({"Door": n} for n in doors))


def case(design: Design, *doors: int) -> Case:
    return Case(
        record(model, design),
        tuple({"Door": n} for n in doors),
        MAPPING,
        (Performer(KERNEL, realise),),
    )


def test_what_holds_is_proved_by_both_solvers() -> None:
    (judged,) = judge_model(case(SHUT_ONLY, 2), SHUT_ONLY, SETTINGS)
    assert judged.verdict is Verdict.PROVED
    assert judged.solvers == ("cvc5", "z3")
    assert judged.obligations == 4


def test_what_is_broken_is_shown_by_the_kernel_too() -> None:
    (judged,) = judge_model(case(FREE, 2), FREE, SETTINGS)
    assert judged.verdict is Verdict.BROKEN
    assert judged.replayed is Replayed.YES
    assert judged.trace is not None
    assert judged.trace.steps == 2


def test_what_the_kernel_does_not_show_is_not_called_broken() -> None:
    (judged,) = judge_model(case(FREE, 2), SHUT_ONLY, SETTINGS)
    assert judged.verdict is Verdict.UNKNOWN
    assert judged.replayed is Replayed.NO
    assert "the kernel does not show it" in judged.reason


def test_what_only_a_finer_kernel_shows_is_shown_too() -> None:
    """Where that shows nothing either, what was said before stays."""

    def nothing(
        design: Design, start: Decision, decisions: tuple[Decision, ...]
    ) -> tuple[Event, ...]:
        raise ValueError("no calls are known")

    coarse, finer = Performer(KERNEL, nothing), Performer(KERNEL, realise)
    both = replace(case(FREE, 2), performers=(coarse, finer))
    (judged,) = judge_model(both, FREE, SETTINGS)
    assert judged.verdict is Verdict.BROKEN
    assert judged.replayed is Replayed.YES
    for other_one in (nothing, lambda *_: ()):
        other = replace(both, performers=(coarse, Performer(KERNEL, other_one)))
        (judged,) = judge_model(other, FREE, SETTINGS)
        assert judged.replayed is Replayed.NO
        assert judged.reason.endswith("no calls are known")


def test_what_the_kernel_does_not_show_of_one_instance_it_may_show_of_another() -> None:
    tried: list[int] = []

    def not_at_first(
        design: Design, start: Decision, decisions: tuple[Decision, ...]
    ) -> tuple[Event, ...]:
        tried.append(len(decisions))
        if len(tried) == 1:
            raise ValueError("no calls are known")
        return realise(design, start, decisions)

    two = replace(case(FREE, 2), performers=(Performer(KERNEL, not_at_first),))
    (judged,) = judge_model(two, FREE, SETTINGS)
    assert judged.verdict is Verdict.UNKNOWN
    tried.clear()
    (judged,) = judge_model(replace(two, beside=({"Door": 1},)), FREE, SETTINGS)
    assert (judged.verdict, judged.replayed) == (Verdict.BROKEN, Replayed.YES)
    assert judged.trace is not None
    assert dict(judged.trace.bounds) == {"Door": 1}


def test_what_the_kernel_shows_too_soon_is_told() -> None:
    def and_again(
        design: Design, start: Decision, decisions: tuple[Decision, ...]
    ) -> tuple[Event, ...]:
        events = realise(design, start, decisions)
        return (*events, events[-1])

    (judged,) = judge_model(
        replace(case(FREE, 2), performers=(Performer(KERNEL, and_again),)), FREE, SETTINGS
    )
    assert judged.replayed is Replayed.YES
    assert judged.reason.endswith("already at event 2 of 3")


def test_no_proof_uses_a_claim_that_does_not_hold() -> None:
    """Were it used though it is broken, `false` would prove everything."""
    extra = Claims(Doors, Design)

    @extra.auxiliary()
    def nothing_is_true(_: Doors) -> Truth:
        return FALSE

    judged = judge_model(_alone(FREE, extra, 2), FREE, SETTINGS)
    verdicts = {each.guarantee: each.verdict for each in judged}
    assert verdicts == {"DOOR-1": Verdict.BROKEN, "nothing_is_true": Verdict.UNKNOWN}


def test_a_claim_that_small_instances_keep_is_looked_for_in_larger_ones() -> None:
    extra = Claims(Doors, Design)

    @extra.guarantee("DOOR-2")
    def one_door_is_open_at_most(now: Doors) -> Truth:
        return forall(Door, Door, lambda a, b: (now.open[a] & now.open[b]).implies(a == b))

    small = judge_model(_alone(SHUT_ONLY, extra, 1), SHUT_ONLY, SETTINGS)
    assert {j.guarantee: j.verdict for j in small}["DOOR-2"] is Verdict.EXHAUSTED
    both = judge_model(_alone(SHUT_ONLY, extra, 1, 2), SHUT_ONLY, SETTINGS)
    assert {j.guarantee: j.verdict for j in both}["DOOR-2"] is Verdict.BROKEN


def test_the_kernel_is_walked_for_what_is_not_known_to_be_broken() -> None:
    subject = Subject(KERNEL, SHUT_ONLY, ((record(model, SHUT_ONLY), MAPPING),))
    (judged,) = judge_kernel(subject, Here(), SETTINGS)
    assert (judged.guarantee, judged.verdict) == ("DOOR-1", Verdict.SURVIVED)
    assert judge_kernel(subject, Here(), SETTINGS, known=["DOOR-1"]) == ()


def test_a_walk_that_breaks_something_gives_its_trace() -> None:
    subject = Subject(KERNEL, FREE, ((record(model, FREE), MAPPING),))
    (judged,) = judge_kernel(subject, Here(), Settings(steps=4000))
    assert judged.verdict is Verdict.BROKEN
    assert judged.trace is not None
    assert judged.trace.steps == 2
