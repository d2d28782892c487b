"""Runs that cannot end: something always happens, and no program comes to its end by it."""

from typing import TypeVar

from assay.engines.schedules.graph import Graph

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_P = TypeVar("_P")


def endless(graph: Graph[_D, _S, _E, _O, _P], nodes: int) -> int | None:
    """The first of the nodes, all of them, from which no node without moves can be reached."""
    before: list[list[int]] = [[] for _ in range(nodes)]
    todo = []
    for node in range(nodes):
        for target in graph.edges(node):
            before[target].append(node)
        if not graph.moves(node):
            todo.append(node)
    ends = set(todo)
    while todo:
        for node in before[todo.pop()]:
            if node not in ends:
                ends.add(node)
                todo.append(node)
    return next((node for node in range(nodes) if node not in ends), None)
