"""What has to be shown of rankings, as claims over steps.

Let a fair run stay for ever where a ranking lasts. Its rank never rises (`NAME descends`), so in an
instance of finite size it is the same from some step on. Something helps there (`NAME is helped`);
it goes on to help, and is not taken (`NAME descends`). If it can always be taken, or is strongly
fair and can be taken again and again, the run is not fair. Else it is blocked from some step on
(`NAME help N`): another ranking lasts for ever, one that was stated before, and that cannot be.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assay.lang.model import NamedDesign, Stated
from assay.lang.progress import LeadsTo
from assay.lang.ranking import Helpful, Ranking, Rankings, SetOf
from assay.lang.recorded import (
    NOTHING_HAPPENS,
    Action,
    Claim,
    Fair,
    Fairness,
    Progress,
    Ranked,
    Role,
)
from assay.lang.recording import Abandoned, body_at, fresh, here, problem
from assay.lang.state import Access, Opened, Shape, State
from assay.lang.terms import FALSE, Term, Truth, all_of, any_of, equal
from assay.lang.tree import Argument, Expr, Quantified, Read, Taken, Variable, Version
from assay.lang.walk import mapped

_Kinds = Mapping[str, type[Term]]
_Terms = Mapping[str, Term]
_Body = Callable[[_Terms], Truth]


@dataclass(frozen=True, slots=True)
class _Lemma:
    """What is to be shown of one ranking, what it takes for fair, and the rankings that it uses."""

    claims: tuple[Claim, ...]
    fair: tuple[Fair, ...]
    uses: tuple[str, ...]


def recorded_rankings(
    rankings: Rankings[Any, Any],
    design: NamedDesign,
    shapes: dict[str, Shape],
    actions: Sequence[Action],
    progress: Sequence[Progress],
) -> tuple[Ranked, ...]:
    """For each claim on progress that a ranking proves in this design: all that is to be shown.

    Notes a ranking that uses one that is not stated above it, what it takes for fair and the claim
    does not, and a claim that two of them prove.
    """
    language = _Language(
        state=rankings.model.state(Opened(Access.READ_OLD, shapes, [])),
        actions={each.name: each for each in actions},
        fair={each.action: each.each for claim in progress for each in claim.fair},
    )
    known: dict[str, _Lemma] = {}
    for stated in rankings.stated:
        if stated.when is None or stated.when(design):
            with body_at(stated.where):
                known[stated.name] = _Derived(language, stated).lemma(known)
    found: list[Ranked] = []
    for claim in progress:
        roots = [each for each in rankings.of_progress.get(claim.name, ()) if each in known]
        if len(roots) > 1:
            problem(
                f"{claim.name} is proved by {' and '.join(roots)} in one design",
                "let their designs differ",
                claim.where,
            )
        for root in roots:
            used = _used(root, known)
            _check_fairness(claim, used)
            said = next(each for each, _ in rankings.model.progress if each.name == claim.name)
            stated = next(each for each in rankings.stated if each.name == root)
            shown = [each for lemma in used for each in lemma.claims]
            with body_at(stated.where):
                shown += _Derived(language, stated).ends(said)
            found.append(Ranked(claim.name, tuple(shown)))
    return tuple(found)


def _used(root: str, known: Mapping[str, _Lemma]) -> list[_Lemma]:
    """The ranking and all that it uses, in the order in which they are stated."""
    names = [root]
    for name in names:
        names += [each for each in known[name].uses if each not in names]
    return [lemma for name, lemma in known.items() if name in names]


def _check_fairness(claim: Progress, used: Iterable[_Lemma]) -> None:
    stated = {each.action: each for each in claim.fair}
    for needed in (fair for lemma in used for fair in lemma.fair):
        given = stated.get(needed.action)
        if given is None or Fairness.WEAK is given.fairness is not needed.fairness:
            problem(
                f"its ranking needs {needed.fairness.value} fairness of {needed.action}",
                f"say so in {claim.name}, or let another action help",
                claim.where,
            )


@dataclass(frozen=True, slots=True)
class _Language:
    """The state, the actions, and the parameters for which each is fair."""

    state: State
    actions: Mapping[str, Action]
    fair: Mapping[str, tuple[str, ...]]

    def taken(self, each: Helpful, given: _Terms) -> Truth:
        """The step is one that serves the fairness of what helps."""
        if each.action is None:
            return FALSE
        at = here()
        same = (
            equal(term, type(term)(Argument(each.name, name, term.node.sort, at)))
            for name, term in self._fixed(each, given).items()
        )
        return all_of(Truth(Taken(each.name, at)), *same)

    def can(self, each: Helpful, given: _Terms) -> Truth:
        """Such a step can be taken."""
        if each.action is None:
            return FALSE
        action, fixed = self.actions[each.name], self._fixed(each, given)
        others = {
            parameter.name: replace(parameter, name=fresh(parameter.name))
            for parameter in action.parameters
            if parameter.name not in fixed
        }
        nodes: dict[str, Expr] = {name: term.node for name, term in fixed.items()} | others

        def put(node: Expr) -> Expr:
            return nodes.get(node.name, node) if isinstance(node, Variable) else node

        checks = (Truth(mapped(check.condition, put)) for check in action.checks)
        return _quantified(tuple(others.values()), all_of(*checks), universal=False)

    def _fixed(self, each: Helpful, given: _Terms) -> _Terms:
        """The arguments for which the action is fair on its own."""
        names = self.fair.get(each.name, ())
        missing = [name for name in names if name not in given]
        if missing:
            instead = f"let `when` of {each.name} take it: the action is fair for each alone"
            problem(f"what helps does not say for which `{missing[0]}`", instead)
            raise Abandoned
        return {name: given[name] for name in names}


@dataclass(frozen=True, slots=True)
class _Derived:
    """A ranking as its function states it."""

    language: _Language
    stated: Stated

    @property
    def kinds(self) -> _Kinds:
        """Its parameters."""
        return self.stated.parameters(skip=1)

    def at(self, terms: _Terms) -> Ranking:
        """The ranking for these parameters, of the state before a step."""
        found = self.stated.body(self.language.state, **terms)
        if not isinstance(found, Ranking):
            problem(f"{self.stated.name} gives no ranking", "return `ranked(...)`")
            raise Abandoned
        return found

    def lemma(self, known: Mapping[str, _Lemma]) -> _Lemma:
        """All that is to be shown of the ranking."""
        sample = self.at({n: k(Variable(n, k.sort(), here())) for n, k in self.kinds.items()})
        uses: dict[str, None] = {}
        claims = [
            self._claim("descends", self.kinds, self._descends),
            self._of_state("is helped", self.kinds, self._is_helped),
        ]
        for number in range(len(sample.helpful)):
            name = f"help {number + 1}"
            claims.append(self._claim(f"{name} remains", self.kinds, self._remains(number)))
            body = self._helps(number, known, uses)
            claims.append(self._of_state(name, self.kinds, body))
        fair = (
            Fair(each.name, (), Fairness.WEAK if each.blocked is None else Fairness.STRONG)
            for each in sample.helpful
            if each.action is not None
        )
        return _Lemma(tuple(claims), tuple(fair), tuple(uses))

    def ends(self, said: Stated) -> Iterator[Claim]:
        """That the ranking begins where the premise of a claim holds, and lasts till the goal."""
        own = dict(zip(self.kinds, said.parameters(skip=1).values(), strict=False))
        others = {name: kind for name, kind in self.kinds.items() if name not in own}

        def awaited(terms: Iterable[Term]) -> LeadsTo:
            found = said.body(self.language.state, *terms)
            assert isinstance(found, LeadsTo), said
            return found

        def begins(terms: _Terms) -> Truth:
            claim = awaited(terms.values())
            lasts = _over(others, lambda more: self.at({**terms, **more}).lasts, universal=False)
            return (claim.premise & ~claim.goal).implies(lasts)

        def lasts(terms: _Terms) -> Truth:
            goal, ranking = awaited(terms[name] for name in own).goal, self.at(terms)
            return (~_later(goal)).implies(ranking.lasts.implies(_later(ranking.lasts)))

        yield replace(self._of_state("begins", own, begins), apart=True)
        yield self._claim("lasts till the goal", self.kinds, lasts)

    def _descends(self, terms: _Terms) -> Truth:
        """The rank falls, or is as it was."""
        ranking = self.at(terms)
        return _goes_on(ranking).implies(_falls(ranking) | _stays(ranking))

    def _remains(self, number: int) -> _Body:
        """Where the rank is as it was, what helps goes on to help, and is not taken."""

        def remains(terms: _Terms) -> Truth:
            ranking = self.at(terms)
            each = ranking.helpful[number]

            def helps_on(given: _Terms) -> Truth:
                helps = each.when(**given)
                return helps.implies(_later(helps) & ~self.language.taken(each, given))

            before = _goes_on(ranking) & _stays(ranking)
            return before.implies(_over(each.kinds, helps_on, universal=True))

        return remains

    def _is_helped(self, terms: _Terms) -> Truth:
        ranking = self.at(terms)
        helps = (_over(each.kinds, _when(each), universal=False) for each in ranking.helpful)
        return ranking.lasts.implies(any_of(*helps))

    def _helps(self, number: int, known: Mapping[str, _Lemma], uses: dict[str, None]) -> _Body:
        """What helps can be taken, or is blocked."""

        def helps(terms: _Terms) -> Truth:
            ranking = self.at(terms)
            each = ranking.helpful[number]

            def can(given: _Terms) -> Truth:
                done = self.language.can(each, given)
                if each.blocked is not None:
                    other = each.blocked(**given)
                    uses[other.name] = None
                    if other.name not in known:
                        problem(f"{self.stated.name} uses {other.name}", "state that above it")
                    done = done | other.lasts
                return (ranking.lasts & each.when(**given)).implies(done)

            return _over(each.kinds, can, universal=True)

        return helps

    def _of_state(self, what: str, kinds: _Kinds, body: _Body) -> Claim:
        """A claim over the step that changes nothing: it says something of every state."""
        at_rest = Truth(Taken(NOTHING_HAPPENS.name, self.stated.where))
        return self._claim(what, kinds, lambda terms: at_rest.implies(body(terms)))

    def _claim(self, what: str, kinds: _Kinds, body: _Body) -> Claim:
        """A claim over steps, for all values of the parameters."""
        stated, truth = self.stated, _over(kinds, body, universal=True)
        name = f"{stated.name} {what}"
        return Claim(
            name=name,
            guarantee=None,
            role=Role.AUXILIARY,
            over_steps=True,
            body=truth.node,
            meaning=stated.meaning,
            where=stated.where,
        )


def _when(each: Helpful) -> _Body:
    return lambda given: each.when(**given)


def _over(kinds: _Kinds, body: _Body, *, universal: bool) -> Truth:
    """The body for all choices, or for some."""
    binders = {name: Variable(fresh(name), kind.sort(), here()) for name, kind in kinds.items()}
    truth = body({name: kinds[name](binder) for name, binder in binders.items()})
    return _quantified(tuple(binders.values()), truth, universal=universal)


def _quantified(binders: Sequence[Variable], truth: Truth, *, universal: bool) -> Truth:
    node = truth.node
    for binder in reversed(binders):
        node = Quantified(universal, binder, node, here())
    return Truth(node)


def _later(truth: Truth) -> Truth:
    """The same of the state after the step."""

    def read(node: Expr) -> Expr:
        return replace(node, version=Version.NEW) if isinstance(node, Read) else node

    return Truth(mapped(truth.node, read))


def _goes_on(ranking: Ranking) -> Truth:
    """What is ranked lasts before and after the step."""
    return ranking.lasts & _later(ranking.lasts)


def _stays(ranking: Ranking) -> Truth:
    """No set changes."""
    return all_of(*map(_same, ranking.rank))


def _falls(ranking: Ranking) -> Truth:
    """The first set that changes gets smaller."""
    falls = FALSE
    for each in reversed(ranking.rank):
        falls = _shrinks(each) | (_same(each) & falls)
    return falls


def _same(part: SetOf) -> Truth:
    return _of_all(part, lambda old, new: old == new)


def _shrinks(part: SetOf) -> Truth:
    """No element comes, and one goes."""
    none_comes = _of_all(part, lambda old, new: new.implies(old))
    return none_comes & ~_of_all(part, lambda old, new: old.implies(new))


def _of_all(part: SetOf, compare: Callable[[Truth, Truth], Truth]) -> Truth:
    """How it is before and after the step with each element that may belong to the set."""

    def compared(given: _Terms) -> Truth:
        belongs = part.belongs(*given.values())
        return compare(belongs, _later(belongs))

    return _over(part.kinds, compared, universal=True)
