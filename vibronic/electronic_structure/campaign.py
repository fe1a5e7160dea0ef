"""Runs tasks through a `concurrent.futures.Executor`: cached, resumable, with progress, within
memory.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..checks import CalculationError, InputError
from .cache import Cache, Result, Task, computed, default_folder

Progress = Callable[[str, float], None]
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def _ignore_interrupts() -> None:
    """Ctrl-C is the parent's business: it stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def local_processes(n_jobs: int | None = None) -> Iterator[Executor]:
    """Worker processes on this machine, one thread and one share of the free memory each; `n_jobs`
    defaults to the processors available.
    """
    from loky.process_executor import ProcessPoolExecutor

    if n_jobs is not None and n_jobs < 1:
        raise InputError(f"Argument `n_jobs` must be 1 or more, but is {n_jobs}.")
    count = n_jobs or len(os.sched_getaffinity(0))
    share = {
        "PYSCF_MAX_MEMORY": str(max(500, int(0.8 * free_memory() / count / 1e6)))
    }  # MB; PySCF works in blocks beyond it
    executor = ProcessPoolExecutor(
        max_workers=count, env={**ONE_THREAD, **share}, initializer=_ignore_interrupts
    )
    try:
        yield executor
    except Exception:
        executor.shutdown(wait=True)  # what runs beside the task that failed is finished and kept
        raise
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)  # Ctrl-C
        raise
    executor.shutdown(wait=True)


@contextmanager
def dask_workers(address: str, timeout: float = 10.0) -> Iterator[Executor]:
    """The workers of a running Dask scheduler, as in tcp://host:8786. They need vibronic; tasks of
    lost workers run elsewhere.
    """
    try:
        from dask.distributed import Client
    except ImportError:
        raise InputError(
            "`--dask` needs the package distributed: `pip install 'vibronic[dask]'`."
        ) from None
    try:
        place = urlsplit(address)
        socket.create_connection((place.hostname or "", place.port or 0), timeout=timeout).close()
        client = Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"No Dask scheduler answers at {address!r} ({str(error).splitlines()[0]}). Give its "
            "address as in tcp://host:8786; "
            "start one with `dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`."
        ) from None
    try:
        if not client.scheduler_info()["workers"]:
            raise InputError(
                f"The Dask scheduler at {address} has no workers. Start some: `dask worker "
                f"{address} --nthreads 1`."
            )
        yield client.get_executor()
    finally:
        client.close()


@dataclass(frozen=True)
class Campaign:
    """Where results are kept, who computes them, and who is told of progress. Without an
    `executor`, local processes for each set of tasks.
    """

    executor: Executor | None = None
    cache: Cache = field(default_factory=lambda: Cache(default_folder()))
    progress: Progress = lambda stage, fraction: None

    def results(self, tasks: Sequence[Task], stage: str) -> list[Result]:
        """Results in the order of `tasks`; those already on disk are read, the others computed and
        stored.

        An error of one task is raised after the tasks that run beside it have been stored. No more
        tasks run at once than memory allows; InputError before any work when one is too large.
        """
        found: list[Result | None] = [self.cache.get(task) for task in tasks]
        missing = [k for k, result in enumerate(found) if result is None]
        self._report(stage, len(tasks) - len(missing), len(tasks))
        if not missing:
            return found  # type: ignore[return-value]
        if self.executor is None:
            with local_processes() as executor:
                return Campaign(executor, self.cache, self.progress).results(tasks, stage)
        at_once = tasks_within_memory(self.executor, max(tasks[k].memory for k in missing), stage)
        waiting: dict[Future, int] = {}
        try:
            for done, (k, result) in enumerate(
                self._computed(tasks, missing, at_once, waiting), 1
            ):
                found[k] = result
                self._report(stage, len(tasks) - len(missing) + done, len(tasks))
        except BrokenExecutor:
            raise CalculationError(
                f"A worker process died during {stage.lower()}, most likely for want of memory. "
                "What was finished is kept. "
                "Try fewer workers (`--jobs 1`) or a smaller basis set."
            ) from None
        except Exception as error:
            for future in waiting:
                future.cancel()
            if type(error).__name__ == "KilledWorker":
                raise CalculationError(
                    f"Dask gave up on a geometry during {stage.lower()}: every worker that "
                    "tried it died, most likely for "
                    "want of memory. What was finished is kept. Give the workers more memory, "
                    "or use a smaller basis "
                    "set."
                ) from None
            raise
        return found  # type: ignore[return-value]

    def _computed(
        self, tasks: Sequence[Task], missing: list[int], at_once: int, waiting: dict[Future, int]
    ) -> Iterator[tuple[int, Result]]:
        """Results as they come, with their places; `waiting` always holds what is not done."""
        folder = str(Path(self.cache.folder).absolute())
        left = list(reversed(missing))
        while left or waiting:
            while left and len(waiting) < at_once:
                k = left.pop()
                waiting[self.executor.submit(computed, tasks[k], folder)] = k  # type: ignore[union-attr]
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                k = waiting.pop(future)
                result = future.result()
                if not self.cache.path(tasks[k]).exists():
                    self.cache.put(tasks[k], result)
                yield k, result

    def result(self, task: Task, stage: str) -> Result:
        """The result of one task."""
        return self.results([task], stage)[0]

    def _report(self, stage: str, done: int, total: int) -> None:
        detail = f": {done} of {total} geometries" if total > 1 else ""
        self.progress(stage + detail, done / total if total else 1.0)


def tasks_within_memory(executor: Executor, need: float, stage: str) -> int:
    """How many tasks that need so many bytes each may run on this machine at once; InputError
    where not even one fits.

    The workers of an executor that does not tell their number are taken to be elsewhere, with
    memory of their own.
    """
    workers = getattr(executor, "_max_workers", None)
    free = free_memory()
    if workers is None or need * workers <= free:
        return (
            1_000_000 if workers is None else 2 * workers
        )  # one more for each is ready when it ends
    if need > free:
        raise InputError(
            f"{stage}: one geometry needs about {need / 1e9:.2g} GB, but only {free / 1e9:.2g} "
            "GB are free. Use a smaller basis "
            "set or a cheaper method (adc2, koopmans), or workers elsewhere (`--dask`)."
        )
    return int(free // need)


def free_memory() -> float:
    """Bytes of memory that this process and its workers may still use."""
    free = float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        free = 1024.0 * float(lines["MemAvailable"].split()[0])
        group = Path("/sys/fs/cgroup")
        most = (group / "memory.max").read_text().strip()
        if most != "max":
            used = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
            free = min(free, float(most) - float(used["anon"]))
    except (OSError, KeyError, ValueError):
        pass
    return free
