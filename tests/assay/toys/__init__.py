"""Small models, each for other parts of the language, on which the engines are compared."""

from dataclasses import dataclass

from assay.lang import Recorded, record
from tests.assay.toys import families, letters, locks, meters, shelves


@dataclass(frozen=True, slots=True)
class Toy:
    """A recorded model with sizes at which the interpreter can go through all of it."""

    recorded: Recorded
    sizes: dict[str, int]


def all_toys() -> dict[str, Toy]:
    """The toys by name."""
    return {
        "families": Toy(record(families.families, families.DESIGN), {"Node": 3}),
        "letters": Toy(record(letters.letters, letters.DESIGN), {"Box": 2}),
        "locks": Toy(record(locks.locks, locks.DESIGN), {"Thread": 3, "Lock": 2}),
        "meters": Toy(record(meters.meters, meters.DESIGN), {"Meter": 2}),
        "shelves": Toy(record(shelves.shelves, shelves.DESIGN), {"Box": 2, "Height": 3}),
    }
