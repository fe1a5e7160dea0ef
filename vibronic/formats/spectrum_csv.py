"""Measured spectra and line lists in CSV: the first two columns, whose names tell what they are
and their units.

First column: energy_eV, energy_cm-1 (or wavenumber_cm-1), wavelength_nm or wavelength_angstrom.
Second: intensity (with any ending) makes a curve, strength (with any ending) a list of lines.
Lines that begin with # are comments; the first is kept as the source.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..spectrum import Spectrum, StickSpectrum
from ..storage import READERS
from ..units import CM, HBAR

LIGHT = 299.792458  # nm per fs
FACTORS = {
    "energy_ev": 1.0,
    "energy_mev": 1e-3,
    "energy_cm-1": CM,
    "energy_cm": CM,
    "wavenumber_cm-1": CM,
    "wavenumber_cm": CM,
}
LENGTHS = {"wavelength_nm": 1.0, "wavelength_angstrom": 0.1}
SECOND = ("intensity", "strength")
NEEDED = (
    "the first two column names must tell the quantity and its unit: energy_eV, energy_meV, "
    "energy_cm-1, wavelength_nm or "
    "wavelength_angstrom, then intensity... (a curve) or strength... (lines)"
)


def read_spectrum(path: Path) -> Spectrum | StickSpectrum:
    """The curve or the list of lines in a CSV file, energies in eV and rising; intensities are
    taken as they are, without Jacobian.

    Points of a curve with the same energy, as digitizing makes them, become one with their mean.
    """
    try:
        rows = [
            (k, line.strip())
            for k, line in enumerate(path.read_text().splitlines(), 1)
            if line.strip()
        ]
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file.") from None
    comments = [line.lstrip("# ") for _, line in rows if line.startswith("#")]
    rows = [row for row in rows if not row[1].startswith("#")]
    if not rows:
        raise InputError(f"{path}: holds no data; {NEEDED}.")
    names = [name.strip().lower() for name in re.split(r"[,;\t]", rows[0][1])]
    if len(names) < 2 or names[0] not in {**FACTORS, **LENGTHS} or not names[1].startswith(SECOND):
        raise InputError(f"{path}:{rows[0][0]}: {NEEDED}; but found {rows[0][1][:80]!r}.")
    table = np.array([_numbers(path, k, line) for k, line in rows[1:]]).reshape(-1, 2)
    is_curve = names[1].startswith("intensity")
    if len(table) < (3 if is_curve else 1):
        raise InputError(
            f"{path}: a {'curve' if is_curve else 'line list'} needs at least "
            f"{3 if is_curve else 1} rows, but has {len(table)}."
        )
    if names[0] in LENGTHS:
        if np.any(table[:, 0] <= 0):
            raise InputError(f"{path}: wavelengths must be positive.")
        energies = 2 * np.pi * HBAR * LIGHT / (table[:, 0] * LENGTHS[names[0]])
    else:
        energies = table[:, 0] * FACTORS[names[0]]
    if np.ptp(energies) > 200:
        raise InputError(
            f"{path}: the energies span {np.ptp(energies):.0f} eV, too much for a spectrum of "
            "valence electrons. Is the unit in "
            f"the column name {names[0]!r} right?"
        )
    order = np.argsort(energies, kind="stable")
    energies = energies[order]
    values = table[order, 1]
    source = comments[0] if comments else path.name
    if not is_curve:
        return StickSpectrum(energies, values, source=source)
    points, place, count = np.unique(energies, return_inverse=True, return_counts=True)
    return Spectrum(points, np.bincount(place, values) / count, source=source, unit=names[1])


def _numbers(path: Path, k: int, line: str) -> tuple[float, float]:
    try:
        first, second, *_ = [float(x) for x in re.split(r"[,;\t]", line)[:2]]
    except ValueError:
        raise InputError(f"{path}:{k}: expected two numbers, but found {line[:80]!r}.") from None
    if not np.isfinite([first, second]).all():
        raise InputError(f"{path}:{k}: expected finite numbers, but found {line[:80]!r}.")
    return first, second


READERS[".csv"] = read_spectrum
