"""Sizes, addresses and ranges as numbers. Sizes are bytes or pages, as each name says."""

PAGE_BYTES = 4096
WORD_LIMIT = 1 << 64
KERNEL_START = 0xFFFF_FF80_0000_0000
"""The first address that the kernel keeps; programs may map anything below, upper half included."""

_HALF = 1 << 47
_UPPER_HALF = WORD_LIMIT - _HALF


def page_aligned(address: int) -> bool:
    """Whether the address is the first of a page.

    pre: 0 <= address < 1 << 64
    post: __return__ == (address // 4096 * 4096 == address)
    """
    return address % PAGE_BYTES == 0


def round_down(address: int) -> int:
    """The first address of the page that holds this one.

    pre: 0 <= address < 1 << 64
    post: __return__ % 4096 == 0
    post: __return__ <= address < __return__ + 4096
    """
    return address - address % PAGE_BYTES


def round_up(size_bytes: int) -> int | None:
    """The size in whole pages, in bytes; None where that is no 64-bit number.

    pre: 0 <= size_bytes < 1 << 64
    post: __return__ is None or __return__ % 4096 == 0
    post: __return__ is None or size_bytes <= __return__ < size_bytes + 4096
    post: (__return__ is None) == (size_bytes > (1 << 64) - 4096)
    """
    return bytes_of(pages_of(size_bytes))


def pages_of(size_bytes: int) -> int:
    """The pages that so many bytes need.

    pre: 0 <= size_bytes < 1 << 64
    post: (__return__ - 1) * 4096 < size_bytes <= __return__ * 4096
    """
    return -(-size_bytes // PAGE_BYTES)


def bytes_of(pages: int) -> int | None:
    """The bytes of so many pages; None where that is no 64-bit number.

    pre: 0 <= pages < 1 << 64
    post: __return__ is None or __return__ == pages * 4096 < 1 << 64
    post: (__return__ is None) == (pages >= 1 << 52)
    """
    size = pages * PAGE_BYTES
    return size if size < WORD_LIMIT else None


def block_pages(pages: int) -> int:
    """The pages of the block that so many are cut from: the next power of two.

    Source: `cap/memory/page.rs`.

    pre: 1 <= pages <= 1 << 52
    post: pages <= __return__ < 2 * pages
    post: any(__return__ == 1 << bit for bit in range(53))
    """
    return 1 << (pages - 1).bit_length()


def virtual_address(word: int) -> int | None:
    """The address that the kernel takes the word for; None where it is no address.

    Bits 47 to 63 of an address are equal; as built a word with bit 47 alone is completed.

    Source: `mem/addr.rs`.

    pre: 0 <= word < 1 << 64
    post: __return__ is None or __return__ % (1 << 48) == word % (1 << 48)
    post: __return__ is None or not 1 << 47 <= __return__ < (1 << 64) - (1 << 47)
    post: (__return__ is None) == (1 << 48 <= word < (1 << 64) - (1 << 47))
    """
    if word < _HALF or word >= _UPPER_HALF:
        return word
    return word + _UPPER_HALF - _HALF if word < 2 * _HALF else None


def overlap(first: int, first_size: int, second: int, second_size: int) -> bool:
    """Whether two ranges share an address; an empty range shares none.

    Source: MEM-1.

    pre: 0 <= first < 1 << 64
    pre: 0 <= second < 1 << 64
    pre: 0 <= first_size < 1 << 64
    pre: 0 <= second_size < 1 << 64
    post: not __return__ or (first_size > 0 and second_size > 0)
    post: not __return__ or (first < second + second_size and second < first + first_size)
    post: __return__ or min(first + first_size, second + second_size) <= max(first, second)
    """
    return max(first, second) < min(first + first_size, second + second_size)


def below_the_kernel(address: int, size_bytes: int) -> bool:
    """Whether the range ends where the kernel's own addresses begin, or before.

    Source: `cap/address_space.rs`, MEM-1.

    pre: 0 <= address < 1 << 64
    pre: 0 <= size_bytes < 1 << 64
    post: __return__ == (address + size_bytes <= 0xFFFF_FF80_0000_0000)
    """
    return address + size_bytes <= KERNEL_START


def mapped_pages(memory: int, offset: int, asked: int | None) -> int | None:
    """How many pages a mapping has that starts at that page of a memory.

    All the rest where no number is asked for. None where the memory has no such pages; zero pages
    may be asked for, but not from the end on.

    Source: `cap/memory/mod.rs`.

    pre: 0 <= memory < 1 << 52
    pre: 0 <= offset < 1 << 52
    pre: asked is None or 0 <= asked < 1 << 52
    post: __return__ is None or offset + __return__ <= memory
    post: __return__ is None or offset < memory
    post: __return__ is None or asked is None or __return__ == asked
    post: asked is not None or __return__ is None or offset + __return__ == memory
    """
    if offset >= memory:
        return None
    if asked is None:
        return memory - offset
    return asked if offset + asked <= memory else None
