"""Runs tasks through an executor: cached, resumable, with progress, within memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..checks import CalculationError
from ..progress import report
from .cache import Cache, default_folder
from .executors import local_processes, tasks_within_memory
from .tasks import Result, Task

Running = dict["Future[Result]", int]  # a task that is computed, and its number


@dataclass(frozen=True)
class Campaign:
    """Who computes, and where results are kept. Without an `executor`, local processes for each
    set of tasks; without a `cache`, nothing is kept.
    """

    executor: Executor | None = None
    cache: Cache | None = field(default_factory=lambda: Cache(default_folder()))

    @classmethod
    def of(cls, executor: Executor | Campaign | None) -> Campaign:
        """A campaign as it is, or one on an executor, with the user's cache."""
        return executor if isinstance(executor, Campaign) else cls(executor)

    def result(self, task: Task, stage: str) -> Result:
        """The result of one task."""
        return self.results([task], stage)[0]

    def results(self, tasks: Sequence[Task], stage: str) -> list[Result]:
        """Results in the order of `tasks`; those already on disk are read, the others computed and
        stored.

        An error of one task is raised after the tasks that run beside it have been stored. No more
        tasks run at once than memory allows; InputError before any work when one is too large.
        """
        stored = [self._stored(task) for task in tasks]
        known = {k: result for k, result in enumerate(stored) if result is not None}
        missing = [k for k in range(len(tasks)) if k not in known]
        _tell(stage, len(known), tasks)

        if missing and self.executor is None:
            with local_processes() as executor:
                return replace(self, executor=executor).results(tasks, stage)

        if missing:
            for k, result in self._computed(tasks, missing, stage):
                known[k] = result
                _tell(stage, len(known), tasks)

        return [known[k] for k in range(len(tasks))]

    def _stored(self, task: Task) -> Result | None:
        return None if self.cache is None else self.cache.get(task)

    def _computed(
        self, tasks: Sequence[Task], missing: list[int], stage: str
    ) -> Iterator[tuple[int, Result]]:
        """Numbers and results of the `missing` tasks, as they come."""
        assert self.executor is not None
        largest = max((tasks[k] for k in missing), key=lambda task: task.memory)
        at_once = tasks_within_memory(self.executor, largest.memory, stage, largest.terms)
        folder = None if self.cache is None else str(Path(self.cache.folder).absolute())

        left = list(reversed(missing))
        running: Running = {}

        with _failures_told(running, stage, largest):
            while left or running:
                while left and len(running) < at_once:
                    k = left.pop()
                    running[self.executor.submit(computed, tasks[k], folder)] = k

                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    k = running.pop(future)
                    result = future.result()
                    self._store(tasks[k], result)
                    yield k, result

    def _store(self, task: Task, result: Result) -> None:
        """Store what a worker elsewhere could not."""
        if self.cache is not None and not self.cache.path(task).exists():
            self.cache.put(task, result)


def computed(task: Task, folder: str | None) -> Result:
    """Run `task` and store its result before returning it: what is finished is on disk."""
    result = task.run()

    if folder is not None:
        with suppress(OSError):  # a worker elsewhere may not see the folder
            Cache(Path(folder)).put(task, result)
    return result


@contextmanager
def _failures_told(running: Running, stage: str, task: Task) -> Iterator[None]:
    """Cancels what has not begun when a task fails; tells dead workers in words."""
    try:
        yield
    except BrokenExecutor:
        raise CalculationError(
            f"A worker process died during {stage.lower()}, most likely for want of memory. What "
            f"was finished is kept. Try fewer workers (`--jobs 1`) or {task.terms.smaller}."
        ) from None
    except Exception as error:
        for future in running:
            future.cancel()
        if type(error).__name__ != "KilledWorker":  # of Dask, which need not be installed
            raise
        raise CalculationError(
            f"Dask gave up on a {task.terms.one} during {stage.lower()}: every worker that tried "
            "it died, most likely for want of memory. What was finished is kept. Give the "
            f"workers more memory, or use {task.terms.smaller}."
        ) from None


def _tell(stage: str, done: int, tasks: Sequence[Task]) -> None:
    total = len(tasks)
    detail = f": {done} of {total} {tasks[0].terms.many}" if total > 1 else ""
    report(stage + detail, done / total if total else 1.0)
