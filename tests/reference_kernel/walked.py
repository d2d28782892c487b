"""The reference kernel under a design with its models, to be walked."""

from functools import cache

from assay.engines.walk import Subject
from assay.lang import record
from models.capability_lifetimes import model as capability_lifetimes
from models.copy_on_write import model as copy_on_write
from models.delivery import model as delivery
from models.mappings import model as mappings
from models.references import model as references
from models.teardown import model as teardown
from models.thread_groups import model as thread_groups
from models.translations import model as translations
from models.waking import model as waking
from proofs.capability_lifetimes import mapping as capabilities
from proofs.copy_on_write import mapping as sharing
from proofs.delivery import mapping as deliveries
from proofs.mappings import mapping as mapped
from proofs.references import mapping as counted
from proofs.teardown import mapping as torn_down
from proofs.thread_groups import mapping as groups
from proofs.translations import mapping as translated
from proofs.waking import mapping as wakes
from reference_kernel.events import Event
from reference_kernel.interface import KERNEL, ReferenceKernel
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design

Walked = Subject[Design, State, Event, Outcome]


@cache
def subject(design: Design, kernel: ReferenceKernel = KERNEL) -> Walked:
    """The kernel, with the models of what most calls are about."""
    tied = (
        (record(capability_lifetimes.model, design), capabilities.MAPPING),
        (record(thread_groups.model, design), groups.MAPPING),
    )
    return Subject(kernel, design, tied)


@cache
def with_models_of_calls(design: Design) -> Walked:
    """The same, with every model whose steps are whole calls."""
    first = subject(design)
    others = (
        (record(mappings.model, design), mapped.MAPPING),
        (record(copy_on_write.model, design), sharing.MAPPING),
        (record(delivery.model, design), deliveries.MAPPING),
    )
    return Subject(first.kernel, design, (*first.models, *others))


@cache
def with_all_models(design: Design) -> Walked:
    """What `assay walk` walks under the design."""
    first = with_models_of_calls(design)
    others = (
        (record(waking.model, design), wakes.MAPPING),
        (record(references.model, design), counted.MAPPING),
        (record(teardown.model, design), torn_down.MAPPING),
        (record(translations.model, design), translated.MAPPING),
    )
    return Subject(first.kernel, design, (*first.models, *others))
