"""What a propagation will cost, before it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..operators.row_table import row_split
from ..operators.sparse import stored_bytes
from ..units import HBAR

# seconds for one element of H in a product; an order of magnitude on any machine of these years
PER_ELEMENT = 0.6e-9
PER_PRODUCT = 3e-11  # seconds for one multiplication in the sums that make the outputs


@dataclass(frozen=True)
class Cost:
    """Functions, memory (bytes) and time (seconds) of a propagation or spectrum; the time is an
    order of magnitude.
    """

    functions: int
    bytes: float
    seconds: float

    def check(self, memory: float) -> Cost:
        """Itself, or InputError when it needs more than `memory` bytes."""
        if self.bytes > memory:
            raise InputError(
                f"{self.functions:,} functions need {_gigabytes(self.bytes)}, more than the "
                f"{_gigabytes(memory)} allowed, and "
                f"about {_duration(self.seconds)}. Use a smaller basis or fewer modes, or raise "
                "`memory` (`--memory`)."
            )
        return self

    def __str__(self) -> str:
        return (
            f"{self.functions:,} functions, {_gigabytes(self.bytes)}, about "
            f"{_duration(self.seconds)}"
        )


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.2g} GB" if count < 1e11 else f"{count / 1e9:.3g} GB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.3g} h"


@public
def cost(
    model: VibronicHamiltonian,
    basis: VibronicBasis,
    functions: np.ndarray | None = None,
    *,
    time: float = 100.0,
    n_times: int = 100,
    vectors: float = 2e9,
) -> Cost:
    """Cost of propagating a packet for `time` (fs) with `n_times` outputs, or of a spectrum that
    resolves as much.

    Memory: H where it is stored, a few vectors, and at most `vectors` bytes of Krylov vectors.
    Time: one product per Krylov vector, their number half the spectral range times the time, and
    the outputs.
    """
    size = basis.size if functions is None else int(functions.size)
    matrix_free = basis.is_product and row_split(basis, functions) is not None
    elements = stored_bytes(model, size) / 12
    steps = 0.9 * _range(model, basis) * time / (2 * HBAR) + 40
    need = (0 if matrix_free else 12 * elements) + 100.0 * size + min(vectors, 4 * steps * size)
    seconds = (
        steps * elements * PER_ELEMENT / (6 if matrix_free else 1)
        + PER_PRODUCT * n_times * steps * size
    )
    return Cost(size, float(need), float(seconds))


def _range(model: VibronicHamiltonian, basis: VibronicBasis) -> float:
    """Width of the spectrum of H on this basis, eV: highest oscillator levels and what couples
    them.
    """
    top = np.array(basis.levels) - 1.0
    linear = (
        np.abs(np.linalg.eigvalsh(model.linear)).max(axis=1, initial=0.0)
        if model.n_modes
        else np.zeros(0)
    )
    modes = model.frequencies * top + 2 * linear * np.sqrt(2 * top)
    electronic = float(np.ptp(np.linalg.eigvalsh(model.constant)))
    return electronic + float(modes.sum() if basis.is_product else modes.max(initial=0.0))
