"""Diabatic states by the overlap of amplitudes (Dyson orbitals, transition densities) with those
at the reference. Pure numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..checks import CalculationError
from ..door import public

LEAST_OVERLAP = 0.9


@public
def diabatic_matrix(
    overlap: np.ndarray, energies: np.ndarray, strengths: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
    """Diabatic energy matrix (n, n) and the smallest singular value of the overlap used.

    `overlap` (n reference x m displaced states, m >= n) and `energies` (m,) may hold more
    displaced states than wanted: the n that match the reference best are taken, weighted by their
    pole `strengths`. Then W = T diag(energies) T^T with T = (S S^T)^(-1/2) S, the orthogonal
    matrix nearest to the overlap; order and signs of the displaced states do not matter. The
    eigenvalues of W are the displaced energies themselves, and W is diagonal at the reference,
    although Dyson orbitals of different states are not orthogonal.

    Löwdin orthonormalisation: P.-O. Löwdin, J. Chem. Phys. 18, 365 (1950), doi:10.1063/1.1747632
    """
    if overlap.shape[1] < overlap.shape[0]:
        raise CalculationError(
            f"Only {overlap.shape[1]} main lines were found at a displaced geometry for the "
            f"{overlap.shape[0]} states of the model. Ask for fewer states (`--states`)."
        )

    weighted = overlap if strengths is None else overlap * np.sqrt(strengths)
    chosen = matched(weighted)
    u, s, vt = np.linalg.svd(overlap[:, chosen])
    transformation = u @ vt
    return transformation @ (energies[chosen][:, None] * transformation.T), float(s.min())


def check_overlap(
    overlap: np.ndarray,
    smallest: float,
    labels: tuple[str, ...],
    where: str,
    lost: Sequence[float] = (),
) -> None:
    """Raise when a reference state has left the space of the displaced ones, or is among those
    `lost` (their energies): not converged.
    """
    if smallest < LEAST_OVERLAP:
        gone = labels[int((overlap**2).sum(axis=1).argmin())]
        why = "It mixes with states outside the model"
        if len(lost):
            energies = ", ".join(f"{e:.2f}" for e in lost)
            why = f"States there did not converge, at {energies} eV, and it may be one of them"
        raise CalculationError(
            f"State {gone} leaves the model at {where}: its overlap with the states there is "
            f"only {smallest:.2f}. {why}: enlarge the model (`--states {len(labels) + 1}` or "
            "more)."
        )


def matched(overlap: np.ndarray) -> np.ndarray:
    """For every row (state) the column (state) it goes with: the assignment of greatest total
    overlap squared.
    """
    columns: np.ndarray = linear_sum_assignment(-(overlap**2))[1]
    return columns
