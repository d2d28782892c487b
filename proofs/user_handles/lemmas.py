"""Why the guarantees of user_handles are inductive, for any number of variables and ids."""

from assay.lang import Claims, Truth, forall
from models.user_handles.state import Handles, Id, Variable, owns_ids
from spec.design import Design

lemmas = Claims(Handles, Design)


@lemmas.auxiliary()
def what_is_held_was_given(s: Handles) -> Truth:
    """An id in a variable was given out, so that no new entry comes under it."""
    return forall(Variable, lambda v: s.holds[v].is_some.implies(s.given[s.holds[v].value]))


@lemmas.auxiliary()
def entries_were_given(s: Handles) -> Truth:
    """So was each id with an entry."""
    return forall(Id, lambda i: s.target[i].is_some.implies(s.given[i]))


@lemmas.auxiliary()
def what_is_empty_is_bare(s: Handles) -> Truth:
    """Empty variables and ids without an entry are in normal form."""
    return forall(Variable, lambda v: s.holds[v].is_none.implies(s.meant[v].is_none)) & forall(
        Id, lambda i: s.target[i].is_none.implies(~s.weak[i])
    )


@lemmas.auxiliary(when=owns_ids)
def an_id_has_one_owner(s: Handles) -> Truth:
    """No two handles hold one id."""
    return forall(
        Variable,
        Variable,
        lambda v, w: (s.holds[v].is_some & (s.holds[v] == s.holds[w])).implies(v == w),
    )
