"""Whose call a line prints, as far as the ids in it tell.

Ids of different capability spaces look alike. But a space gives each of its ids once: who does not
have one that others of its type have followed will never have it.
"""

from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from reference_kernel.log.crowd import alike
from reference_kernel.log.reading import Printed
from reference_kernel.log.search import Ahead, Later, Told
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
_LAST_CALLS_AGAIN = 0.6
"""How much it counts that a thread was the last to call: more than one id that others use too."""


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


def likeliest(world: World, told: Told) -> list[list[int]]:
    """The free threads, those together that are alike; first whose call the line may well be.

    Who has ids that it prints, and often used them; where that does not tell, the last caller.
    """
    kinds = alike(world)
    if len(kinds) < 2:
        return kinds
    able = [names for names in kinds if _may_call(world, names[0], told)] or kinds
    spaces = {names[0]: _space(world.state, names[0]) for names in able}
    words = [word for word in _capabilities(told.printed) if word in world.uses]

    def habit(names: list[int]) -> float:
        last = _LAST_CALLS_AGAIN if world.last in names else 0
        return last + sum(_share(world, word, spaces[names[0]], len(able)) for word in words)

    return sorted(able, key=habit, reverse=True)


def used(world: World, told: Told) -> World:
    """The world in which the last caller has used the ids that the line prints."""
    if told.sure or not isinstance(world.state.body(world.last), Thread):
        return world
    space, uses = _space(world.state, world.last), world.uses
    for word in _capabilities(told.printed):
        by = uses.get(word, Map())
        uses = uses.set(word, by.set(space, by.get(space, 0) + 1))
    return replace(world, uses=uses)


def _share(world: World, word: int, space: int, spaces: int) -> float:
    """The part of the uses of an id, of so many spaces, that is this space's."""
    by = world.uses[word]
    return float((by.get(space, 0) + 1) / (sum(by.values()) + spaces))


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
    word = _told_id(told.printed, told.trace.gave)
    space = _space(world.state, thread)
    if word is None or word in _body(world.state, space).entries:
        return True
    brought = any(each.target == space for each in world.mail)
    return brought and not _never(world, space, word)


def bound(world: World, later: Later, line: int) -> dict[int, int]:
    """The threads that alone have their space, and the next line that only each of them prints.

    It is a line from this one on; a thread without such a line near is left out.
    """
    spaces = _spaces(world.state)
    alone = {space for space, names in spaces.items() if len(names) == 1}
    found: dict[int, int] = {}
    if len(spaces) < 2:
        return found
    for number, ahead in enumerate(later.after(line - 1)):
        if number == _MOST_AHEAD or len(found) == len(alone):
            break
        space = _only_one(world, spaces, ahead)
        if space in alone:
            found.setdefault(spaces[space][0], ahead.line)
    return found


def _only_one(world: World, spaces: Iterable[int], ahead: Ahead) -> int | None:
    """The space whose threads alone can have made the call."""
    word = _told_id(ahead.printed, ahead.gave)
    if word is None:
        return None
    having: int | None = None
    for space in spaces:
        if word in _body(world.state, space).entries:
            if having is not None:
                return None
            having = space
        elif not _never(world, space, word):
            return None
    return having


def _never(world: World, space: int, word: int) -> bool:
    """Whether the space, which does not have the id, gave it before and will not give it again."""
    kind, serial = type_of(word), serial_of(word)
    given = serial < _body(world.state, space).next_serial[kind]
    return given and (space, kind, serial) not in world.unnamed


def _told_id(printed: Printed, gave: str) -> int | None:
    """An id that the caller has, where the call succeeded."""
    word = own_word(printed) if gave.startswith("Ok") else None
    return word if word is not None and parses(word) and type_of(word) in TABLED else None


def _body(state: State, space: int) -> CapabilitySpace:
    body = state.body(space)
    assert isinstance(body, CapabilitySpace), space
    return body


def _spaces(state: State) -> dict[int, list[int]]:
    """The spaces of living threads, each with these."""
    spaces: dict[int, list[int]] = {}
    for name, known in state.objects.items():
        body = known.body
        if isinstance(body, Thread) and body.is_alive:
            spaces.setdefault(body.capability_space, []).append(name)
    return spaces
