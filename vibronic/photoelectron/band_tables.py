"""Tables of the bands of a spectrum and of the rungs that lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..certificate import is_converged
from ..molecule import Band
from ..spectra import Rung
from ..tables import Column, Table
from .bands import VibronicBand
from .observed import observed_bands, observed_mysteries

if TYPE_CHECKING:
    from .rungs import Comparison

SEEN = 0.02  # least share of a band's character that is named
OUTSIDE = 0.005  # part of the area that may lie outside the grid without a remark
RUNG_COLUMNS = (
    Column("rung", left=True, width=10),
    Column("lines"),
    Column("mean/eV", ".3f"),
    Column("width/eV", ".3f"),
    Column("skewness", ".2f"),
    Column("maximum/eV", ".2f"),
    Column("area", ".3f"),
    Column("what it keeps", left=True),
)
BAND_COLUMNS = (
    Column("energy/eV", ".2f", left=True),
    Column("strength", ".3f"),
    Column("alone", ".3f"),
    Column("adiab.", ".3f"),
    Column("borrowed"),
    Column("moved"),
    Column("states", ".2f"),
    Column("entropy", ".2f"),
    Column("band of", left=True),
    Column("character", left=True),
    Column("observed", left=True),
)
BRIEF_COLUMNS = (
    Column("energy/eV", ".2f", left=True),
    Column("strength", ".3f"),
    Column("alone", ".3f"),
    Column("one surface", ".3f"),
    Column("band of", left=True),
    Column("made of", left=True),
    Column("observed", left=True),
)


def rung_table(found: Comparison) -> Table:
    """The rungs asked for: lines, mean, width, skewness, highest maximum, area."""
    rungs = [found.ladder.rung(level) for level in found.levels]
    notes = []
    if any(_cut_off(rung) for rung in rungs):
        grid = rungs[0].curve.grid
        notes.append(
            f"area: inside {grid[0]:.2f}-{grid[-1]:.2f} eV; the tails of the lines "
            f"({found.ladder.shape}) reach beyond."
        )

    return Table(
        RUNG_COLUMNS,
        [_rung_row(rung) for rung in rungs],
        title="THE LADDER OF APPROXIMATIONS, lowest rung first",
        notes=[*notes, *found.ladder.remarks],
    )


def _cut_off(rung: Rung) -> bool:
    strength = rung.total.strength
    return abs(rung.curve.area - strength) > OUTSIDE * strength


def _rung_row(rung: Rung) -> list[Any]:
    total = rung.total
    width = np.sqrt(max(0.0, total.central_moment(2)))
    skewness = total.central_moment(3) / width**3 if width > 1e-9 else 0.0
    top = rung.curve.grid[int(np.argmax(rung.curve.values))]

    return [
        rung.level,
        total.energies.size,
        total.moment(1),
        width,
        skewness,
        top,
        rung.curve.area,
        rung.meaning,
    ]


def band_table(found: Comparison) -> Table:
    """Bands: where they are, what they are made of, what made them, what is observed."""
    most = np.log(found.model.n_states)
    notes = [
        "band of: the states entered that make most of it, or none (a mystery); alone, "
        "adiab.: strength that the states",
        "by themselves, and the Born-Oppenheimer surfaces, put there; borrowed: strength of "
        "another character than the state entered;",
        "moved: strength at energies where the states alone have less; states: that share an "
        f"energy; entropy: entanglement of electrons and vibrations (at most {most:.2f}).",
    ]
    return Table(
        BAND_COLUMNS,
        [_band_row(found, band) for band in found.bands],
        title=f"BANDS OF THE VIBRONIC SPECTRUM{_resolution(found)}, beside experiment"
        f"{_doubt(found)}",
        notes=[*notes, *_several_maxima(found)],
    )


def brief_band_table(found: Comparison) -> Table:
    """Bands: where they are, how strong, what they are made of, what is observed."""
    rows = []
    for band in found.bands:
        row = _band_row(found, band)
        rows.append([*row[:4], *row[8:]])

    return Table(
        BRIEF_COLUMNS,
        rows,
        title=f"BANDS{_resolution(found)}, beside experiment{_doubt(found)}",
        notes=_several_maxima(found),
    )


def _several_maxima(found: Comparison) -> list[str]:
    return [
        f"The band at {band.energy:.2f} eV has maxima at "
        f"{', '.join(f'{e:.2f}' for e in band.maxima)} eV."
        for band in found.bands
        if len(band.maxima) > 1
    ]


def _doubt(found: Comparison) -> str:
    """What stands beside numbers that are not converged."""
    if all(is_converged(lines) for lines in found.vibronic):
        return ""
    return ": NOT CONVERGED, numbers may change"


def _resolution(found: Comparison) -> str:
    seen = found.ladder.resolution
    return "" if seen is None else f" at {1000 * seen.band:.0f} meV resolution"


def _band_row(found: Comparison, band: VibronicBand) -> list[Any]:
    parts = sorted(zip(band.character, found.model.state_labels, strict=True), reverse=True)
    named = [f"{100 * w:.0f} % {label}" for w, label in parts if w >= SEEN]
    width = 11 + 9 * min(3, found.model.n_states - 1)
    return [
        band.energy,
        band.strength,
        band.alone,
        band.adiabatic if band.adiabatic >= 0 else None,
        f"{100 * band.borrowed:.0f} %",
        f"{100 * band.redistributed:.0f} %",
        band.participation,
        band.entropy,
        _band_of(band),
        ", ".join(named)[:width],
        _observed(found, band),
    ]


def _band_of(band: VibronicBand) -> str:
    """The states entered whose band it is, or in brackets the state that makes a further one."""
    if band.is_mystery:
        return "mystery"
    return "+".join(band.parents) or f"({'+'.join(band.states)})"


def _nearest(found: Comparison, seen: Band) -> VibronicBand:
    """The mystery band that lies nearest to an observed one."""
    mysteries = [band for band in found.bands if band.is_mystery]
    return min(mysteries, key=lambda band: abs(band.energy - seen.vertical))


def _observed(found: Comparison, band: VibronicBand) -> str:
    seen: list[Band | None]
    by_state = dict(zip(found.model.state_labels, observed_bands(found), strict=True))
    seen = [by_state[label] for label in band.parents]
    if band.is_mystery:
        seen = [b for b in observed_mysteries(found) if _nearest(found, b) is band]

    texts = []
    for b in seen:
        if b is not None:
            note = f" ({b.note})" if b.note else ""
            texts.append(f"{b.vertical:.2f} {b.label}{note}")
    return ", ".join(dict.fromkeys(texts)) or "-"
