"""A wavepacket on one adiabatic surface of two modes, with and without the geometric phase: what
the phase itself does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..certificate import Certificate, Limit
from ..checks import InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..numerics import lanczos_exponential, oscillator_dvr
from ..storage import built, noun, reads
from ..surface_names import surface_names
from ..units import HBAR

# of each mode's grid; an even number keeps the intersection of symmetric models off the grid
POINTS = 64
CAP = 6.0  # eV above the lowest point of the surface, where the potential is cut off
LARGEST_CHANGE = 0.02  # of <q> and <q^2>, between two grids
LONGEST = 400  # dimension of one Krylov space


@noun
@dataclass(frozen=True, eq=False)
class SurfacePropagation:
    """Probability `densities` (n_t, n_x, n_y), per q^2, at `times` (fs) on the points `x`, `y` (q)
    of two modes, on adiabatic `surface`.

    `with_phase` tells whether the geometric phase was there; `energies` (n_t,) and `norms` (n_t,)
    show how well both are kept, the `certificate` by how much <q> and <q^2> of both modes differ
    at most from those of a grid of three quarters of the points.
    """

    times: np.ndarray
    x: np.ndarray
    y: np.ndarray
    densities: np.ndarray
    energies: np.ndarray
    norms: np.ndarray
    surface: int
    with_phase: bool
    mode_labels: tuple[str, ...] = ()
    certificate: Certificate | None = None
    name: str = ""  # of the surface

    def __post_init__(self) -> None:
        for name in ("times", "x", "y", "densities", "energies", "norms"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        phase = "with" if self.with_phase else "without"
        drift = np.ptp(self.energies)
        lost = np.abs(self.norms - 1).max()
        return (
            f"SurfacePropagation  surface {self.name or self.surface} {phase} geometric phase, "
            f"{self.times[0]:g}-{self.times[-1]:g} fs; {self._told()}; energy kept to "
            f"{drift:.0e} eV, norm to {lost:.0e}"
        )

    def _told(self) -> str:
        if self.certificate is None:
            return "grid not checked"
        bad = "" if self.certificate.converged else "NOT CONVERGED: "
        return f"{bad}a coarser grid changes means by {self.certificate.reached:.0e}"


@reads("SurfacePropagation")
def _surface_propagation(content: dict[str, Any]) -> SurfacePropagation:
    """Version 0.1 wrote the `change` alone."""
    points = len(content["x"]) * len(content["y"])
    found = content.get("certificate")
    if found is None and "change" in content:
        found = _certificate(content["change"], points)
    return built(SurfacePropagation, {**content, "certificate": found})


def _certificate(change: float, points: int) -> Certificate:
    found = "change of <q> and <q^2> from a grid of three quarters of the points each way"
    return Certificate(LARGEST_CHANGE, change, points, Limit.GRID, found=found)


@public
def single_surface_propagation(
    model: VibronicHamiltonian,
    centre: Any,
    times: Any,
    *,
    surface: int | str = 0,
    geometric_phase: bool = True,
    points: int = POINTS,
) -> SurfacePropagation:
    """The reference ground state displaced to `centre` (2,), moving on one adiabatic surface V_a
    of a model of two states and two modes.

    H = sum_m w_m/2 ((p_m - A_m)^2 + A_m^2) + V_a(q), A = grad of half the angle of (W_00 - W_11)/2
    and W_01: the vector potential of Mead and Truhlar, which makes the electronic state
    single-valued round the intersection, and the diagonal Born-Oppenheimer correction. Without
    `geometric_phase` A is left out of the momentum and the correction stays, so that the phase is
    the only difference. Coupling to the other surface is left out in both. The grid is an
    oscillator DVR of `points` each way; a run on three quarters of them tells the change.

    Raises InputError for models of other sizes (restrict them with `subset`). C. A. Mead, D. G.
    Truhlar, J. Chem. Phys. 70, 2284 (1979), doi:10.1063/1.437734
    """
    SurfaceHamiltonian(model, surface, geometric_phase, 4)  # its checks come first
    lower = model.surface_of(surface)
    start = frozen_array(centre, "centre")
    check_shape("centre", start, ("2",), (2,))
    moments = frozen_array(times, "times")
    if moments.ndim != 1 or moments.size < 1 or np.any(np.diff(moments) <= 0) or moments[0] < 0:
        raise InputError("Argument `times` must be rising and not negative (fs).")

    sizes = (2 * (3 * points // 8), points)
    coarse, fine = (_moved(model, start, moments, lower, geometric_phase, n) for n in sizes)
    change = float(np.abs(fine[1] - coarse[1]).max())
    return replace(fine[0], certificate=_certificate(change, points**2))


def _packet(
    model: VibronicHamiltonian,
    operator: SurfaceHamiltonian,
    start: np.ndarray,
    geometric_phase: bool,
) -> np.ndarray:
    """The ground state of the reference oscillators at `start`, on the grid."""
    axes = zip(operator.grids, operator.widths, start, strict=True)
    parts = [np.exp(-((x - c) ** 2) / 2) * np.sqrt(w) for x, w, c in axes]
    packet = np.multiply.outer(*parts).ravel().astype(complex)

    if geometric_phase:  # at rest: p - A acts on it as p on the real packet
        packet *= np.exp(1j * _half_angle(model, operator.grids, start))
    normalized: np.ndarray = packet / np.linalg.norm(packet)
    return normalized


def _moved(
    model: VibronicHamiltonian,
    start: np.ndarray,
    moments: np.ndarray,
    surface: int,
    geometric_phase: bool,
    points: int,
) -> tuple[SurfacePropagation, np.ndarray]:
    """One run on a grid, and its means of q and q^2, (n_t, 4)."""
    operator = SurfaceHamiltonian(model, surface, geometric_phase, points)
    packet = _packet(model, operator, start, geometric_phase)
    cell = np.multiply.outer(*operator.widths).ravel()

    densities = []
    energies = []
    norms = []
    with threadpool_limits(limits=1):
        for psi in lanczos_exponential(
            operator,
            packet,
            moments / HBAR,
            tolerance=1e-8,
            max_dimension=LONGEST,
            keep=np.complex128,
        ):
            densities.append((np.abs(psi) ** 2 / cell).reshape(points, points))
            energies.append(float(np.vdot(psi, operator.matvec(psi)).real))
            norms.append(float(np.linalg.norm(psi)))

    x, y = (g.ravel() for g in np.meshgrid(*operator.grids, indexing="ij"))
    means = np.array([d.ravel() * cell for d in densities]) @ np.stack([x, y, x**2, y**2], axis=1)
    return SurfacePropagation(
        moments,
        operator.grids[0],
        operator.grids[1],
        np.array(densities),
        np.array(energies),
        np.array(norms),
        surface,
        geometric_phase,
        model.mode_labels,
        name=surface_names(model)[surface],
    ), means


class SurfaceHamiltonian:
    """H of one adiabatic surface on a grid, Hermitian; `matvec` multiplies a vector
    (points^2,).
    """

    def __init__(
        self,
        model: VibronicHamiltonian,
        surface: int | str,
        geometric_phase: bool,
        points: int = POINTS,
    ) -> None:
        if (model.n_states, model.n_modes) != (2, 2):
            raise InputError(
                "The geometric phase is shown for models of two states and two modes, but this "
                f"one has {model.n_states} states "
                f"and {model.n_modes} modes. Restrict it: `model.subset(states=..., modes=...)`."
            )
        surface = model.surface_of(surface)

        axes = [_axis(points) for _ in range(2)]
        self.grids = [a[0] for a in axes]
        self.widths = [a[1] for a in axes]
        self.momenta = [a[2] for a in axes]
        self.frequencies = model.frequencies
        self.points = points
        q = np.stack([g.ravel() for g in np.meshgrid(*self.grids, indexing="ij")], axis=-1)
        potential = np.linalg.eigvalsh(model.potential(q))[:, surface]
        gradient = _half_angle_gradient(model, q)
        correction = 0.5 * (gradient**2 @ self.frequencies)
        self.potential = np.minimum(potential + correction, potential.min() + CAP).reshape(
            points, points
        )
        self.vector = [
            (gradient[:, m] * geometric_phase).reshape(points, points) for m in range(2)
        ]
        self.shape = (points**2, points**2)

    def matvec(self, psi: np.ndarray) -> np.ndarray:
        """H psi."""
        field = psi.reshape(self.points, self.points)
        total = self.potential * field
        for m, frequency in enumerate(self.frequencies):
            once = self._momentum(m, field)
            total = total + 0.5 * frequency * self._momentum(m, once)
        values: np.ndarray = total.ravel()
        return values

    def _momentum(self, m: int, field: np.ndarray) -> np.ndarray:
        moved = self.momenta[m] @ field if m == 0 else field @ self.momenta[m].T
        values: np.ndarray = moved - self.vector[m] * field
        return values


def _axis(points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, the squared weights that turn amplitudes into densities, and the momentum matrix of
    an oscillator DVR.
    """
    grid, transform = oscillator_dvr(points)
    off = np.sqrt(np.arange(1, points) / 2)
    momentum = 1j * (np.diag(off, -1) - np.diag(off, 1))  # p = i (a^+ - a)/sqrt(2)
    ground = np.exp(-(grid**2) / 2) / np.pi**0.25
    widths = (transform[0] / ground) ** 2
    return grid, widths, transform.T @ momentum @ transform


