"""The designs under which faults are looked for beside `proposed`, and what each of them keeps."""

from dataclasses import replace

from spec.design import KilledWaits, LazyPages, MappingCalls
from spec.designs import AS_BUILT, PROPOSED

MERGED = replace(PROPOSED, name="merged", mapping_calls=MappingCalls.MERGED)
FILLS = replace(PROPOSED, name="fills", lazy_pages=LazyPages.FAULT_IN_KERNEL)
RELEASES = replace(AS_BUILT, killed_waits=KilledWaits.RELEASED)
COUNTS = {"CAP-1", "GRP-4"}
"""What the kernel as built keeps but for what killed waits leak."""
KEPT_AS_BUILT = {"CAP-2", "CAP-4", "CAP-5", "CAP-6", "CAP-9", *COUNTS}
"""What `RELEASES` keeps where calls are whole; the others keep all."""
