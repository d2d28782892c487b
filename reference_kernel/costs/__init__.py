"""What stated workloads cost in the reference kernel: counts, under any design."""

from reference_kernel.costs.workloads import WORKLOADS, Measured
from reference_kernel.costs.workloads import measured as measured

__all__ = ["WORKLOADS", "Measured", "measured"]
