"""Questions, guarantees and the code that reads the choices speak of the same things."""

import ast
import re
from collections.abc import Iterator

import pytest

from spec.guarantees import BY_ID, GUARANTEES
from spec.questions import BY_FIELD, NOT_YET_READ, QUESTIONS, Question
from tests.tidy.tree import sources, syntax

AREAS = {
    "spec.choices.memory": "nothing pages or tracks dirt yet",
    "spec.choices.messages": "messages go one way, and nobody leaves a list yet",
    "spec.choices.scheduling": "orderings, stacks, code and the heap are not modelled yet",
}
"""Why no code reads most questions of an area."""
SINGLE = {}
"""Why no code reads a question of an area that is built."""
NOT_READ_AT_MOST = 10
"""How many questions may stay unread: to be lowered with each that is read, never raised."""
READERS = [each for each in sources("reference_kernel", "models") if each.parts[1] != "log"]
"""What decides steps; a reader of logs may know of choices that no step depends on yet."""
GROUP = re.compile(r"([A-Z]{3})-(\d+)")

each_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.field)


def read_fields() -> Iterator[str]:
    """The fields that the kernel or a model reads of a design."""
    for path in READERS:
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.Attribute) and node.attr in BY_FIELD:
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else ast.unparse(owner)
                if name == "design":
                    yield node.attr


def named_choices() -> Iterator[tuple[str, str]]:
    """The choices that the kernel or a model names, each with its enum."""
    for path in READERS:
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield node.value.id, node.attr


READ = frozenset(read_fields())
NAMED = frozenset(named_choices())


@each_question
def test_code_reads_the_choice_or_it_counts_as_not_yet_read(question: Question) -> None:
    assert (question.field in READ) is (question.field not in NOT_YET_READ)


@each_question
def test_code_that_reads_a_choice_tells_all_choices_apart(question: Question) -> None:
    """One choice of each question may be the rest."""
    if question.field in NOT_YET_READ:
        return
    unnamed = [
        each.name
        for each in question.choices
        if (question.choices.__name__, each.name) not in NAMED
    ]
    assert len(unnamed) <= 1


def test_what_no_code_reads_is_listed_with_its_reason_and_gets_less() -> None:
    def area(field: str) -> str:
        return BY_FIELD[field].choices.__module__

    assert all(field in SINGLE or area(field) in AREAS for field in NOT_YET_READ)
    assert set(SINGLE) <= NOT_YET_READ
    assert set(AREAS) <= {area(field) for field in NOT_YET_READ}
    assert len(NOT_YET_READ) <= NOT_READ_AT_MOST


def test_every_question_and_every_choice_is_asked_once() -> None:
    assert len(BY_FIELD) == len(QUESTIONS)
    assert len({each.choices for each in QUESTIONS}) == len(QUESTIONS)


@each_question
def test_a_question_reads_as_one(question: Question) -> None:
    assert question.choices.__name__ == question.field.title().replace("_", "")
    assert question.asks[0].isupper()
    assert question.asks.endswith(".")
    assert len(question.choices) >= 2
    texts = [str(each.value) for each in question.choices]
    assert all(texts)
    assert len(set(texts)) == len(texts)
    assert not any(each.endswith(".") for each in texts)


@each_question
def test_the_starred_choice_is_one_of_the_choices_and_no_news_when_as_built(
    question: Question,
) -> None:
    if question.star is not None:
        assert isinstance(question.star, question.choices)
        assert question.star is not question.as_built


@each_question
def test_a_question_puts_known_guarantees_at_stake(question: Question) -> None:
    assert question.guarantees
    assert len(set(question.guarantees)) == len(question.guarantees)
    assert set(question.guarantees) <= set(BY_ID)


def test_guarantees_have_ids_in_order_and_names_that_are_sentences() -> None:
    numbers: dict[str, int] = {}
    for each in GUARANTEES:
        found = GROUP.fullmatch(each.id)
        assert found is not None
        assert int(found[2]) == numbers.get(found[1], 0) + 1, each.id
        numbers[found[1]] = int(found[2])
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", each.name)
        assert each.statement[0].isupper()
        assert each.statement.endswith(".")
        assert set(each.checked_on) <= set("MKA")
        assert each.checked_on
    assert len(BY_ID) == len({each.name for each in GUARANTEES}) == len(GUARANTEES)
    assert len({each.statement for each in GUARANTEES}) == len(GUARANTEES)


