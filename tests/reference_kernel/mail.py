"""A program with a channel, two memories that it can read and write, and a pool."""

from reference_kernel.machine import MACHINE, Machine
from reference_kernel.state import EventPool
from spec.design import Design
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.message_attempts import POOL_AT, a_mapped_pool
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    WRITE,
    ZEROED,
    Program,
)

SOURCE_AT, TARGET_AT = 0x50_0000_0000, 0x51_0000_0000
WORD = 8


class Mail(Program):
    """Sends from `source` and receives in `target`, each of three pages; all ids are given."""

    def __init__(self, design: Design, machine: Machine = MACHINE) -> None:
        super().__init__(design, machine)
        self.channel = self.ok("channel_new", ALLOCATOR, options=ALL)[0]
        self.source = self.mapped(SOURCE_AT)
        self.target = self.mapped(TARGET_AT)
        self.pool = a_mapped_pool(self, 4)

    def mapped(self, address: int, pages: int = 3) -> int:
        """A new memory, mapped there."""
        made = self.ok("memory_new", ALLOCATOR, pages, options=ZEROED | RIGHTS_ASKED)[0]
        self.ok("memory_map", ADDRESS_SPACE, made, address, 0, 0, options=READ | WRITE)
        return made

    def put(self, *words: int, at: int = 0) -> None:
        """Writes the words into the source, from that byte on."""
        for number, word in enumerate(words):
            self.writes(SOURCE_AT + at + number * WORD, word)

    def got(self, count: int, at: int = 0) -> list[int | None]:
        """So many words of the target, from that byte on."""
        return [self.reads(TARGET_AT + at + number * WORD) for number in range(count)]

    def events(self, count: int) -> list[int | None]:
        """So many words of the events that were shown last."""
        return [self.reads(POOL_AT + number * WORD) for number in range(count)]

    def sends(self, size: int, offset: int = 0) -> None:
        """The message waits for a receiver; the pool will be told, with event id 9."""
        words = (self.channel, self.source, offset, size, self.pool, 9)
        assert self.ok("channel_async_send", *words) == ()

    def receives(self, size: int = PAGE_BYTES, offset: int = 0) -> tuple[int, ...]:
        """A message is there and is received; its size and its reply."""
        return self.ok("channel_try_recv", self.channel, self.target, offset, size)

    def awaits(self) -> tuple[int, ...]:
        """There are events, and they are shown."""
        return self.ok("event_pool_await", self.pool)

    def pool_body(self) -> EventPool:
        """The pool."""
        body = self.state.body(self.named(self.pool))
        assert isinstance(body, EventPool)
        return body
