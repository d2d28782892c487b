"""What the words between programs and the kernel promise: ABI-1 to ABI-3, for every word."""

from assay.lang import Statement
from proofs.abi.events import event_statements
from proofs.abi.ids import id_statements
from proofs.abi.options import option_statements
from spec.design import Design


def statements(design: Design) -> tuple[Statement, ...]:
    """Every statement under the design."""
    return (*option_statements(design), *id_statements(design), *event_statements())
