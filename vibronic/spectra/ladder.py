"""A ladder of approximations: one spectrum in rising order of truth, every rung on the same
energies and with the same area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..checks import InputError, check_known
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import Gaussian, LineShape
from ..spectrum import Spectrum, StickSpectrum, summed
from ..storage import noun
from .adiabatic import adiabatic_spectrum
from .franck_condon import franck_condon_spectrum
from .growth import Progress
from .lanczos import lanczos_spectrum
from .moments import thermal_moments
from .thermal import check_temperature, thermal_spectrum
from .vertical import koopmans_spectrum, vertical_spectrum

LEVELS = ("koopmans", "vertical", "displaced", "distorted", "adiabatic", "vibronic")
MEANING = {
    "koopmans": "frozen orbitals, frozen nuclei",
    "vertical": "correlated electrons, frozen nuclei",
    "displaced": "Franck-Condon: every state alone, displaced oscillators",
    "distorted": "Franck-Condon: every state alone, changed frequencies and mixed modes too",
    "adiabatic": "Born-Oppenheimer: one coupled surface at a time",
    "vibronic": "all states and their coupling",
}
ADIABATIC_TOLERANCE = (
    3e-2  # cusps and cuts of the surfaces converge slowly, and the rung is there to be compared
)
STRONG = 1e-4  # lines stronger than this decide the range of energies


@noun
@dataclass(frozen=True, eq=False)
class Rung:
    """One approximation: its `level` (koopmans ... vibronic), the `lines` of every transition by
    itself, and their sum as a `curve`.
    """

    level: str
    lines: tuple[StickSpectrum, ...]
    curve: Spectrum

    @property
    def total(self) -> StickSpectrum:
        """All lines in order of energy."""
        return summed(self.lines, self.level)

    @property
    def meaning(self) -> str:
        """What the approximation keeps, in words."""
        return MEANING[self.level]


@noun
@dataclass(frozen=True, eq=False)
class Ladder:
    """The rungs in rising order of truth; `doorways` are the transitions whose lines each of the
    two highest holds, in order.
    """

    model: VibronicHamiltonian
    rungs: tuple[Rung, ...]
    doorways: tuple[Doorway, ...]
    shape: LineShape
    temperature: float = 0.0
    remarks: tuple[str, ...] = field(default_factory=tuple)

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the rungs."""
        return tuple(rung.level for rung in self.rungs)

    def rung(self, level: str) -> Rung:
        """The rung of this name."""
        check_known("level", level, self.levels)
        return next(rung for rung in self.rungs if rung.level == level)

    @property
    def alone(self) -> Rung:
        """The best rung that treats every state by itself."""
        return self.rung("distorted" if "distorted" in self.levels else "displaced")

    def __str__(self) -> str:
        lines = [
            f"Ladder  {self.model.title}"
            + (f" at {self.temperature:g} K" if self.temperature else "")
        ]
        for rung in self.rungs:
            total = rung.total
            lines.append(
                f"  {rung.level:<10}{total.energies.size:>6} lines, mean {total.moment(1):.3f} "
                "eV, width "
                f"{np.sqrt(max(0.0, total.central_moment(2))):.3f} eV, area "
                f"{rung.curve.area:.3f}  ({rung.meaning})"
            )
        return "\n".join([*lines, *(f"  {text}" for text in self.remarks)])


