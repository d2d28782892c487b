"""Why something happens in the end, for any finite number of elements: rankings.

A ranking is of a state of affairs that does not last. While it lasts, a rank falls and never rises:
a row of sets of elements, of which the first that changes gets smaller. Where the rank stays as it
is, some fair action is *helpful*, and remains so; once it is taken the rank falls, or the state of
affairs is over. So fairness forbids that it lasts for ever. Where a helpful action is strongly fair
and cannot be taken, that is another state of affairs, and a ranking before this one shows that it
does not last.

What has to be shown for this are claims over single steps, as of any lemma: see `descent`.

Source: Manna and Pnueli, Completing the temporal picture (1991), for helpful actions; Lotan and
Shoham, Implicit rankings for verifying liveness properties in first-order logic (2025), for ranks
that are sets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature, unwrap
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints, overload

from assay.lang.model import Model, NamedDesign, Stated
from assay.lang.recording import Abandoned, problem
from assay.lang.state import State
from assay.lang.terms import Term, Truth

_S = TypeVar("_S", bound=State)
_D = TypeVar("_D", bound=NamedDesign)
_P = ParamSpec("_P")
_A = TypeVar("_A", bound=Term)
_B = TypeVar("_B", bound=Term)


@dataclass(frozen=True, slots=True)
class SetOf:
    """A part of a rank: the choices of elements of these kinds for which `belongs` holds."""

    kinds: Mapping[str, type[Term]]
    belongs: Callable[..., Truth]


@dataclass(frozen=True, slots=True)
class Helpful:
    """An action that helps where `when` holds of the arguments for which it is fair.

    `blocked` gives the ranking of the states where it helps and cannot be taken. Without an action
    it gives that of all the states where `when` holds.
    """

    action: Callable[..., object] | None
    when: Callable[..., Truth]
    blocked: "Callable[..., Ranking] | None"

    @property
    def name(self) -> str:
        """The name of the action."""
        return str(getattr(self.action, "__name__", ""))

    @property
    def kinds(self) -> dict[str, type[Term]]:
        """The parameters of `when` with their kinds: those of the action with the same names."""
        hints = {} if self.action is None else get_type_hints(unwrap(self.action))
        names = tuple(signature(self.when).parameters)
        unknown = [name for name in names if name not in hints]
        if unknown:
            known = ", ".join(hints) or "none"
            problem(f"no parameter `{unknown[0]}` of what helps", f"its parameters are {known}")
            raise Abandoned
        return {name: hints[name] for name in names}


@dataclass(frozen=True, slots=True)
class Ranking:
    """What does not last, the rank that falls, and what helps; `name` is that of its function."""

    lasts: Truth
    rank: tuple[SetOf, ...]
    helpful: tuple[Helpful, ...]
    name: str = ""


def ranked(
    lasts: Truth, *, rank: Sequence[Truth | SetOf] = (), helpful: Sequence[Helpful]
) -> Ranking:
    """A ranking of the states where `lasts` holds; a truth in a rank falls when it gets false."""
    sets = (each if isinstance(each, SetOf) else SetOf({}, _always(each)) for each in rank)
    return Ranking(lasts, tuple(sets), tuple(helpful))


def _always(truth: Truth) -> Callable[[], Truth]:
    return lambda: truth


@overload
def set_of(a: type[_A], belongs: Callable[[_A], Truth], /) -> SetOf: ...
@overload
def set_of(a: type[_A], b: type[_B], belongs: Callable[[_A, _B], Truth], /) -> SetOf: ...
def set_of(*parts: Any) -> SetOf:
    """A set as part of a rank: `set_of(Thread, lambda t: s.listed[t])`."""
    *kinds, belongs = parts
    return SetOf(dict(zip(signature(belongs).parameters, kinds, strict=True)), belongs)


def helps(
    action: Callable[..., object],
    when: Callable[..., Truth],
    *,
    blocked: Callable[..., Ranking] | None = None,
) -> Helpful:
    """The action helps where `when` holds, a function of the arguments for which it is fair.

    `blocked`, a function of the same, is for strong fairness: it gives the ranking of the states
    where the action helps and cannot be taken.
    """
    return Helpful(action, when, blocked)


def passing(when: Truth, ranking: Ranking) -> Helpful:
    """Where `when` holds, what `ranking` is of holds as well, and that does not last."""
    return Helpful(None, lambda: when, lambda: ranking)


class Rankings(Generic[_S, _D]):
    """The rankings of a model; each uses those before it."""

    def __init__(self, model: Model[_S, _D]) -> None:
        self.model = model
        self.stated: list[Stated] = []
        self.of_progress: dict[str, list[str]] = {}

    def ranking(
        self, *, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[Concatenate[_S, _P], Ranking]], Callable[Concatenate[_S, _P], Ranking]]:
        """The function gives a ranking for each value of its parameters."""

        def state_it(
            body: Callable[Concatenate[_S, _P], Ranking],
        ) -> Callable[Concatenate[_S, _P], Ranking]:
            stated = Stated(body, when=when)
            self.stated.append(stated)

            def named(s: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> Ranking:
                return replace(body(s, *args, **kwargs), name=stated.name)

            return named

        return state_it

    def proves(
        self, progress: Callable[..., object], *, when: Callable[[_D], bool] | None = None
    ) -> Callable[[Callable[Concatenate[_S, _P], Ranking]], Callable[Concatenate[_S, _P], Ranking]]:
        """The ranking is of the states in which the goal of a claim on progress is awaited.

        Its first parameters are those of the claim; for some choice of the others it begins where
        the premise holds and the goal does not, and it lasts till the goal. Several rankings may
        prove a claim, each in designs of its own.
        """

        def state_it(
            body: Callable[Concatenate[_S, _P], Ranking],
        ) -> Callable[Concatenate[_S, _P], Ranking]:
            known = self.of_progress.setdefault(str(getattr(progress, "__name__", progress)), [])
            known.append(body.__name__)
            return self.ranking(when=when)(body)

        return state_it
