"""What the model of translations is to keep and to break."""

from spec.design import CopyFailure, CopyOnWrite, PageUnit, TranslationFlush
from tests.models.expectations import Choice, Expected
from tests.models.translations.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset({"MEM-3", "MEM-7"}),
    choices={
        "forgets page": Choice({"copy_failure": CopyFailure.FORGETS_PAGE}, "COW-1 COW-2 MEM-3"),
        "no flush": Choice({"translation_flush": TranslationFlush.NONE}, "COW-1 COW-4 MEM-3"),
        "local flush": Choice({"translation_flush": TranslationFlush.LOCAL}, "COW-1 COW-4 MEM-3"),
        "whole blocks": Choice({"page_unit": PageUnit.WHOLE_BLOCK}),
        "dormant": Choice({"copy_on_write": CopyOnWrite.DORMANT}),
    },
    mutated={"COW-1", "COW-2", "COW-3", "COW-4", "MEM-3", "MEM-7"},
    fewer=frozenset({"Address", "Translation"}),
    ladder=({**SMALL, "Address": 1},),
)