def ladder(
    model: VibronicHamiltonian,
    levels: Sequence[str] = LEVELS,
    *,
    fwhm: float = 0.04,
    shape: LineShape | None = None,
    doorways: Sequence[Doorway] | None = None,
    temperature: float = 0.0,
    tolerance: float = 2e-3,
    max_size: int = 1_000_000,
    memory: float | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """The spectrum of `model` at each of `levels`, broadened by a Gaussian of `fwhm` (eV) or
    another `shape`, on one grid.

    koopmans, vertical: one line a state, nuclei frozen; displaced, distorted: Franck-Condon with
    the linear and with all terms of each state alone; adiabatic: each coupled surface alone;
    vibronic: everything. `doorways` are the transitions computed one by one, each state by itself
    with its amplitude unless given. `temperature` (K) populates the reference's levels from the
    third rung on. A distorted rung is left out where it would repeat the displaced one, koopmans
    where the model has no orbital energies; remarks say so.
    """
    for level in levels:
        check_known("level", level, LEVELS)
    if not levels:
        raise InputError(f"Argument `levels` must name at least one of {', '.join(LEVELS)}.")
    check_temperature(temperature)
    profile = shape or Gaussian(fwhm)
    asked, remarks = defined_levels(model, levels)
    entered = [
        i
        for i in range(model.n_states)
        if model.transition_amplitudes[i] or np.any(model.transition_slopes[:, i])
    ]
    if not entered:
        raise InputError(
            f"All transition amplitudes of {model.title!r} are zero, so that it has no "
            "spectrum. Give one of its states "
            "an amplitude."
        )
    doors = (
        [Doorway.transition(model, [i]) for i in entered] if doorways is None else list(doorways)
    )
    run: dict[str, Any] = {
        "tolerance": tolerance,
        "fwhm": profile.fwhm,
        "max_size": max_size,
        "memory": memory,
        "progress": progress,
    }
    found = {}
    for level in asked:
        try:
            found[level] = tuple(_lines(model, level, entered, doors, temperature, run))
        except InputError as error:
            if level != "adiabatic" or len(asked) == 1:
                raise
            remarks.append(f"No adiabatic rung: {error}")
    grid = _grid([s for lines in found.values() for s in lines], profile)
    strength = sum(
        s.strength
        for s in next(
            (found[x] for x in ("vibronic", "distorted", "displaced", "vertical") if x in found),
            (),
        )
    )
    rungs = []
    for level, lines in found.items():
        total = summed(lines, level)
        if level == "koopmans" and strength:
            lines = tuple(s.scaled(strength / total.strength) for s in lines)
        rungs.append(Rung(level, lines, summed(lines, level).broadened(grid, shape=profile)))
    return Ladder(model, tuple(rungs), tuple(doors), profile, float(temperature), tuple(remarks))


def defined_levels(
    model: VibronicHamiltonian, levels: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Those of `levels` that the model has, in order, and remarks about those left out; InputError
    when none is left.
    """
    asked = [level for level in LEVELS if level in levels]
    remarks = []
    if "koopmans" in asked and model.orbital_energies is None:
        asked.remove("koopmans")
        if model.process == "ionization":
            remarks.append("No Koopmans rung: the model carries no orbital energies.")
    curved = any(np.any(np.diag(matrix)) for matrix in model.quadratic_pairs.values()) or any(
        np.any(np.diag(t.matrix)) for t in model.higher
    )
    if {"distorted", "displaced"} <= set(asked) and not curved:
        asked.remove("distorted")
        remarks.append("No distorted rung: without quadratic terms it is the displaced one.")
    if "adiabatic" in asked and model.n_states == 1:
        asked.remove("adiabatic")
        remarks.append("No adiabatic rung: there is only one state.")
    if not asked:
        raise InputError(
            f"None of the levels {', '.join(levels)} is defined for this model. "
            f"{' '.join(remarks)}"
        )
    return asked, remarks


def _lines(
    model: VibronicHamiltonian,
    level: str,
    entered: Sequence[int],
    doors: Sequence[Doorway],
    temperature: float,
    run: dict[str, Any],
) -> list[StickSpectrum]:
    if level in ("koopmans", "vertical"):
        whole = koopmans_spectrum(model) if level == "koopmans" else vertical_spectrum(model)
        strengths = [
            thermal_moments(model, Doorway.transition(model, [i]), temperature)[0] for i in entered
        ]
        return [
            StickSpectrum(
                whole.energies[[i]],
                np.array([strength]),
                np.eye(model.n_states)[[i]],
                model.state_labels,
                level,
            )
            for i, strength in zip(entered, strengths, strict=True)
        ]
    if level in ("displaced", "distorted"):
        return [
            franck_condon_spectrum(
                model,
                i,
                order=1 if level == "displaced" else None,
                temperature=temperature,
                tolerance=run["tolerance"],
                fwhm=run["fwhm"],
            )
            for i in entered
        ]
    if level == "adiabatic":
        settings = {
            **run,
            "tolerance": max(ADIABATIC_TOLERANCE, run["tolerance"]),
            "max_size": min(run["max_size"], 600_000),
        }
        return [
            thermal_spectrum(model, door, temperature, of=adiabatic_spectrum, **settings)
            for door in doors
        ]
    return [
        thermal_spectrum(model, door, temperature, of=lanczos_spectrum, **run) for door in doors
    ]


def _grid(lines: Sequence[StickSpectrum], shape: LineShape) -> np.ndarray:
    """Evenly spaced energies (eV) over all lines of some strength, fine enough for the shape."""
    total = max(s.strength for s in lines)
    strong = [s.energies[s.intensities > STRONG * total] for s in lines]
    low = min(e.min() for e in strong if e.size) - 3 * shape.fwhm
    high = max(e.max() for e in strong if e.size) + 3 * shape.fwhm
    return np.linspace(low, high, int((high - low) / (shape.fwhm / 8)) + 1)
