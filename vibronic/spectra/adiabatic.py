"""Born-Oppenheimer on the coupled surfaces: the nuclei move on one adiabatic surface at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from ..bases import reachable_quanta
from ..checks import InputError, check_positive
from ..convergence import Growth, ProductGrid, ProductGrids
from ..convergence.grids import FIRST, GROWTH, even_points
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..numerics import LanczosRecursion
from ..spectrum import StickSpectrum, summed
from .lanczos import curve_difference, enough_steps, raw_lines
from .progressions import multiplied, progression
from .surface_grid import SurfaceGrid

FEWEST = 1e-4  # of the strength; a surface that receives less has no lines
MERGE = 1e-5  # eV
PER_POINT = 2000  # bytes


@public
def adiabatic_spectrum(
    model: VibronicHamiltonian,
    start: Doorway | int | str,
    *,
    tolerance: float = 1e-2,
    fwhm: float = 0.02,
    character: bool = True,
    limits: Limits = Limits(max_size=600_000),
) -> StickSpectrum:
    """Lines of the adiabatic (Born-Oppenheimer) approximation: no coupling between the surfaces
    V_a(q), eigenvalues of W(q).

    H_a = sum_m w_m p_m^2/2 + V_a(q), entered from diabatic state i with the amplitude U_ia(q) of
    the eigenvector (positive on the state that makes surface a at q = 0). States that nothing
    couples keep surfaces of their own, even where these cross. Derivative couplings, the diagonal
    correction (which diverges at an intersection) and the geometric phase are left out: what this
    rung lacks is what they do. The strength is that of the start, shared by the surfaces.

    Each surface is solved on a product grid (oscillator DVR), enlarged by a third until the curve
    of width `fwhm` (eV) changes by less than `tolerance` of its peak. Modes that act alike on all
    states multiply as exact progressions. Where the grid of the others would pass `limits`, the
    modes that distinguish the states least enter as oscillators of the state entered, named in the
    certificate.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")

    door = Doorway.entering(model, start)
    split = _split(model, door, int(min(limits.max_size, limits.bytes / PER_POINT)))

    grids = ProductGrids(split.reach, Limits(split.most, limits.memory))
    growth: Growth[ProductGrid, StickSpectrum] = Growth(grids, tolerance)

    for grid in growth:
        growth.report(f"Adiabatic lines of {door.name(model)}")
        total = _all_surfaces(split, grid.points, fwhm, tolerance, character)
        before = growth.before
        change = np.inf if before is None else curve_difference(total, before, fwhm)
        growth.told(total, change)

    certificate = growth.certificate()
    if split.approximate:
        modes = ", ".join(split.approximate)
        remark = f"{modes} as oscillators of the state entered"
        certificate = replace(certificate, remarks=(remark,))

    return replace(
        _multiplied_out(split, growth.result),
        certificate=certificate,
        provenance={"model": model.title, "points": list(growth.space.points)},
    )


@dataclass(frozen=True, eq=False)
class _Split:
    """The model on the modes of the grid, and the modes that multiply as progressions of one
    state.
    """

    model: VibronicHamiltonian
    door: Doorway
    reach: np.ndarray
    most: int
    alone: VibronicHamiltonian
    quanta: np.ndarray
    approximate: tuple[str, ...]


def _split(model: VibronicHamiltonian, door: Doorway, most: int) -> _Split:
    """Modes on a grid of at most `most` points: those that distinguish the states most."""
    alike, strength = _distinction(model)
    tilted = np.any(door.slopes != 0, axis=1)
    alike &= ~tilted
    # the amplitude depends on these modes: they must be on the grid
    strength[tilted] += strength.sum() + 1

    reach = np.maximum(reachable_quanta(model, door), 1.0)
    kept = [int(m) for m in np.argsort(-strength, kind="stable") if not alike[m]]
    dropped = []
    while kept and prod(even_points(FIRST * GROWTH * q) for q in reach[kept]) > most:
        dropped.append(kept.pop())
    kept = sorted(kept)
    apart = sorted(set(range(model.n_modes)) - set(kept))
    if np.any(door.slopes[apart]):
        raise InputError(
            f"The adiabatic spectrum of this model needs a grid of more than {most:,} points. "
            "Raise `max_size` or use fewer modes."
        )

    entered = int(door.states[int(np.argmax(np.abs(door.amplitudes[door.states])))])
    return _Split(
        model.subset(modes=kept),
        replace(door, slopes=door.slopes[kept], quanta=door.quanta[kept]),
        reach[kept],
        most,
        model.subset(states=[entered], modes=apart),
        door.quanta[apart],
        tuple(model.mode_labels[m] for m in sorted(dropped)),
    )


