"""Runs of a kernel from boot, with every guarantee and every model looked at after each step."""

from assay.engines.walk.driver import Walked, walk
from assay.engines.walk.finding import Broken
from assay.engines.walk.search import Searched, search
from assay.engines.walk.subject import Subject

__all__ = ["Broken", "Searched", "Subject", "Walked", "search", "walk"]
