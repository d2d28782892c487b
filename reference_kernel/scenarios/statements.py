"""One line of a program: a call, or a word that its thread reads or writes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reference_kernel.events import CallMade, Event, UserReads, UserWrites
from reference_kernel.scenarios.values import Value, names_in, worth
from spec.call import Call
from spec.design import Design, OptionBits
from spec.sizes import WORD_LIMIT
from spec.syscalls import BY_NAME

USER = {"user_reads": ("address",), "user_writes": ("address", "value")}
"""What threads do besides calls, with its arguments."""
_WORDS = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """A call by name with its arguments in the order of their words, or a read or write.

    `options` is what is known of the option word without the design, `flags` are names of option
    bits of which the design says where they are. `gives` are the names of the first words that the
    call returns; `_` names none. `line` is where it stands in its file.
    """

    name: str
    arguments: tuple[Value, ...]
    options: int = 0
    flags: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    line: int = 0

    @property
    def needs(self) -> frozenset[str]:
        """The names without which it cannot be made."""
        return frozenset(name for value in self.arguments for name in names_in(value))

    def event(self, design: Design, thread: int, known: Mapping[str, int]) -> Event:
        """What happens when the thread comes to it.

        Errors: KeyError where a name is not known.
        """
        words = [worth(value, known) % WORD_LIMIT for value in self.arguments]
        if self.name == "user_reads":
            return UserReads(thread, words[0])
        if self.name == "user_writes":
            return UserWrites(thread, words[0], words[1])
        call = BY_NAME[self.name]
        padded = (*words, *(0 for _ in range(_WORDS - len(words))))
        bits = dict(flags_of(call, design))
        options = self.options | sum(bits[flag] for flag in self.flags)
        return CallMade(thread, call.number, options, padded)


def flags_of(call: Call, design: Design) -> Iterator[tuple[str, int]]:
    """The names of the call's option bits, and where the design has them."""
    apart = design.option_bits is OptionBits.DISJOINT and call.options_apart is not None
    flags = call.options_apart if apart else call.options
    for flag in flags or ():
        yield str(flag.name), int(flag)
