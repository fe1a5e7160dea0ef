"""When a packet comes back, and what each return adds to the spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..checks import frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape, line_shape, rising_grid
from ..propagation import Autocorrelation, Propagation
from ..storage import noun
from ..units import HBAR
from .autocorrelation import autocorrelation_spectrum, transformed

LEAST = 0.02  # of |C(0)|, the smallest return that counts
SHOWN = 8  # returns, in print
MATCH = 0.08  # of a vibrational period


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
        lines = [
            "RECURRENCES OF THE PACKET",
            f"{'time/fs':>8}{'|C|':>8}{'h/t in meV':>12}{'energy/eV':>11}  periods that match",
        ]
        strongest = np.sort(np.argsort(-self.heights, kind="stable")[:SHOWN])
        for k, t in ((k, self.times[k]) for k in strongest):
            lines.append(
                f"{t:>8.1f}{self.heights[k]:>8.3f}{1e3 * self.spacings[k]:>12.0f}"
                f"{self.energies[k + 1]:>11.2f} "
                f" {self.periods[k]}"
            )
        if self.times.size > SHOWN:
            lines.append(f"and {self.times.size - SHOWN} weaker ones.")
        return "\n".join(
            [
                *lines,
                "energy: where this return changes the spectrum most; h/t: the spacing of the "
                "structure it makes.",
            ]
        )


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
    from scipy.signal import (
        find_peaks,
    )  # slow to import, and every worker process imports this folder

    autocorrelation_spectrum(run, grid, fwhm=fwhm, shape=shape)  # checks times, grid and width
    t = run.autocorrelation_times
    profile = line_shape(fwhm, shape)
    points = rising_grid(grid)
    size = np.abs(run.autocorrelation) / np.abs(run.autocorrelation[0])
    peaks = find_peaks(size, height=LEAST, prominence=LEAST / 2)[0]
    stops = [0, *peaks, t.size - 1]
    cuts = [0, *(a + int(np.argmin(size[a : b + 1])) for a, b in pairwise(stops[:-1])), t.size]
    pieces = np.array(
        [
            np.where(
                (np.arange(t.size) >= a) & (np.arange(t.size) < b),
                run.autocorrelation * profile.window(t),
                0,
            )
            for a, b in pairwise(cuts)
        ]
    )
    parts = transformed(pieces, run, points, profile)[0]
    periods = tuple(_periods(model, t[k]) if model is not None else "" for k in peaks)
    return Recurrences(
        t[peaks], size[peaks], points, parts, points[np.abs(parts).argmax(axis=1)], periods
    )


def _periods(model: VibronicHamiltonian, time: float) -> str:
    found = []
    for label, w in zip(model.mode_labels, model.frequencies, strict=True):
        turns = time * w / (2 * np.pi * HBAR)
        if (
            round(turns) >= 1
            and abs(turns - round(turns)) < MATCH * max(1.0, round(turns) / 2)
            and round(turns) <= 4
        ):
            found.append(f"{label}" if round(turns) == 1 else f"{round(turns)} x {label}")
    return ", ".join(found) or "none"
