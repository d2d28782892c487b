"""The functions of the search that no model decides: the loop over states and the set of states.

The states found stand in one queue, in the order in which they were found; the set of them is a
table with open addressing. A state of one word is its own entry (plus one: 0 is no entry). A wider
one is entered as 28 bits of its hash and the place in the queue where it stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from assay.engines.explore.compiled.code import Code

RECENT_BITS = 14
"""So many bits of the hash say where a state stands among those that were met lately."""
EXTENT = 256
"""States of the queue that a thread takes for itself at once when it shares the queue."""
EDGE_BITS = 36
"""Bits of an edge that are the place of the state to which it leads; above stands its step."""
_PLACE_BITS = 36
_Leave = Callable[[str], None]
_MULTIPLIER = -7046029254386353131  # the golden ratio of 2**64, as LLVM writes it


class Context(IntEnum):
    """Where the i64 stand that all threads share."""

    QUEUE = 0  # address
    TABLE = 1  # address
    SHIFT = 2  # a hash is shifted so far to be an index of the table
    MASK = 3  # entries of the table, minus one
    CURSOR = 4  # the next state to expand
    END = 5  # where the level ends
    TAIL = 6  # where the next extent begins
    LIMIT = 7  # where the table must grow
    EXPAND = 8  # addresses of the functions that the model decides
    CHECK = 9
    ORDER = 10


class Own(IntEnum):
    """Where the i64 stand that each thread has for itself."""

    AT = 0  # where the next new state goes
    STOP = 1  # where the extent ends
    OUT = 2  # addresses: of the states that follow,
    STEPS = 3  # of the numbers of their steps,
    PLACES = 4  # of their hashes as indices,
    REFUSED = 5  # of how often each check refused,
    TAKEN = 6  # of how often each step was taken,
    SEEN = 7  # of the states in which they were taken first, plus one,
    FIRST = 8  # of the events, each with its state and step
    BLOCKS = 9  # how many blocks of states it may expand before it returns
    DEADLOCKS = 10
    RECENT = 11  # address of states that were met lately


class Status(IntEnum):
    """Why `work` returns."""

    LEVEL_DONE = 0
    TABLE_FULL = 1
    BLOCKS_DONE = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """What the kernel has to know of an instance.

    The words of a state, whether a state is its own entry, the states of a block, whether threads
    share the table, whether one state stands for others, and whether steps are linked afterwards:
    then no state is its own entry, since an entry must say where its state stands.
    """

    words: int
    narrow: bool
    block: int
    shared: bool
    ordered: bool = False
    linked: bool = False


def kernel_functions(shape: Shape) -> str:
    """`work(context, own)`, `enter(context, begin, end)`, `find(context, own, begin, end, target)`.

    `work` expands blocks of the level until none is left, the table is full or its blocks are done;
    it gives a Status. `enter` puts states of the queue, all distinct, into an empty table. `find`
    gives the first state of a part of the queue that the target follows on, or the end.
    `link(context, own, begin, end, ends, edges)`, where steps are linked, writes the edges of some
    states of the queue behind those of the states before, and where those of each end.
    """
    declared = "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)\n"
    link = _link(shape) if shape.linked else ""
    return declared + _Work(shape).text() + _enter(shape) + _find(shape) + link


def _hash(code: Code, shape: Shape, state: str) -> str:
    hashed = code.value(f"mul i64 {code.load(state)}, {_MULTIPLIER}")
    for word in range(1, shape.words):
        folded = code.value(f"xor i64 {hashed}, {code.value(f'lshr i64 {hashed}, 32')}")
        mixed = code.add(folded, code.load(state, word))
        hashed = code.value(f"mul i64 {mixed}, {_MULTIPLIER}")
    return hashed


def _place(code: Code, hashed: str, shift: str) -> str:
    return code.value(f"lshr i64 {hashed}, {shift}")


def _tag(code: Code, hashed: str) -> str:
    """The low bits of the hash, which the place in the table says least of, high in the entry."""
    mixed = code.value(f"xor i64 {hashed}, {code.value(f'lshr i64 {hashed}, 29')}")
    return code.value(f"shl i64 {mixed}, {_PLACE_BITS}")


def _prefetch(code: Code, table: str, place: str) -> None:
    code.do(f"call void @llvm.prefetch.p0(ptr {code.address(table, place)}, i32 1, i32 3, i32 1)")


def _state(code: Code, shape: Shape, pointer: str, index: str) -> str:
    place = index if shape.words == 1 else code.value(f"mul i64 {index}, {shape.words}")
    return code.address(pointer, place)


def _copy(code: Code, shape: Shape, source: str, target: str) -> None:
    for word in range(shape.words):
        code.store(code.load(source, word), target, word)


def _same(code: Code, shape: Shape, one: str, other: str) -> str:
    different = "0"
    for word in range(shape.words):
        apart = code.value(f"xor i64 {code.load(one, word)}, {code.load(other, word)}")
        different = code.value(f"or i64 {different}, {apart}")
    return code.is_equal(different, 0)


def _next(code: Code, place: str, mask: str) -> str:
    return code.value(f"and i64 {code.add(place, 1)}, {mask}")


class _Work:
    """The function `work`."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.code = code = Code()
        self.queue, self.table, self.expand, self.check, self.order = (
            code.load("%context", at, "ptr")
            for at in (Context.QUEUE, Context.TABLE, Context.EXPAND, Context.CHECK, Context.ORDER)
        )
        self.shift, self.mask, self.end, self.limit = (
            code.load("%context", at)
            for at in (Context.SHIFT, Context.MASK, Context.END, Context.LIMIT)
        )
        self.recent = code.load("%own", Own.RECENT, "ptr")
        self.out, self.steps, self.places, self.refused, self.taken, self.seen, self.first = (
            code.load("%own", at, "ptr")
            for at in (Own.OUT, Own.STEPS, Own.PLACES, Own.REFUSED, Own.TAKEN, Own.SEEN, Own.FIRST)
        )
        self.blocks, self.at, self.stop = (
            code.variable(code.load("%own", at)) for at in (Own.BLOCKS, Own.AT, Own.STOP)
        )
        self.deadlocks = code.variable(code.load("%own", Own.DEADLOCKS))
        self.status = code.variable(0)

    def text(self) -> str:
        """The whole function."""
        code = self.code
        with code.loop() as leave:
            self._leave_when(leave, Status.BLOCKS_DONE, code.is_equal(code.load(self.blocks), 0))
            tail = code.address("%context", Context.TAIL)
            reserved = code.value(f"load atomic i64, ptr {tail} monotonic, align 8")
            for number in (reserved, code.load(self.at)):
                full = code.value(f"icmp ugt i64 {number}, {self.limit}")
                self._leave_when(leave, Status.TABLE_FULL, full)
            cursor = code.address("%context", Context.CURSOR)
            begin = code.value(f"atomicrmw add ptr {cursor}, i64 {self.shape.block} monotonic")
            over = code.value(f"icmp uge i64 {begin}, {self.end}")
            self._leave_when(leave, Status.LEVEL_DONE, over)
            self._insert(self._expand(begin))
            code.store(code.add(code.load(self.blocks), -1), self.blocks)
        for variable, at in (
            (self.at, Own.AT),
            (self.stop, Own.STOP),
            (self.deadlocks, Own.DEADLOCKS),
        ):
            code.store(code.load(variable), "%own", at)
        status = code.load(self.status)
        return code.function("i64 @work(ptr noalias %context, ptr noalias %own)", f"i64 {status}")

    def _leave_when(self, leave: _Leave, status: Status, condition: str) -> None:
        self.code.store(status, self.status)
        leave(condition)

    def _expand(self, begin: str) -> str:
        """Expand a block; the number of states that follow, their places prefetched."""
        code, shape = self.code, self.shape
        past = code.add(begin, shape.block)
        inside = code.value(f"icmp ult i64 {past}, {self.end}")
        end = code.value(f"select i1 {inside}, i64 {past}, i64 {self.end}")
        found = code.variable(0)
        with code.count(begin, end) as index:
            before = code.load(found)
            taken = code.value(
                f"call i64 {self.expand}(ptr {_state(code, shape, self.queue, index)}, "
                f"ptr {_state(code, shape, self.out, before)}, ptr {self.steps}, "
                f"ptr {self.refused}, ptr {self.first}, i64 {index})"
            )
            self._count_steps(taken, index)
            stuck = code.value(f"zext i1 {code.is_equal(taken, 0)} to i64")
            code.store(code.add(code.load(self.deadlocks), stuck), self.deadlocks)
            code.store(code.add(before, taken), found)
        return self._sift(code.load(found))

    def _sift(self, count: str) -> str:
        """Drop states that were met lately; the number of the rest, their places prefetched."""
        code, shape = self.code, self.shape
        left = code.variable(0)
        with code.count(0, count) as index:
            state = _state(code, shape, self.out, index)
            if shape.ordered:
                code.do(f"call i64 {self.order}(ptr {state})")
            hashed = _hash(code, shape, state)
            at = code.load(left)
            code.store(hashed, self.places, at)
            _copy(code, shape, state, _state(code, shape, self.out, at))
            news = self._is_news(state, hashed)
            place = code.value(f"mul i64 {_place(code, hashed, self.shift)}, {news}")
            _prefetch(code, self.table, place)
            code.store(code.add(at, news), left)
        return code.load(left)

    def _is_news(self, state: str, hashed: str) -> str:
        """1 for a state that is not the last with its hash; a wide one is always news."""
        code = self.code
        if not self.shape.narrow:
            return "1"
        key = code.add(code.load(state), 1)
        place = code.address(self.recent, _place(code, hashed, str(64 - RECENT_BITS)))
        known = code.load(place)
        code.store(key, place)
        return code.value(f"zext i1 {code.value(f'icmp ne i64 {known}, {key}')} to i64")

    def _count_steps(self, taken: str, index: str) -> None:
        code = self.code
        with code.count(0, taken) as each:
            step = code.value(f"load i16, ptr {code.address(self.steps, each, 'i16')}")
            step = code.value(f"zext i16 {step} to i64")
            before = code.load(self.taken, step)
            code.store(code.add(before, 1), self.taken, step)
            with code.where(code.is_equal(before, 0)):
                code.store(code.add(index, 1), self.seen, step)

    def _insert(self, count: str) -> None:
        """Put what is new of the states found into the table and the queue."""
        code, shape = self.code, self.shape
        with code.count(0, count) as index:
            state = _state(code, shape, self.out, index)
            hashed = code.load(self.places, index)
            place = code.variable(_place(code, hashed, self.shift))
            with code.loop() as leave:
                entry = code.address(self.table, code.load(place))
                if shape.narrow:
                    self._probe_narrow(leave, entry, state)
                else:
                    self._probe_wide(leave, entry, state, hashed)
                code.store(_next(code, code.load(place), self.mask), place)

    def _probe_narrow(self, leave: _Leave, entry: str, state: str) -> None:
        code = self.code
        key = code.add(code.load(state), 1)
        known = code.variable(code.value(f"load atomic i64, ptr {entry} monotonic, align 8"))
        mine = code.variable(0)
        with code.where(code.is_equal(code.load(known), 0)):
            self._claim(entry, key, known, mine)
            with code.where(code.is_equal(code.load(mine), 1)):
                self._append(state)
        taken = code.is_equal(code.load(known), key)
        leave(code.value(f"or i1 {taken}, {code.is_equal(code.load(mine), 1)}"))

    def _probe_wide(self, leave: _Leave, entry: str, state: str, hashed: str) -> None:
        code, shape = self.code, self.shape
        tag = _tag(code, hashed)
        known = code.variable(code.value(f"load atomic i64, ptr {entry} acquire, align 8"))
        mine = code.variable(0)
        with code.where(code.is_equal(code.load(known), 0)):
            self._extend()
            at = code.load(self.at)
            _copy(code, shape, state, _state(code, shape, self.queue, at))
            new = code.value(f"or i64 {tag}, {code.add(at, 1)}")
            self._claim(entry, new, known, mine)
            with code.where(code.is_equal(code.load(mine), 1)):
                self._append(None)
        leave(code.is_equal(code.load(mine), 1))
        other = code.value(f"xor i64 {code.load(known)}, {tag}")
        alike = code.value(f"icmp ult i64 {other}, {1 << _PLACE_BITS}")
        same = code.variable(0)
        with code.where(alike):
            there = _state(code, shape, self.queue, code.add(other, -1))
            equal = _same(code, shape, state, there)
            code.store(code.value(f"zext i1 {equal} to i64"), same)
        leave(code.is_equal(code.load(same), 1))

    def _claim(self, entry: str, new: str, known: str, mine: str) -> None:
        """Enter it where nothing is; what another thread entered first is then known."""
        code = self.code
        if not self.shape.shared:
            code.store(new, entry)
            code.store(1, mine)
            return
        pair = code.value(f"cmpxchg ptr {entry}, i64 0, i64 {new} acq_rel acquire")
        code.store(code.value(f"extractvalue {{i64, i1}} {pair}, 0"), known)
        won = code.value(f"extractvalue {{i64, i1}} {pair}, 1")
        code.store(code.value(f"zext i1 {won} to i64"), mine)

    def _extend(self) -> None:
        """See that there is room in the thread's own part of the queue."""
        code = self.code
        with code.where(code.is_equal(code.load(self.at), code.load(self.stop))):
            tail = code.address("%context", Context.TAIL)
            begin = code.value(f"atomicrmw add ptr {tail}, i64 {EXTENT} monotonic")
            code.store(begin, self.at)
            code.store(code.add(begin, EXTENT), self.stop)

    def _append(self, state: str | None) -> None:
        """Put a new state (None: it is there) at the end of the queue and look at it."""
        code, shape = self.code, self.shape
        if state is not None:
            self._extend()
        at = code.load(self.at)
        there = _state(code, shape, self.queue, at)
        if state is not None:
            _copy(code, shape, state, there)
        code.do(f"call i64 {self.check}(ptr {there}, ptr {self.first}, i64 {at})")
        code.store(code.add(at, 1), self.at)


