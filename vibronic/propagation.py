"""The outcome of a propagation: what was measured at each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .basis import VibronicBasis
from .certificate import Certificate
from .checks import InputError, check_shape, frozen_array
from .notebook import curve_html
from .storage import noun


@noun
@dataclass(frozen=True, eq=False)
class Propagation:
    """Times (fs), diabatic `populations` (n_t, n_states), `autocorrelation` C = <psi(0)|psi(t)> at
    `autocorrelation_times`.

    For real initial states C(2t) = <psi(t)*|psi(t)>, so C reaches twice as far as the propagation.
    `zero_point_energy` (eV) is what spectra subtract, `energies` <H> at the first and the last
    time (eV), `outermost` the largest population, over all times, of the outermost kept levels,
    `basis` the one used; `certificate` tells what convergence was asked and reached.
    """

    times: np.ndarray
    populations: np.ndarray
    autocorrelation: np.ndarray
    autocorrelation_times: np.ndarray
    energies: np.ndarray
    zero_point_energy: float = 0.0
    state_labels: tuple[str, ...] = ()
    initial: str = ""
    outermost: float = 0.0
    basis: VibronicBasis | None = None
    certificate: Certificate | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("times", "populations", "autocorrelation_times", "energies"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(
            self, "autocorrelation", frozen_array(self.autocorrelation, "autocorrelation", complex)
        )
        n = self.times.size
        if self.populations.ndim != 2 or len(self.populations) != n:
            raise InputError(
                f"Argument `populations` must have {n} rows, but has shape "
                f"{self.populations.shape}."
            )
        check_shape(
            "autocorrelation", self.autocorrelation, ("n_c",), (self.autocorrelation_times.size,)
        )

    def __str__(self) -> str:
        final = ", ".join(
            f"{label} {p:.3f}"
            for label, p in zip(self.state_labels, self.populations[-1], strict=True)
        )
        drift = np.abs(self.populations.sum(axis=1) - self.populations[0].sum()).max()
        return (
            f"Propagation  from {self.initial}, {self.times[0]:g}-{self.times[-1]:g} fs; "
            "diabatic populations at the "
            f"end: {final}; norm kept to {drift:.0e}; "
            f"{self.certificate or 'basis convergence not checked'}"
        )

    def _repr_html_(self) -> str:
        return curve_html(self)


@noun
@dataclass(frozen=True, eq=False)
class Autocorrelation:
    """`autocorrelation` C = <psi(0)|psi(t)> (n_c,) at `autocorrelation_times` (fs);
    `zero_point_energy` (eV) is what spectra subtract, `basis` the one used.
    """

    autocorrelation_times: np.ndarray
    autocorrelation: np.ndarray
    zero_point_energy: float = 0.0
    initial: str = ""
    basis: VibronicBasis | None = None
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "autocorrelation_times",
            frozen_array(self.autocorrelation_times, "autocorrelation_times"),
        )
        object.__setattr__(
            self, "autocorrelation", frozen_array(self.autocorrelation, "autocorrelation", complex)
        )
        check_shape(
            "autocorrelation", self.autocorrelation, ("n_c",), (self.autocorrelation_times.size,)
        )

    def __str__(self) -> str:
        return (
            f"Autocorrelation  from {self.initial}, "
            f"{self.autocorrelation_times[0]:g}-{self.autocorrelation_times[-1]:g} fs; |C| at "
            "the end "
            f"{abs(self.autocorrelation[-1]):.3f}; "
            f"{self.certificate or 'basis convergence not checked'}"
        )
