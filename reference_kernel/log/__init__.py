"""Logs of the kernel: their lines, what may have printed them, and logs of this kernel's runs."""

from reference_kernel.log.reader import LOGS as LOGS
