"""The common task of all programs, with numpy alone: read it, time it, write what came out.

Call of every script: `python SCRIPT problem.npz result.npz [setting ...]`. Model: H = sum_m w_m/2
(p^2 + q^2) + sum of monomials, each (powers of the modes, matrix of the states), in eV; the
vibrational ground state is lifted onto the last state.
"""

from __future__ import annotations

import sys
import time

import numpy as np

HBAR = 0.6582119569509066  # eV fs


class Problem:
    """The model and the output times; `until` cuts the propagation short for programs that would
    take hours.
    """

    def __init__(self) -> None:
        data = np.load(sys.argv[1])
        self.frequencies = data["frequencies"]
        self.times = data["times"]
        self.levels = [int(n) for n in data["levels"]]
        self.terms = list(zip(data["powers"].tolist(), data["matrices"], strict=True))
        self.settings = sys.argv[3:]

    def until(self, end: float) -> None:
        """Keep only the outputs up to `end` (fs)."""
        self.times = self.times[self.times <= end]

    def position(self, m: int) -> np.ndarray:
        """q of mode m on its levels."""
        off = np.sqrt(np.arange(1, self.levels[m]) / 2)
        return np.diag(off, 1) + np.diag(off, -1)

    def power(self, m: int, k: int) -> np.ndarray:
        """q^k of mode m, cut after the power is taken."""
        n = self.levels[m]
        off = np.sqrt(np.arange(1, self.levels[m] + k) / 2)
        return np.linalg.matrix_power(np.diag(off, 1) + np.diag(off, -1), k)[:n, :n]

    def sparse_hamiltonian(self):
        """H/hbar (rad/fs) as a SciPy CSR matrix on the direct product, states first."""
        import scipy.sparse as sp

        def product(electronic, factors):
            total = sp.csr_array(electronic)
            for m, n in enumerate(self.levels):
                total = sp.csr_array(
                    sp.kron(total, sp.csr_array(factors.get(m, np.eye(n))), format="csr")
                )
            return total

        identity = np.eye(len(self.terms[0][1]))
        total = sum(
            product(identity, {m: self.frequencies[m] * np.diag(np.arange(n) + 0.5)})
            for m, n in enumerate(self.levels)
        )
        for powers, matrix in self.terms:
            total = total + product(
                matrix, {m: self.power(m, k) for m, k in enumerate(powers) if k}
            )
        total.eliminate_zeros()
        return total / HBAR

    def start(self) -> np.ndarray:
        """The vertical packet on the direct product."""
        psi = np.zeros(2 * int(np.prod(self.levels)), complex)
        psi[psi.size // 2] = 1
        return psi


class Clock:
    """CPU and wall seconds of a `with` block."""

    def __enter__(self) -> Clock:
        self.cpu = time.process_time()
        self.wall = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu, self.wall = time.process_time() - self.cpu, time.perf_counter() - self.wall


def _peak_memory() -> float:
    """Largest memory of this process, GB (Linux; that of `getrusage` counts the parent's before
    the program starts).
    """
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def write(clock: Clock, times, populations, correlation_times, correlation) -> None:
    """Upper-state populations at `times`, C at `correlation_times` (fs), with the cost."""
    np.savez(
        sys.argv[2],
        cpu=clock.cpu,
        wall=clock.wall,
        memory=_peak_memory(),
        times=times,
        populations=np.real(populations),
        correlation_times=correlation_times,
        correlation=correlation,
    )
