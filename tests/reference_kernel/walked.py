"""The reference kernel under a design with all its models, to be walked."""

from functools import cache

from assay.engines.walk import Subject
from assay.lang import record
from models.capability_lifetimes import model as capability_lifetimes
from models.thread_groups import model as thread_groups
from proofs.capability_lifetimes import mapping as capabilities
from proofs.thread_groups import mapping as groups
from reference_kernel.events import Event
from reference_kernel.interface import KERNEL, ReferenceKernel
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design

Walked = Subject[Design, State, Event, Outcome]


@cache
def subject(design: Design, kernel: ReferenceKernel = KERNEL) -> Walked:
    """What `assay walk` walks under the design."""
    tied = (
        (record(capability_lifetimes.model, design), capabilities.MAPPING),
        (record(thread_groups.model, design), groups.MAPPING),
    )
    return Subject(kernel, design, tied)
