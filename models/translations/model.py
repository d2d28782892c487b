"""Copy on write while several processors remember translations, step by step.

A step is what a lock or one access to memory makes indivisible. What `copy_on_write` takes for one
step, with all that it does to caches, is here a row of them: between two any processor may take one
of its own. The parts in the order of reading: `state`, `flushing`, `mappings`, `frames`, `writes`,
`guarantees`, `reachable`.
"""

from models.translations import flushing, frames, guarantees, mappings, reachable, writes
from models.translations.state import model

__all__ = ["flushing", "frames", "guarantees", "mappings", "model", "reachable", "writes"]
