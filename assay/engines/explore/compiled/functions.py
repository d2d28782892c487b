"""The two functions that the model decides: what follows on a state, and what a state shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.engines.explore.compiled.ground import Grounder, Instance
from assay.engines.explore.compiled.places import places_of
from assay.engines.explore.compiled.program import (
    Breaks,
    Event,
    Fails,
    If,
    Program,
    Refuse,
    Shows,
    Statement,
    Take,
)
from assay.engines.explore.compiled.source import Source
from assay.engines.explore.compiled.terms import Term
from assay.engines.explore.compiled.words import Words
from assay.engines.explore.generate import Watch
from assay.lang.recorded import Claim

NEVER = -1
"""Where an event that has not happened was seen."""

NOTE = f"""define internal void @note(ptr %first, i64 %slot, i64 %index, i64 %step) noinline cold {{
entry:
  %pair = shl i64 %slot, 1
  %at = getelementptr i64, ptr %first, i64 %pair
  %seen = load i64, ptr %at
  %never = icmp eq i64 %seen, {NEVER}
  br i1 %never, label %new, label %end
new:
  store i64 %index, ptr %at
  %after = getelementptr i64, ptr %at, i64 1
  store i64 %step, ptr %after
  br label %end
end:
  ret void
}}
"""
"""Notes the state and the step of an event, the first time."""


@dataclass(frozen=True, slots=True)
class Events:
    """The events that the code can note, each with its slot."""

    slots: dict[Event, int] = field(default_factory=dict)

    def slot(self, event: Event) -> int:
        """The slot of an event, a new one if it has none."""
        return self.slots.setdefault(event, len(self.slots))


def expand_function(instance: Instance, words: Words, program: Program, events: Events) -> str:
    """`expand(state, out, steps, refused, first, index)`, the number of steps that can be taken.

    The states that follow are stored from `out` on, the numbers of the steps from `steps` on; of
    each check `refused` is counted up.
    """
    source = Source(words)
    writer = _Expand(instance, source, source.variable(0), events, iter(places_of(program).first))
    writer.begin_branch()
    for statement in program.statements:
        writer.write(statement)
    number = source.load(writer.taken)
    head = "i64 @expand(ptr noalias %s, ptr noalias %out, ptr noalias %steps, "
    head += "ptr noalias %refused, ptr noalias %first, i64 %index)"
    return source.function(head, f"i64 {number}")


@dataclass(frozen=True, slots=True)
class _Expand:
    instance: Instance
    source: Source
    taken: str
    events: Events
    first: Iterator[list[Term]]

    def begin_branch(self) -> None:
        """Compute what several branches inside this one need."""
        for term in next(self.first):
            self.source.compute(term)

    def write(self, statement: Statement) -> None:
        """Write what a statement does."""
        match statement:
            case If(condition=condition, then=then, otherwise=refuse):
                truth = self.source.truth(condition)
                with self.source.where(truth, lambda: self.write(refuse)):
                    self.begin_branch()
                    for each in then:
                        self.write(each)
            case Refuse(check=check, amount=amount):
                before = self.source.load("%refused", check)
                self.source.store(self.source.add(before, amount), "%refused", check)
            case Take():
                self._take(statement)

    def _take(self, take: Take) -> None:
        source = self.source
        if not take.fails.is_constant or take.fails.value:
            with source.where(source.truth(take.fails)):
                self._note(Fails(), take)
        taken = source.load(self.taken)
        place = source.value(f"mul i64 {taken}, {source.words.count}")
        source.store_state(take.cells, source.address("%out", place))
        at = source.address("%steps", taken, "i16")
        source.do(f"store i16 {take.step}, ptr {at}")
        source.store(source.add(taken, 1), self.taken)
        for event, truth in take.events:
            with source.where(_is_new(source, self.events.slot(event))):
                self.begin_branch()
                with source.where(source.truth(truth)):
                    self._note(event, take)

    def _note(self, event: Event, take: Take) -> None:
        slot = self.events.slot(event)
        self.source.do(f"call void @note(ptr %first, i64 {slot}, i64 %index, i64 {take.step})")


def check_functions(
    instance: Instance,
    words: Words,
    claims: tuple[Claim, ...],
    watches: tuple[Watch, ...],
    events: Events,
) -> str:
    """`check(state, first, index)` notes which claims over states it breaks and what it shows."""
    cells = [instance.terms.cell(position) for position in range(len(words.fields))]
    grounder = Grounder(instance, cells)
    terms = instance.terms
    bodies = {c: grounder.ground(c.body, {}) for c in claims if not c.over_steps}
    judge = Source(words)
    for claim, body in bodies.items():
        with judge.where(judge.truth(terms.negation(body))):
            _note_state(judge, events.slot(Breaks(claim)))
    check = Source(words)
    with check.where(check.truth(terms.negation(terms.conjunction(bodies.values())))):
        check.do("call i64 @judge(ptr %s, ptr %first, i64 %index)")
    for watch in watches:
        if not watch.claim.over_steps:
            slot = events.slot(Shows(watch))
            shown = grounder.ground(watch.body, {})
            with check.where(_is_new(check, slot)), check.where(check.truth(shown)):
                _note_state(check, slot)
    arguments = "(ptr noalias %s, ptr noalias %first, i64 %index)"
    return judge.function(
        f"internal i64 @judge{arguments} noinline cold", "i64 0"
    ) + check.function(f"i64 @check{arguments}", "i64 0")


def _note_state(source: Source, slot: int) -> None:
    source.do(f"call void @note(ptr %first, i64 {slot}, i64 %index, i64 {NEVER})")


def _is_new(source: Source, slot: int) -> str:
    return source.is_equal(source.load("%first", 2 * slot), NEVER)
