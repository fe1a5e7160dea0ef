"""The vibronic-coupling Hamiltonian: a Taylor series of the diabatic potential matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from .checks import (
    InputError,
    check_index,
    check_shape,
    check_symmetric,
    checked_names,
    frozen_array,
    index_of,
    numbers,
)
from .energy_origin import EnergyOrigin
from .hamiltonian_changes import scaled, subset, with_coupling
from .hamiltonian_summary import hamiltonian_html, hamiltonian_summary
from .storage import noun
from .terms import Monomial, Pairs, Term, pairs_of, quadratic_array, series, series_derivatives
from .transitions import Transitions, transitions
from .units import MASS_WEIGHTED
from .view import View

PROCESSES = ("ionization", "excitation", "")


@noun
@dataclass(frozen=True, eq=False)
class VibronicHamiltonian:
    """Electronic states coupled by harmonic modes, in eV and dimensionless normal coordinates q =
    (a + a^+)/sqrt(2).

    H = sum_m w_m/2 (p_m^2 + q_m^2) 1 + constant + sum_m linear[m] q_m + 1/2 sum_mn quadratic[m,n]
    q_m q_n + higher

    The diagonal of `constant` is the vertical energies, off-diagonal electronic couplings or
    hoppings. `linear` holds kappa (diagonal) and lambda (off-diagonal), `quadratic` the second
    derivatives gamma. `transition_amplitudes[i]` is the amplitude into state i (its square the
    pole strength), `transition_slopes[m, i]` its derivative by q_m (Herzberg-Teller);
    `transition_dipoles[i]` (x, y, z; e a0) give absolute absorption strengths.
    `orbital_energies[i]` is Koopmans' energy of state i (eV). `linear_errors`, `quadratic_errors`
    estimate the numerical error of every coefficient, where the model was computed.
    `energy_origin` says what energies count from, `provenance` what made the model.

    The potential is kept as a sum of monomials (`terms`); `quadratic` is made from them on demand,
    and may be given as {(m, n): matrix}, so that hundreds of modes cost no more than their terms.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """

    frequencies: np.ndarray = field(metadata={"axes": ("n_modes",)})
    constant: np.ndarray = field(metadata={"axes": ("n_states", "n_states")})
    linear: np.ndarray = field(metadata={"axes": ("n_modes", "n_states", "n_states")})
    quadratic: Any = View()  # (n_modes, n_modes, n_states, n_states)
    higher: tuple[Monomial, ...] = ()
    state_labels: tuple[str, ...] = ()
    mode_labels: tuple[str, ...] = ()
    state_irreps: tuple[str, ...] = ()
    mode_irreps: tuple[str, ...] = ()
    transition_amplitudes: Any = View()  # (n_states,)
    orbital_energies: np.ndarray | None = field(default=None, metadata={"axes": ("n_states",)})
    transition_slopes: Any = View()  # (n_modes, n_states)
    transition_dipoles: Any = View()  # (n_states, 3) or None
    linear_errors: np.ndarray | None = field(
        default=None, metadata={"axes": ("n_modes", "n_states", "n_states")}
    )
    quadratic_errors: np.ndarray | None = field(
        default=None, metadata={"axes": ("n_modes", "n_modes", "n_states", "n_states")}
    )
    title: str = ""
    process: str = ""
    energy_origin: EnergyOrigin = field(default_factory=EnergyOrigin)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    transitions: Transitions = field(init=False)
    quadratic_pairs: Pairs = field(init=False)  # {(m, n): matrix}, m <= n
    _terms: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        frequencies = frozen_array(self.frequencies, "frequencies")
        sizes = {"n_modes": frequencies.size, "n_states": len(np.atleast_1d(self.constant))}
        for own in fields(self):
            value = getattr(self, own.name) if "axes" in own.metadata else None
            if value is not None:
                axes = own.metadata["axes"]
                array = frozen_array(value, own.name)
                check_shape(own.name, array, axes, tuple(sizes[axis] for axis in axes))
                self._put(own.name, array)

        check_symmetric("constant", self.constant)
        check_symmetric("linear", self.linear)
        if not self.n_states or np.any(self.frequencies <= 0):
            raise InputError(
                "A model needs at least one state and positive frequencies (eV), but has "
                f"{self.n_states} states and frequencies {self.frequencies.tolist()}."
            )

        self._check_names()
        self._keep()

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _keep(self) -> None:
        """Keep what was given in other forms: the potential as terms, the transitions as one."""
        given = {own: self.__dict__.pop(own) for own in list(self.__dict__) if own in VIEWS}
        pairs = pairs_of(given["quadratic"], self.n_modes, self.n_states)
        reached = transitions(
            self.n_modes,
            self.n_states,
            given["transition_amplitudes"],
            given["transition_slopes"],
            given["transition_dipoles"],
        )
        origin = self.energy_origin
        known = origin if isinstance(origin, EnergyOrigin) else EnergyOrigin(str(origin))
        terms: list[Term] = [({}, self.constant)]
        terms += [({m: 1}, matrix) for m, matrix in enumerate(self.linear)]
        for (m, n), matrix in sorted(pairs.items()):
            terms.append(({m: 2}, matrix / 2) if m == n else ({m: 1, n: 1}, matrix))
        terms += [(term.by_mode, term.matrix) for term in self.higher]

        self._put("quadratic_pairs", pairs)
        self._put("transitions", reached)
        self._put("energy_origin", known)
        self._put("_terms", tuple(term for term in terms if np.any(term[1])))

    def _view(self, name: str) -> Any:
        """An argument of the constructor as it could be given again."""
        if name in self.__dict__:
            return self.__dict__[name]  # as it was given or made before
        if name == "quadratic":
            array = quadratic_array(self.quadratic_pairs, self.n_modes, self.n_states)
            self.__dict__[name] = array
            return array
        return getattr(self.transitions, name.removeprefix("transition_"))

    def __stored__(self) -> dict[str, Any]:
        """What files hold: no array for second-order terms that are not there."""
        found = {own.name: getattr(self, own.name) for own in fields(self) if own.init}
        return found if self.quadratic_pairs else {**found, "quadratic": None}

    def _check_names(self) -> None:
        states = [str(k + 1) for k in range(self.n_states)]
        modes = [f"v{k + 1}" for k in range(self.n_modes)]

        for name, default, unique in (
            ("state_labels", states, True),
            ("mode_labels", modes, True),
            ("state_irreps", [""] * self.n_states, False),
            ("mode_irreps", [""] * self.n_modes, False),
        ):
            given = getattr(self, name) or default
            self._put(name, checked_names(name, given, len(default), unique=unique))

        if self.process not in PROCESSES:
            raise InputError(
                f"Argument `process` must be one of {PROCESSES}, but is {self.process!r}."
            )
        for term in self.higher:
            term.check_fit(self.n_modes, self.n_states)

    @classmethod
    def from_normal_modes(
        cls,
        frequencies: Any,
        final_frequencies: Any,
        rotation: Any,
        displacement: Any,
        *,
        origin: float = 0.0,
        **others: Any,
    ) -> VibronicHamiltonian:
        """One state from the normal modes of two geometries: Q' = rotation Q + displacement
        (Duschinsky), both mass-weighted, angstrom u^1/2.

        V = V_0 + sum_k w'_k^2 Q'_k^2/2 written in the dimensionless modes of the first; `origin`
        is the 0-0 energy (eV), frequencies are in eV.

        F. Duschinsky, Acta Physicochim. URSS 7, 551 (1937)
        """
        w = frozen_array(frequencies, "frequencies")
        final = frozen_array(final_frequencies, "final_frequencies")
        turn = frozen_array(rotation, "rotation")
        shift = frozen_array(displacement, "displacement") / np.sqrt(MASS_WEIGHTED)
        check_shape("rotation", turn, ("n_modes", "n_modes"), (w.size, w.size))
        check_shape("displacement", shift, ("n_modes",), (w.size,))
        check_shape("final_frequencies", final, ("n_modes",), (w.size,))

        force = turn.T @ np.diag(final**2) @ turn / np.sqrt(np.outer(w, w))
        linear = turn.T @ (final**2 * shift) / np.sqrt(w)
        energy = origin + (w.sum() - final.sum()) / 2 + 0.5 * float(final**2 @ shift**2)
        return cls(
            w,
            np.array([[energy]]),
            linear[:, None, None],
            (0.5 * (force + force.T) - np.diag(w))[:, :, None, None],
            **others,
        )

    @property
    def n_states(self) -> int:
        return len(self.constant)

    @property
    def n_modes(self) -> int:
        return len(self.frequencies)

    @property
    def has_absolute_energies(self) -> bool:
        """True when energies count from a vibrational ground state, as measured ones do."""
        return self.energy_origin.is_absolute

    @property
    def zero_point_energy(self) -> float:
        """Zero-point energy of the reference oscillators, sum_m w_m/2, eV."""
        return float(self.frequencies.sum() / 2)

    @property
    def pole_strengths(self) -> np.ndarray:
        """Squares of the transition amplitudes, (n_states,)."""
        return self.transitions.strengths

    def terms(self) -> list[Term]:
        """The potential beyond the reference oscillators as monomials: ({mode: power}, matrix
        (n_states, n_states), eV).
        """
        return list(self._terms)

    def potential(self, q: Any) -> np.ndarray:
        """Diabatic potential matrix W(q), eV; q of shape (..., n_modes) gives (..., n_states,
        n_states).
        """
        q = numbers("q", q)
        check_shape("q", q, ("...", "n_modes"), (*q.shape[:-1], self.n_modes))
        harmonic = 0.5 * (q**2 @ self.frequencies)
        diagonal: np.ndarray = harmonic[..., None, None] * np.eye(self.n_states)
        diagonal += series(self._terms, q, self.n_states)
        return diagonal

    def potential_derivatives(self, q: Any) -> tuple[np.ndarray, np.ndarray]:
        """First and second derivatives of W at one point q (n_modes,): (n_modes, n_states,
        n_states) and (n_modes, n_modes, ...), eV.
        """
        q = numbers("q", q)
        check_shape("q", q, ("n_modes",), (self.n_modes,))
        unit = np.eye(self.n_states)
        first, second = series_derivatives(self._terms, q, self.n_states)
        first += (self.frequencies * q)[:, None, None] * unit
        second += np.einsum("m,mn,ij->mnij", self.frequencies, np.eye(self.n_modes), unit)
        return first, second

    def huang_rhys_factors(self, state: int | str) -> np.ndarray:
        """Mean quanta of a vertical transition to `state` in each mode, S = kappa^2/(2 w^2),
        (n_modes,).
        """
        i = index_of("state", state, self.state_labels)
        shifts: np.ndarray = self.linear[:, i, i] / self.frequencies
        return 0.5 * shifts**2

    def reorganization_energies(self, state: int | str) -> np.ndarray:
        """Energy released from the vertical point by each mode, kappa^2/(2 w), eV, (n_modes,)."""
        energies: np.ndarray = self.huang_rhys_factors(state) * self.frequencies
        return energies

    def band_moments(self, state: int | str) -> tuple[float, float]:
        """Mean energy and variance (eV, eV^2) of the vibronic band of `state`, exact up to second
        order in q.

        Mean E_i + tr(gamma_ii)/4; variance sum_j sum_m linear_mij^2/2 + sum_mn gamma_mnij^2/8,
        plus the squares of the electronic couplings (constant_ij + tr(gamma_ij)/4), j != i. Cubic
        and higher terms are refused.
        """
        i = index_of("state", state, self.state_labels)
        if self.higher:
            raise InputError(
                "`band_moments` has a closed form only for models without `higher` terms."
            )
        average = (self.constant + np.einsum("mmij->ij", self.quadratic) / 4)[i]
        spread = (self.linear[:, i] ** 2).sum() / 2
        spread += (self.quadratic[:, :, i] ** 2).sum() / 8
        others = np.delete(average, i)
        return float(average[i]), float(spread + (others**2).sum())

    def with_coupling(
        self, mode: int | str, states: int | str | Sequence[int | str], value: float
    ) -> VibronicHamiltonian:
        """The model with another linear coupling (eV) of a mode: kappa of one state, or lambda of
        two. The provenance tells the change.
        """
        return with_coupling(self, mode, states, value)

    def scaled(
        self,
        factor: float,
        *,
        states: int | str | Sequence[int | str] | None = None,
        modes: int | str | Sequence[int | str] | None = None,
    ) -> VibronicHamiltonian:
        """The model with its couplings times `factor`: linear, quadratic and higher terms.

        `states` picks the couplings of one state (kappa, gamma) or those between two (lambda),
        `modes` the terms that hold any of these modes; all of them without. Frequencies, energies
        and electronic couplings (`constant`) and transition amplitudes stay; estimated errors
        scale with the couplings, and the provenance tells the change.

            model.scaled(0.5)                          # half of all vibronic coupling
            model.scaled(0, states=("X", "A"))         # without any between X and A
            model.scaled(1.1, modes=["v5", "v14"])
        """
        return scaled(self, factor, states, modes)

    def subset(
        self,
        states: int | str | Sequence[int | str] | None = None,
        modes: int | str | Sequence[int | str] | None = None,
    ) -> VibronicHamiltonian:
        """The model restricted to some states and modes (by index or label); the others stay at q
        = 0.
        """
        return subset(self, states, modes)

    def surface_of(self, state: int | str) -> int:
        """The adiabatic surface, counted from 0 at the lowest, on which a state of this label lies
        at q = 0, where states are ordered by vertical energy; an index is a surface's already.
        """
        if isinstance(state, str):
            i = index_of("surface", state, self.state_labels)
            order = np.argsort(np.diag(self.constant), kind="stable")
            return int(np.flatnonzero(order == i)[0])
        check_index("surface", state, self.n_states, self.state_labels)
        return int(state)

    def __str__(self) -> str:
        return hamiltonian_summary(self)

    def _repr_html_(self) -> str:
        return hamiltonian_html(self)


VIEWS = tuple(name for name, value in vars(VibronicHamiltonian).items() if isinstance(value, View))
