"""Logs of the real kernel, checked line by line against a kernel that can be run."""

from assay.engines.conform.check import conform
from assay.engines.conform.logs import Logs
from assay.engines.conform.result import Answer, Contradiction, LogResult, Possible

__all__ = ["Answer", "Contradiction", "LogResult", "Logs", "Possible", "conform"]
