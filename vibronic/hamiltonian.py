"""The vibronic-coupling Hamiltonian: a Taylor series of the diabatic potential matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .checks import (
    InputError,
    check_index,
    check_known,
    check_shape,
    check_symmetric,
    frozen_array,
)
from .storage import noun
from .units import CM, MASS_WEIGHTED

PROCESSES = ("ionization", "excitation", "")


@noun
@dataclass(frozen=True, eq=False)
class Monomial:
    """A term of the diabatic potential beyond second order: `matrix` (n_states, n_states), eV,
    times prod_m q_m^powers[m].
    """

    powers: tuple[int, ...]
    matrix: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "powers", tuple(int(p) for p in self.powers))
        object.__setattr__(self, "matrix", frozen_array(self.matrix, "matrix"))
        check_symmetric("matrix", self.matrix)


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

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """

    frequencies: np.ndarray  # (n_modes,)
    constant: np.ndarray  # (n_states, n_states)
    linear: np.ndarray  # (n_modes, n_states, n_states)
    quadratic: np.ndarray = None  # type: ignore[assignment]  # (n_modes, n_modes, n_states, n_states)
    higher: tuple[Monomial, ...] = ()
    state_labels: tuple[str, ...] = ()
    mode_labels: tuple[str, ...] = ()
    state_irreps: tuple[str, ...] = ()
    mode_irreps: tuple[str, ...] = ()
    transition_amplitudes: np.ndarray = None  # type: ignore[assignment]  # (n_states,)
    orbital_energies: np.ndarray | None = None  # (n_states,)
    transition_slopes: np.ndarray = None  # type: ignore[assignment]  # (n_modes, n_states)
    transition_dipoles: np.ndarray | None = None  # (n_states, 3)
    linear_errors: np.ndarray | None = None  # as linear
    quadratic_errors: np.ndarray | None = None  # as quadratic
    title: str = ""
    process: str = ""
    energy_origin: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        for name in ("frequencies", "constant", "linear"):
            put(name, frozen_array(getattr(self, name), name))
        m = self.frequencies.size
        s = len(np.atleast_1d(self.constant))
        quadratic = np.zeros((m, m, s, s)) if self.quadratic is None else self.quadratic
        put("quadratic", frozen_array(quadratic, "quadratic"))
        check_shape("frequencies", self.frequencies, ("n_modes",), (m,))
        check_shape("constant", self.constant, ("n_states", "n_states"), (s, s))
        check_shape("linear", self.linear, ("n_modes", "n_states", "n_states"), (m, s, s))
        check_shape(
            "quadratic",
            self.quadratic,
            ("n_modes", "n_modes", "n_states", "n_states"),
            (m, m, s, s),
        )
        self._check_transitions(m, s)
        for name in ("constant", "linear", "quadratic"):
            check_symmetric(name, getattr(self, name))
        check_symmetric("quadratic", self.quadratic.transpose(2, 3, 0, 1), "modes")
        if s == 0 or np.any(self.frequencies <= 0):
            raise InputError(
                f"A model needs at least one state and positive frequencies (eV), but has {s} "
                "states and "
                f"frequencies {self.frequencies.tolist()}."
            )
        self._check_names(m, s)

    def _check_transitions(self, m: int, s: int) -> None:
        amplitudes = (
            np.ones(s) if self.transition_amplitudes is None else self.transition_amplitudes
        )
        if self.transition_dipoles is not None:
            if self.transition_slopes is not None and np.any(self.transition_slopes):
                raise InputError(
                    "Give `transition_dipoles` or `transition_slopes`, not both: slopes belong "
                    "to scalar amplitudes."
                )
            if self.transition_amplitudes is None:
                amplitudes = np.linalg.norm(
                    np.asarray(self.transition_dipoles, dtype=float), axis=-1
                )
        slopes = np.zeros((m, s)) if self.transition_slopes is None else self.transition_slopes
        values = {
            "transition_amplitudes": (amplitudes, ("n_states",), (s,)),
            "orbital_energies": (self.orbital_energies, ("n_states",), (s,)),
            "transition_slopes": (slopes, ("n_modes", "n_states"), (m, s)),
            "transition_dipoles": (self.transition_dipoles, ("n_states", "3"), (s, 3)),
            "linear_errors": (self.linear_errors, ("n_modes", "n_states", "n_states"), (m, s, s)),
            "quadratic_errors": (
                self.quadratic_errors,
                ("n_modes", "n_modes", "n_states", "n_states"),
                (m, m, s, s),
            ),
        }
        for name, (value, symbols, shape) in values.items():
            if value is not None:
                array = frozen_array(value, name)
                check_shape(name, array, symbols, shape)
                object.__setattr__(self, name, array)

    def _check_names(self, m: int, s: int) -> None:
        defaults = {
            "state_labels": [f"{k + 1}" for k in range(s)],
            "mode_labels": [f"v{k + 1}" for k in range(m)],
            "state_irreps": [""] * s,
            "mode_irreps": [""] * m,
        }
        for name, default in defaults.items():
            value = tuple(str(v) for v in (getattr(self, name) or default))
            object.__setattr__(self, name, value)
            if len(value) != len(default):
                raise InputError(
                    f"Argument `{name}` must name {len(default)} items, but names {len(value)}."
                )
            if name.endswith("labels") and len(set(value)) < len(value):
                raise InputError(
                    f"Argument `{name}` must not repeat a name, but is {list(value)}."
                )
            if any("|" in v for v in value):
                raise InputError(
                    f"Argument `{name}` must not contain the sign |, which joins names in "
                    f"files, but is {list(value)}."
                )
        if self.process not in PROCESSES:
            raise InputError(
                f"Argument `process` must be one of {PROCESSES}, but is {self.process!r}."
            )
        for term in self.higher:
            if (
                len(term.powers) != m
                or term.matrix.shape != (s, s)
                or min(term.powers, default=0) < 0
                or sum(term.powers) < 3
            ):
                raise InputError(
                    f"Each of `higher` must have {m} powers of 0 or more, three or more in all, "
                    f"and a ({s}, {s}) matrix, "
                    f"but one has powers {term.powers} and shape {term.matrix.shape}."
                )

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
        """True when energies count from a vibrational ground state, as measured transition
        energies do.
        """
        return "vibrational ground state" in self.energy_origin.lower()

    @property
    def zero_point_energy(self) -> float:
        """Zero-point energy of the reference oscillators, sum_m w_m/2, eV."""
        return float(self.frequencies.sum() / 2)

    @property
    def pole_strengths(self) -> np.ndarray:
        """Squares of the transition amplitudes, (n_states,)."""
        return self.transition_amplitudes**2

    def terms(self) -> list[tuple[dict[int, int], np.ndarray]]:
        """The potential beyond the reference oscillators as monomials: ({mode: power}, matrix
        (n_states, n_states), eV).
        """
        found: list[tuple[dict[int, int], np.ndarray]] = [({}, self.constant)]
        found += [({m: 1}, self.linear[m]) for m in range(self.n_modes)]
        for m in range(self.n_modes):
            found.append(({m: 2}, self.quadratic[m, m] / 2))
            found += [({m: 1, n: 1}, self.quadratic[m, n]) for n in range(m + 1, self.n_modes)]
        found += [({m: p for m, p in enumerate(t.powers) if p}, t.matrix) for t in self.higher]
        return [(powers, matrix) for powers, matrix in found if np.any(matrix)]

    def potential(self, q: Any) -> np.ndarray:
        """Diabatic potential matrix W(q), eV; q of shape (..., n_modes) gives (..., n_states,
        n_states).
        """
        q = np.asarray(q, dtype=float)
        check_shape("q", q, ("...", "n_modes"), (*q.shape[:-1], self.n_modes))
        harmonic = 0.5 * (q**2 @ self.frequencies)
        total = harmonic[..., None, None] * np.eye(self.n_states)
        for powers, matrix in self.terms():
            factor = np.prod([q[..., m] ** p for m, p in powers.items()], axis=0)
            total = total + np.asarray(factor)[..., None, None] * matrix
        return total

    def potential_derivatives(self, q: Any) -> tuple[np.ndarray, np.ndarray]:
        """First and second derivatives of W at one point q (n_modes,): (n_modes, n_states,
        n_states) and (n_modes, n_modes, ...), eV.
        """
        q = np.asarray(q, dtype=float)
        check_shape("q", q, ("n_modes",), (self.n_modes,))
        n = self.n_modes
        unit = np.eye(self.n_states)
        first = (self.frequencies * q)[:, None, None] * unit
        second = np.einsum("m,mn,ij->mnij", self.frequencies, np.eye(n), unit)
        for powers, matrix in self.terms():
            for m in powers:
                first[m] += _differentiated(powers, (m,), q) * matrix
                for k in powers:
                    second[m, k] += _differentiated(powers, (m, k), q) * matrix
        return first, second

    def huang_rhys_factors(self, state: int) -> np.ndarray:
        """Mean quanta of a vertical transition to `state` in each mode, S = kappa^2/(2 w^2),
        (n_modes,).
        """
        check_index("state", state, self.n_states, self.state_labels)
        return 0.5 * (self.linear[:, state, state] / self.frequencies) ** 2

    def reorganization_energies(self, state: int) -> np.ndarray:
        """Energy released from the vertical point by each mode, kappa^2/(2 w), eV, (n_modes,)."""
        return self.huang_rhys_factors(state) * self.frequencies

    def band_moments(self, state: int) -> tuple[float, float]:
        """Mean energy and variance (eV, eV^2) of the vibronic band of `state`, exact up to second
        order in q.

        Mean E_i + tr(gamma_ii)/4; variance sum_j sum_m linear_mij^2/2 + sum_mn gamma_mnij^2/8,
        plus the squares of the electronic couplings (constant_ij + tr(gamma_ij)/4), j != i. Cubic
        and higher terms are refused.
        """
        check_index("state", state, self.n_states, self.state_labels)
        if self.higher:
            raise InputError(
                "`band_moments` has a closed form only for models without `higher` terms."
            )
        average = (self.constant + np.einsum("mmij->ij", self.quadratic) / 4)[state]
        spread = (self.linear[:, state] ** 2).sum() / 2 + (
            self.quadratic[:, :, state] ** 2
        ).sum() / 8
        others = np.delete(average, state)
        return float(average[state]), float(spread + (others**2).sum())

    def subset(
        self, states: Sequence[int | str] | None = None, modes: Sequence[int | str] | None = None
    ) -> VibronicHamiltonian:
        """The model restricted to some states and modes (by index or label); the others stay at q
        = 0.
        """
        i = _indices("states", states, self.state_labels)
        m = _indices("modes", modes, self.mode_labels)
        kept = [
            replace(t, powers=tuple(np.array(t.powers)[m]), matrix=t.matrix[np.ix_(i, i)])
            for t in self.higher
            if not np.delete(t.powers, m).any()
        ]
        pick = lambda labels, index: tuple(labels[k] for k in index)  # noqa: E731
        return replace(
            self,
            frequencies=self.frequencies[m],
            constant=self.constant[np.ix_(i, i)],
            linear=self.linear[np.ix_(m, i, i)],
            quadratic=self.quadratic[np.ix_(m, m, i, i)],
            higher=tuple(kept),
            state_labels=pick(self.state_labels, i),
            state_irreps=pick(self.state_irreps, i),
            mode_labels=pick(self.mode_labels, m),
            mode_irreps=pick(self.mode_irreps, m),
            transition_amplitudes=self.transition_amplitudes[i],
            transition_slopes=self.transition_slopes[np.ix_(m, i)],
            transition_dipoles=None
            if self.transition_dipoles is None
            else self.transition_dipoles[i],
            orbital_energies=None if self.orbital_energies is None else self.orbital_energies[i],
            linear_errors=None
            if self.linear_errors is None
            else self.linear_errors[np.ix_(m, i, i)],
            quadratic_errors=None
            if self.quadratic_errors is None
            else self.quadratic_errors[np.ix_(m, m, i, i)],
        )

    def __str__(self) -> str:
        return _summary(self)


