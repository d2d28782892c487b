"""Programs as text: a line for each statement, in the syntax of Python's calls.

child = thread_group_new(parent=group)
cap_clone(cap=child, rights=READ | PROD)
user_writes(address=DATA_AT + 8, value=7)
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from reference_kernel.scenarios import boot_words
from reference_kernel.scenarios.notes import Notes, nearest
from reference_kernel.scenarios.statements import USER, Statement
from reference_kernel.scenarios.values import Named, Number, Sum, Value
from spec.call import Argument, Call, Word
from spec.ids import ObjectType
from spec.options import (
    CREATED_RIGHTS,
    WEAK_AUTO_DESTROY,
    CapClone,
    NewCapability,
    ask_created_rights,
)
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls import BY_NAME

_WORD = re.compile(r"[A-Za-z_]\w*")
_OPTIONS, _RIGHTS = "options", "rights"
_ANY_CALL = {"WEAK_AUTO_DESTROY": WEAK_AUTO_DESTROY}


def parse(notes: Notes, text: str, at: tuple[int, int], known: set[str]) -> tuple[Statement, ...]:
    """The statements of a text that begins at that line and column of the file.

    What they give names to is `known` afterwards. Every mistake is noted.
    """
    dedented = dedent(text)
    indent = len(text.splitlines()[0]) - len(dedented.splitlines()[0]) if text.strip() else 0
    try:
        tree = ast.parse(dedented)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 1) or 1, getattr(error, "offset", 1) or 1
        place = at[0] + line - 1, column + indent + (at[1] - 1 if line == 1 else 0)
        wanted = "expected lines like `child = thread_group_new(parent=group)`"
        notes.note(place, f"no call: {getattr(error, 'msg', error)}; {wanted}")
        known.update(_WORD.findall(dedented))  # what stands there may have a name after all
        return ()
    parser = _Parser(notes, at, indent, known)
    return tuple(each for node in tree.body if (each := parser.statement(node)) is not None)


@dataclass(frozen=True, slots=True)
class _Parser:
    notes: Notes
    at: tuple[int, int]
    indent: int
    known: set[str]

    def statement(self, node: ast.stmt) -> Statement | None:
        """The statement; None where it is none, which is noted."""
        match node:
            case ast.Expr(value=ast.Call() as made):
                gives: tuple[ast.expr, ...] = ()
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call() as made):
                gives = tuple(targets)
            case ast.Assign(targets=[ast.Name() as target], value=ast.Call() as made):
                gives = (target,)
            case _:
                self._note(node, "no call; expected lines like `key = key_new()`")
                return None
        if not isinstance(made.func, ast.Name):
            self._note(made, "a call is written by its name: `thread_yield()`")
            return None
        if made.args:
            self._note(made.args[0], "arguments are written with their names: `parent=group`")
        name = made.func.id
        if name in USER:
            found = self._user(made, name)
        elif name in BY_NAME:
            found = self._call(made, BY_NAME[name])
        else:
            self._note(made, f"there is no call `{name}`; {nearest(name, (*BY_NAME, *USER))}")
            found = None
        names = self._gives(name, gives)
        return None if found is None else self._named(found, names, self._place(node)[0])

    def _named(self, found: Statement, names: tuple[str, ...], line: int) -> Statement:
        return Statement(found.name, found.arguments, found.options, found.flags, names, line)

    def _gives(self, name: str, targets: tuple[ast.expr, ...]) -> tuple[str, ...]:
        returned = BY_NAME[name].returns if name in BY_NAME else ()
        names = []
        for at, target in enumerate(targets):
            if not isinstance(target, ast.Name):
                self._note(target, "what a call gives is given a name")
            elif at >= len(returned) and name in BY_NAME:
                given = ", ".join(each.name for each in returned) or "nothing"
                self._note(target, f"`{name}` gives {given}, and no more")
            elif target.id in {*boot_words.numbers(), *boot_words.objects()}:
                self._note(target, f"`{target.id}` has a meaning already; take another name")
            else:
                names.append(target.id)
        self.known.update(each for each in names if each != "_")
        return tuple(names)

    def _user(self, made: ast.Call, name: str) -> Statement:
        given = self._given(made, name, USER[name])
        values = [self._value(given[each]) if each in given else None for each in USER[name]]
        for each, value in zip(USER[name], values, strict=True):
            if each not in given:
                self._note(made, f"`{name}` needs `{each}=`")
                values[USER[name].index(each)] = value
        return Statement(name, tuple(value or Number(0) for value in values))

    def _call(self, made: ast.Call, call: Call) -> Statement:
        names = tuple(each.name for each in call.arguments)
        more = (_OPTIONS, _RIGHTS) if _gives_rights(call) else (_OPTIONS,)
        given = self._given(made, call.name, (*names, *more))
        flags = tuple(self._flags(given[_OPTIONS], call)) if _OPTIONS in given else ()
        options = sum(_ANY_CALL[each] for each in flags if each in _ANY_CALL)
        options |= self._rights(given.get(_RIGHTS), call)
        for argument in call.arguments:
            options |= _bits_brought(argument, is_given=argument.name in given)
        looked_at = options | sum(_bits_of(call, flag) for flag in flags)
        arguments = tuple(
            self._value(given[each.name])
            if each.name in given
            else self._left_out(made, call, each, looked_at)
            for each in call.arguments
        )
        kept = tuple(dict.fromkeys(each for each in flags if each not in _ANY_CALL))
        return Statement(call.name, arguments, options, kept)

    def _left_out(self, made: ast.Call, call: Call, argument: Argument, options: int) -> Value:
        """What stands for an argument that is left out: what boot gave, or 0 where nothing must."""
        if argument.word is not Word.CAPABILITY or not argument.matters(options):
            return Number(0)
        name = None if argument.type is None else boot_words.only_one(argument.type)
        if name is None:
            self._note(made, f"`{call.name}` needs `{argument.name}=`")
            return Number(0)
        return Named(name)

    def _given(self, made: ast.Call, name: str, wanted: tuple[str, ...]) -> dict[str, ast.expr]:
        given = {}
        for each in made.keywords:
            if each.arg is None or each.arg not in wanted:
                hint = nearest(str(each.arg), wanted)
                self._note(each, f"`{name}` has no argument `{each.arg}`; {hint}")
            else:
                given[each.arg] = each.value
        return given

    def _flags(self, node: ast.expr, call: Call) -> Iterator[str]:
        known = {*_ANY_CALL, *(str(flag.name) for flag in call.options or ())}
        known |= {str(flag.name) for flag in call.options_apart or ()}
        for each in _alternatives(node):
            if isinstance(each, ast.Name) and each.id in known:
                yield each.id
            else:
                text = ast.unparse(each)
                self._note(each, f"`{call.name}` has no option `{text}`; {nearest(text, known)}")

    def _rights(self, node: ast.expr | None, call: Call) -> int:
        """The bits that ask for rights; all of them where none are named."""
        asked = ALL_RIGHTS if node is None else Right(0)
        for each in () if node is None else _alternatives(node):
            if isinstance(each, ast.Name) and each.id in Right.__members__:
                asked |= Right[each.id]
            else:
                text = ast.unparse(each)
                self._note(each, f"there is no right `{text}`; {nearest(text, Right.__members__)}")
        if not _gives_rights(call):
            return 0
        if call.options is CapClone:
            return int(asked)
        created = ask_created_rights(int(asked)) & CREATED_RIGHTS
        return created | (int(asked) if call.options is NewCapability else 0)

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                return Number(number)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _sum(self._value(left), self._value(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                sides = self._value(left), self._value(right)
                if isinstance(sides[0], Number) and isinstance(sides[1], Number):
                    return Number(sides[0].value * sides[1].value)
            case _:
                pass
        text = ast.unparse(node)
        self._note(node, f"`{text}` is no value; expected a number, a name, a sum or a product")
        return Number(0)

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in boot_words.numbers():
            return Number(boot_words.numbers()[name])
        if name not in self.known:
            hint = nearest(name, {*self.known, *boot_words.numbers()})
            self._note(node, f"nothing is called `{name}` here; {hint}")
            return Number(0)
        return Named(name)

    def _note(self, node: ast.AST, message: str) -> None:
        self.notes.note(self._place(node), message)

    def _place(self, node: ast.AST) -> tuple[int, int]:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        start = self.at[1] - 1 if line == 1 else 0
        return self.at[0] + line - 1, start + self.indent + column + 1


def _sum(left: Value, right: Value) -> Value:
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(left.value + right.value)
    return Sum(left, right)


def _alternatives(node: ast.expr) -> Iterator[ast.expr]:
    """What stands between the bars of `A | B`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    else:
        yield node


def _gives_rights(call: Call) -> bool:
    """Whether the call may be asked which rights its new capability is to have."""
    creates = any(each.type is ObjectType.ALLOCATOR for each in call.arguments)
    gives = any(each.word is Word.CAPABILITY for each in call.returns)
    return call.options is CapClone or (creates and gives)


def _bits_brought(argument: Argument, *, is_given: bool) -> int:
    """The option bit that an argument brings by standing there, or by being left out.

    One that is looked at only with a bit sets it; without one that tells of a space of the
    caller's, it is the caller's own.
    """
    if is_given and argument.only.bit_count() == 1:
        return argument.only
    own = argument.type is ObjectType.CAPABILITY_SPACE and argument.name != "cap_space"
    return argument.unless if own and not is_given else 0


def _bits_of(call: Call, flag: str) -> int:
    flags = {str(each.name): int(each) for each in call.options or ()}
    return flags.get(flag, 0)
