"""A page in Markdown for each call, made of the table; `python -m spec.pages` writes them.

The pages lie in docs/calls; a test compares them with what this module makes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, IntFlag
from pathlib import Path
from typing import cast

from spec.affected import AFFECTED
from spec.call import Argument, Call, Refusal, Traced, Word, capability, lookup
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED, SEED
from spec.errors import Error
from spec.ids import ObjectType
from spec.option_meanings import BIT_31, MEANINGS
from spec.panics import ANY_CALL, NO_ONE_CALL, PanicPlace
from spec.questions import BY_FIELD, Question
from spec.rights import Right
from spec.syscalls import CALLS

FOLDER = Path(__file__).parents[1] / "docs" / "calls"
INDEX = "README.md"
DESIGNS = (AS_BUILT, SEED, PROPOSED)

_MADE = "Made by `python -m spec.pages` of the table in `spec/syscalls`; do not edit."
_NOTHING = "–"


def pages() -> Mapping[str, str]:
    """The text of each page, by the name of its file."""
    return {INDEX: index(), **{f"{call.name}.md": page(call) for call in CALLS}}


def index() -> str:
    """The page that leads to the others."""
    rows = ((call.number, f"[{call.name}]({call.name}.md)", call.meaning) for call in CALLS)
    table = _table(("#", "call", "meaning"), rows)
    others = (_NO_ONE_CALL, _places(NO_ONE_CALL))
    panics = _section("Panics", _ANY_CALL, _places(ANY_CALL), *others)
    return _document("Every call", (_INTRODUCTION, table, _lookups(), panics, _LIMITS))


def page(call: Call) -> str:
    """All that the table says of a call."""
    meaning = call.meaning.removesuffix(".") + _only_under(call.choice)
    about = f"Call {call.number}. {meaning}."
    source = f"In the kernel: {_codes(call.source.split(', '))}. [Every call]({INDEX})."
    parts = (about, source, _arguments(call), _options(call), _refusals(call), _returns(call))
    more = (_drops(call), _panics(call), _hangs(call), _differences(call), _log(call))
    return _document(call.name, (*parts, *more))


def write(folder: Path) -> None:
    """Write all pages into a folder, and take away those of calls that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


def _arguments(call: Call) -> str:
    if not call.arguments:
        return "It takes no arguments."
    rows = (
        (
            at,
            f"`{each.name}`",
            _what(each) + _only_under(each.choice),
            _asked(call, each),
            _when(call, each),
        )
        for at, each in enumerate(call.arguments, start=1)
    )
    return _section("Arguments", _table(("#", "name", "is", "with the rights", "looked at"), rows))


def _what(argument: Argument) -> str:
    if argument.word is not Word.CAPABILITY:
        return f"{'an' if argument.word is Word.ADDRESS else 'a'} {argument.word.value}"
    return "any capability" if argument.type is None else f"a capability: {argument.type.printed}"


def _asked(call: Call, argument: Argument) -> str:
    always = [_bits(Right, argument.rights)] if argument.rights else []
    by_option = [
        f"{_bits(Right, rights)} with {_options_of(call, bits)}"
        for bits, rights in argument.rights_by_option
    ]
    none = "none" if argument.word is Word.CAPABILITY else _NOTHING
    return "; ".join([*always, *by_option]) or none


def _when(call: Call, argument: Argument) -> str:
    if argument.unless:
        return f"without {_options_of(call, argument.unless)}"
    return f"with {_options_of(call, argument.only)}" if argument.only else "always"


def _options(call: Call) -> str:
    rows = _option_rows(call.options)
    if any(each.word is Word.CAPABILITY for each in call.arguments):
        rows.append((31, "", BIT_31))
    if not rows:
        return ""
    head = ("bit", "name", "meaning")
    apart = _option_rows(call.options_apart)
    more = (_APART, _table(head, apart)) if apart else ()
    return _section("Option bits", _table(head, rows), *more)


def _option_rows(flags: type[IntFlag] | None) -> list[tuple[int, str, str]]:
    return [
        (flag.bit_length() - 1, f"`{flag.name}`", MEANINGS[type(flag)][flag.name or ""])
        for flag in flags or ()
    ]


def _refusals(call: Call) -> str:
    if not call.refusals:
        return _section("Refusals", "It never refuses.")
    head = ("#", "name", "error", "when", "what it has done by then, as built")
    rows = tuple(_refusal_rows(call, call.refusals))
    return _section("Refusals", "The first that applies is the answer.", _table(head, rows))


def _refusal_rows(call: Call, refusals: tuple[Refusal, ...]) -> Iterator[tuple[object, ...]]:
    """A row for each refusal, and one for the four refusals of a lookup."""
    lookups = {lookup(each): each for each in call.arguments}
    at = 0
    while at < len(refusals):
        argument = lookups.get(refusals[at : at + 4])
        refusal = refusals[at]
        if argument is None:
            done = refusal.after or _NOTHING
            yield at + 1, f"`{refusal.name}`", refusal.error.printed, _why(refusal), done
            at += 1
        else:
            where = f"the [lookup]({INDEX}#lookups) of `{argument.name}` fails"
            when = _when(call, argument)
            limit = "" if when == "always" else f"; only {when}"
            yield f"{at + 1} to {at + 4}", f"`{argument.name}_…`", _LOOKUP, where + limit, _DEAD
            at += 4


