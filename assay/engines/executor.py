"""Where independent tasks run: here, in local processes, or on a Dask cluster.

Whatever has the interface of `concurrent.futures.Executor` will do.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import active_children
from signal import SIG_IGN, SIGINT, signal
from typing import ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Here(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> "Future[_T]":
        """A future that is done already."""
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _ignore_interrupts() -> None:
    """An interrupt is the parent's: it says which tasks go on."""
    signal(SIGINT, SIG_IGN)


@contextmanager
def executor(*, jobs: int = 1, scheduler: str | None = None) -> Iterator[Executor]:
    """An executor with `jobs` local processes, or the cluster at `scheduler` (`tcp://host:port`).

    Errors: ModuleNotFoundError without the `cluster` extra; OSError when nothing answers there.
    """
    if scheduler is not None:
        client = import_module("distributed").Client(scheduler, timeout=10)
        try:
            yield cast(Executor, client.get_executor())
        finally:
            client.close()
    elif jobs <= 1:
        yield Here()
    else:
        others = set(active_children())
        with ProcessPoolExecutor(max_workers=jobs, initializer=_ignore_interrupts) as pool:
            try:
                yield pool
            except BaseException:
                # Nobody will look at the results; a worker that outlives the pool would print.
                for worker in set(active_children()) - others:
                    worker.terminate()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