def _distinction(model: VibronicHamiltonian) -> tuple[np.ndarray, np.ndarray]:
    """Which modes act alike on all states and by themselves, and how much the others distinguish
    them, each (n_modes,).
    """
    alike = np.ones(model.n_modes, bool)
    strength = np.zeros(model.n_modes)
    for powers, matrix in model.terms():
        mean = np.eye(model.n_states) * np.trace(matrix) / model.n_states
        difference = matrix - mean
        for m in powers:
            if len(powers) > 1 or np.any(np.abs(difference) > 1e-12):
                alike[m] = False
            strength[m] += (difference**2).sum()
    return alike, strength


def _all_surfaces(
    split: _Split, points: tuple[int, ...], fwhm: float, tolerance: float, character: bool
) -> StickSpectrum:
    """Lines of all surfaces on a grid."""
    grid = SurfaceGrid(split.model, split.door, points)
    found = []
    for surface in range(split.model.n_states):
        lines = _surface(grid, surface, fwhm, tolerance, character)
        if lines is not None:
            found.append(lines)
    return summed(found)


def _surface(
    grid: SurfaceGrid, surface: int, fwhm: float, tolerance: float, character: bool
) -> StickSpectrum | None:
    """Lines of one surface on a grid; None where next to nothing of the start lies on it."""
    energy, vector = grid.adiabatic_state(surface)
    amplitude = grid.entered(vector)
    if amplitude @ amplitude < FEWEST * grid.door.strength:
        return None

    keep = np.float32 if character else None
    recursion = LanczosRecursion(grid.operator(energy), amplitude.astype(np.float32), keep=keep)
    enough_steps(recursion, fwhm, tolerance)
    labels = grid.model.state_labels

    if not character:
        raw = raw_lines(recursion)
        energies = raw.energies - grid.origin
        return StickSpectrum(energies, raw.intensities, None, labels, "adiabatic")

    found, strengths, columns = recursion.lines(merge=MERGE)
    squares = recursion.combined(columns) ** 2
    return StickSpectrum(
        found - grid.origin,
        strengths,
        None,
        labels,
        "adiabatic",
        electronic_density=_densities(squares, vector),
    )


def _densities(squares: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Electronic densities (n_lines, n_states, n_states) of states with the probabilities
    `squares` (n_lines, n_points) on a surface of this eigenvector (n_points, n_states).
    """
    n = vector.shape[1]
    products = np.einsum("pi,pj->pij", vector, vector).reshape(len(vector), -1)
    density = (squares @ products.astype(np.float32)).astype(float).reshape(-1, n, n)
    totals = squares.sum(axis=1, dtype=float)
    symmetric: np.ndarray = (density + density.transpose(0, 2, 1)) / (2 * totals[:, None, None])
    return symmetric


def _multiplied_out(split: _Split, lines: StickSpectrum) -> StickSpectrum:
    """The lines times the progressions of the modes that are not on the grid."""
    shifts = np.zeros(1)
    weights = np.ones(1)
    alone = split.alone

    for m in range(alone.n_modes):
        level: Any = np.eye(split.quanta[m] + 1)[-1]
        shifts, weights = multiplied(shifts, weights, *progression(alone, m, level), 1e-6)

    energies = (lines.energies[:, None] + shifts).ravel()
    intensities = (lines.intensities[:, None] * weights).ravel()
    keep = np.flatnonzero(intensities > 1e-8 * intensities.max())
    keep = keep[np.argsort(energies[keep], kind="stable")]
    density = lines.electronic_density
    if density is not None:
        density = density[keep // shifts.size]

    return replace(
        lines,
        energies=energies[keep],
        intensities=intensities[keep],
        state_weights=None,
        electronic_density=density,
    )
