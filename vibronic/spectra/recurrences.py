"""When a packet comes back, and what each return adds to the spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..checks import frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape, line_shape, rising_grid
from ..propagation import Autocorrelation, Propagation
from ..storage import noun
from ..tables import Column, Table
from ..units import HBAR
from .autocorrelation_spectrum import autocorrelation_spectrum, transformed

LEAST = 0.02  # of |C(0)|, the smallest return that counts
SHOWN = 8  # returns, in print
MATCH = 0.08  # of a vibrational period
COLUMNS = (
    Column("time/fs", ".1f", width=8),
    Column("|C|", ".3f", width=6),
    Column("h/t in meV", ".0f"),
    Column("energy/eV", ".2f"),
    Column("periods that match", left=True),
)


@noun
@dataclass(frozen=True, eq=False)
class Recurrences:
    """Maxima of |C(t)| after the start: `times` (fs) and `heights` |C|/C(0); and the Fourier
    transform of C from each to its neighbours.

    `parts` (n + 1, n_grid), per eV on `grid` (eV), is what the first decay and then each return
    add to the spectrum: they sum to it. The first is its envelope, later ones its structure of
    spacing h/t. `energies` (n + 1,) are where the parts have their largest magnitude, `periods`
    names the vibrations of the reference whose periods, or multiples of them, a return matches.
    """

    times: np.ndarray
    heights: np.ndarray
    grid: np.ndarray
    parts: np.ndarray
    energies: np.ndarray
    periods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "heights", "grid", "parts", "energies"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    @property
    def spacings(self) -> np.ndarray:
        """h/t of every return (eV): the spacing of the structure that it makes, (n,)."""
        return 2 * np.pi * HBAR / self.times

    def __str__(self) -> str:
        if not self.times.size:
            return "Recurrences  none: the packet never comes back"

        strongest = np.sort(np.argsort(-self.heights, kind="stable")[:SHOWN])
        rows = [
            [
                self.times[k],
                self.heights[k],
                1e3 * self.spacings[k],
                self.energies[k + 1],
                self.periods[k],
            ]
            for k in strongest
        ]
        notes = [
            "energy: where this return changes the spectrum most; h/t: the spacing of the "
            "structure it makes."
        ]
        if self.times.size > SHOWN:
            notes.insert(0, f"and {self.times.size - SHOWN} weaker ones.")

        return str(Table(COLUMNS, rows, title="RECURRENCES OF THE PACKET", notes=notes))


@public
def recurrences(
    run: Propagation | Autocorrelation,
    grid: Any,
    model: VibronicHamiltonian | None = None,
    *,
    fwhm: float | None = None,
    shape: LineShape | None = None,
) -> Recurrences:
    """The returns of a packet, resolved by energy on `grid` (eV) with lines of full width `fwhm`
    (eV) or another `shape`.

    C is cut at the minima of its magnitude between neighbouring maxima; every piece is transformed
    by itself as `autocorrelation_spectrum` transforms the whole. With a `model` the returns are
    compared with its vibrational periods. E. J. Heller, Acc. Chem. Res. 14, 368 (1981),
    doi:10.1021/ar00072a002
    """
    from scipy.signal import find_peaks  # slow to import, and every worker imports this folder

    autocorrelation_spectrum(run, grid, fwhm=fwhm, shape=shape)  # checks times, grid and width
    t = run.autocorrelation_times
    profile = line_shape(fwhm, shape)
    points = rising_grid(grid)
    size = np.abs(run.autocorrelation) / np.abs(run.autocorrelation[0])
    peaks = find_peaks(size, height=LEAST, prominence=LEAST / 2)[0]
    stops = [0, *peaks, t.size - 1]
    cuts = [0, *(a + int(np.argmin(size[a : b + 1])) for a, b in pairwise(stops[:-1])), t.size]
    damped = run.autocorrelation * profile.window(t)
    number = np.arange(t.size)
    pieces = [np.where((number >= a) & (number < b), damped, 0) for a, b in pairwise(cuts)]

    parts = transformed(np.array(pieces), run, points, profile)[0]
    periods = tuple(_periods(model, t[k]) if model is not None else "" for k in peaks)
    strongest = points[np.abs(parts).argmax(axis=1)]
    return Recurrences(t[peaks], size[peaks], points, parts, strongest, periods)


def _periods(model: VibronicHamiltonian, time: float) -> str:
    found = []
    for label, w in zip(model.mode_labels, model.frequencies, strict=True):
        turns = time * w / (2 * np.pi * HBAR)
        whole = round(turns)
        near = abs(turns - whole) < MATCH * max(1.0, whole / 2)
        if near and 1 <= whole <= 4:
            found.append(label if whole == 1 else f"{whole} x {label}")
    return ", ".join(found) or "none"
