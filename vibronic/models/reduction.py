"""The modes that matter: which are kept, by what measure, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..checks import InputError, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun

LEAST_SHARE = 0.001  # of a band's variance
LEAST_QUANTA = 0.05  # linear^2/(2 w^2)
DEGENERATE = ("E", "T", "Π", "Δ", "Φ")  # first letters of degenerate species
SOFTEST = 0.5  # least (w + gamma)/w of a mode in a state


@noun
@dataclass(frozen=True, eq=False)
class Reduction:
    """The reduced `model`, the share of each band's variance that every mode of the full model
    makes, and remarks.

    `shares` (n_modes, n_states) sum to 1 over the modes of the full model, `left_out` (n_states,)
    is what the dropped modes made.
    """

    model: VibronicHamiltonian
    mode_labels: tuple[str, ...]
    shares: np.ndarray
    left_out: np.ndarray
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("shares", "left_out"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        kept = self.model.n_modes
        total = len(self.mode_labels)
        names = ", ".join(self.model.mode_labels)

        lines = [
            f"Modes kept: {kept} of {total} ({names}), by their share of the bands' variance "
            "(linear^2/2 + gamma^2/8)."
        ]

        if kept < total:
            pairs = zip(self.model.state_labels, self.left_out, strict=True)
            parts = ", ".join(f"{label} {100 * share:.1f} %" for label, share in pairs)
            lines.append(
                f"Coupling strength left out, as a share of each band's variance: {parts}."
            )

        return "\n".join([*lines, *self.remarks])


@public
def reduction(
    model: VibronicHamiltonian,
    *,
    max_modes: int = 8,
    modes: int | str | Sequence[int | str] | None = None,
) -> Reduction:
    """Keep the modes with linear couplings that matter, the strongest `max_modes` at most, or the
    `modes` named (labels or indices).

    A mode matters when its linear couplings make 0.1 % of the variance of any band, or excite 0.05
    quanta, or when its Herzberg-Teller slopes make 0.1 % of the largest strength. Degenerate modes
    are kept together. Quadratic terms that leave a mode of a state softer than half its force
    constant are dropped (of degenerate modes and states all together), since they have no bound
    without quartic terms; the remarks name them.
    """
    if max_modes < 1:
        raise InputError(f"Argument `max_modes` must be 1 or more, but is {max_modes}.")

    bounded, remarks = _bounded(model)
    variance = _variances(bounded)
    total = np.where(variance.sum(axis=0) > 0, variance.sum(axis=0), 1.0)

    if modes is None:
        kept = _that_matter(bounded, total, max_modes)
        reduced = bounded.subset(modes=kept)
    else:
        reduced = bounded.subset(modes=modes)
        kept = [bounded.mode_labels.index(label) for label in reduced.mode_labels]

    left_out = np.delete(variance, kept, axis=0).sum(axis=0) / total
    told = [remark for label, remark in remarks if label in reduced.mode_labels]
    return Reduction(reduced, bounded.mode_labels, variance / total, left_out, tuple(told))


def _variances(model: VibronicHamiltonian) -> np.ndarray:
    """What every mode adds to the variance of every band, (n_modes, n_states), eV^2."""
    linear = (model.linear**2).sum(axis=2) / 2
    found: np.ndarray = linear
    for (m, n), matrix in model.quadratic_pairs.items():
        share = (matrix**2).sum(axis=0) / 8
        found[m] += share
        if n != m:
            found[n] += share
    return found


def _that_matter(model: VibronicHamiltonian, total: np.ndarray, max_modes: int) -> list[int]:
    """The modes to keep, given the `total` variance of every band."""
    shares = (model.linear**2).sum(axis=2) / 2 / total
    quanta = (model.linear**2).max(axis=(1, 2)) / (2 * model.frequencies**2)

    slopes = model.transition_slopes**2 / 2
    strength = model.pole_strengths + slopes.sum(axis=0)
    lent = (slopes / max(strength.max(), 1e-300)).max(axis=1, initial=0.0)

    importance = np.maximum(shares.max(axis=1, initial=0.0), lent)
    matters = (importance >= LEAST_SHARE) | (quanta >= LEAST_QUANTA)
    sets = degenerate_sets(model.frequencies, model.mode_irreps)
    return _strongest(sets, importance, matters, max_modes)


@public
def degenerate_sets(values: np.ndarray, irreps: Sequence[str]) -> list[np.ndarray]:
    """Indices of modes or states of one degenerate species (E, T, Π, ...) and equal value, each
    set together; all others alone.
    """
    keys: list[object] = []
    for k, (value, irrep) in enumerate(zip(values, irreps, strict=True)):
        degenerate = irrep[:1].upper() in DEGENERATE
        keys.append((float(value), irrep) if degenerate else k)

    distinct = dict.fromkeys(keys)
    return [np.array([k for k, other in enumerate(keys) if other == key]) for key in distinct]


def _strongest(
    sets: list[np.ndarray], importance: np.ndarray, matters: np.ndarray, max_modes: int
) -> list[int]:
    """Modes of the most important sets that matter and fit; at least one set."""
    kept: list[int] = []
    for members in sorted(sets, key=lambda s: -importance[s].max()):
        fits = len(kept) + len(members) <= max_modes
        if not kept or (matters[members].any() and fits):
            kept += members.tolist()
    return sorted(kept)


def _bounded(model: VibronicHamiltonian) -> tuple[VibronicHamiltonian, list[tuple[str, str]]]:
    """The model without the quadratic terms that leave a mode too soft; and remarks, each with
    the label of its mode.
    """
    if not model.quadratic_pairs:
        return model, []

    quadratic = model.quadratic.copy()
    modes = degenerate_sets(model.frequencies, model.mode_irreps)
    states = degenerate_sets(np.diag(model.constant), model.state_irreps)

    remarks = []
    for m, w in enumerate(model.frequencies):
        while (state := _too_soft(quadratic[m, m], w)) is not None:
            gamma = quadratic[m, m, state, state]
            _drop(quadratic, _set_with(m, modes), _set_with(state, states))
            label = model.mode_labels[m]
            remark = (
                f"Quadratic terms of mode {label} in state {model.state_labels[state]} left out: "
                f"gamma = {gamma:.3f} eV would leave it unbound or too soft (w = {w:.3f} eV)."
            )
            remarks.append((label, remark))

    return replace(model, quadratic=quadratic), remarks


def _too_soft(gamma: np.ndarray, frequency: float) -> int | None:
    """The state that makes the lowest curvature of a mode, where that is too low."""
    values, vectors = np.linalg.eigh(gamma)
    if frequency + values[0] >= SOFTEST * frequency:
        return None
    return int(np.argmax(np.abs(vectors[:, 0])))


def _set_with(member: int, sets: list[np.ndarray]) -> np.ndarray:
    return next(s for s in sets if member in s)


def _drop(quadratic: np.ndarray, modes: np.ndarray, states: np.ndarray) -> None:
    for a, b in product(modes, repeat=2):
        quadratic[a, b, states, :] = 0
        quadratic[a, b, :, states] = 0
