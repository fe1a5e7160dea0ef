"""Where searches on surfaces begin."""

from __future__ import annotations

import numpy as np

from ..hamiltonian import VibronicHamiltonian

STARTS = 12
SEED = 7


def starting_points(model: VibronicHamiltonian) -> list[np.ndarray]:
    """Where searches begin: the vertical point, the minimum of every diabatic state by itself, and
    random points as far out as these.
    """
    points = [np.zeros(model.n_modes)]
    for i in range(model.n_states):
        force = np.diag(model.frequencies) + model.quadratic[:, :, i, i]
        stiff, modes = np.linalg.eigh(force)
        points.append(
            -modes
            @ (
                (modes.T @ model.linear[:, i, i])
                / np.maximum(stiff, 0.2 * model.frequencies.min(initial=1.0))
            )
        )

    couplings = (
        np.abs(model.linear).max(axis=(1, 2), initial=0.0) / model.frequencies
        if model.n_modes
        else np.zeros(0)
    )
    rng = np.random.default_rng(SEED)

    return points + [
        rng.normal(size=model.n_modes) * (couplings + 0.3)
        for _ in range(max(0, STARTS - len(points)))
    ]
