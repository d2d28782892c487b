"""Sizes and ranges: pages, rounding, overlap. Sizes are bytes or pages, as each name says."""

PAGE_BYTES = 4096
WORD_LIMIT = 1 << 64
LOWER_HALF_END = 0x0000_8000_0000_0000


def page_aligned(address: int) -> bool:
    """Whether the address is the first of a page.

    pre: 0 <= address < 1 << 64
    post: __return__ == (address // 4096 * 4096 == address)
    """
    return address % PAGE_BYTES == 0


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


def overlap(first: int, first_size: int, second: int, second_size: int) -> bool:
    """Whether two ranges share an address; an empty range shares none.

    pre: 0 <= first < 1 << 64
    pre: 0 <= second < 1 << 64
    pre: 0 <= first_size < 1 << 64
    pre: 0 <= second_size < 1 << 64
    post: not __return__ or (first_size > 0 and second_size > 0)
    post: not __return__ or max(first, second) < min(first + first_size, second + second_size)
    """
    start = max(first, second)
    end = min(first + first_size, second + second_size)
    return start < end


def within_user_half(address: int, size_bytes: int) -> bool:
    """Whether the range lies below the part of the address space that the kernel keeps.

    pre: 0 <= address < 1 << 64
    pre: 0 <= size_bytes < 1 << 64
    post: not __return__ or address + size_bytes <= 1 << 47
    """
    return address + size_bytes <= LOWER_HALF_END
