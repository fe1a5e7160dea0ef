"""Adiabatic surfaces of a diabatic potential matrix: energies, states, gradients, Hessians,
derivative couplings; all analytic.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks import InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian

TOUCHING = 1e-9  # eV; surfaces closer than this have no derivative coupling


@public
def adiabatic_energies(model: VibronicHamiltonian, q: Any) -> np.ndarray:
    """Eigenvalues of W(q), rising, eV; q of shape (..., n_modes) gives (..., n_states)."""
    return np.linalg.eigvalsh(model.potential(q))


@public
def adiabatic_states(model: VibronicHamiltonian, path: Any) -> np.ndarray:
    """Diabatic-to-adiabatic rotation along a path (n_points, n_modes): eigenvectors as columns,
    (n_points, n_states, n_states).

    Their signs are continuous: every vector overlaps positively with the one at the point before;
    at the first point its largest component is positive. Around a conical intersection they come
    back with the other sign (the geometric phase).
    """
    points = frozen_array(path, "path")
    check_shape("path", points, ("n_points", "n_modes"), (len(points), model.n_modes))
    vectors = np.linalg.eigh(model.potential(points))[1]
    first = vectors[0]
    vectors[0] = first * np.sign(first[np.abs(first).argmax(axis=0), np.arange(model.n_states)])
    for k in range(1, len(vectors)):
        sign = np.sign(np.einsum("ia,ia->a", vectors[k - 1], vectors[k]))
        vectors[k] *= np.where(sign == 0, 1.0, sign)
    return vectors


@public
def adiabatic_gradients(model: VibronicHamiltonian, q: Any) -> np.ndarray:
    """Gradients <a| dW/dq_m |a> of all surfaces at one point, eV, (n_states, n_modes) (Hellmann
    and Feynman).
    """
    vectors = np.linalg.eigh(model.potential(q))[1]
    values: np.ndarray = np.einsum(
        "ia,mij,ja->am", vectors, model.potential_derivatives(q)[0], vectors
    )
    return values


@public
def derivative_couplings(model: VibronicHamiltonian, q: Any) -> np.ndarray:
    """<a| d/dq_m b> = <a| dW/dq_m |b>/(E_b - E_a) at one point, (n_modes, n_states, n_states),
    antisymmetric.

    Signs are those of eigenvectors whose largest component is positive. Raises InputError where
    two surfaces touch: there it diverges.
    """
    energies = adiabatic_energies(model, q)
    gaps = energies[None, :] - energies[:, None]

    if model.n_states > 1 and np.diff(energies).min() < TOUCHING:
        a = int(np.argmin(np.diff(energies)))
        raise InputError(
            f"Surfaces {a} and {a + 1} touch at this point (gap {np.diff(energies)[a]:.1e} eV): "
            "their derivative coupling "
            "diverges."
        )

    vectors = adiabatic_states(model, np.atleast_2d(q))[0]
    elements = np.einsum("ia,mij,jb->mab", vectors, model.potential_derivatives(q)[0], vectors)
    np.fill_diagonal(gaps, 1.0)
    values: np.ndarray = elements / gaps * (1 - np.eye(model.n_states))

    return values


@public
def adiabatic_hessian(model: VibronicHamiltonian, q: Any, surface: int | str) -> np.ndarray:
    """Second derivatives of one surface at one point, eV, (n_modes, n_modes), by second-order
    perturbation theory.
    """
    surface = model.surface_of(surface)
    energies, vectors = np.linalg.eigh(model.potential(q))
    first, second = model.potential_derivatives(q)
    others = [k for k in range(model.n_states) if k != surface]
    a = vectors[:, surface]
    hessian: np.ndarray = np.einsum("i,mnij,j->mn", a, second, a)
    for k in others:
        coupling = np.einsum("i,mij,j->m", a, first, vectors[:, k])
        hessian += 2 * np.outer(coupling, coupling) / (energies[surface] - energies[k])
    return hessian