def _enter(shape: Shape) -> str:
    code = Code()
    queue, table = (code.load("%context", at, "ptr") for at in (Context.QUEUE, Context.TABLE))
    shift, mask = (code.load("%context", at) for at in (Context.SHIFT, Context.MASK))
    block = code.variable("%begin")
    with code.loop() as leave:
        begin = code.load(block)
        leave(code.value(f"icmp uge i64 {begin}, %end"))
        past = code.add(begin, shape.block)
        inside = code.value(f"icmp ult i64 {past}, %end")
        end = code.value(f"select i1 {inside}, i64 {past}, i64 %end")
        with code.count(begin, end) as index:
            hashed = _hash(code, shape, _state(code, shape, queue, index))
            _prefetch(code, table, _place(code, hashed, shift))
        with code.count(begin, end) as index:
            state = _state(code, shape, queue, index)
            hashed = _hash(code, shape, state)
            if shape.narrow:
                new = code.add(code.load(state), 1)
            else:
                new = code.value(f"or i64 {_tag(code, hashed)}, {code.add(index, 1)}")
            place = code.variable(_place(code, hashed, shift))
            with code.loop() as leave_place:
                entry = code.address(table, code.load(place))
                pair = code.value(f"cmpxchg ptr {entry}, i64 0, i64 {new} monotonic monotonic")
                leave_place(code.value(f"extractvalue {{i64, i1}} {pair}, 1"))
                code.store(_next(code, code.load(place), mask), place)
        code.store(end, block)
    return code.function("i64 @enter(ptr noalias %context, i64 %begin, i64 %end)", "i64 0")


