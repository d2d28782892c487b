"""What the model speaks of: objects with their blocks, references wherever they lie, and stacks."""

from assay.lang import (
    Enumeration,
    Kind,
    Option,
    State,
    Table,
    Truth,
    all_of,
    exists,
    forall,
    member,
    predicate,
)
from spec.design import Design, TeardownWalk, UpgradeRight, WeakCapabilities


class Object(Kind):
    """A block of memory for a kernel object."""

    BOOT_SPACE = member()


class Reference(Kind):
    """A counted reference: an entry of a space's table, or what a call holds on its stack."""

    OWN_SPACE = member()


class Stack(Kind):
    """A kernel stack with a call on it: one for each processor, and for each call that waits."""


class Stage(Enumeration):
    """What is in a block."""

    FREE = member()
    ALIVE = member()
    DYING = member()  # its count has come to zero, its fields go one by one
    DEAD = member()  # destroyed; weak references keep the block


class Use(Enumeration):
    """What a call may do with a reference on its stack."""

    PLAIN = member()
    LOADED = member()  # an upgrade has loaded the count, and it was not zero
    BORROWED = member()  # upgraded without the UPGRADE right, for this call
    MADE_WEAK = member()  # a weak copy, to be kept as it is
    SHARED = member()  # strong for this call, since its thread holds the same
    TO_DROP = member()  # it was taken from where it lay, to be dropped


class References(State):
    """All references, and what becomes of the objects that they lead to."""

    target: Table[Reference, Option[Object]]  # none where there is no such reference
    weak: Table[Reference, Truth]
    upgradable: Table[Reference, Truth]  # it has the UPGRADE right
    keeper: Table[Reference, Option[Object]]  # the space in whose table it lies
    stack: Table[Reference, Option[Stack]]  # or the stack on which it lies
    use: Table[Reference, Use]
    replaces: Table[Reference, Option[Reference]]  # the entry whose copy it is, of a move
    removes: Table[Stack, Option[Reference]]  # what its move has inserted and has yet to remove
    stage: Table[Object, Stage]
    is_owner: Table[Object, Truth]  # a space or a thread: it keeps references
    anchored: Table[Object, Truth]  # threads that can run hold it, or the kernel does
    destroyer: Table[Object, Option[Stack]]  # on which its destructor runs


def keeps_weak(design: Design) -> bool:
    """Whether there are weak capabilities."""
    return design.weak_capabilities is WeakCapabilities.KEPT


def upgrades_are_checked(design: Design) -> bool:
    """Whether what is named weakly can be named strongly only with UPGRADE."""
    return keeps_weak(design) and design.upgrade_right is UpgradeRight.CHECKED


def destructors_nest(design: Design) -> bool:
    """A destructor that is met in another one runs at once, within it."""
    return design.teardown_walk is TeardownWalk.RECURSIVE


@predicate
def is_strong(s: References, reference: Reference, object: Object) -> Truth:
    """The reference is counted as a strong one of the object, wherever it lies."""
    return s.target[reference].holds(object) & ~s.weak[reference]


@predicate
def is_referred_to(s: References, object: Object) -> Truth:
    """A reference is counted as a strong one of the object."""
    return exists(Reference, lambda r: is_strong(s, r, object))


@predicate
def is_counted(s: References, object: Object) -> Truth:
    """The strong count of the object is not zero."""
    return s.anchored[object] | is_referred_to(s, object)


@predicate
def is_last(s: References, reference: Reference) -> Truth:
    """The reference is the only strong one of its object."""
    object = s.target[reference].value
    others = exists(Reference, lambda r: (r != reference) & is_strong(s, r, object))
    return all_of(~s.weak[reference], ~s.anchored[object], ~others)


@predicate
def reaches(s: References, stack: Stack, space: Object) -> Truth:
    """A call may use the table of the space: its thread holds the space, or its stack does."""
    on_stack = exists(Reference, lambda r: s.stack[r].holds(stack) & is_strong(s, r, space))
    return s.is_owner[space] & (s.anchored[space] | on_stack)


@predicate
def somebody_runs(s: References) -> Truth:
    """A thread that can run holds its space."""
    return exists(Object, lambda o: s.anchored[o] & s.is_owner[o])


@predicate
def is_unheard_of(s: References, reference: Reference) -> Truth:
    """There is no such reference, and no move speaks of it."""
    return all_of(
        s.target[reference].is_none,
        forall(Reference, lambda r: ~s.replaces[r].holds(reference)),
        forall(Stack, lambda t: ~s.removes[t].holds(reference)),
    )


@predicate
def may_stay(s: References, reference: Reference) -> Truth:
    """The reference is what its holder may keep when the call is over."""
    return s.weak[reference] | (s.use[reference] != Use.BORROWED)


@predicate
def destroys(s: References, stack: Stack) -> Truth:
    """A destructor runs on the stack."""
    return exists(Object, lambda o: s.destroyer[o].holds(stack))


@predicate
def goes_on(s: References, stack: Stack) -> Truth:
    """The call on the stack has nothing to finish first: to remove, to drop or to destroy."""
    return all_of(
        s.removes[stack].is_none,
        forall(Reference, lambda r: ~(s.stack[r].holds(stack) & (s.use[r] == Use.TO_DROP))),
        ~destroys(s, stack),
    )


@predicate
def is_lost(s: References, reference: Reference) -> Truth:
    """The reference is counted, and lies nowhere: the stack that it lay on is gone."""
    return all_of(
        s.target[reference].is_some, s.keeper[reference].is_none, s.stack[reference].is_none
    )


@predicate
def at_rest(s: References) -> Truth:
    """No call and no destructor is under way."""
    return all_of(
        forall(Reference, lambda r: s.stack[r].is_none),
        forall(Object, lambda o: s.stage[o] != Stage.DYING),
    )
