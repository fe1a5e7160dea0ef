"""Selected vibronic eigenstates: the lowest, or those nearest an energy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator
from threadpoolctl import threadpool_limits

from ..bases import sector_functions
from ..basis import VibronicBasis
from ..certificate import Certificate
from ..checks import CalculationError, InputError, check_positive, index_of
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..numerics import SMALL, lowest_eigenpairs, restarted_lanczos, spectral_bounds
from ..operators import hamiltonian_operator
from ..spectrum import VibronicLevels

LONGEST = 12_800  # terms of the sharpest filter


@public
def eigenstates(
    model: VibronicHamiltonian,
    basis: VibronicBasis,
    count: int,
    *,
    near: float | None = None,
    state: int | str | None = None,
    tolerance: float = 1e-6,
) -> VibronicLevels:
    """`count` eigenstates of H on `basis`: the lowest, or those nearest the energy `near` (eV,
    from the reference ground state).

    `state` keeps to the symmetry of the vertical packet on that state. Every level carries its
    residual |H v - E v| (eV), which bounds its distance from an eigenvalue on this basis; all are
    below `tolerance` or CalculationError is raised. The lowest come from implicitly restarted
    Lanczos (ARPACK); those near an energy from the same method on the Gaussian filter exp(-s (x -
    x0)^2) of H, x = (H - b)/a, a Chebyshev series that is lengthened until the filter separates
    them.

    H.-R. Fang, Y. Saad, SIAM J. Sci. Comput. 34, A2220 (2012), doi:10.1137/110836535
    """
    check_positive("tolerance", tolerance, "eV")

    functions = None
    if state is not None:
        state = index_of("state", state, model.state_labels)
        functions = sector_functions(model, basis, state)

    operator = hamiltonian_operator(model, basis, functions)
    size = operator.shape[0]
    if not 0 < count < size - 1:
        raise InputError(
            f"Argument `count` must be from 1 to {size - 2}, less than the number of functions, "
            f"but is {count}."
        )

    energies, vectors = _found(operator, count, near, model.zero_point_energy, tolerance)
    pairs = zip(energies, vectors.T, strict=True)
    residuals = np.array([np.linalg.norm(operator.matvec(v) - e * v) for e, v in pairs])
    if residuals.max() > tolerance:
        raise CalculationError(
            f"{int((residuals > tolerance).sum())} of {count} eigenstates have residuals up to "
            f"{residuals.max():.1e} eV (asked {tolerance:.0e}). Ask for fewer, or loosen "
            "`tolerance`."
        )

    functions = np.arange(basis.size) if functions is None else functions
    owner = functions // basis.n_vibrational
    parts = [(vectors[owner == i] ** 2).sum(axis=0) for i in range(model.n_states)]
    certificate = Certificate(
        tolerance,
        residuals.max(),
        size,
        found="residuals of the eigenvectors, eV",
        remarks=("on the basis given",),
    )
    energies = energies - model.zero_point_energy
    weights = np.array(parts).T
    return VibronicLevels(energies, residuals, weights, model.state_labels, certificate)


def _found(
    operator: Any, count: int, near: float | None, origin: float, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """The eigenstates that are wanted, rising."""
    size = operator.shape[0]
    with threadpool_limits(limits=1):
        if near is None:
            energies, vectors = lowest_eigenpairs(operator, count)
        elif size <= SMALL:
            energies, vectors = lowest_eigenpairs(operator, size)
        else:
            energies, vectors = _filtered(operator, count, near + origin, tolerance)

    distance = energies if near is None else np.abs(energies - near - origin)
    order = np.argsort(distance)[:count]
    order = order[np.argsort(energies[order])]
    return energies[order], vectors[:, order]


def _filtered(
    operator: Any, count: int, energy: float, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    bounds = spectral_bounds(operator, operator.shape[0])
    wanted = min(count + 6, operator.shape[0] - 2)

    length = 100
    while length <= LONGEST:
        filtered = _filter(operator, bounds, energy, length)
        try:
            _, space = restarted_lanczos(filtered, wanted, "LA", iterations=20)
        except ArpackNoConvergence:
            length *= 2
            continue
        products = np.column_stack([operator.matvec(v) for v in space.T])
        energies, rotation = np.linalg.eigh(space.T @ products)
        vectors = space @ rotation
        residuals = np.linalg.norm(products @ rotation - (space @ rotation) * energies, axis=0)
        nearest = np.argsort(np.abs(energies - energy))[:count]
        if residuals[nearest].max() < tolerance:
            return energies, vectors
        length *= 2

    raise CalculationError(
        f"The {count} levels nearest {energy:g} eV are too dense to be told apart by a filter "
        f"of {LONGEST} terms. Ask for "
        "fewer, or keep to one symmetry with `state`."
    )


def _filter(
    operator: Any, bounds: tuple[float, float], energy: float, length: int
) -> LinearOperator:
    """exp(-s (x - x0)^2) as a Chebyshev series of about `length` terms: coefficients by
    Gauss-Chebyshev quadrature.
    """
    half = (bounds[1] - bounds[0]) / 2
    centre = (bounds[1] + bounds[0]) / 2
    angles = np.pi * (np.arange(4 * length) + 0.5) / (4 * length)
    sharpness = (length / 6.0) ** 2
    values = np.exp(-sharpness * (np.cos(angles) - (energy - centre) / half) ** 2)
    series = np.array([2 * np.mean(values * np.cos(k * angles)) for k in range(length)])
    series[0] /= 2

    def product(x: np.ndarray) -> np.ndarray:
        previous = np.ascontiguousarray(x).ravel().copy()
        current = np.empty(x.size)
        operator.apply(previous, current, 1 / half, centre, 0.0)
        total = series[0] * previous + series[1] * current
        for c in series[2:]:
            operator.apply(current, previous, 2 / half, centre, -1.0)
            previous, current = current, previous
            total += c * current
        values: np.ndarray = total
        return values

    return LinearOperator(operator.shape, matvec=product, dtype=float)