def _find(shape: Shape) -> str:
    code = Code()
    queue, expand, order = (
        code.load("%context", at, "ptr") for at in (Context.QUEUE, Context.EXPAND, Context.ORDER)
    )
    out, steps, refused, first = (
        code.load("%own", at, "ptr") for at in (Own.OUT, Own.STEPS, Own.REFUSED, Own.FIRST)
    )
    at = code.variable("%begin")
    with code.loop() as leave:
        index = code.load(at)
        leave(code.value(f"icmp uge i64 {index}, %end"))
        taken = code.value(
            f"call i64 {expand}(ptr {_state(code, shape, queue, index)}, ptr {out}, ptr {steps}, "
            f"ptr {refused}, ptr {first}, i64 {index})"
        )
        hits = code.variable(0)
        with code.count(0, taken) as each:
            state = _state(code, shape, out, each)
            if shape.ordered:
                code.do(f"call i64 {order}(ptr {state})")
            same = _same(code, shape, state, "%target")
            bit = code.value(f"zext i1 {same} to i64")
            code.store(code.value(f"or i64 {code.load(hits)}, {bit}"), hits)
        leave(code.is_equal(code.load(hits), 1))
        code.store(code.add(index, 1), at)
    found = code.load(at)
    head = "i64 @find(ptr noalias %context, ptr noalias %own, i64 %begin, i64 %end, ptr %target)"
    return code.function(head, f"i64 {found}")


