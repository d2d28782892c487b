"""Tasks on workers that may be lost."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def task(
    executor: Executor, run: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
) -> Future[_T]:
    """The task, which fails at once when the workers are gone."""
    try:
        return executor.submit(run, *args, **kwargs)
    except BrokenExecutor as error:
        failed: Future[_T] = Future()
        failed.set_exception(error)
        return failed


def result(future: Future[_T], otherwise: _T) -> _T:
    """What a task gave, or what stands for it when its worker died."""
    try:
        return future.result()
    except BrokenExecutor:
        return otherwise
