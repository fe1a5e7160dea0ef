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
from ..storage import Format, register
from ..units import CM, NM

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
    comments, rows = _lines(path)
    names = _column_names(path, rows)
    is_curve = names[1].startswith("intensity")
    table = np.array([_numbers(path, k, line) for k, line in rows[1:]]).reshape(-1, 2)
    kind, least = ("curve", 3) if is_curve else ("line list", 1)
    if len(table) < least:
        raise InputError(f"{path}: a {kind} needs at least {least} rows, but has {len(table)}.")

    energies = _energies(path, names[0], table[:, 0])
    order = np.argsort(energies, kind="stable")
    energies = energies[order]
    values = table[order, 1]
    source = comments[0] if comments else path.name
    if not is_curve:
        return StickSpectrum(energies, values, source=source)

    points, owner, count = np.unique(energies, return_inverse=True, return_counts=True)
    return Spectrum(
        points,
        np.bincount(owner, values) / count,
        source=source,
        unit=names[1],
        energy_unit=_unit(names[0]),
    )


def _unit(name: str) -> str:
    """The unit in which a figure shows these energies."""
    if name in LENGTHS:
        return "nm"
    return "cm-1" if FACTORS[name] == CM else "eV"


def _lines(path: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """Comments, and the other lines with their numbers."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file.") from None

    rows = [(k, line.strip()) for k, line in enumerate(lines, 1) if line.strip()]
    comments = [line.lstrip("# ") for _, line in rows if line.startswith("#")]
    rows = [row for row in rows if not row[1].startswith("#")]
    if not rows:
        raise InputError(f"{path}: holds no data; {NEEDED}.")
    return comments, rows


def _column_names(path: Path, rows: list[tuple[int, str]]) -> list[str]:
    number, head = rows[0]
    names = [name.strip().lower() for name in re.split(r"[,;\t]", head)]
    if len(names) < 2 or names[0] not in {**FACTORS, **LENGTHS} or not names[1].startswith(SECOND):
        raise InputError(f"{path}:{number}: {NEEDED}; but found {head[:80]!r}.")
    return names


def _energies(path: Path, name: str, column: np.ndarray) -> np.ndarray:
    """The first column, in eV."""
    if name in LENGTHS and np.any(column <= 0):
        raise InputError(f"{path}: wavelengths must be positive.")

    energies = NM / (column * LENGTHS[name]) if name in LENGTHS else column * FACTORS[name]

    if np.ptp(energies) > 200:
        raise InputError(
            f"{path}: the energies span {np.ptp(energies):.0f} eV, too much for a spectrum of "
            f"valence electrons. Is the unit in the column name {name!r} right?"
        )

    return energies


def _numbers(path: Path, k: int, line: str) -> tuple[float, float]:
    try:
        first, second, *_ = [float(x) for x in re.split(r"[,;\t]", line)[:2]]
    except ValueError:
        raise InputError(f"{path}:{k}: expected two numbers, but found {line[:80]!r}.") from None
    if not np.isfinite([first, second]).all():
        raise InputError(f"{path}:{k}: expected finite numbers, but found {line[:80]!r}.")
    return first, second


register(Format("csv", ("*.csv",), read_spectrum))
