"""Why the model is not followed where calls are rows of sections, on several processors.

To the model an exit is one step. In sections it ends one thread after the other, and another
processor sees that: it finds one ended, and then destroys one that sleeps still. No order of whole
calls gives both answers, so no mapping can name the step that the exit is.
"""

from assay.engines.kernel import WHOLE
from proofs.amid_calls import Processors
from proofs.thread_groups.mapping import MAPPING
from reference_kernel.events import CallContinues
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import Chore, ThreadState
from reference_kernel.step import possible
from spec.designs import PROPOSED
from spec.ids import ObjectType
from spec.options import CREATED_RIGHTS, ThreadDestroy


def sleeper(program: Processors, group: int) -> tuple[int, int]:
    """A thread of the group that was not started: its name, and the id of it."""
    kinds = ObjectType.ADDRESS_SPACE, ObjectType.CAPABILITY_SPACE
    spaces = (program.own(each) for each in kinds)
    made = program.makes("thread_new", 0, program.own(ObjectType.ALLOCATOR), group, *spaces)
    return program.state.next_object - 1, made[0]


def destroys(program: Processors, number: int, word: int) -> Outcome:
    """What the call gives, on that processor, by which the thread is destroyed."""
    program.begins(number, "thread_destroy", ThreadDestroy.DESTROY_OTHER, word)
    program.happens(CallContinues(number))
    return program.happens(CallContinues(number))


def test_an_exit_is_seen_half_done_by_another_processor() -> None:
    program = Processors(PROPOSED, 2)
    above, allocator = program.own(ObjectType.THREAD_GROUP), program.own(ObjectType.ALLOCATOR)
    (group,) = program.makes("thread_group_new", 0, above, allocator)
    first, second = sleeper(program, group), sleeper(program, group)
    program.runs(1, program.makes_thread(above))
    program.begins(0, "thread_group_exit", CREATED_RIGHTS, group)

    def has_begun() -> bool:
        return any(each.chore is Chore.KILL for each in program.at(0).pending)

    program.goes_on(0, has_begun)
    ended = program.at(0).pending[0].object
    program.happens(CallContinues(0))
    assert program.thread(ended).state is ThreadState.DEAD
    words = dict((first, second))
    (spared,) = words.keys() - {ended}
    assert isinstance(destroys(program, 1, words[ended]), Refused), "it has ended"
    program.goes_on(1)
    assert isinstance(destroys(program, 1, words[spared]), Ok), "and this one not yet"
    assert possible(program.state, CallContinues(0)), "the exit goes on"


def test_the_mapping_knows_whole_calls_alone() -> None:
    assert MAPPING.modes == (WHOLE,)
