"""LLVM, and memory straight from the system: what the compiled search runs on."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from os import sysconf

import llvmlite.binding as llvm

_WORD_BYTES = 8
_HUGE_PAGE = 1 << 21
_NO_RESERVE = 0x4000
_ADVISE_HUGE = 14


_CAREFULLY_UP_TO = 400_000
"""Characters of a module up to which the time for good code is well spent."""


@dataclass(frozen=True, slots=True)
class Module:
    """A compiled module."""

    engine: llvm.ExecutionEngine

    def address(self, name: str) -> int:
        """The address of a function."""
        return int(self.engine.get_function_address(name))

    def function(self, name: str, arguments: int) -> Callable[..., int]:
        """A function of some i64 that gives one; a call holds no Python lock."""
        sort = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_uint64] * arguments)
        return sort(self.address(name))


def compiled(text: str, *, carefully_up_to: int = _CAREFULLY_UP_TO) -> Module:
    """A module in machine code for this processor; a longer one as fast as it can be compiled."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=2 if len(text) <= carefully_up_to else 0,
    )
    module = llvm.parse_assembly(text)
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    passes.run(module, llvm.create_pass_builder(target, options))
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return Module(engine)


class Region:
    """Zeroed memory for some words; pages are taken from the system when they are touched."""

    def __init__(self, words: int) -> None:
        self._bytes = max(words * _WORD_BYTES, 1)
        self._map = mmap(-1, self._bytes, flags=MAP_PRIVATE | MAP_ANONYMOUS | _NO_RESERVE)
        if self._bytes >= _HUGE_PAGE:
            self._map.madvise(_ADVISE_HUGE)
        self._words = (ctypes.c_int64 * words).from_buffer(self._map)
        self.address = ctypes.addressof(self._words)

    def __getitem__(self, index: int) -> int:
        return self._words[index]

    def __setitem__(self, index: int, number: int) -> None:
        self._words[index] = number

    def slice(self, begin: int, end: int) -> list[int]:
        """The words from one to before another."""
        return self._words[begin:end]

    def fill(self, number: int) -> None:
        """Set all words."""
        for index in range(len(self._words)):
            self._words[index] = number

    def __len__(self) -> int:
        return len(self._words)

    def first_bytes(self, words: int) -> memoryview:
        """The memory of the first words."""
        return memoryview(self._map)[: words * _WORD_BYTES]

    def at(self, index: int) -> int:
        """The address of a word."""
        return self.address + index * _WORD_BYTES


def memory_words() -> int:
    """How many words of memory the machine has."""
    return sysconf("SC_PHYS_PAGES") * sysconf("SC_PAGE_SIZE") // _WORD_BYTES
