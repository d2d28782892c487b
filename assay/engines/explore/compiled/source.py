"""Terms as LLVM's text: straight code on the words of one state.

A number is an i64, a truth an i1; none is a number that no field holds. What is computed once is
used again wherever the place of its computation is passed before.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.terms import Form, Term
from assay.engines.explore.compiled.words import Field, Words, signed
from assay.lang.tree import Operator

NONE = -(1 << 62)
"""The number that stands for no value."""

_INSTRUCTIONS = {
    Operator.ADD: "add",
    Operator.SUBTRACT: "sub",
    Operator.UNION: "or",
    Operator.INTERSECT: "and",
    Operator.SHIFT_LEFT: "shl",
    Operator.SHIFT_RIGHT: "lshr",
}
_COMPARISONS = {Operator.LESS: "slt", Operator.AT_MOST: "sle"}


class Source(Code):
    """The body of a function that works on one state, whose words are in memory at %s."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self._known: list[dict[tuple[str, Term], str]] = [{}]
        self._loaded = [self.load("%s", word) for word in range(words.count)]

    @contextmanager
    def where(self, condition: str, otherwise: Callable[[], None] | None = None) -> Iterator[None]:
        """As for any code; what is computed inside is not known outside."""
        with super().where(condition, otherwise):
            self._known.append({})
            yield
            self._known.pop()

    def compute(self, term: Term) -> None:
        """Compute the term here, to be used wherever this place is passed before."""
        if term.truth:
            self.truth(term)
        else:
            self.number(term)

    def truth(self, term: Term) -> str:
        """The truth as an i1."""
        if term.is_constant:
            return "true" if term.value else "false"
        return self._once("truth", term, self._truth)

    def number(self, term: Term) -> str:
        """The number as an i64."""
        if term.is_constant:
            return str(NONE if term.known is None else int(term.known))
        return self._once("number", term, self._number)

    def code(self, term: Term, field: Field) -> str:
        """The number or the truth as the bits of a field, not shifted; any, if it does not fit."""
        if term.is_constant:
            return str(field.cut(term.known))
        if term.truth:
            return self._once("bits", term, lambda t: self.value(f"zext i1 {self.truth(t)} to i64"))
        if term.form is Form.CELL and _alike(self._field(term), field):
            return self._bits(term)
        if term.form is Form.CHOOSE:
            kind = f"code {field.low} {field.option}"
            return self._once(kind, term, lambda t: self._chosen_code(t, field))
        number = self.number(term)
        step = field.option - field.low
        code = self.value(f"add i64 {number}, {step}") if step else number
        if field.option:
            code = self._select(self.value(f"icmp eq i64 {number}, {NONE}"), "0", code)
        return code

    def _chosen_code(self, term: Term, field: Field) -> str:
        condition, then, otherwise = term.parts
        codes = [self.code(each, field) for each in (then, otherwise)]
        return self._select(self.truth(condition), *codes)

    def store_state(self, cells: dict[int, Term], pointer: str) -> None:
        """Store the state with some cells changed."""
        for word in range(self.words.count):
            inside = {at: term for at, term in cells.items() if self.words.fields[at].word == word}
            new = self._changed(word, inside)
            self.store(new, pointer, word)

    def _changed(self, word: int, cells: dict[int, Term]) -> str:
        clear = fixed = 0
        moving: list[str] = []
        for position, term in cells.items():
            field = self.words.fields[position]
            clear |= _mask(field)
            if term.is_constant:
                fixed |= field.cut(term.known) << field.shift
            else:
                moving.append(self._shifted(self.code(term, field), field.shift))
        new = self._loaded[word]
        if clear:
            new = self.value(f"and i64 {new}, {signed(~clear)}")
        if fixed:
            new = self.value(f"or i64 {new}, {signed(fixed)}")
        for bits in moving:
            new = self.value(f"or i64 {new}, {bits}")
        return new

    def _shifted(self, bits: str, places: int) -> str:
        return self.value(f"shl i64 {bits}, {places}") if places else bits

    def _once(self, kind: str, term: Term, write: Callable[[Term], str]) -> str:
        for known in self._known:
            if (kind, term) in known:
                return known[kind, term]
        name = self._known[-1][kind, term] = write(term)
        return name

    def _is_known(self, truth: Term) -> bool:
        return any(("truth", truth) in known for known in self._known)

    def _field(self, cell: Term) -> Field:
        return self.words.fields[cell.position]

    def _bits(self, cell: Term) -> str:
        """The bits of a cell, not shifted."""
        return self._once("bits", cell, self._write_bits)

    def _write_bits(self, cell: Term) -> str:
        field = self._field(cell)
        bits = self._loaded[field.word]
        if field.shift:
            bits = self.value(f"lshr i64 {bits}, {field.shift}")
        return self.value(f"and i64 {bits}, {signed((1 << field.width) - 1)}")

    def _truth(self, term: Term) -> str:
        match term.form:
            case Form.CELL:
                return self._masked("ne", self._field(term), 0)
            case Form.EQUAL:
                return self._equal(*term.parts)
            case Form.AND:
                return self._and(term.parts)
            case Form.NOT if term.parts[0].form is Form.AND and not self._is_known(term.parts[0]):
                return self._not_and(term.parts[0].parts)
            case Form.NOT:
                return self._not(term.parts[0])
            case Form.CHOOSE:
                condition, then, otherwise = map(self.truth, term.parts)
                return self.value(f"select i1 {condition}, i1 {then}, i1 {otherwise}")
            case Form.CALCULATE:
                return self._compared(term)
            case _:
                raise AssertionError(term)

    def _not(self, term: Term) -> str:
        if term.form is Form.CELL:
            return self._masked("eq", self._field(term), 0)
        if (
            term.form is Form.EQUAL
            and term.parts[0].form is Form.CELL
            and term.parts[1].is_constant
        ):
            field = self._field(term.parts[0])
            return self._masked("ne", field, field.code(term.parts[1].known) << field.shift)
        return self.value(f"xor i1 {self.truth(term)}, true")

    def _equal(self, left: Term, right: Term) -> str:
        if left.truth:
            return self.value(f"icmp eq i1 {self.truth(left)}, {self.truth(right)}")
        if left.form is Form.CELL and right.is_constant:
            field = self._field(left)
            return self._masked("eq", field, field.code(right.known) << field.shift)
        cells = left.form is Form.CELL and right.form is Form.CELL
        if cells and _alike(self._field(left), self._field(right)):
            return self.value(f"icmp eq i64 {self._bits(left)}, {self._bits(right)}")
        return self.value(f"icmp eq i64 {self.number(left)}, {self.number(right)}")

    def _masked(self, comparison: str, field: Field, bits: int) -> str:
        return self._compare(comparison, field.word, _mask(field), bits)

    def _compare(self, comparison: str, word: int, mask: int, bits: int) -> str:
        masked = self.value(f"and i64 {self._loaded[word]}, {signed(mask)}")
        return self.value(f"icmp {comparison} i64 {masked}, {signed(bits)}")

    def _and(self, parts: Iterable[Term]) -> str:
        """All of them: those that fix a field in one comparison for each word."""
        fixed: dict[int, tuple[int, int]] = {}
        others: list[Term] = []
        for part in parts:
            known = self._fixed(part)
            if known is None:
                others.append(part)
            else:
                word, mask, bits = known
                before = fixed.get(word, (0, 0))
                fixed[word] = before[0] | mask, before[1] | bits
        truths = [self._compare("eq", word, *each) for word, each in fixed.items()]
        truths += map(self.truth, others)
        return self._joined("and", truths)

    def _not_and(self, parts: Iterable[Term]) -> str:
        truths = [
            self.truth(part.parts[0]) if part.form is Form.NOT else self._not(part)
            for part in parts
        ]
        return self._joined("or", truths)

    def _joined(self, instruction: str, truths: list[str]) -> str:
        joined, *rest = truths
        for truth in rest:
            joined = self.value(f"{instruction} i1 {joined}, {truth}")
        return joined

    def _fixed(self, term: Term) -> tuple[int, int, int] | None:
        """Word, mask and bits where the truth says what a field holds."""
        plain, value = (term.parts[0], False) if term.form is Form.NOT else (term, True)
        if plain.form is Form.CELL:
            field = self._field(plain)
            return field.word, _mask(field), value << field.shift
        if value and plain.fixes_a_cell:
            field = self._field(plain.parts[0])
            return field.word, _mask(field), field.code(plain.parts[1].known) << field.shift
        return None

    def _compared(self, term: Term) -> str:
        left, right = map(self.number, term.parts)
        if term.value is Operator.WITHIN:
            rest = self.value(f"and i64 {left}, {self.value(f'xor i64 {right}, -1')}")
            return self.value(f"icmp eq i64 {rest}, 0")
        if not isinstance(term.value, Operator):
            raise AssertionError(term)
        return self.value(f"icmp {_COMPARISONS[term.value]} i64 {left}, {right}")

    def _number(self, term: Term) -> str:
        match term.form:
            case Form.CELL:
                return self._decoded(term)
            case Form.NUMBER:
                return self.value(f"zext i1 {self.truth(term.parts[0])} to i64")
            case Form.CHOOSE:
                condition, then, otherwise = term.parts
                return self._select(
                    self.truth(condition), self.number(then), self.number(otherwise)
                )
            case Form.CALCULATE:
                return self._calculated(term)
            case _:
                raise AssertionError(term)

    def _decoded(self, cell: Term) -> str:
        field, bits = self._field(cell), self._bits(cell)
        step = field.low - field.option
        number = self.value(f"add i64 {bits}, {step}") if step else bits
        if field.option:
            number = self._select(self.value(f"icmp eq i64 {bits}, 0"), str(NONE), number)
        return number

    def _calculated(self, term: Term) -> str:
        left, right = map(self.number, term.parts)
        if term.value is Operator.WITHOUT:
            return self.value(f"and i64 {left}, {self.value(f'xor i64 {right}, -1')}")
        if not isinstance(term.value, Operator):
            raise AssertionError(term)
        number = self.value(f"{_INSTRUCTIONS[term.value]} i64 {left}, {right}")
        if term.width is None:
            return number
        return self.value(f"and i64 {number}, {(1 << term.width) - 1}")

    def _select(self, condition: str, then: str, otherwise: str) -> str:
        return self.value(f"select i1 {condition}, i64 {then}, i64 {otherwise}")


def _alike(one: Field, other: Field) -> bool:
    return (one.low, one.option, one.truth) == (other.low, other.option, other.truth)


def _mask(field: Field) -> int:
    return (1 << field.width) - 1 << field.shift
