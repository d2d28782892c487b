"""The errors that a call can answer."""

from enum import IntEnum


class Error(IntEnum):
    """An answer's first word; OK is success, every other member a refusal.

    Source: aurora abi, `SysErr`.
    """

    OK = 0
    OK_UNREACH = 1
    OK_TIMEOUT = 2
    OUT_OF_MEM = 3
    INVL_ID = 4
    INVL_PERM = 5
    INVL_WEAK = 6
    INVL_ARGS = 7
    INVL_OP = 8
    INVL_MEM_ZONE = 9
    INVL_VIRT_ADDR = 10
    INVL_PHYS_ADDR = 11
    INVL_ALIGN = 12
    OVERFLOW = 13
    OUT_OF_CAPACITY = 14
    INVL_BYTECODE = 15
    OBSCURED = 16
    INVL_SYSCALL = 17
    INVL_BUFFER = 18
    UNKNOWN = 19

    @property
    def printed(self) -> str:
        """The name as the kernel's log prints it: `InvlMemZone`."""
        return "".join(part.capitalize() for part in self.name.split("_"))
