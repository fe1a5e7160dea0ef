"""One product with H against copying its vector."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

import vibronic as vb
from vibronic.operators import MatrixFreeHamiltonian, SparseOperator, sparse_hamiltonian

from .tables import Table

CASES = [
    ("linear-1996", (24, 30, 23, 17)),
    ("linear-1996", (30, 36, 28, 24)),
    ("linear-1996", (30, 50, 40, 24)),
    ("published", (24, 30, 23, 17)),
    ("published", (30, 36, 28, 24)),
    ("published", (30, 50, 40, 24)),
]


def median_ratio(work, copy, n=15):
    """Median over `n` interleaved pairs of the time of `work` over that of `copy`."""
    work(), copy()
    ratios = []
    for _ in range(n):
        t0 = time.perf_counter()
        work()
        t1 = time.perf_counter()
        copy()
        ratios.append((t1 - t0) / (time.perf_counter() - t1))
    return float(np.median(ratios))


def run() -> list[dict]:
    """Matrix-free and CSR products on pyrazine's product bases, one thread."""
    table = Table(
        "One product with H, in copies of its vector (pyrazine, 4 modes, one thread)",
        {
            "model": "|12",
            "functions": ",d",
            "type": "|11",
            "MB": ".1f|6",
            "matrix-free": ".2f",
            "CSR": ".2f|6",
        },
        note="linear-1996: linear coupling alone; published: with all quadratic and bilinear "
        "terms.",
    )
    for name, levels in CASES:
        model = vb.library.hamiltonian("pyrazine", name)
        basis = vb.VibronicBasis(2, levels)
        operator = MatrixFreeHamiltonian(model, basis)
        stored = SparseOperator(sparse_hamiltonian(model, basis)) if basis.size < 1e6 else None
        for kind in (np.float64, np.float32, np.complex128):
            x = np.random.default_rng(0).random(basis.size).astype(kind)
            y = np.empty_like(x)
            z = np.empty_like(x)
            copy = partial(np.copyto, z, x)
            row = {"matrix-free": median_ratio(partial(operator.apply, x, y), copy)}
            if stored is not None:
                row["CSR"] = median_ratio(partial(stored.apply, x, y), copy, 5)
            table.add(
                **{
                    "model": name,
                    "functions": basis.size,
                    "type": np.dtype(kind).name,
                    "MB": x.nbytes / 1e6,
                    **row,
                }
            )
    return [table.close()]