BROKEN_AS_BUILT = {
    "the UPGRADE right is never tested": ("CAP-3 CAP-8", "upgrade_right"),
    "ids without a table panic": ("ROB-1 ABI-2", "enum_decode"),
    "a truncated message leaves capabilities behind": ("CAP-7", "partial_send"),
    "replying asks WRITE of what it reads": ("CAP-2", "reply_buffer_right"),
    "dead weak capabilities pile up": ("ROB-3", "weak_auto_destroy"),
    "waiters of a dying channel sleep for ever": ("IPC-4 SCH-3", "dying_objects"),
    "a reply thrown away strands its caller": ("IPC-7", "dying_objects"),
    "a failed copy loses the thread": ("IPC-5", "delivery_fault"),
    "who waits for a pool that shows nothing is lost": ("EVT-1 SCH-3", "waiter_failure"),
    "a message is read when it is delivered": ("CAP-2 IPC-6", "message_time"),
    "a message is copied astray at page borders": ("IPC-6 CAP-7 ROB-1", "message_copy"),
    "a pool unmaps more than it mapped": ("EVT-1 ROB-1", "pool_swap"),
    "a pool does not grow with what is in it": ("EVT-1 ROB-1", "pool_growth"),
    "a failed reply is used up": ("IPC-7", "reply_claim"),
    "resume ends any wait": ("SCH-4 ROB-1", "resume_scope"),
    "a wait that timed out stays registered": ("SCH-5", "wake_protocol"),
    "an automatic receiver waits beside a sender": ("IPC-1 IPC-2", "auto_requeue"),
    "one dead listener silences the rest": ("EVT-2", "listener_failure"),
    "who listens after the event waits for ever": ("EVT-3", "late_listeners"),
    "unmapping a pool leaves its record": ("MEM-5 EVT-1", "pool_unmap"),
    "overlap is tested with the offset as length": ("MEM-1", "range_rule"),
    "an update adds rights that the memory lacks": ("MEM-4", "mapping_authority"),
    "update and cache bits are the same bits": ("ABI-1", "option_bits"),
    "the count of mappings never goes down": ("ROB-1 MEM-5", "mapping_count"),
    "no translation is flushed": ("MEM-3", "translation_flush"),
    "pages of a block are freed one by one": ("MEM-3 MEM-7", "page_unit"),
    "a failed copy forgets the page": ("COW-2", "copy_failure"),
    "a resize shrinks mappings of other spaces": ("MEM-6", "mapping_authority"),
    "what may only be written can be read": ("MEM-4", "mapping_authority"),
    "a page fault of a program panics the kernel": ("ROB-1", "user_faults"),
    "a new page holds what was there": ("MEM-8", "fresh_pages"),
    "what is mapped without access cannot be filled": ("ROB-1", "empty_access"),
    "an update stops halfway": ("CAP-10 MEM-2", "update_steps"),
    "exited groups admit threads": ("GRP-2 GRP-1", "group_admission"),
    "a thread that ends itself is not announced": ("GRP-6", "thread_end"),
    "dropped groups stay in their parent": ("GRP-3 ROB-3", "group_drop"),
    "members of a dropped group run on": ("GRP-3", "group_drop_current"),
    "exit and drop recurse": ("GRP-5", "teardown_walk"),
    "a killed sender keeps its references": ("GRP-4", "killed_waits"),
    "a sleeper runs before it has left its stack": ("SCH-2", "wake_protocol"),
    "idle threads run out": ("SCH-6", "idle_threads"),
    "destructors run under locks they need": ("GRP-7", "teardown_walk"),
    "the exit interrupt is not acknowledged": ("SCH-7", "exit_interrupt"),
    "a tick is acknowledged again when its thread runs on": ("SCH-7", "timer_interrupt"),
    "a thread is killed in a call, and its stack thrown away": ("GRP-4", "preemption"),
    "who asks for interrupts panics the kernel": ("ROB-1", "interrupt_manager"),
    "the ready queue needs memory to wake": ("ROB-2 SCH-1", "ready_queue"),
    "two moves of one capability succeed": ("CAP-6", "move"),
    "an entry can be removed before it is announced": ("CAP-7 ROB-1", "invisible_entries"),
    "a pool grows too late": ("EVT-1 ROB-1", "pool_growth"),
    "a listener cannot be removed": ("EVT-4", "listener_removal"),
    "a stack that overflows is not caught": ("LOW-1", "stack_guard"),
}
"""How the kernel as built breaks guarantees, and the question whose answer would change that."""


@pytest.mark.parametrize("behaviour", BROKEN_AS_BUILT)
def test_what_breaks_a_guarantee_as_built_has_a_question_of_its_own(behaviour: str) -> None:
    guarantees, field = BROKEN_AS_BUILT[behaviour]
    question = BY_FIELD[field]
    assert set(guarantees.split()) <= set(question.guarantees)
    assert question.star is not None


def test_every_question_with_an_answer_mends_something_or_is_asked_by_the_authors() -> None:
    mending = {field for _, field in BROKEN_AS_BUILT.values()}
    assert all(each.field in mending or each.item for each in QUESTIONS if each.star is not None)
