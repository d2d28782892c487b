"""What the model of mappings is to keep and to break."""

from spec.design import (
    EmptyAccess,
    MapOffset,
    MappingAuthority,
    MappingCalls,
    MappingCount,
    MappingUpdate,
    PoolUnmap,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
)
from tests.models.expectations import Choice, Expected
from tests.models.mappings.recording import SMALL

EXPECTED = Expected(
    as_built_breaks=frozenset({"MEM-1", "MEM-2", "MEM-4", "MEM-5", "MEM-6", "CAP-10"}),
    choices={
        "offset as length": Choice({"range_rule": RangeRule.OFFSET_AS_LENGTH}, "MEM-1 MEM-2"),
        "address space only": Choice(
            {"mapping_authority": MappingAuthority.ADDRESS_SPACE_ONLY}, "MEM-4 MEM-6"
        ),
        "plain numbers": Choice({"size_types": SizeTypes.PLAIN}, "MEM-1"),
        "inserts only": Choice({"mapping_count": MappingCount.INSERTS_ONLY}, "MEM-5"),
        "leaves record": Choice({"pool_unmap": PoolUnmap.LEAVES_RECORD}, "MEM-5"),
        "one by one": Choice({"update_steps": UpdateSteps.COMMITTED_ONE_BY_ONE}, "CAP-10"),
        "access may be empty": Choice({"empty_access": EmptyAccess.WHILE_LAZY}),
        "one mapping": Choice({"resize_in_place": ResizeInPlace.ONE_MAPPING}),
        "offset zero only": Choice({"map_offset": MapOffset.ZERO_ONLY}),
        "size and flags": Choice({"mapping_update": MappingUpdate.SIZE_AND_FLAGS}),
        "size only": Choice({"mapping_update": MappingUpdate.SIZE_ONLY}),
        "one call": Choice({"mapping_calls": MappingCalls.MERGED}),
        "one call in parts": Choice(
            {
                "mapping_calls": MappingCalls.MERGED,
                "update_steps": UpdateSteps.COMMITTED_ONE_BY_ONE,
            },
            "CAP-10",
        ),
    },
    mutated={"MEM-1", "MEM-2", "MEM-4", "MEM-5", "MEM-6"},
    ladder=({**SMALL, "Mapping": 1, "Frame": 2}, SMALL),
)
