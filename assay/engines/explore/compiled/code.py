"""LLVM's text, written piece by piece: values, branches, loops and variables of a function."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Code:
    """The body of a function that is being written; numbers are i64, truths i1, addresses ptr."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._variables: list[str] = []
        self._names = 0

    def function(self, head: str, result: str = "void") -> str:
        """The whole function: `head` is what stands between `define` and the body."""
        body = [*self._variables, *self.lines, f"  ret {result}"]
        return "\n".join([f"define {head} {{", "entry:", *body, "}", ""])

    def do(self, instruction: str) -> None:
        """An instruction without a value."""
        self.lines.append(f"  {instruction}")

    def value(self, instruction: str) -> str:
        """The name of what the instruction computes."""
        self._names += 1
        self.lines.append(f"  %v{self._names} = {instruction}")
        return f"%v{self._names}"

    def address(self, pointer: str, index: int | str, sort: str = "i64") -> str:
        """The address of the element with the index, counted from the pointer."""
        if index == 0:
            return pointer
        return self.value(f"getelementptr {sort}, ptr {pointer}, i64 {index}")

    def load(self, pointer: str, index: int | str = 0, sort: str = "i64") -> str:
        """The i64 (or the ptr) with the index, counted from the pointer."""
        return self.value(f"load {sort}, ptr {self.address(pointer, index)}")

    def store(self, number: int | str, pointer: str, index: int | str = 0) -> None:
        """Store an i64 at the index, counted from the pointer."""
        self.do(f"store i64 {number}, ptr {self.address(pointer, index)}")

    def add(self, left: str, right: int | str) -> str:
        """The sum."""
        return self.value(f"add i64 {left}, {right}")

    def is_equal(self, left: str, right: int | str) -> str:
        """Whether two numbers are the same."""
        return self.value(f"icmp eq i64 {left}, {right}")

    def variable(self, initial: int | str) -> str:
        """The address of a new variable, set where this is called."""
        self._names += 1
        name = f"%x{self._names}"
        self._variables.append(f"  {name} = alloca i64")
        self.store(initial, name)
        return name

    def array(self, words: int) -> str:
        """The address of some new words with nothing in them yet."""
        self._names += 1
        name = f"%x{self._names}"
        self._variables.append(f"  {name} = alloca [{max(1, words)} x i64]")
        return name

    def copy(self, source: str, target: str, words: int) -> None:
        """Copy some words from one address to another."""
        for word in range(words):
            self.store(self.load(source, word), target, word)

    @contextmanager
    def where(self, condition: str, otherwise: Callable[[], None] | None = None) -> Iterator[None]:
        """What is written inside runs where the condition holds; else `otherwise` does."""
        self._names += 1
        then, other, end = (f"{kind}{self._names}" for kind in ("then", "else", "end"))
        missing = end if otherwise is None else other
        self.do(f"br i1 {condition}, label %{then}, label %{missing}")
        self.lines.append(f"{then}:")
        yield
        self.do(f"br label %{end}")
        if otherwise is not None:
            self.lines.append(f"{other}:")
            otherwise()
            self.do(f"br label %{end}")
        self.lines.append(f"{end}:")

    @contextmanager
    def loop(self) -> Iterator[Callable[[str], None]]:
        """What is written inside runs until the function that this gives finds a truth true."""
        self._names += 1
        again, left = f"again{self._names}", f"left{self._names}"
        self.do(f"br label %{again}")
        self.lines.append(f"{again}:")

        def leave(condition: str) -> None:
            self._names += 1
            self.do(f"br i1 {condition}, label %{left}, label %on{self._names}")
            self.lines.append(f"on{self._names}:")

        yield leave
        self.do(f"br label %{again}")
        self.lines.append(f"{left}:")

    @contextmanager
    def count(self, start: int | str, end: str) -> Iterator[str]:
        """What is written inside runs for each number from `start` to before `end`."""
        counter = self.variable(start)
        with self.loop() as leave:
            number = self.load(counter)
            leave(self.value(f"icmp uge i64 {number}, {end}"))
            yield number
            self.store(self.add(number, 1), counter)
