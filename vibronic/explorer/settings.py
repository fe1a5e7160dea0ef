"""Where the sliders stand: one table of ranges, and the settings that are checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ..checks import InputError, check_known, nearest
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from .explored_model import ExploredModel

TIME = 100.0  # fs for which a packet is followed


@dataclass(frozen=True)
class Range:
    """A slider: its `label` and `unit`, what it goes between in steps, and what it `means`."""

    name: str
    label: str
    unit: str
    least: float
    most: float
    step: float
    means: str

    def holding(self, value: float) -> Range:
        """Wide enough for a model's own value, too."""
        most = self.most
        if value > most:
            most = float(np.ceil(1.25 * value / self.step) * self.step)
        return replace(self, least=min(self.least, value), most=most)


RANGES = (
    Range("gap", "gap", "eV", 0.0, 1.5, 0.01, "energy between the two states at q = 0"),
    Range(
        "kappa",
        "tuning κ",
        "eV",
        0.0,
        0.16,
        0.005,
        "half the difference of their slopes along the tuning mode",
    ),
    Range("coupling", "coupling λ", "eV", 0.0, 0.22, 0.005, "slope of what couples them"),
    Range("tuning_frequency", "ω tuning", "eV", 0.07, 0.4, 0.002, "frequency of the tuning mode"),
    Range(
        "coupling_frequency",
        "ω coupling",
        "eV",
        0.07,
        0.4,
        0.002,
        "frequency of the coupling mode",
    ),
    Range("temperature", "temperature", "K", 0.0, 600.0, 10.0, "of the molecule before"),
    Range("fwhm", "width", "eV", 0.03, 0.3, 0.005, "full width of the lines at half height"),
    Range("time", "time", "fs", 0.0, TIME, 2.0, "after the transition"),
)
BY_NAME = {r.name: r for r in RANGES}


@dataclass(frozen=True)
class Settings:
    """Where the sliders stand (eV, K, fs), and the label of the `state` that the packet enters."""

    gap: float
    kappa: float
    coupling: float
    tuning_frequency: float
    coupling_frequency: float
    state: str
    temperature: float = 0.0
    fwhm: float = 0.04
    time: float = 0.0

    def applied(self, explored: ExploredModel) -> VibronicHamiltonian:
        """The Hamiltonian at these settings."""
        frequencies = (self.tuning_frequency, self.coupling_frequency)
        return explored.moved(self.gap, self.kappa, self.coupling, frequencies)


@public
def own_settings(explored: ExploredModel) -> Settings:
    """The settings at which a model is as it was given; the packet enters the upper state."""
    tuning, coupling = explored.frequencies
    return Settings(
        gap=explored.gap,
        kappa=abs(explored.kappa),
        coupling=abs(explored.coupling),
        tuning_frequency=tuning,
        coupling_frequency=coupling,
        state=explored.model.state_labels[explored.states[1]],
    )


def ranges(explored: ExploredModel) -> tuple[Range, ...]:
    """The table, wide enough for the model's own values."""
    own = own_settings(explored)
    return tuple(r.holding(float(getattr(own, r.name))) for r in RANGES)


@public
def settings(explored: ExploredModel, given: Mapping[str, Any]) -> Settings:
    """The model's own settings with those `given` by name put in; InputError for a name that is
    not known, no number, or a number out of range.
    """
    known = [f.name for f in fields(Settings)]
    for name in given:
        if name not in known:
            raise InputError(f"Unknown setting {name!r}. {nearest(str(name), known)}")

    own = own_settings(explored)
    state = str(given.get("state", own.state))
    check_known("state", state, explored.model.state_labels)
    values = {
        r.name: _number(r, given[r.name]) if r.name in given else float(getattr(own, r.name))
        for r in ranges(explored)
    }

    return Settings(
        gap=values["gap"],
        kappa=values["kappa"],
        coupling=values["coupling"],
        tuning_frequency=values["tuning_frequency"],
        coupling_frequency=values["coupling_frequency"],
        state=state,
        temperature=values["temperature"],
        fwhm=values["fwhm"],
        time=values["time"],
    )


def _number(r: Range, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"Setting `{r.name}` must be a number of {r.unit}, but is {value!r}.")
    if not r.least - 1e-9 <= value <= r.most + 1e-9:
        raise InputError(
            f"Setting `{r.name}` must lie between {r.least:g} and {r.most:g} {r.unit}, but is "
            f"{value:g}."
        )
    return float(np.clip(value, r.least, r.most))
