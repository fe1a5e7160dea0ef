"""Born-Oppenheimer on the coupled surfaces: the nuclei move on one adiabatic surface at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..bases import reachable_quanta
from ..checks import InputError, check_positive
from ..convergence import certificate, memory_limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..numerics import LanczosRecursion, oscillator_dvr
from ..spectrum import StickSpectrum, summed
from .franck_condon import multiplied, progression
from .growth import Progress
from .lanczos import curve_difference, enough_steps, raw_lines

# points of the first grid per quantum within reach, and of each grid over the one before
FIRST = 0.6
GROWTH = 1.3
FEWEST = 1e-4  # of the strength; a surface that receives less has no lines
CAP = 8.0  # standard deviations of the band above its mean, where the potential is cut off
MERGE = 1e-5  # eV


def adiabatic_spectrum(
    model: VibronicHamiltonian,
    start: Doorway | int,
    *,
    tolerance: float = 1e-2,
    fwhm: float = 0.02,
    character: bool = True,
    max_size: int = 600_000,
    memory: float | None = None,
    progress: Progress | None = None,
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
    states multiply as exact progressions. Where the grid of the others would pass `max_size`
    points, the modes that distinguish the states least enter as oscillators of the state entered,
    named in the certificate.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    for name, value, unit in (
        ("tolerance", tolerance, ""),
        ("fwhm", fwhm, "eV"),
        ("max_size", max_size, ""),
    ):
        check_positive(name, value, unit)
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)
    split = _split(model, door, max_size, memory_limit(memory))
    report = progress or (lambda stage, fraction: None)
    scale = FIRST
    before = None
    change = np.inf
    points: tuple[int, ...] = ()
    while True:
        larger = tuple(_even(scale * q) for q in split.reach)
        if before is not None and np.prod(larger, dtype=float) > split.most:
            break
        points = larger
        report(
            f"Adiabatic lines of {door.name(model)}: {np.prod(points):,} points",
            min(0.9, tolerance / max(change, 1e-300)),
        )
        lines = [
            _surface(split, points, a, fwhm, tolerance, character) for a in range(model.n_states)
        ]
        total = summed([x for x in lines if x is not None])
        change = curve_difference(total, before, fwhm) if before is not None else np.inf
        before = total
        scale = scale * GROWTH
        if change < tolerance:
            break
    assert before is not None
    found = certificate(tolerance, change, int(np.prod(points)), "")
    text = found["text"].replace("functions", "grid points")
    if split.approximate:
        text += f"; {', '.join(split.approximate)} as oscillators of the state entered"
    return replace(
        _multiplied_out(split, before),
        certificate={**found, "text": text, "separated_modes": list(split.approximate)},
        provenance={"model": model.title, "points": list(points)},
    )


def _even(quanta: float) -> int:
    """An even number of grid points, so that none lies at q = 0, where surfaces that meet by
    symmetry have no definite eigenvectors.
    """
    return 2 * int(np.ceil(quanta / 2)) + 2


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


def _split(model: VibronicHamiltonian, door: Doorway, max_size: int, memory: float) -> _Split:
    alike = np.ones(model.n_modes, bool)
    strength = np.zeros(model.n_modes)
    for powers, matrix in model.terms():
        difference = matrix - np.eye(model.n_states) * np.trace(matrix) / model.n_states
        for m in powers:
            if len(powers) > 1 or np.any(np.abs(difference) > 1e-12):
                alike[m] = False
            strength[m] += (difference**2).sum()
    tilted = np.any(door.slopes != 0, axis=1)
    alike &= ~tilted
    strength[tilted] += (
        strength.sum() + 1
    )  # the amplitude depends on these modes: they must be on the grid
    reach = np.maximum(reachable_quanta(model, door), 1.0)
    most = int(min(max_size, memory / 2000))
    kept = [int(m) for m in np.argsort(-strength, kind="stable") if not alike[m]]
    dropped = []
    while kept and np.prod([float(_even(FIRST * GROWTH * q)) for q in reach[kept]]) > most:
        dropped.append(kept.pop())
    kept, apart = sorted(kept), sorted(set(range(model.n_modes)) - set(kept))
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


def _surface(
    split: _Split,
    points: tuple[int, ...],
    surface: int,
    fwhm: float,
    tolerance: float,
    character: bool,
) -> StickSpectrum | None:
    """Lines of one surface on a grid; None where next to nothing of the start lies on it."""
    model = split.model
    door = split.door
    axes = [_axis(n, w) for n, w in zip(points, model.frequencies, strict=True)]
    grid = (
        np.stack([g.ravel() for g in np.meshgrid(*[a[0] for a in axes], indexing="ij")], axis=-1)
        if axes
        else np.zeros((1, 0))
    )
    energy, vector = _adiabatic_state(model, grid, surface)
    packet = np.ones(1)
    for (_, transform, _), n in zip(axes, door.quanta, strict=True):
        packet = np.multiply.outer(packet, transform[n]).ravel()
    amplitude = ((door.amplitudes + grid @ door.slopes) * vector).sum(axis=1) * packet
    if amplitude @ amplitude < FEWEST * door.strength:
        return None
    mean, variance = _band(model, door)
    potential = np.minimum(
        energy, mean + CAP * np.sqrt(variance) + 4 * model.frequencies.max(initial=0.0)
    )
    operator = _GridHamiltonian([a[2] for a in axes], potential)
    recursion = LanczosRecursion(
        operator, amplitude.astype(np.float32), keep=np.float32 if character else None
    )
    enough_steps(recursion, fwhm, tolerance)
    origin = model.zero_point_energy + float(door.quanta @ model.frequencies)
    if not character:
        raw = raw_lines(recursion)
        return StickSpectrum(
            raw.energies - origin, raw.intensities, None, model.state_labels, "adiabatic"
        )
    found, strengths, columns = recursion.lines(merge=MERGE)
    squares = recursion.combined(columns) ** 2
    products = np.einsum("pi,pj->pij", vector, vector).reshape(len(vector), -1).astype(np.float32)
    density = (squares @ products).astype(float).reshape(-1, model.n_states, model.n_states)
    density = (density + density.transpose(0, 2, 1)) / (
        2 * squares.sum(axis=1, dtype=float)[:, None, None]
    )
    return StickSpectrum(
        found - origin,
        strengths,
        None,
        model.state_labels,
        "adiabatic",
        electronic_density=density,
    )


def _adiabatic_state(
    model: VibronicHamiltonian, grid: np.ndarray, surface: int
) -> tuple[np.ndarray, np.ndarray]:
    """Energies (n_points,) and eigenvectors (n_points, n_states) of a surface; states that nothing
    couples keep surfaces of their own.
    """
    coupled = np.eye(model.n_states, dtype=bool)
    for _, matrix in model.terms():
        coupled |= matrix != 0
    own = int(np.argsort(np.diag(model.constant), kind="stable")[surface])
    block = np.flatnonzero(np.linalg.matrix_power(coupled.astype(int), model.n_states)[own])
    order = block[np.argsort(np.diag(model.constant)[block], kind="stable")]
    energies, vectors = np.linalg.eigh(model.potential(grid)[:, block[:, None], block])
    place = int(np.flatnonzero(order == own)[0])
    vector = np.zeros((len(grid), model.n_states))
    vector[:, block] = vectors[:, :, place]
    return energies[:, place], vector * np.where(vector[:, own] < 0, -1.0, 1.0)[:, None]


def _axis(n: int, frequency: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n,), levels in them (n, n), and the kinetic energy (n, n) of an oscillator DVR of n
    levels.
    """
    points, transform = oscillator_dvr(n)
    energy = transform.T @ np.diag(frequency * (np.arange(n) + 0.5)) @ transform
    return points, transform, (energy - np.diag(frequency * points**2 / 2)).astype(np.float32)


