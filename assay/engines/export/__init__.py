"""A finite instance in the languages of other model checkers, run there, and what they count."""

from assay.engines.export.counted import Counted, ExportError, ToolFailed, ToolMissing
from assay.engines.export.promela import Promela, promela
from assay.engines.export.spin import (
    Search,
    compile_spin,
    run_spin,
    search_spin,
    spin_is_there,
)
from assay.engines.export.tla import Specification, tla
from assay.engines.export.tla_progress import tla_progress
from assay.engines.export.tlc import run_tlc, tlc_is_there, tlc_keeps

__all__ = [
    "Counted",
    "ExportError",
    "Promela",
    "Search",
    "Specification",
    "ToolFailed",
    "ToolMissing",
    "compile_spin",
    "promela",
    "run_spin",
    "run_tlc",
    "search_spin",
    "spin_is_there",
    "tla",
    "tla_progress",
    "tlc_is_there",
    "tlc_keeps",
]
