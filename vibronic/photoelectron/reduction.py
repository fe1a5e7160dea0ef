"""The modes that matter: which are kept, by what measure, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..checks import InputError, frozen_array
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
        lines = [
            f"Modes kept: {kept} of {total} ({', '.join(self.model.mode_labels)}), by their "
            "share of the bands' variance "
            "(linear^2/2 + gamma^2/8)."
        ]
        if kept < total:
            parts = ", ".join(
                f"{label} {100 * x:.1f} %"
                for label, x in zip(self.model.state_labels, self.left_out, strict=True)
            )
            lines.append(
                f"Coupling strength left out, as a share of each band's variance: {parts}."
            )
        return "\n".join([*lines, *self.remarks])


def reduction(
    model: VibronicHamiltonian, *, max_modes: int = 8, modes: Sequence[str] | None = None
) -> Reduction:
    """Keep the modes with linear couplings that matter, the strongest `max_modes` at most, or the
    `modes` named.

    A mode matters when its linear couplings make 0.1 % of the variance of any band, or excite 0.05
    quanta, or when its Herzberg-Teller slopes make 0.1 % of the largest strength. Degenerate modes
    are kept together. Quadratic terms that leave a mode of a state softer than half its force
    constant are dropped (of degenerate modes and states all together), since they have no bound
    without quartic terms; the remarks name them.
    """
    if max_modes < 1:
        raise InputError(f"Argument `max_modes` must be 1 or more, but is {max_modes}.")
    model, remarks = _bounded(model)
    linear = (model.linear**2).sum(axis=2) / 2
    width = linear + (model.quadratic**2).sum(axis=(1, 3)) / 8
    total = np.where(width.sum(axis=0) > 0, width.sum(axis=0), 1.0)
    quanta = (model.linear**2).max(axis=(1, 2)) / (2 * model.frequencies**2)
    strength = model.pole_strengths + (model.transition_slopes**2).sum(axis=0) / 2
    lent = (model.transition_slopes**2 / 2 / max(strength.max(), 1e-300)).max(axis=1, initial=0.0)
    importance = np.maximum((linear / total).max(axis=1, initial=0.0), lent)
    if modes is None:
        matters = (importance >= LEAST_SHARE) | (quanta >= LEAST_QUANTA)
        kept = _strongest(
            degenerate_sets(model.frequencies, model.mode_irreps), importance, matters, max_modes
        )
        reduced = model.subset(modes=[int(m) for m in kept])
    else:
        reduced = model.subset(modes=list(modes))
        kept = np.array([model.mode_labels.index(label) for label in reduced.mode_labels])
    left_out = np.delete(width, kept, axis=0).sum(axis=0) / total
    dropped = [r for label, r in remarks if label in reduced.mode_labels]
    return Reduction(reduced, model.mode_labels, width / total, left_out, tuple(dropped))


def degenerate_sets(values: np.ndarray, irreps: Sequence[str]) -> list[np.ndarray]:
    """Indices of modes or states of one degenerate species (E, T, Π, ...) and equal value, each
    set together; all others alone.
    """
    keys: list = [
        (float(v), irrep) if irrep[:1].upper() in DEGENERATE else k
        for k, (v, irrep) in enumerate(zip(values, irreps, strict=True))
    ]
    return [
        np.array([k for k, other in enumerate(keys) if other == key])
        for key in dict.fromkeys(keys)
    ]


def _strongest(
    sets: list[np.ndarray], importance: np.ndarray, matters: np.ndarray, max_modes: int
) -> np.ndarray:
    """Modes of the most important sets that matter and fit; at least one set."""
    order = sorted(sets, key=lambda s: -importance[s].max())
    kept: list[int] = []
    for members in order:
        if not kept or (matters[members].any() and len(kept) + len(members) <= max_modes):
            kept += members.tolist()
    return np.sort(kept)


def _bounded(model: VibronicHamiltonian) -> tuple[VibronicHamiltonian, list[tuple[str, str]]]:
    quadratic = model.quadratic.copy()
    remarks = []
    modes = degenerate_sets(model.frequencies, model.mode_irreps)
    states = degenerate_sets(np.diag(model.constant), model.state_irreps)
    for m, w in enumerate(model.frequencies):
        while True:
            values, vectors = np.linalg.eigh(quadratic[m, m])
            if w + values[0] >= SOFTEST * w:
                break
            i = int(np.argmax(np.abs(vectors[:, 0])))
            gamma = quadratic[m, m, i, i]
            for a, b in product(next(s for s in modes if m in s), repeat=2):
                for k in next(s for s in states if i in s):
                    quadratic[a, b, k, :] = quadratic[a, b, :, k] = 0
            remarks.append(
                (
                    model.mode_labels[m],
                    f"Quadratic terms of mode {model.mode_labels[m]} in state "
                    f"{model.state_labels[i]} left out: "
                    f"gamma = {gamma:.3f} eV would leave it unbound or too soft (w = {w:.3f} eV).",
                )
            )
    return replace(model, quadratic=quadratic), remarks