def _link(shape: Shape) -> str:
    code = Code()
    queue, expand = (code.load("%context", at, "ptr") for at in (Context.QUEUE, Context.EXPAND))
    out, steps, refused, first = (
        code.load("%own", at, "ptr") for at in (Own.OUT, Own.STEPS, Own.REFUSED, Own.FIRST)
    )
    at = code.variable(code.load("%ends", "%begin"))
    with code.count("%begin", "%end") as index:
        source = _state(code, shape, queue, index)
        taken = code.value(
            f"call i64 {expand}(ptr {source}, ptr {out}, ptr {steps}, ptr {refused}, "
            f"ptr {first}, i64 {index})"
        )
        with code.count(0, taken) as each:
            state = _state(code, shape, out, each)
            moves = code.value(f"xor i1 {_same(code, shape, state, source)}, true")
            with code.where(moves):
                step = code.value(f"load i16, ptr {code.address(steps, each, 'i16')}")
                step = code.value(f"zext i16 {step} to i64")
                step = code.value(f"shl i64 {step}, {EDGE_BITS}")
                edge = code.value(f"or i64 {step}, {_found(code, shape, queue, state)}")
                code.store(edge, "%edges", code.load(at))
                code.store(code.add(code.load(at), 1), at)
        code.store(code.load(at), "%ends", code.add(index, 1))
    head = "i64 @link(ptr noalias %context, ptr noalias %own, i64 %begin, i64 %end, "
    return code.function(f"{head}ptr noalias %ends, ptr noalias %edges)", "i64 0")


def _found(code: Code, shape: Shape, queue: str, state: str) -> str:
    """Where a state that is in the table stands in the queue."""
    table = code.load("%context", Context.TABLE, "ptr")
    shift, mask = (code.load("%context", at) for at in (Context.SHIFT, Context.MASK))
    hashed = _hash(code, shape, state)
    tag, place = _tag(code, hashed), code.variable(_place(code, hashed, shift))
    there = code.variable(0)
    with code.loop() as leave:
        entry = code.load(code.address(table, code.load(place)))
        code.store(code.add(code.value(f"xor i64 {entry}, {tag}"), -1), there)
        alike = code.value(f"icmp ult i64 {code.load(there)}, {(1 << _PLACE_BITS) - 1}")
        same = code.variable(0)
        with code.where(alike):
            equal = _same(code, shape, state, _state(code, shape, queue, code.load(there)))
            code.store(code.value(f"zext i1 {equal} to i64"), same)
        leave(code.is_equal(code.load(same), 1))
        code.store(_next(code, code.load(place), mask), place)
    return code.load(there)
