"""What the model of copy_on_write is to keep and to break."""

from spec.design import CopyFailure, CopyOnWrite, FreshPages, PageUnit, TranslationFlush
from tests.models.copy_on_write.recording import SMALL
from tests.models.expectations import Choice, Expected

ONE_ADDRESS = {**SMALL, "Address": 1, "Processor": 1}
EXPECTED = Expected(
    as_built_breaks=frozenset({"MEM-3", "MEM-7", "MEM-8"}),
    choices={
        "forgets page": Choice(
            {"copy_failure": CopyFailure.FORGETS_PAGE}, "COW-1 COW-2 MEM-2 MEM-3"
        ),
        "no flush": Choice({"translation_flush": TranslationFlush.NONE}, "COW-1 COW-4 MEM-3"),
        "local flush": Choice({"translation_flush": TranslationFlush.LOCAL}, "COW-1 COW-4 MEM-3"),
        "uncleared": Choice({"fresh_pages": FreshPages.UNCLEARED}, "MEM-8"),
        "whole blocks": Choice({"page_unit": PageUnit.WHOLE_BLOCK}),
        "dormant": Choice({"copy_on_write": CopyOnWrite.DORMANT}),
    },
    mutated={"COW-1", "COW-2", "COW-3", "COW-4", "MEM-2", "MEM-3", "MEM-7", "MEM-8"},
    ladder=(ONE_ADDRESS, {**ONE_ADDRESS, "Page": 3}, {**SMALL, "Processor": 1}),
)
