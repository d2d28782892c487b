"""The small steps of what is one step to copy_on_write, each flush over before the next begins.

What a flush makes processors forget they forget there, and the rest at the end.
"""

from collections.abc import Iterable, Iterator

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from models.copy_on_write.state import caches_are_current
from models.translations.model import mappings
from spec.design import Design

_COMES = ("page_comes", "page_comes_in_a_block", "page_comes_again")


class SmallSteps:
    """What is mapped where, and which pages are in memory, as one step after the other is taken.

    `here` is the processor that takes them, `late` are the lines that have still to be forgotten.
    """

    def __init__(self, design: Design, before: ModelState, here: int = 0) -> None:
        self.here = here
        self.late: dict[Value, ModelStep] = {}
        at, on = before.get("at", {}), before.get("on", {})
        self.lines = {line: (address, on[line,]) for (line,), address in at.items()}
        self.sends = caches_are_current(design)
        self.flushes_removed = mappings.flushes_what_is_removed(design)
        self.page = {address: page for (address,), page in before["page"].items()}
        self.frame = {page: frame for (page,), frame in before["frame"].items()}
        self.entry = {address: frame for (address,), frame in before["entry"].items()}
        self.writable = {address for (address,) in before["writable"]}

    def row(self, steps: Iterable[ModelStep]) -> Iterator[ModelStep]:
        """All of them, taken apart."""
        known = {*self.lines}
        for step in steps:
            line = step.arguments.get("translation")
            if step.action == "translation_is_forgotten" and line in known:
                self.late[line] = step
                continue
            if step.action == "translation_is_cached":
                yield from self._forgotten(line)
            yield from self.of(step)
        for line in [*self.late]:
            yield from self._forgotten(line)

    def _forgotten(self, line: Value) -> Iterator[ModelStep]:
        if line in self.late:
            yield self.late.pop(line)
            del self.lines[line]

    def of(self, step: ModelStep) -> Iterator[ModelStep]:
        """The step, taken apart."""
        given = step.arguments
        match step.action:
            case "sharer_writes":
                yield from self._copied(step)
            case action if step.refused is not None:
                yield ModelStep(action, {**given, "processor": self.here}, step.refused)
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
            case "translation_is_cached":
                self.lines[given["translation"]] = given["address"], given["processor"]
                yield step
            case "translation_is_forgotten":
                self.lines.pop(given["translation"], None)
                yield step
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
        yield ModelStep(action, {"address": address, "processor": self.here})
        yield from self._flush(address)

    def _flush(self, address: Value) -> Iterator[ModelStep]:
        """The flush of an entry that was changed, here and where somebody remembers it."""
        given = {"address": address}
        yield ModelStep("processor_flushes_its_own", given)
        self._forget(address, self.here)
        if self.sends:
            yield ModelStep("shootdown_is_sent", given)
            for other in dict.fromkeys(on for at, on in self.lines.values() if at == address):
                yield ModelStep("shootdown_is_acknowledged", {**given, "processor": other})
                self._forget(address, other)
            yield ModelStep("shootdown_is_over", given)

    def _forget(self, address: Value, processor: Value) -> None:
        """The processor remembers nothing of the address any more."""
        for line in [line for line, seen in self.lines.items() if seen == (address, processor)]:
            self.late.pop(line, None)
            del self.lines[line]

    def _seen_at(self, page: Value) -> list[Value]:
        return [address for address, seen in self.page.items() if seen == page]

    def _come(self, step: ModelStep) -> Iterator[ModelStep]:
        page, frame = step.arguments["page"], step.arguments["frame"]
        yield ModelStep(step.action, {**step.arguments, "processor": self.here})
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
        yield ModelStep(step.action, {**step.arguments, "processor": self.here})
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
