"""Settings -> data: what the page draws and says, without a page."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np

from ..spectra import franck_condon_spectrum
from ..spectrum import Spectrum, StickSpectrum, summed
from .crossing import Crossing, crossing
from .explored_model import ExploredModel
from .packets import Packets, broadened
from .settings import Settings
from .told import crossing_told, populations_told, spectrum_told

POINTS = 41  # of both axes of a plane
NARROWEST = 4.0  # |q| that a plane holds at least, and at most
WIDEST = 9.0
AROUND = 2.2  # |q| beyond a crossing at which its surfaces are drawn
MOST_POINTS = 1200  # of a curve
BRIGHT = 1 / np.pi  # density of two modes at rest


def views(explored: ExploredModel, settings: Settings, packets: Packets) -> dict[str, Any]:
    """Everything that answers at once: spectra, populations, the density at the time set, surfaces
    with the packet's path, and the sentences about them; numbers and lists only.

    Energies in eV, times in fs, coordinates dimensionless. What is shown is not certified yet.
    """
    grid = energies(packets, settings.fwhm)
    alone = franck_condon(packets, grid, settings)
    vibronic = broadened(packets.vibronic_lines(), grid, settings.fwhm)
    found = crossing(explored, packets.model)
    axis = plane(explored, packets, found)
    k = output(packets, settings.time)

    return {
        "text": {
            "crossing": crossing_told(explored, found),
            "populations": populations_told(settings, packets),
            "spectrum": spectrum_told(vibronic, alone, settings.fwhm),
        },
        "energies": rounded(grid, 4),
        "rungs": {
            "franck_condon": rounded(alone.values, 4),
            "vibronic": rounded(vibronic.values, 4),
        },
        "koopmans": koopmans(explored, packets),
        "times": rounded(packets.watched.times, 2),
        "populations": rounded(packets.watched.populations().T, 4),
        "density": frames(explored, packets, axis, [k]),
        "surfaces": surfaces(explored, packets, axis, found),
        "path": path(explored, packets),
        "size": packets.size,
    }


def energies(packets: Packets, fwhm: float) -> np.ndarray:
    """Evenly spaced energies (eV) over all lines of some strength, six to a width or as many as
    are drawn.
    """
    lines = packets.vibronic_lines()
    strong = lines.energies[lines.intensities > 1e-4 * lines.strength]
    vertical = np.diag(packets.model.constant)
    low = min(strong.min(), vertical.min()) - 2 * fwhm
    high = max(strong.max(), vertical.max()) + 2 * fwhm
    count = int(np.ceil(6 * (high - low) / fwhm)) + 1
    return np.linspace(low, high, min(count, MOST_POINTS))


def franck_condon(packets: Packets, grid: np.ndarray, settings: Settings) -> Spectrum:
    """Every state alone as displaced oscillators, on `grid` (eV)."""
    model = packets.model
    entered = np.flatnonzero(model.transition_amplitudes)
    lines = [
        franck_condon_spectrum(model, int(i), order=1, temperature=settings.temperature)
        for i in entered
    ]
    if not lines:
        return Spectrum(grid, np.zeros(grid.size))
    return broadened(summed(lines), grid, settings.fwhm)


def koopmans(explored: ExploredModel, packets: Packets) -> list[float]:
    """Minus the orbital energies of the states that are entered, eV; none where they are not
    known.
    """
    orbitals = packets.model.orbital_energies
    if orbitals is None:
        return []
    entered = packets.model.transition_amplitudes != 0
    return rounded(orbitals[entered], 4)


def plane(explored: ExploredModel, packets: Packets, found: Crossing | None) -> np.ndarray:
    """The coordinates (n,) at which both modes are looked at: they hold the packet's path and a
    crossing that is near.
    """
    furthest = max(np.abs(packets.watched.positions(m)).max() for m in explored.modes)
    if found is not None:
        furthest = max(furthest, abs(found.position))
    far = float(np.clip(np.ceil(furthest + 2.0), NARROWEST, WIDEST))
    return np.linspace(-far, far, POINTS)


def output(packets: Packets, time: float) -> int:
    """The output nearest to a time (fs)."""
    return int(np.abs(packets.watched.times - time).argmin())


def frames(
    explored: ExploredModel, packets: Packets, axis: np.ndarray, outputs: list[int]
) -> dict[str, Any]:
    """Densities of the two modes, summed over states, at some outputs: bytes that are 255 times
    the root of density over that of two modes at rest, (n, coupling, tuning).
    """
    watched = packets.watched
    found = [watched.density(k, explored.modes, (axis, axis)).sum(axis=0).T for k in outputs]
    bright = np.sqrt(np.clip(np.array(found) / BRIGHT, 0, 1))
    return {
        "axis": rounded(axis, 3),
        "outputs": outputs,
        "bytes": b64encode(np.uint8(np.rint(255 * bright)).tobytes()).decode(),
    }


def surfaces(
    explored: ExploredModel, packets: Packets, axis: np.ndarray, found: Crossing | None
) -> dict[str, Any]:
    """Adiabatic energies (eV) of the two states' surfaces over the plane, all other modes at rest,
    (2, coupling, tuning); the energies between which they are drawn, and the largest |q|: round a
    crossing, so that no wall of the lower surface hides it.
    """
    tuning, coupled = explored.modes
    q = np.zeros((axis.size, axis.size, packets.model.n_modes))
    q[..., tuning] = axis
    q[..., coupled] = axis[:, None]
    values = np.linalg.eigvalsh(packets.model.potential(q))

    i, j = explored.states
    order = np.argsort(np.diag(packets.model.constant), kind="stable").tolist()
    pair = sorted((order.index(i), order.index(j)))
    sheets = np.moveaxis(values[..., pair], -1, 0)

    within = float(axis[-1])
    if found is not None:
        within = min(within, abs(found.position) + AROUND)
    shown = np.abs(axis) <= within
    low = float(sheets[0][np.ix_(shown, shown)].min())
    high = float(packets.model.constant[j, j])
    if found is not None:
        high = max(high, found.energy + 0.6 * (found.energy - low))
    high += 0.1 * (high - low)
    return {
        "sheets": rounded(sheets, 3),
        "between": [low - 0.05 * (high - low), high],
        "within": within,
    }


def path(explored: ExploredModel, packets: Packets) -> dict[str, list[Any]]:
    """The packet's mean position in both modes at its times, and there the diabatic potentials
    weighted with its populations, eV.
    """
    tuning, coupled = explored.modes
    watched = packets.watched
    q = np.zeros((watched.times.size, packets.model.n_modes))
    q[:, tuning] = watched.positions(tuning)
    q[:, coupled] = watched.positions(coupled)
    potentials = np.einsum("tii->ti", packets.model.potential(q))
    populations = watched.populations()
    height = (populations * potentials).sum(axis=1) / populations.sum(axis=1)
    return {
        "tuning": rounded(q[:, tuning], 3),
        "coupling": rounded(q[:, coupled], 3),
        "energy": rounded(height, 3),
    }


def observed(explored: ExploredModel) -> dict[str, Any]:
    """Observed bands, and the measured curve: as it is where the model's energies are absolute,
    else shifted so that its mean energy is the model's.
    """
    bands = [
        {"label": b.label, "energy": b.vertical, "mystery": b.is_mystery} for b in explored.bands
    ]
    measured = explored.measured
    if not isinstance(measured, Spectrum):
        return {"bands": bands}

    shift = 0.0 if explored.model.has_absolute_energies else _shift(explored, measured)
    values = measured.values / measured.values.max()
    return {
        "bands": bands,
        "energies": rounded(measured.grid + shift, 4),
        "values": rounded(values, 4),
        "shift": round(shift, 3),
    }


def _shift(explored: ExploredModel, measured: Spectrum) -> float:
    """From the measured mean energy to that of the model's band, eV."""
    strengths = explored.model.pole_strengths
    means = [explored.model.band_moments(i)[0] for i in range(explored.model.n_states)]
    mean = float(strengths @ np.array(means) / strengths.sum())
    weights = measured.values * np.gradient(measured.grid)
    return mean - float(weights @ measured.grid / weights.sum())


def rounded(values: Any, digits: int) -> list[Any]:
    """Lists of numbers with so many digits after the point."""
    found: list[Any] = np.round(np.asarray(values, dtype=float), digits).tolist()
    return found


def curve(lines: StickSpectrum, grid: np.ndarray, fwhm: float) -> list[Any]:
    """A further rung on the same energies."""
    return rounded(broadened(lines, grid, fwhm).values, 4)
