"""The small steps of what is one step to copy_on_write, each flush over before the next begins.

One processor is seen: no other has anything to flush.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from models.copy_on_write.state import caches_are_current
from models.translations.mappings import flushes_what_is_removed
from spec.design import Design

PROCESSOR = 0
_COMES = ("page_comes", "page_comes_in_a_block", "page_comes_again")


class SmallSteps:
    """What is mapped where, and which pages are in memory, as one step after the other is taken."""

    def __init__(self, design: Design, before: ModelState) -> None:
        self.sends = caches_are_current(design)
        self.flushes_removed = flushes_what_is_removed(design)
        self.page = {address: page for (address,), page in before["page"].items()}
        self.frame = {page: frame for (page,), frame in before["frame"].items()}
        self.entry = {address: frame for (address,), frame in before["entry"].items()}
        self.writable = {address for (address,) in before["writable"]}

    def of(self, step: ModelStep) -> Iterator[ModelStep]:
        """The step, taken apart."""
        given = step.arguments
        match step.action:
            case "sharer_writes":
                yield from self._copied(step)
            case action if step.refused is not None:
                yield ModelStep(action, {**given, "processor": PROCESSOR}, step.refused)
            case action if action in _COMES:
                yield from self._come(step)
            case "page_is_shared":
                yield from self._shared(step)
            case "page_is_mapped":
                yield from self._mapped(step)
            case "entry_allows_writes":
                self.writable.add(given["address"])
                yield from self._changed(step.action, given["address"])
            case "page_is_unmapped":
                yield from self._unmapped(given["address"])
            case "page_goes":
                del self.frame[given["page"]]
                yield step
            case "failed_copy_loses_the_page":
                del self.frame[self.page[given["address"]]]
                yield step
            case "entry_goes_with_its_table":
                del self.entry[given["address"]]
                yield step
            case _:
                yield step

    def _changed(self, action: str, address: Value) -> Iterator[ModelStep]:
        yield ModelStep(action, {"address": address, "processor": PROCESSOR})
        yield from self._flush(address)

    def _flush(self, address: Value) -> Iterator[ModelStep]:
        """The flush of an entry that was changed; there is nobody to send interrupts to."""
        given = {"address": address}
        yield ModelStep("processor_flushes_its_own", given)
        if self.sends:
            yield ModelStep("shootdown_is_sent", given)
            yield ModelStep("shootdown_is_over", given)

    def _seen_at(self, page: Value) -> list[Value]:
        return [address for address, seen in self.page.items() if seen == page]

    def _come(self, step: ModelStep) -> Iterator[ModelStep]:
        page, frame = step.arguments["page"], step.arguments["frame"]
        yield ModelStep(step.action, {**step.arguments, "processor": PROCESSOR})
        self.frame[page] = frame
        for address in self._seen_at(page):
            self.entry[address] = frame
            yield from self._flush(address)

    def _shared(self, step: ModelStep) -> Iterator[ModelStep]:
        page = step.arguments["page"]
        for address in self._seen_at(page):
            if address in self.writable:
                self.writable.discard(address)
                yield from self._changed("entry_is_protected", address)
        self.frame[step.arguments["clone"]] = self.frame[page]
        yield step

    def _mapped(self, step: ModelStep) -> Iterator[ModelStep]:
        address, page = step.arguments["address"], step.arguments["page"]
        self.page[address] = page
        yield ModelStep(step.action, {**step.arguments, "processor": PROCESSOR})
        if page in self.frame:
            self.entry[address] = self.frame[page]
            yield from self._flush(address)

    def _unmapped(self, address: Value) -> Iterator[ModelStep]:
        page = self.page.pop(address)
        if page in self.frame and self.entry.pop(address, None) is not None:
            if self.flushes_removed:
                yield from self._changed("entry_is_cleared", address)
            else:
                yield ModelStep("entry_is_cleared_for_good", {"address": address})
        self.writable.discard(address)
        yield ModelStep("page_is_unmapped", {"address": address})

    def _copied(self, step: ModelStep) -> Iterator[ModelStep]:
        """A write to a page that others share."""
        given = step.arguments
        yield ModelStep("copy_begins", given, step.refused)
        if step.refused is not None:
            return
        page = self.page[given["address"]]
        self.frame[page] = given["frame"]
        yield ModelStep("content_is_copied", {"page": page})
        for address in self._seen_at(page):
            self.entry[address] = given["frame"]
            yield from self._changed("entry_leads_to_the_copy", address)
        yield ModelStep("copy_is_taken", {"page": page})
