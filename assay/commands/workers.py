"""Where a command's independent tasks run."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from assay.commands.answer import Run
from assay.problems import ToolError


@contextmanager
def workers(run: Run) -> Iterator[Executor]:
    """What `--jobs` and `--scheduler` ask for: by default a local process for each processor.

    Errors: ToolError when the scheduler cannot be reached or its packages are missing.
    """
    from assay.engines.executor import executor

    if run.jobs is not None and run.jobs < 1:
        raise ToolError(f"--jobs {run.jobs}: at least one worker is needed")
    if not run.scheduler:
        with executor(jobs=run.jobs or os.cpu_count() or 1) as pool:
            yield pool
        return
    try:
        with executor(scheduler=run.scheduler) as cluster:
            yield cluster
    except ModuleNotFoundError as error:
        needs = f"it needs the package `{error.name}`: install assay with its extra `cluster`"
        raise ToolError(f"--scheduler {run.scheduler}: {needs}") from error
    except (OSError, ValueError) as error:
        raise ToolError(f"--scheduler {run.scheduler}: {error}") from error