def _why(refusal: Refusal) -> str:
    return refusal.why + _only_under(refusal.choice)


def _only_under(made: tuple[str, str] | None) -> str:
    """Under which of the designs there is what hangs on a choice."""
    if made is None:
        return ""
    field, choice = made
    chosen = [each.name for each in DESIGNS if _choice(each, field).name == choice]
    if len(chosen) == len(DESIGNS):
        return ""
    where = f"only under {', '.join(chosen)}" if chosen else "under no design that ships"
    return f" ({where})"


def _returns(call: Call) -> str:
    if not call.returns:
        return _section("Returns", "Nothing but `Ok`.")
    rows = (
        (at, f"`{each.name}`", each.word.value) for at, each in enumerate(call.returns, start=1)
    )
    return _section("Returns", _table(("#", "name", "is"), rows))


def _drops(call: Call) -> str:
    return _section("What it may release", f"{_sentence(call.drops)}") if call.drops else ""


def _panics(call: Call) -> str:
    shared = f"[As every call]({INDEX}#panics) whose line the log shows."
    everywhere = "" if call.traced is Traced.NOT else shared
    if not call.panics:
        return _section("Panics", everywhere or "None is known.")
    return _section(
        "Panics", "As built the kernel can panic here:", _places(call.panics), everywhere
    )


def _hangs(call: Call) -> str:
    if not call.hangs:
        return ""
    return _section("Hangs", "As built the kernel can wait here for ever:", _places(call.hangs))


def _places(places: Iterable[PanicPlace]) -> str:
    trapping = " (only a build that traps integer overflow)"
    return "\n".join(
        f"- `{each.place}`: {each.why}{trapping if each.trapping else ''}" for each in places
    )


def _differences(call: Call) -> str:
    questions = (BY_FIELD[field] for field, calls in AFFECTED.items() if call.name in calls)
    parting = [each for each in questions if len(_answers(each)) > 1]
    if not parting:
        return ""
    return _section("Where the designs part", "\n".join(map(_difference, parting)))


def _difference(question: Question) -> str:
    at_stake = ", ".join(question.guarantees)
    lines = (f"{', '.join(names)}: {choice.value}" for choice, names in _answers(question).items())
    title = f"- {question.asks.removesuffix('.')} (`{question.field}`; at stake: {at_stake})"
    return "\n".join((title, *(f"  - {line}" for line in lines)))


def _answers(question: Question) -> dict[Enum, list[str]]:
    """The designs that take each choice, by their names."""
    answers: dict[Enum, list[str]] = {}
    for design in DESIGNS:
        answers.setdefault(_choice(design, question.field), []).append(design.name)
    return answers


def _choice(design: Design, field: str) -> Enum:
    return cast(Enum, getattr(design, field))


def _log(call: Call) -> str:
    shown = f"The kernel's log shows {call.traced.value}"
    named = f", as `{call.log_name}`" if call.log_name != call.name else ""
    unprinted = f", without {_options_of(call, call.unprinted)}" if call.unprinted else ""
    return f"{shown}{named}{unprinted}." if call.traced is not Traced.NOT else f"{shown} of it."


def _options_of(call: Call, mask: int) -> str:
    return _bits(call.options, mask) if call.options is not None else ""


def _bits(flags: type[IntFlag], mask: int) -> str:
    names = [flag.name or "" for flag in flags if flag & mask]
    return " or ".join(names) if flags is not Right else ", ".join(names)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def _section(title: str, *parts: str) -> str:
    return "\n\n".join((f"## {title}", *filter(None, parts)))


def _document(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join((f"# {title}", *filter(None, parts), f"<!-- {_MADE} -->")) + "\n"


def _lookups() -> str:
    rows = (
        (at, f"`…{each.name.removeprefix(_ANY)}`", each.error.printed, each.why, each.after or "–")
        for at, each in enumerate(lookup(capability(_ANY, ObjectType.KEY)), start=1)
    )
    head = ("#", "name", "error", "when", "what the call has done by then")
    return _section("Lookups", _LOOKING_UP, _table(head, rows))


_APART = "Where `option_bits` is DISJOINT, as proposed, each meaning has a bit of its own:"
_ANY = "argument"
_LOOKUP = "InvlId, InvlPerm, InvlWeak"
_DEAD = "a dead weak capability may be destroyed"

_INTRODUCTION = f"""\
A call is made with its number and its option word in one register and up to eight arguments in
others. The answer is `Ok` with what the call returns, or an error and nothing else. A number that
is not listed here is answered with `{Error.INVL_SYSCALL.printed}`. Option bits that a call does not
know are ignored."""

_LOOKING_UP = """\
A capability is passed by its id in the caller's space. A call looks it up with the type that it
wants and the rights that it asks for, and refuses in this order. The name of such a refusal starts
with that of the argument."""

_ANY_CALL = """\
Every call whose line the log shows can panic the kernel as built while the line is made. Further
places stand on the pages of the calls that get there."""

_NO_ONE_CALL = """\
No one call leads here, but what a program does otherwise, or what several calls did before. Where
`user_faults` is END_THREAD, as proposed, a page fault of a program ends its thread instead:"""

_LIMITS = """\
## What these pages do not cover
How long a call takes, and
what happens between its steps. Which guarantees a design keeps: `assay check` says that."""


if __name__ == "__main__":
    write(FOLDER)
