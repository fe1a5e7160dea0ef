"""The outcome of a propagation: what was measured at each time; and what is needed to go on with
one that was interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .basis import VibronicBasis
from .certificate import Certificate
from .checks import InputError, check_shape, frozen_array
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


@noun
@dataclass(frozen=True, eq=False)
class GrowthStep:
    """Where a search for a large enough basis stands: the basis in use, and the outcome of the one
    before.

    `weights` (n_modes,) and `cutoff` define the pruned basis; `complete` tells whether all times
    are asked of it or only a few; `expected` is the error that the leaks of the basis before made
    expect, `rate` how fast it fell with its size.
    """

    weights: np.ndarray
    cutoff: float
    complete: bool = False
    previous: Propagation | None = None
    expected: float = 0.0
    rate: float = 2.0
    size: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen_array(self.weights, "weights"))


@noun
@dataclass(frozen=True, eq=False)
class Table:
    """An array of readings, (n_t, ...)."""

    values: np.ndarray


@noun
@dataclass(frozen=True, eq=False)
class UnfinishedObservations:
    """Observations that were interrupted: `amplitudes` (n_functions,) at the last output, and all
    that was `measured` until then: for the observables in turn as many tables as `widths` says.
    """

    fingerprint: str
    amplitudes: np.ndarray
    widths: tuple[int, ...]
    measured: tuple[Table, ...]


@noun
@dataclass(frozen=True, eq=False)
class UnfinishedPropagation:
    """A propagation that was interrupted: `amplitudes` (n_functions,) at the last output, and all
    that was measured until then.

    `fingerprint` tells which propagation it belongs to, `step` with which basis it was done when
    the program chooses it.
    """

    fingerprint: str
    amplitudes: np.ndarray
    density: np.ndarray
    populations: np.ndarray
    autocorrelation: np.ndarray
    energies: np.ndarray
    outermost: float = 0.0
    step: GrowthStep | None = None

    def __post_init__(self) -> None:
        for name in ("density", "populations", "energies"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        for name in ("amplitudes", "autocorrelation"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name, complex))

    @property
    def done(self) -> int:
        """Outputs measured so far."""
        return len(self.autocorrelation)
