"""Which tests of models wait for `make thorough`: those of large instances, one for each change."""

import pytest

LARGE = ("references", "teardown", "translations", "waking")
LONG = {
    "test_each_choice_alone_breaks_what_it_should": LARGE,
    "test_every_generated_mutation_is_noticed_or_has_a_reason": (
        *LARGE,
        "capability_lifetimes",
        "copy_on_write",
        "mappings",
    ),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    for item in items:
        name, _, which = item.name.partition("[")
        if which.startswith(LONG.get(name, ())):
            item.add_marker(pytest.mark.thorough)
