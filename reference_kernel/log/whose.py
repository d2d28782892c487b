"""Whose call a line prints, as far as the ids in it tell.

Ids of different capability spaces look alike. But a space gives each of its ids once: who does not
have one that others of its type have followed will never have it.
"""

from collections.abc import Iterable, Mapping
from math import log

from reference_kernel.changing import replace
from reference_kernel.log.crowd import alike
from reference_kernel.log.reading import Printed
from reference_kernel.log.search import Later, Told
from reference_kernel.log.worlds import World
from reference_kernel.state import CapabilitySpace, State, Thread
from spec.call import Word
from spec.ids import TABLED, parses, serial_of, type_of
from spec.options import CapClone, CapDestroy
from spec.syscalls import BY_NAME, BY_NUMBER

_CLONE = BY_NAME["cap_clone"].number
_DESTROY = BY_NAME["cap_destroy"].number
_MOST_AHEAD = 200
"""So many lines are looked at for one that only a thread can have made."""
_LAST_CALLS_AGAIN = log(20)
"""How much likelier it is that the last caller calls again than that another one does."""


def own_word(printed: Printed) -> int | None:
    """An id that the caller looks up in its own space, if the call prints one."""
    options, words = printed.options, printed.arguments
    if printed.number == _DESTROY:
        return words[1] if options & CapDestroy.CSPACE_SELF else words[0]
    if printed.number == _CLONE:
        if not options & CapClone.DST_CSPACE_SELF:
            return words[0]
        return words[2] if options & CapClone.SRC_CSPACE_SELF else words[1]
    call = BY_NUMBER.get(printed.number)
    for argument, word in zip(call.arguments if call else (), words, strict=False):
        if argument.word is Word.CAPABILITY:
            return word
    return None


def likeliest(world: World, told: Told) -> list[tuple[float, list[int]]]:
    """The free threads, those together that are alike; first whose call the line may well be.

    Who has ids that it prints, and often used them, is likely, and the last caller is. Each comes
    with how much less likely it is than the first, as a logarithm.
    """
    kinds = alike(world)
    if len(kinds) < 2:
        return [(0.0, names) for names in kinds]
    able = [names for names in kinds if _may_call(world, names[0], told)] or kinds
    words = _capabilities(told.printed)

    def habit(names: list[int]) -> float:
        space = _space(world.state, names[0])
        last = _LAST_CALLS_AGAIN if world.last in names else 0.0
        return last + sum(world.habits.usual(space, word) for word in words)

    ranked = sorted(((habit(names), names) for names in able), key=lambda each: -each[0])
    return [(ranked[0][0] - likely, names) for likely, names in ranked]


def used(world: World, told: Told) -> World:
    """The world in which the last caller has used the ids that the line prints."""
    if told.sure or not isinstance(world.state.body(world.last), Thread):
        return world
    space = _space(world.state, world.last)
    return replace(world, habits=world.habits.named(space, _capabilities(told.printed)))


def _capabilities(printed: Printed) -> list[int]:
    """The ids that a call prints."""
    call = BY_NUMBER.get(printed.number)
    words = zip(call.arguments if call else (), printed.arguments, strict=False)
    return [word for argument, word in words if argument.word is Word.CAPABILITY and word]


def _space(state: State, thread: int) -> int:
    body = state.body(thread)
    assert isinstance(body, Thread), thread
    return body.capability_space


def _may_call(world: World, thread: int, told: Told) -> bool:
    """Whether the thread may make the call now with the line's result, as far as its ids tell."""
    word = told_id(told.printed, told.trace.gave)
    space = _space(world.state, thread)
    if word is None or word in _body(world.state, space).entries:
        return True
    brought = any(each.target == space for each in world.mail)
    return brought and not _never(world, space, word)


def bound(world: World, later: Later, line: int) -> dict[int, int]:
    """The free threads that alone have their space, and the next line that only each prints.

    It is a line from this one on; a thread without such a line near is left out.
    """
    spaces = _spaces(world.state)
    if len(spaces) < 2:
        return {}
    alone = {
        space: threads[0]
        for names in alike(world)
        for space in (_space(world.state, names[0]),)
        if len(threads := spaces[space]) == 1
    }
    found: dict[int, int] = {}
    if not alone:
        return found
    bodies = {space: _body(world.state, space) for space in spaces}
    for ahead in later.telling(line, _MOST_AHEAD):
        assert ahead.own is not None, ahead
        space = _only_one(world, bodies, alone, ahead.own)
        if space is not None:
            found.setdefault(alone[space], ahead.line)
            if len(found) == len(alone):
                break
    return found


def _only_one(
    world: World, spaces: Mapping[int, CapabilitySpace], alone: Iterable[int], word: int
) -> int | None:
    """The one of these spaces whose thread alone can have made the call of its own id."""
    having = [space for space in alone if word in spaces[space].entries]
    if len(having) != 1:
        return None
    for space, body in spaces.items():
        if space != having[0] and (word in body.entries or not _never(world, space, word)):
            return None
    return having[0]


def _never(world: World, space: int, word: int) -> bool:
    """Whether the space, which does not have the id, gave it before and will not give it again."""
    kind, serial = type_of(word), serial_of(word)
    given = serial < _body(world.state, space).next_serial[kind]
    return given and (space, kind, serial) not in world.unnamed


def told_id(printed: Printed, gave: str) -> int | None:
    """An id that the caller has, where the call succeeded."""
    word = own_word(printed) if gave.startswith("Ok") else None
    return word if word is not None and parses(word) and type_of(word) in TABLED else None


def _body(state: State, space: int) -> CapabilitySpace:
    body = state.body(space)
    assert isinstance(body, CapabilitySpace), space
    return body


def _spaces(state: State) -> dict[int, list[int]]:
    """The spaces of threads that may run, each with these."""
    spaces: dict[int, list[int]] = {}
    for name, known in state.objects.items():
        body = known.body
        if isinstance(body, Thread) and (body.is_alive or name in state.running):
            spaces.setdefault(body.capability_space, []).append(name)
    return spaces
