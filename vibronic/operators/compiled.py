"""Compiled inner loops (numba): the sparse product, and the row kernel of the matrix-free product.

Every kernel computes out = scale (H - shift) x + add out on part of the rows, without the
interpreter's lock, so that several threads can share one product. Complex vectors are passed as
their real pairs. Machines without numba use slower routes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from ..checks import InputError

WORTH_THREADS = 150_000  # real numbers in a vector from which a second thread pays


@cache
def kernels() -> dict[str, Callable[..., None]] | None:
    """The compiled kernels by name, or None (with one warning) where numba is missing."""
    try:
        from .kernels import csr_complex, csr_real, rows
    except ImportError:
        warnings.warn(
            "numba is not installed: products with the Hamiltonian take several times longer. "
            "Install it with `pip install numba`.",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return {"csr_real": csr_real, "csr_complex": csr_complex, "rows": rows}


def n_threads() -> int:
    """Threads of one product: VIBRONIC_NUM_THREADS, else the processors this process may use."""
    asked = os.environ.get("VIBRONIC_NUM_THREADS", "")
    if asked and not (asked.isdigit() and int(asked) > 0):
        raise InputError(
            "The environment variable VIBRONIC_NUM_THREADS must be a positive integer, but is "
            f"{asked!r}."
        )
    return int(asked) if asked else len(os.sched_getaffinity(0))


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(workers, thread_name_prefix="vibronic")


def shared(kernel: Callable[..., None], n_rows: int, size: int, *arguments: Any) -> None:
    """Call `kernel(first, last, *arguments)` on all rows, by several threads when the vector of
    `size` numbers is long.
    """
    threads = min(n_threads(), n_rows) if size >= WORTH_THREADS else 1
    if threads == 1:
        kernel(0, n_rows, *arguments)
        return
    edges = np.linspace(0, n_rows, threads + 1).astype(int)
    waiting = [_pool(threads).submit(kernel, a, b, *arguments) for a, b in pairwise(edges)]
    for done in waiting:
        done.result()
