"""Runs tasks through a `concurrent.futures.Executor`: cached, resumable, with progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..checks import CalculationError, InputError
from .cache import Cache, Result, Task, computed, default_folder

Progress = Callable[[str, float], None]
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def _ignore_interrupts() -> None:
    """Ctrl-C is the parent's business: it stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def local_processes(n_jobs: int | None = None) -> Iterator[Executor]:
    """Worker processes on this machine, one thread each; `n_jobs` defaults to the processors available."""
    from loky.process_executor import ProcessPoolExecutor

    if n_jobs is not None and n_jobs < 1:
        raise InputError(f"Argument `n_jobs` must be 1 or more, but is {n_jobs}.")
    count = n_jobs or len(os.sched_getaffinity(0))
    executor = ProcessPoolExecutor(max_workers=count, env=ONE_THREAD, initializer=_ignore_interrupts)
    try:
        yield executor
    except Exception:
        executor.shutdown(wait=True)  # what runs beside the task that failed is finished and kept
        raise
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)  # Ctrl-C
        raise
    executor.shutdown(wait=True)


@dataclass(frozen=True)
class Campaign:
    """Where results are kept, who computes them, and who is told of progress."""

    executor: Executor | None = None
    cache: Cache = field(default_factory=lambda: Cache(default_folder()))
    progress: Progress = lambda stage, fraction: None

    def results(self, tasks: Sequence[Task], stage: str) -> list[Result]:
        """Results in the order of `tasks`; those already on disk are read, the others computed and stored.

        An error of one task is raised after the tasks that run beside it have been stored.
        """
        found: list[Result | None] = [self.cache.get(task) for task in tasks]
        missing = [k for k, result in enumerate(found) if result is None]
        self._report(stage, len(tasks) - len(missing), len(tasks))
        if missing and self.executor is None:
            with local_processes() as executor:
                return Campaign(executor, self.cache, self.progress).results(tasks, stage)
        folder = str(Path(self.cache.folder).absolute())
        waiting = {self.executor.submit(computed, tasks[k], folder): k for k in missing}  # type: ignore[union-attr]
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                found[waiting[future]] = future.result()
                self._report(stage, len(tasks) - len(missing) + done, len(tasks))
        except BrokenExecutor:
            raise CalculationError(f"A worker process died during {stage.lower()}, most likely for want of memory. What was finished is kept. "
                                   "Try fewer workers (`--jobs 1`) or a smaller basis set.") from None
        except Exception:
            for future in waiting:
                future.cancel()
            raise
        return found  # type: ignore[return-value]

    def result(self, task: Task, stage: str) -> Result:
        """The result of one task."""
        return self.results([task], stage)[0]

    def _report(self, stage: str, done: int, total: int) -> None:
        detail = f": {done} of {total} geometries" if total > 1 else ""
        self.progress(stage + detail, done / total if total else 1.0)
