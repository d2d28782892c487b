"""SMT-LIB terms as text, folded where they are constant. Both solvers read the same text."""

from collections.abc import Iterable

TRUE = "true"
FALSE = "false"


def symbol(name: str) -> str:
    """The name as a quoted symbol, which no reserved word can be."""
    return f"|{name}|"


def negation(term: str) -> str:
    """Not."""
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    return f"(not {term})"


def conjunction(terms: Iterable[str]) -> str:
    """All of them."""
    kept = [term for term in dict.fromkeys(terms) if term != TRUE]
    if FALSE in kept:
        return FALSE
    return _joined("and", kept, TRUE)


def disjunction(terms: Iterable[str]) -> str:
    """Any of them."""
    kept = [term for term in dict.fromkeys(terms) if term != FALSE]
    if TRUE in kept:
        return TRUE
    return _joined("or", kept, FALSE)


def _joined(operator: str, terms: list[str], empty: str) -> str:
    if len(terms) <= 1:
        return terms[0] if terms else empty
    return f"({operator} {' '.join(terms)})"


def implication(left: str, right: str) -> str:
    """If."""
    if left == TRUE or right == TRUE:
        return right
    if left in (FALSE, right):
        return TRUE
    return negation(left) if right == FALSE else f"(=> {left} {right})"


def equality(left: str, right: str) -> str:
    """The same value."""
    if left == right:
        return TRUE
    for one, other in ((left, right), (right, left)):
        if one == TRUE:
            return other
        if one == FALSE:
            return negation(other)
    return f"(= {left} {right})"


def choice(test: str, then: str, otherwise: str) -> str:
    """If, then, else."""
    if test in (TRUE, FALSE):
        return then if test == TRUE else otherwise
    if then == otherwise:
        return then
    if (then, otherwise) == (TRUE, FALSE):
        return test
    if (then, otherwise) == (FALSE, TRUE):
        return negation(test)
    return f"(ite {test} {then} {otherwise})"


def application(function: str, arguments: Iterable[str]) -> str:
    """A function at its arguments; a constant is a function of none."""
    given = " ".join(arguments)
    return f"({function} {given})" if given else function


def quantified(binder: str, sort: str, body: str, *, universal: bool) -> str:
    """For all, or for some, of an uninterpreted sort, which is never empty."""
    if body in (TRUE, FALSE) or binder not in body:
        return body
    return f"({'forall' if universal else 'exists'} (({binder} {sort})) {body})"
