"""What a section refuses: a look-up, or the call that has looked all up."""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.references.state import upgrades_are_checked
from proofs.capability_lifetimes.mapping.calls import LOOKUPS, is_in_use, place
from proofs.capability_lifetimes.mapping.names import NOBODY, id_of_word
from proofs.references.mapping.sections import COPY, call_of, own_space, source_of
from proofs.references.mapping.stacks import Stacks
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.sections import Rest
from spec.design import Design
from spec.options import CapClone
from spec.syscalls import BY_NAME

_CLONE, _DESTROY = (BY_NAME[name].number for name in ("cap_clone", "cap_destroy"))
_UNKNOWN = ("cap_malformed", "cap_untabled", "cap_unknown")
_LACKS = "_lacks_upgrade"


def refusals(
    design: Design, old: Stacks, rest: Rest | None, outcome: Outcome, here: int
) -> tuple[ModelStep, ...]:
    """The steps up to the one that refuses; what was copied till then is dropped."""
    call = call_of(rest)
    if rest is None or call is None or not isinstance(outcome, Refused):
        return ()
    if not is_in_use(call, outcome):
        return ()
    told = _Told(design, here)
    ended = place(call, outcome)
    own = own_space(old, call)
    for lookup in LOOKUPS[call.number]:
        if lookup.is_asked(call) and ended in lookup.refusals:
            entry = id_of_word(own, call.arguments[lookup.at])
            return tuple(told.of_look_up(entry, ended - lookup.refusals.start))
        lacks = outcome.refusal == f"{lookup.argument.name}{_LACKS}"
        entry = id_of_word(own, call.arguments[lookup.at])
        if lacks and (entry,) in old.tables["keeper"]:
            return tuple(told.of_upgrade(entry, "lacks_upgrade"))
    return tuple(_of_call(told, old, rest, call, outcome.refusal))


def _of_call(
    told: "_Told", old: Stacks, rest: Rest, call: CallMade, refusal: str
) -> Iterator[ModelStep]:
    if call.number == _DESTROY and refusal in _UNKNOWN:
        yield told.step("entry_is_taken_out", "unknown", entry=NOBODY)
    elif call.number == _CLONE and refusal in _UNKNOWN:
        moves = call.options & CapClone.DESTROY_SRC_CAP
        action = "entry_is_copied_to_move" if moves else "entry_is_copied"
        yield told.copied(NOBODY, "unknown", action=action)
    elif call.number == _CLONE and refusal == "cap_would_be_weak":
        yield told.copied(source_of(old, rest, call), "would_be_weak", weak=True)
    elif call.number == _CLONE and refusal == "cap_lacks_upgrade":
        yield from told.of_upgrade(source_of(old, rest, call), "lacks_upgrade")
    elif call.number == _CLONE and refusal == "cap_dead":
        yield from told.of_upgrade(source_of(old, rest, call), "dead")


class _Told:
    """Steps of a processor that end with a refusal."""

    def __init__(self, design: Design, here: int) -> None:
        self.load = "count_is_loaded_to_keep" if upgrades_are_checked(design) else "count_is_loaded"
        self.here = here

    def step(self, action: str, refused: str | None, **arguments: Value) -> ModelStep:
        """The step on the processor's stack."""
        return ModelStep(action, {"stack": self.here, **arguments}, refused)

    def copied(
        self,
        entry: Value,
        refused: str | None,
        *,
        weak: bool = False,
        action: str = "entry_is_copied",
    ) -> ModelStep:
        """An entry is copied, or is not."""
        return self.step(action, refused, entry=entry, copy=COPY, weak=weak)

    def of_look_up(self, entry: Value, why: int) -> Iterator[ModelStep]:
        """Malformed and unknown ids name nothing; of rights but UPGRADE nothing is seen."""
        match why:
            case 0 | 1:
                yield self.copied(NOBODY, "unknown")
            case 2:
                pass
            case _:
                yield from self._not_raised(entry, "count_is_loaded", "dead")

    def of_upgrade(self, entry: Value, why: str) -> Iterator[ModelStep]:
        """What is to stay when the call is over is not made strong."""
        yield from self._not_raised(entry, self.load, why)

    def _not_raised(self, entry: Value, load: str, why: str) -> Iterator[ModelStep]:
        yield self.copied(entry, None)
        yield self.step(load, why, reference=COPY)
        yield self.step("reference_is_dropped", None, reference=COPY)
