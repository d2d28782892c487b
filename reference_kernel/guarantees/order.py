"""CAP-9 refusals_come_in_order."""

CHECKS = ()
