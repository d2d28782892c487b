"""What a claim must have met before its truth says anything."""

from dataclasses import replace

from assay.lang.sorts import BOOL
from assay.lang.terms import TRUE
from assay.lang.tree import Apply, Expr, Named, Operator, Quantified


def premises(body: Expr) -> tuple[Expr, ...]:
    """The premises of a claim, one for each of its conjuncts.

    The premise of `forall x. P implies Q` is `exists x. P`; of `P implies (R implies Q)` it is
    `P and R`. It is read off the form: what is no implication under universal quantifiers has the
    premise `true`. A claim is vacuous when one of its premises is true nowhere.
    """
    match body:
        case Apply(operator=Operator.AND, arguments=arguments) if arguments:
            return tuple(premise for each in arguments for premise in premises(each))
        case Quantified(universal=True, body=inner):
            inside = premises(inner)
            return tuple(replace(body, universal=False, body=premise) for premise in inside)
        case Named(body=inner):
            return premises(inner)
        case Apply(operator=Operator.IMPLIES, arguments=(given, promised)):
            return tuple(
                Apply(Operator.AND, (given, premise), BOOL, body.where)
                for premise in premises(promised)
            )
        case _:
            return (TRUE.node,)
