"""Where the spectrum of a state by itself begins."""

from __future__ import annotations

import numpy as np

from ..checks import CalculationError, index_of
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from .franck_condon import franck_condon_spectrum

WEAKEST = 1e-14


@public
def origin(model: VibronicHamiltonian, state: int | str) -> float:
    """The 0-0 energy (eV) of `state` alone: its lowest level, counted from the lowest one of the
    reference, however weak the line.

    With linear terms k and second derivatives K = w + quadratic it is E - k.K^-1.k/2 + (sum w' -
    sum w)/2, w' the frequencies of the state; with higher terms the first line of its cold
    Franck-Condon spectrum. Raises CalculationError for a state that is not bound.
    """
    i = index_of("state", state, model.state_labels)
    alone = model.subset(states=[i])
    if alone.higher:
        return float(franck_condon_spectrum(model, i, threshold=WEAKEST).energies.min())

    w = alone.frequencies
    slopes = alone.linear[:, 0, 0]
    curvature = np.diag(w) + alone.quadratic[:, :, 0, 0]
    squares = np.linalg.eigvalsh(np.sqrt(w[:, None] * w) * curvature)
    if squares.size and squares.min() <= 0:
        raise CalculationError(
            f"State {model.state_labels[i]} has no lowest level: its potential is not bound."
        )

    relaxed = slopes @ np.linalg.solve(curvature, slopes) / 2
    zero_point = (np.sqrt(squares).sum() - w.sum()) / 2
    return float(alone.constant[0, 0] - relaxed + zero_point)
