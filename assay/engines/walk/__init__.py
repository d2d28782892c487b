"""Runs of a kernel from boot, with every guarantee and every model looked at after each step."""

from assay.engines.walk.driver import Walked, walk
from assay.engines.walk.finding import Broken
from assay.engines.walk.scenes import SearchedScenes, search_scenes
from assay.engines.walk.search import search
from assay.engines.walk.subject import Subject

__all__ = ["Broken", "SearchedScenes", "Subject", "Walked", "search", "search_scenes", "walk"]