def _half_angle(
    model: VibronicHamiltonian, grids: list[np.ndarray], centre: np.ndarray
) -> np.ndarray:
    """Half the angle of the traceless part of W, counted from `centre`, (n_points,); its cut lies
    on the far side of the intersection.
    """
    q = np.stack([g.ravel() for g in np.meshgrid(*grids, indexing="ij")], axis=-1)
    here, there = (
        0.5 * (w[..., 0, 0] - w[..., 1, 1]) + 1j * w[..., 0, 1]
        for w in (model.potential(q), model.potential(centre))
    )
    values: np.ndarray = 0.5 * np.angle(here * np.conj(there))
    return values


def _half_angle_gradient(model: VibronicHamiltonian, q: np.ndarray) -> np.ndarray:
    """Gradient of half the angle of the traceless part of W, (n_points, 2): the derivative
    coupling of the two states.
    """
    w = model.potential(q)
    x = (w[:, 0, 0] - w[:, 1, 1]) / 2
    y = w[:, 0, 1]
    first = np.array([model.potential_derivatives(point)[0] for point in q])
    dx = (first[:, :, 0, 0] - first[:, :, 1, 1]) / 2
    dy = first[:, :, 0, 1]
    values: np.ndarray = 0.5 * (x[:, None] * dy - y[:, None] * dx) / (x**2 + y**2)[:, None]
    return values
