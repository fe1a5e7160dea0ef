"""The modes that matter: which are kept, by what measure, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..checks import InputError, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun

LEAST_SHARE = 0.001  # of a band's variance
LEAST_QUANTA = 0.05  # linear^2/(2 w^2)
SOFTEST = 0.5  # least (w + gamma)/w of a mode in a state


@noun
@dataclass(frozen=True, eq=False)
class Reduction:
    """The reduced `model`, the share of each band's variance that every mode of the full model makes, and remarks.

    `shares` (n_modes, n_states) sum to 1 over the modes of the full model, `left_out` (n_states,) is what the dropped modes made.
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
        kept, total = self.model.n_modes, len(self.mode_labels)
        lines = [f"Modes kept: {kept} of {total} ({', '.join(self.model.mode_labels)}), by their share of the bands' variance "
                 "(linear^2/2 + gamma^2/8)."]
        if kept < total:
            parts = ", ".join(f"{label} {100 * x:.1f} %" for label, x in zip(self.model.state_labels, self.left_out, strict=True))
            lines.append(f"Coupling strength left out, as a share of each band's variance: {parts}.")
        return "\n".join([*lines, *self.remarks])


def reduction(model: VibronicHamiltonian, *, max_modes: int = 8, modes: Sequence[str] | None = None) -> Reduction:
    """Keep the modes with linear couplings that matter, the strongest `max_modes` at most, or the `modes` named.

    A mode matters when its linear couplings make 0.1 % of the variance of any band, or excite 0.05 quanta, or when its Herzberg-Teller
    slopes make 0.1 % of the largest strength. Quadratic terms that
    leave a mode of a state softer than half its force constant are dropped, since they have no bound without quartic
    terms; the remarks name them.
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
        matter = np.flatnonzero((importance >= LEAST_SHARE) | (quanta >= LEAST_QUANTA))
        kept = np.sort(matter[np.argsort(-importance[matter], kind="stable")][:max_modes])
        if kept.size == 0:
            kept = np.array([int(np.argmax(importance))])
        reduced = model.subset(modes=[int(m) for m in kept])
    else:
        reduced = model.subset(modes=list(modes))
        kept = np.array([model.mode_labels.index(label) for label in reduced.mode_labels])
    left_out = np.delete(width, kept, axis=0).sum(axis=0) / total
    dropped = [r for label, r in remarks if label in reduced.mode_labels]
    return Reduction(reduced, model.mode_labels, width / total, left_out, tuple(dropped))


def _bounded(model: VibronicHamiltonian) -> tuple[VibronicHamiltonian, list[tuple[str, str]]]:
    quadratic, remarks = model.quadratic.copy(), []
    for m, w in enumerate(model.frequencies):
        while True:
            values, vectors = np.linalg.eigh(quadratic[m, m])
            if w + values[0] >= SOFTEST * w:
                break
            i = int(np.argmax(np.abs(vectors[:, 0])))
            gamma = quadratic[m, m, i, i]
            quadratic[m, m, i, :] = quadratic[m, m, :, i] = 0
            remarks.append((model.mode_labels[m], f"Quadratic terms of mode {model.mode_labels[m]} in state {model.state_labels[i]} left out: "
                            f"gamma = {gamma:.3f} eV would leave it unbound or too soft (w = {w:.3f} eV)."))
    return replace(model, quadratic=quadratic), remarks
