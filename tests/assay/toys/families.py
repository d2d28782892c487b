"""A forest: relations over two keys, rows, columns, whole tables, helpers, a ghost."""

from enum import Enum

from assay.lang import (
    TRUE,
    Act,
    Ghost,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    choose,
    exists,
    forall,
    member,
    none,
    predicate,
    some,
)
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "families"]


class Answer(Enum):
    """What a refused call answers."""

    NO_PARENT = 1
    TAKEN = 2
    CLOSED = 3


class Node(Kind):
    """A member of a family."""

    ADAM = member()


class Families(State):
    """Who is there, and who is below whom."""

    present: Table[Node, Truth]
    closed: Table[Node, Truth]
    under: Table[tuple[Node, Node], Truth]
    parent: Table[Node, Option[Node]]
    ever: Ghost[Node, Truth]
    frozen: Truth


families = Model("families", Families, Design)


@families.start
def boot(new: Families) -> None:
    """One is there."""
    new.present[Node.ADAM] = True
    new.under[Node.ADAM, Node.ADAM] = True
    new.ever[Node.ADAM] = True


@predicate
def below(s: Families, low: Node, high: Node) -> Truth:
    """`low` lies in the family of `high`."""
    return s.present[low] & s.under[low, high]


@families.action()
def bear(act: Act[Design], old: Families, new: Families, parent: Node, child: Node) -> None:
    """A new child."""
    act.require(~old.frozen)
    act.check(old.present[parent], otherwise=Answer.NO_PARENT)
    act.check(~old.closed[parent], otherwise=Answer.CLOSED)
    act.check(~old.present[child], otherwise=Answer.TAKEN)
    new.present[child] = True
    new.parent[child] = some(parent)
    new.ever[child] = True
    new.under.row(child, lambda g: (g == child) | old.under[parent, g])


@families.action()
def close(act: Act[Design], old: Families, new: Families, top: Node) -> None:
    """Nobody is born into this family any more."""
    act.require(old.present[top])
    new.closed.each(lambda g: old.closed[g] | below(old, g, top))


@families.action()
def leave(act: Act[Design], old: Families, new: Families, node: Node) -> None:
    """Somebody without children leaves; what was above others is nothing now."""
    act.require(old.present[node] & (node != Node.ADAM))
    act.require(~exists(Node, lambda g: old.parent[g].holds(node)), name="no_children")
    new.present[node] = False
    new.closed[node] = False
    new.parent[node] = none(Node)
    new.under.each(lambda a, b: old.under[a, b] & (a != node) & (b != node))


@families.action()
def forget(act: Act[Design], old: Families, new: Families, node: Node) -> None:
    """The column of a node is cleared but for itself; nothing can be done after."""
    act.require(old.present[node] & ~old.frozen)
    new.under.column(node, lambda g: choose(g == node, TRUE, old.under[g, node] & (g == node)))
    new.frozen = TRUE


@families.guarantee("FAM-1")
def closed_families_stay_closed(s: Families) -> Truth:
    """Whoever lies below a closed one is closed."""
    return forall(Node, Node, lambda a, b: (below(s, a, b) & s.closed[b]).implies(s.closed[a]))


@families.guarantee("FAM-2")
def parents_are_above(s: Families) -> Truth:
    """A child lies below its parent; `forget` breaks this."""
    return forall(Node, lambda g: s.parent[g].is_some.implies(s.under[g, s.parent[g].value]))


@families.step_guarantee("FAM-3")
def no_birth_into_a_closed_family(old: Families, step: Step, new: Families) -> Truth:
    """A closed parent bears nobody."""
    parent = step.argument(bear, "parent", Node)
    child = step.argument(bear, "child", Node)
    return step.took(bear).implies(
        ~old.closed[parent] & new.parent[child].holds(parent) & ~new.closed[child]
    )


@families.can()
def can_have_a_grandchild(s: Families) -> Truth:
    """Three generations."""
    return exists(Node, lambda g: s.parent[g].is_some & s.parent[s.parent[g].value].is_some)
