"""Capability ids: every word is taken or refused, and no id is lost in packing."""

from collections.abc import Iterable

from assay.lang import Statement, Truth, Word, all_of, any_of, free, statement
from proofs.abi.words import Word64, any_word, apart, in_range, packed, rebuilt, values
from spec.call import Call
from spec.call import Word as Meaning
from spec.design import Design, chosen
from spec.ids import UNTABLED
from spec.layouts import ID, field_of, refused_types, taken_types
from spec.syscalls import CALLS

_TYPE = field_of(ID, "type")


def id_statements(design: Design) -> tuple[Statement, ...]:
    """ABI-2 of the capability arguments of every call, ABI-2 and ABI-3 of ids themselves."""
    calls = [call for call in CALLS if chosen(design, call.choice) and _capabilities(call)]
    return (*(_decoded(design, call) for call in calls), _said_again(), _packing(), _unpacking())


def _capabilities(call: Call) -> list[str]:
    return [each.name for each in call.arguments if each.word is Meaning.CAPABILITY]


def _decoded(design: Design, call: Call) -> Statement:
    """Each word given for a capability leads to a look-up, or to a refusal of the table."""
    parts: dict[str, Truth] = {}
    for name in _capabilities(call):
        given = free(Word64, name)
        decided = _is_one_of(given, taken_types(call, name) | refused_types(design, call, name))
        for number in sorted(UNTABLED):
            of_it = _TYPE.of(given) == int(number)
            parts[f"{name} of type {number.printed}"] = of_it.implies(decided)
        other = ~_is_one_of(given, UNTABLED)
        parts[f"{name} of another type"] = other.implies(decided)
    return statement(f"{call.name} capabilities", "ABI-2", parts)


def _is_one_of(word: Word, numbers: Iterable[int]) -> Truth:
    return any_of(*(_TYPE.of(word) == int(number) for number in sorted(numbers)))


def _said_again() -> Statement:
    word = any_word(ID, "id")
    return statement("ids, said again", "ABI-2", {"the whole id": rebuilt(ID, word) == word})


def _packing() -> Statement:
    """What is packed is read again, so two ids that differ in a field are two words."""
    one, other = values(ID, "one"), values(ID, "other")
    parts = apart(ID, any_word(ID, "id"))
    for field in ID.fields:
        same = packed(one) == packed(other)
        parts[f"{field.name} comes back"] = field.of(packed(one)) == one[field]
        parts[f"{field.name} tells ids apart"] = same.implies(one[field] == other[field])
    return statement("ids, packed", "ABI-3", parts, given=[*in_range(one), *in_range(other)])


def _unpacking() -> Statement:
    """Two words that read the same are one."""
    one, other = any_word(ID, "one"), any_word(ID, "other")
    same = all_of(*(field.of(one) == field.of(other) for field in ID.fields))
    return statement("ids, unpacked", "ABI-3", {"the whole id": same.implies(one == other)})