def _differentiated(powers: Mapping[int, int], by: Sequence[int], q: np.ndarray) -> float:
    """Derivative of prod q_m^p_m by the coordinates `by`, at q."""
    left = dict(powers)
    factor = 1.0
    for m in by:
        factor *= left[m]
        left[m] -= 1
        if not factor:
            return 0.0
    return factor * float(np.prod([q[m] ** p for m, p in left.items()]))


def _indices(name: str, chosen: Sequence[int | str] | None, labels: tuple[str, ...]) -> list[int]:
    if chosen is None:
        return list(range(len(labels)))
    found = []
    for item in [chosen] if isinstance(chosen, (str, int)) else chosen:
        if isinstance(item, str):
            check_known(name.removesuffix("s"), item, labels)
        index = labels.index(item) if isinstance(item, str) else item
        check_index(name, index, len(labels), labels)  # type: ignore[arg-type]
        found.append(int(index))
    if len(set(found)) < len(found):
        raise InputError(f"Argument `{name}` names one item twice: {list(chosen)}.")
    return found


def _summary(model: VibronicHamiltonian) -> str:
    names = [
        f"{label} {irrep}".strip()
        for label, irrep in zip(model.state_labels, model.state_irreps, strict=True)
    ]
    pairs = [
        (i, j)
        for i in range(model.n_states)
        for j in range(i + 1, model.n_states)
        if np.any(model.linear[:, i, j])
    ]
    order = "linear and quadratic" if np.any(model.quadratic) else "linear"
    lines = [
        f"VibronicHamiltonian  {model.title or 'untitled'}: {model.n_states} states, "
        f"{model.n_modes} modes, {order}"
        + (f", {len(model.higher)} higher terms" if model.higher else ""),
        f"  energies in eV from {model.energy_origin or 'an origin that was not stated'}",
        "  "
        f"{'state':<14}{'vertical':>10}"
        f"{'pole strength' if model.process != 'excitation' else 'dipole^2/a.u.':>15}",
    ]
    lines += [
        f"  {name:<14}{model.constant[i, i]:>10.4f}{model.pole_strengths[i]:>15.3f}"
        for i, name in enumerate(names)
    ]
    head = [f"kappa {label}" for label in model.state_labels]
    head += [f"lambda {model.state_labels[i]}/{model.state_labels[j]}" for i, j in pairs]
    width = [max(11, len(h) + 2) for h in head]
    lines.append(
        f"  {'mode':<10}{'w/eV':>8}{'w/cm-1':>9}"
        + "".join(f"{h:>{w}}" for h, w in zip(head, width, strict=True))
    )
    for m, w in enumerate(model.frequencies):
        values = [*np.diag(model.linear[m]), *(model.linear[m, i, j] for i, j in pairs)]
        cells = "".join(
            f"{f'{v:.4f}' if abs(v) >= 5e-5 else '.':>{n}}"
            for v, n in zip(values, width, strict=True)
        )
        lines.append(
            "  "
            f"{f'{model.mode_labels[m]} {model.mode_irreps[m]}':<10}{w:>8.4f}{w / CM:>9.0f}{cells}"
        )
    lines += [
        f"  {key}: {value}"
        for key, value in model.provenance.items()
        if key in ("level_of_theory", "citation")
    ]
    return "\n".join(lines)
