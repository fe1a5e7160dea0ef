"""A ladder of approximations: one spectrum in rising order of truth, every rung on the same
energies and with the same area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..checks import InputError, check_known
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..line_shape import Gaussian, LineShape
from ..spectrum import Spectrum, StickSpectrum, summed
from ..storage import noun
from .franck_condon import franck_condon_spectrum
from .line_methods import MOST_POINTS, AdiabaticLines, LineMethod, VibronicLines
from .moments import thermal_moments
from .resolution import Resolution, resolution
from .thermal import thermal_lines
from .thermal_levels import check_temperature
from .vertical import koopmans_spectrum, vertical_spectrum

LEVELS = ("koopmans", "vertical", "displaced", "distorted", "adiabatic", "vibronic")
MEANING = {
    "koopmans": "frozen orbitals, frozen nuclei",
    "vertical": "energies of the model's states, frozen nuclei",
    "displaced": "Franck-Condon: every state alone, displaced oscillators",
    "distorted": "Franck-Condon: every state alone, changed frequencies and mixed modes too",
    "adiabatic": "Born-Oppenheimer: one coupled surface at a time",
    "vibronic": "all states and their coupling",
}
STRENGTHS = ("vibronic", "distorted", "displaced", "vertical")  # the best first
# cusps and cuts of the surfaces converge slowly, and the rung is there to be compared
ADIABATIC_TOLERANCE = 3e-2
USUAL = Gaussian(0.04)
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
    two highest holds, in order. `resolution` is that of the vibronic
    electronic densities (`resolved`), whatever the shape of the lines.
    """

    model: VibronicHamiltonian
    rungs: tuple[Rung, ...]
    doorways: tuple[Doorway, ...]
    shape: LineShape
    temperature: float = 0.0
    remarks: tuple[str, ...] = field(default_factory=tuple)
    resolution: Resolution | None = None

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


@public
def ladder(
    model: VibronicHamiltonian,
    levels: Sequence[str] = LEVELS,
    *,
    shape: LineShape = USUAL,
    doorways: Sequence[Doorway] | None = None,
    temperature: float = 0.0,
    tolerance: float = 2e-3,
    limits: Limits = Limits(),
) -> Ladder:
    """The spectrum of `model` at each of `levels`, broadened by lines of a `shape`, on
    one grid.

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

    asked, remarks = defined_levels(model, levels)
    climb = _climb(model, doorways, shape, temperature, tolerance, limits)

    found: dict[str, tuple[StickSpectrum, ...]] = {}
    for level in asked:
        try:
            found[level] = tuple(climb.lines(level))
        except InputError as error:
            if level != "adiabatic" or len(asked) == 1:
                raise
            remarks.append(f"No adiabatic rung: {error}")

    rungs = _rungs(found, shape)
    return Ladder(
        model,
        rungs,
        climb.doors,
        shape,
        float(temperature),
        tuple(remarks),
        climb.resolution,
    )


def _rungs(found: dict[str, tuple[StickSpectrum, ...]], shape: LineShape) -> tuple[Rung, ...]:
    """All on one grid; Koopmans' lines, which have no strengths, with those of the best level."""
    grid = _grid([s for lines in found.values() for s in lines], shape)
    best = next((found[level] for level in STRENGTHS if level in found), ())
    strength = sum(s.strength for s in best)

    rungs = []
    for level, lines in found.items():
        if level == "koopmans" and strength:
            factor = strength / summed(lines, level).strength
            lines = tuple(s.scaled(factor) for s in lines)
        curve = summed(lines, level).broadened(grid, shape=shape)
        rungs.append(Rung(level, lines, curve))

    return tuple(rungs)


@public
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

    beyond = [*model.quadratic_pairs.values(), *(t.matrix for t in model.higher)]
    curved = any(np.any(np.diag(matrix)) for matrix in beyond)

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


@dataclass(frozen=True, eq=False)
class _Climb:
    """What every rung is computed for: states `entered`, the `doors` to them, and how well."""

    model: VibronicHamiltonian
    entered: tuple[int, ...]
    doors: tuple[Doorway, ...]
    temperature: float
    fwhm: float
    tolerance: float
    limits: Limits
    resolution: Resolution

    def lines(self, level: str) -> list[StickSpectrum]:
        """The lines of every transition."""
        if level in ("koopmans", "vertical"):
            return self._electronic(level)
        if level in ("displaced", "distorted"):
            return self._alone(order=1 if level == "displaced" else None)

        tolerance = self.tolerance
        fine = self.resolution.fine
        sharp = min(self.fwhm, fine)
        method: LineMethod = VibronicLines(sharp, resolution=fine, limits=self.limits)

        if level == "adiabatic":
            tolerance = max(ADIABATIC_TOLERANCE, tolerance)
            fewer = replace(self.limits, max_size=min(self.limits.max_size, MOST_POINTS))
            method = AdiabaticLines(self.fwhm, fewer)

        return [
            thermal_lines(self.model, door, self.temperature, method, tolerance)
            for door in self.doors
        ]

    def _electronic(self, level: str) -> list[StickSpectrum]:
        """One line a state, of the strength that the transition has with nuclei that move."""
        model = self.model
        whole = koopmans_spectrum(model) if level == "koopmans" else vertical_spectrum(model)

        found = []
        for i in self.entered:
            door = Doorway.transition(model, [i])
            strength = thermal_moments(model, door, self.temperature)[0]
            found.append(
                StickSpectrum(
                    whole.energies[[i]],
                    np.array([strength]),
                    np.eye(model.n_states)[[i]],
                    model.state_labels,
                    level,
                )
            )

        return found

    def _alone(self, order: int | None) -> list[StickSpectrum]:
        """Franck-Condon lines of every state by itself."""
        return [
            franck_condon_spectrum(
                self.model,
                i,
                order=order,
                temperature=self.temperature,
                tolerance=self.tolerance,
                fwhm=self.fwhm,
            )
            for i in self.entered
        ]


def _climb(
    model: VibronicHamiltonian,
    doorways: Sequence[Doorway] | None,
    shape: LineShape,
    temperature: float,
    tolerance: float,
    limits: Limits,
) -> _Climb:
    """States that a transition reaches, each through a door of its own unless doors are given."""
    slopes = np.any(model.transition_slopes != 0, axis=0)
    entered = np.flatnonzero((model.transition_amplitudes != 0) | slopes)
    if not entered.size:
        raise InputError(
            f"All transition amplitudes of {model.title!r} are zero, so that it has no "
            "spectrum. Give one of its states an amplitude."
        )
    states = tuple(int(i) for i in entered)
    own = [Doorway.transition(model, [i]) for i in states]
    doors = tuple(own if doorways is None else doorways)
    return _Climb(
        model,
        states,
        doors,
        temperature,
        float(shape.fwhm),
        tolerance,
        limits,
        resolution(model),
    )


def _grid(lines: Sequence[StickSpectrum], shape: LineShape) -> np.ndarray:
    """Evenly spaced energies (eV) over all lines of some strength, fine enough for the shape."""
    total = max(s.strength for s in lines)
    strong = [s.energies[s.intensities > STRONG * total] for s in lines]
    low = min(e.min() for e in strong if e.size) - 3 * shape.fwhm
    high = max(e.max() for e in strong if e.size) + 3 * shape.fwhm
    return np.linspace(low, high, int((high - low) / (shape.fwhm / 8)) + 1)
