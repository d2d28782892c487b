"""The kernel writes as programs do: at an address of its own, which shows a page for just so long.

A message or an event is written by the kernel, which has all of physical memory in its own half of
every address space. That is an address and a line of the translation cache as the model has them.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.copy_on_write.mapping.seen import address_of
from reference_kernel.address_spaces import KERNEL_PAGE
from reference_kernel.state import NOTHING

WINDOW = address_of(NOTHING, KERNEL_PAGE)
"""An address of no program's; between kernel steps it shows nothing."""

_LINE = KERNEL_PAGE
_PROCESSOR = 0


def shown(page: Value, *steps: ModelStep) -> Iterator[ModelStep]:
    """These steps, while the window shows the page."""
    yield ModelStep("page_is_mapped", {"address": WINDOW, "page": page})
    yield from steps
    yield ModelStep("page_is_unmapped", {"address": WINDOW})


def writes(page: Value, content: Value) -> Iterator[ModelStep]:
    """The kernel writes to a page that is not shared."""
    cached = {"translation": _LINE, "processor": _PROCESSOR, "address": WINDOW}
    return shown(
        page,
        ModelStep("entry_allows_writes", {"address": WINDOW}),
        ModelStep("translation_is_cached", cached),
        ModelStep("content_is_written", {"translation": _LINE, "content": content}),
        ModelStep("translation_is_forgotten", {"translation": _LINE}),
    )


def loses(page: Value) -> Iterator[ModelStep]:
    """The kernel finds no frame for the copy of a shared page, which is lazy from now on."""
    yield from shown(page, ModelStep("failed_copy_loses_the_page", {"address": WINDOW}))
    yield ModelStep("entry_goes_with_its_table", {"address": WINDOW})
