"""A Hamiltonian that is explored: two of its states, a tuning and a coupling mode, and what was
observed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from .. import library
from ..checks import InputError
from ..door import public
from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Band
from ..spectrum import Spectrum, StickSpectrum

TEACHING = "two modes"
PRESETS = (TEACHING, "butatriene", "pyrazine", "ammonia", "water")
PARTS = {"ammonia": (("Ex", "Ey"), ("v4x", "v4y")), "water": (("A", "B"), ("v2", "v3"))}
KIND = {"ionization": "photoelectron", "excitation": "absorption"}


@dataclass(frozen=True, eq=False)
class ExploredModel:
    """A `model` whose `states` i, j (of rising energy) and `modes` (tuning, coupling) are moved by
    sliders; observed `bands` and the `measured` spectrum of its process; `normal_modes` to draw.

    `molecule` and `hamiltonian` name a model of the library, else they are empty.
    """

    model: VibronicHamiltonian
    states: tuple[int, int]
    modes: tuple[int, int]
    bands: tuple[Band, ...] = ()
    measured: Spectrum | StickSpectrum | None = None
    normal_modes: NormalModes | None = None
    molecule: str = ""
    hamiltonian: str = ""

    @property
    def gap(self) -> float:
        """E_j - E_i, eV."""
        i, j = self.states
        return round(float(self.model.constant[j, j] - self.model.constant[i, i]), 9)

    @property
    def kappa(self) -> float:
        """Half the difference of the slopes of both states along the tuning mode, eV, with its
        sign.
        """
        slopes = np.diag(self.model.linear[self.modes[0]])
        i, j = self.states
        return round(float(slopes[j] - slopes[i]) / 2, 9)

    @property
    def coupling(self) -> float:
        """lambda of the coupling mode between both states, eV, with its sign."""
        i, j = self.states
        return float(self.model.linear[self.modes[1], i, j])

    @property
    def frequencies(self) -> tuple[float, float]:
        """Of the tuning and of the coupling mode, eV."""
        tuning, coupling = self.model.frequencies[list(self.modes)]
        return float(tuning), float(coupling)

    def moved(
        self, gap: float, kappa: float, coupling: float, frequencies: tuple[float, float]
    ) -> VibronicHamiltonian:
        """The model with other values of what the sliders move, all in eV; the mean energy, the
        mean slope and the signs of `kappa` and `coupling` stay.

        Koopmans' energies move as the vertical ones do.
        """
        i, j = self.states
        tuning, coupled = self.modes

        constant = self.model.constant.copy()
        change = (gap - self.gap) / 2
        constant[i, i] -= change
        constant[j, j] += change

        linear = self.model.linear.copy()
        step = np.copysign(kappa, self.kappa) - self.kappa
        linear[tuning, i, i] -= step
        linear[tuning, j, j] += step
        linear[coupled, i, j] = np.copysign(coupling, self.coupling)
        linear[coupled, j, i] = linear[coupled, i, j]

        w = self.model.frequencies.copy()
        w[list(self.modes)] = frequencies

        orbitals = self.model.orbital_energies
        if orbitals is not None:
            orbitals = orbitals + np.diag(constant - self.model.constant)

        return replace(
            self.model,
            constant=constant,
            linear=linear,
            frequencies=w,
            orbital_energies=orbitals,
            linear_errors=None,
            quadratic_errors=None,
        )


def explored_model(
    model: VibronicHamiltonian,
    *,
    normal_modes: NormalModes | None = None,
    bands: tuple[Band, ...] = (),
    measured: Spectrum | StickSpectrum | None = None,
    molecule: str = "",
    hamiltonian: str = "",
) -> ExploredModel:
    """The two states that a mode couples most, for their gap, that mode, and the mode that tunes
    them most.

    Raises InputError for a model with fewer than two states or modes.
    """
    if model.n_states < 2 or model.n_modes < 2:
        raise InputError(
            "The explorer needs a model of at least two states and two modes, but this one has "
            f"{model.n_states} and {model.n_modes}. Try `butatriene` or `pyrazine`."
        )

    states = _states(model)
    return ExploredModel(
        model,
        states,
        _modes(model, states),
        bands,
        measured,
        normal_modes,
        molecule,
        hamiltonian,
    )


@public
def preset(name: str, hamiltonian: str = "published") -> ExploredModel:
    """The model of this name, with what was observed; InputError for a name that is not known.

    Of a molecule in `PARTS` only the states and modes named there are kept, so that it answers at
    once.
    """
    if name == TEACHING:
        return explored_model(_teaching(), molecule=TEACHING)

    model = library.hamiltonian(name, hamiltonian)
    if name in PARTS and hamiltonian == "published":
        states, modes = PARTS[name]
        part = f"{model.title}: states {', '.join(states)} and modes {', '.join(modes)} alone"
        model = replace(model.subset(states=states, modes=modes), title=part)
    bands = library.molecule(name).bands if model.process == "ionization" else ()
    measured = library.measured_spectrum(name, KIND.get(model.process, "photoelectron"))
    return explored_model(
        model, bands=bands, measured=measured, molecule=name, hamiltonian=hamiltonian
    )


def _teaching() -> VibronicHamiltonian:
    """Two states, a tuning and a coupling mode, whose cone is peaked."""
    linear = np.array([np.diag([0.16, -0.16]), [[0, 0.15], [0.15, 0]]])
    return VibronicHamiltonian(
        np.array([0.1, 0.1]),
        np.diag([9.0, 9.4]),
        linear,
        orbital_energies=np.array([8.9, 9.6]),
        state_labels=("1", "2"),
        mode_labels=("tuning", "coupling"),
        title="two states, two modes: a model for teaching",
        process="ionization",
        energy_origin=EnergyOrigin("the vibrational ground state of the neutral"),
    )


def _states(model: VibronicHamiltonian) -> tuple[int, int]:
    """The pair that one mode mixes most: largest lambda^2 over gap^2 and a quantum's square."""
    energies = np.diag(model.constant)
    quantum = float(model.frequencies.mean())

    def mixing(pair: tuple[int, int]) -> float:
        i, j = pair
        strongest = np.abs(model.linear[:, i, j]).max()
        return float(strongest**2 / ((energies[j] - energies[i]) ** 2 + quantum**2))

    i, j = max(combinations(range(model.n_states), 2), key=mixing)
    return (i, j) if energies[i] <= energies[j] else (j, i)


def _modes(model: VibronicHamiltonian, states: tuple[int, int]) -> tuple[int, int]:
    """The tuning and the coupling mode, two different ones."""
    i, j = states
    coupled = int(np.argmax(np.abs(model.linear[:, i, j]) / model.frequencies))
    tuned = np.abs(model.linear[:, j, j] - model.linear[:, i, i]) / model.frequencies
    tuned[coupled] = -1.0
    return int(np.argmax(tuned)), coupled
