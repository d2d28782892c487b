"""The rights that a capability carries; sets of them are masks of four bits."""

from enum import STRICT, IntFlag


class Right(IntFlag, boundary=STRICT):
    """One right of a capability.

    Source: aurora abi, `CapFlags`.
    """

    READ = 1
    PROD = 2
    WRITE = 4
    UPGRADE = 8


ALL_RIGHTS = Right.READ | Right.PROD | Right.WRITE | Right.UPGRADE


def attenuate(rights: int, mask: int) -> int:
    """The rights that a copy keeps: those of the original that the mask names.

    Source: `cap/capability_space.rs`, CAP-2.

    pre: 0 <= rights <= 15
    post: 0 <= __return__ <= 15
    post: __return__ & ~rights == 0
    post: __return__ & ~mask == 0
    post: (rights & mask) & ~__return__ == 0
    """
    return int(rights) & int(mask)


def covers(held: int, needed: int) -> bool:
    """Whether every right of `needed` is among those held.

    Source: `cap/capability_space.rs`, step 3 of a lookup.

    pre: 0 <= held <= 15
    pre: 0 <= needed <= 15
    post: __return__ == (held | needed == held)
    """
    return not int(needed) & ~int(held)
