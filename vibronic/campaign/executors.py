"""Who computes: processes of this machine, the workers of a Dask cluster, or this process."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..checks import InputError
from .tasks import Terms

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
SHARE = "VIBRONIC_WORKER_MEMORY"  # bytes; what one of several local workers may use
LEAST_SHARE = 5e8
ANY_NUMBER = 1_000_000


def this_process() -> AbstractContextManager[Executor]:
    """No workers: tasks run one after the other in this process."""
    return ThreadPoolExecutor(1)


@contextmanager
def local_processes(n_jobs: int | None = None) -> Iterator[Executor]:
    """Worker processes on this machine, one thread and one share of the free memory each; `n_jobs`
    defaults to the processors available.
    """
    from loky.process_executor import ProcessPoolExecutor

    if n_jobs is not None and n_jobs < 1:
        raise InputError(f"Argument `n_jobs` must be 1 or more, but is {n_jobs}.")

    count = n_jobs or len(os.sched_getaffinity(0))
    share = max(LEAST_SHARE, 0.8 * free_memory() / count)
    executor = ProcessPoolExecutor(
        max_workers=count,
        env={**ONE_THREAD, SHARE: str(int(share))},
        initializer=_ignore_interrupts,
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


def _ignore_interrupts() -> None:
    """Ctrl-C is the parent's business: it stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def memory_share() -> float | None:
    """Bytes that this process may use as one of several local workers; None where it is none."""
    share = os.environ.get(SHARE)
    return None if share is None else float(share)


@contextmanager
def dask_workers(address: str, timeout: float = 10.0) -> Iterator[Executor]:
    """The workers of a running Dask scheduler, as in tcp://host:8786. They need vibronic; tasks of
    lost workers run elsewhere.
    """
    client = _client(address, timeout)

    try:
        if not client.scheduler_info()["workers"]:
            raise InputError(
                f"The Dask scheduler at {address} has no workers. Start some: `dask worker "
                f"{address} --nthreads 1`."
            )
        yield client.get_executor()
    finally:
        client.close()


def _client(address: str, timeout: float) -> Any:
    try:
        from dask.distributed import Client
    except ImportError:
        raise InputError(
            "`--dask` needs the package distributed: `pip install 'vibronic[dask]'`."
        ) from None

    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or 0
        socket.create_connection((host, port), timeout=timeout).close()
        connect: Any = Client
        return connect(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"No Dask scheduler answers at {address!r} ({reason}). Give its address as in "
            "tcp://host:8786; start one with `dask scheduler`, and workers with `dask worker "
            "ADDRESS --nthreads 1`."
        ) from None


def tasks_within_memory(
    executor: Executor, need: float, stage: str, terms: Terms | None = None
) -> int:
    """How many tasks that need so many bytes each may run on this machine at once; InputError
    where not even one fits.

    The workers of an executor that does not tell their number are taken to be elsewhere, with
    memory of their own.
    """
    workers = getattr(executor, "_max_workers", None)
    if workers is None:
        return ANY_NUMBER

    free = free_memory()
    if need * workers <= free:
        return 2 * int(workers)  # one more for each is ready when it ends

    if need > free:
        words = terms or Terms()
        raise InputError(
            f"{stage}: one {words.one} needs about {need / 1e9:.2g} GB, but only "
            f"{free / 1e9:.2g} GB are free. {words.advice}"
        )

    return int(free // need)


def free_memory() -> float:
    """Bytes of memory that this process and its workers may still use."""
    free = float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))

    try:
        free = 1024.0 * float(_table("/proc/meminfo", ":")["MemAvailable"].split()[0])
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        if limit != "max":
            used = float(_table("/sys/fs/cgroup/memory.stat")["anon"])
            free = min(free, float(limit) - used)
    except (OSError, KeyError, ValueError):
        pass
    return free


def _table(path: str, separator: str | None = None) -> dict[str, str]:
    """Names and values, one pair a line."""
    pairs = [line.split(separator, 1) for line in Path(path).read_text().splitlines()]
    return {pair[0]: pair[1] for pair in pairs}