def _band(model: VibronicHamiltonian, door: Doorway) -> tuple[float, float]:
    """Highest mean and largest variance of the bands of the states entered, counted from the
    bottom of the reference potential.
    """
    bands = [replace(model, higher=()).band_moments(int(i)) for i in door.states]
    return max(b[0] for b in bands) + model.zero_point_energy + float(
        door.quanta @ model.frequencies
    ), max(b[1] for b in bands)


class _GridHamiltonian:
    """Kinetic energies along every axis of a product grid, and a potential at its points."""

    def __init__(self, kinetic: list[np.ndarray], potential: np.ndarray) -> None:
        self.kinetic = kinetic
        self.potential = potential.astype(np.float32)

    def matvec(self, x: np.ndarray) -> np.ndarray:
        """H x: the axes are turned round one by one, so that every product is one of matrices."""
        total = self.potential * x
        for matrix in self.kinetic:
            x = x.reshape(len(matrix), -1)
            total = (total.reshape(x.shape) + matrix @ x).T.ravel()
            x = x.T.ravel()
        return total


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
    density = (
        None if lines.electronic_density is None else lines.electronic_density[keep // shifts.size]
    )
    return replace(
        lines,
        energies=energies[keep],
        intensities=intensities[keep],
        state_weights=None,
        electronic_density=density,
    )
