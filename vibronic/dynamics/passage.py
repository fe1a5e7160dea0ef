"""A wavepacket's passage, watched: populations of states and surfaces, positions, densities and
fluxes in one table.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..checks import InputError
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..propagation import Propagation
from ..storage import load, noun, save
from .adiabatic import AdiabaticPopulations, SurfacePopulations, mixing_strengths
from .checkpoint import checkpoint_path, fingerprint
from .densities import ModeDensity, ReducedDensities, mode_indices
from .expectations import Expectations, Means
from .flux import Flux, Fluxes
from .measurement import Progress
from .observing import Observable, observations
from .propagate import propagate

ROWS = 13  # of the table
MOVES = 0.2  # in q; modes that move less are not named


@noun
@dataclass(frozen=True, eq=False)
class Passage:
    """A certified propagation, and on its basis what was watched at fewer times: means, adiabatic
    populations, densities of two modes, fluxes through q = `fluxes.at` of `fluxes.mode`.
    `densities` is None for a model of one mode.
    """

    model: VibronicHamiltonian
    run: Propagation
    means: Expectations
    adiabatic: AdiabaticPopulations
    fluxes: Fluxes
    densities: ReducedDensities | None = None

    def __str__(self) -> str:
        return "\n\n".join([str(self.run), self._table(), self._story()])

    def _table(self) -> str:
        labels = self.run.state_labels
        n = self.model.n_states
        moving = [
            m
            for m in np.argsort(-np.ptp(self.means.positions, axis=0))
            if np.ptp(self.means.positions[:, m]) > MOVES
        ][:2]
        names = [*labels, *(f"surf. {a}" for a in range(n))]
        head = (
            f"{'time/fs':>8}"
            + "".join(f"{name:>9}" for name in names)
            + f"{'error':>9}{'purity':>8}"
            + "".join(f"{f'<{self.model.mode_labels[m]}>':>9}" for m in moving)
        )
        lines = [
            "POPULATIONS of diabatic states, then of adiabatic surfaces (with the error of "
            "these), and mean positions (q)",
            head,
        ]
        for k in np.unique(np.linspace(0, self.means.times.size - 1, ROWS).round().astype(int)):
            numbers = [*self.means.populations[k], *self.adiabatic.populations[k]]
            lines.append(
                f"{self.means.times[k]:>8.1f}"
                + "".join(f"{p:>9.4f}" for p in numbers)
                + f"{self.adiabatic.errors[k].max():>9.0e}"
                + f"{self.means.purity[k]:>8.3f}"
                + "".join(f"{self.means.positions[k, m]:>9.2f}" for m in moving)
            )
        return "\n".join(
            [
                *lines,
                f"purity: 1 while electrons and nuclei move apart from each other, {1 / n:.2f} "
                "when the state of one tells "
                "all about the other.",
            ]
        )

    def _story(self) -> str:
        surfaces = self.adiabatic.populations
        times = self.adiabatic.times
        upper = int(np.argmax(surfaces[0]))
        lines = [
            f"The packet starts with {surfaces[0, upper]:.0%} of it on adiabatic surface {upper}."
        ]
        gone = np.flatnonzero(surfaces[:, upper] < 0.5 * surfaces[0, upper])
        if gone.size:
            lines.append(
                f"Half of that has left by {times[gone[0]]:.1f} fs; {surfaces[-1, upper]:.0%} "
                "is there at the end."
            )
        else:
            lines.append(
                f"At the end {surfaces[-1, upper]:.0%} is there: less than half of it left in "
                f"{times[-1]:g} fs."
            )
        k, i, j = np.unravel_index(int(self.fluxes.transfer.argmax()), self.fluxes.transfer.shape)
        labels = self.run.state_labels
        if self.fluxes.transfer[k, i, j] > 1e-6:
            lines.append(
                f"Transfer between diabatic states is fastest at {self.fluxes.times[k]:.1f} fs, "
                f"{self.fluxes.transfer[k, i, j]:.3f} per fs from {labels[j]} to {labels[i]}."
            )
        passed = self.fluxes.passed
        most = int(np.abs(passed).max(axis=0).argmax())
        when = int(np.abs(passed[:, most]).argmax())
        lines.append(
            f"Through {self.fluxes.mode} = {self.fluxes.at:+.2f} most has passed by "
            f"{self.fluxes.times[when]:.1f} fs: "
            f"{passed[when, most]:+.2f} on {labels[most]}."
        )
        return "\n".join(lines)


def passage(
    model: VibronicHamiltonian,
    start: Doorway | int,
    times: Any,
    *,
    watch: Any = None,
    plane: tuple[Any, ...] | None = None,
    through: tuple[Any, float] | None = None,
    of_surfaces: bool = False,
    tolerance: float = 1e-3,
    max_size: int = 1_000_000,
    memory: float | None = None,
    checkpoint: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> Passage:
    """Propagate at `times` (fs), then watch the packet at the times `watch` (every second one
    unless given) on the basis that was found.

    `plane` names the two modes of the densities (by diabatic state, or `of_surfaces`), `through`
    the mode and position of the flux: the two modes that mix the states most, and 0, unless given.
    With a `checkpoint` (.h5) finished parts stay beside it until all is done, and the same call
    goes on where it was interrupted.
    """
    path = checkpoint_path(checkpoint)
    strongest = tuple(int(m) for m in np.argsort(-mixing_strengths(model), kind="stable")[:2])
    modes = mode_indices(model, plane or strongest)
    line = through or (modes[0] if modes else 0, 0.0)
    if model.n_modes == 0:
        raise InputError("A model without modes has no wavepacket to watch.")
    limits: dict[str, Any] = {
        "tolerance": tolerance,
        "max_size": max_size,
        "memory": memory,
        "progress": progress,
    }
    run = _propagated(model, start, times, path, limits)
    wanted: list[Observable] = [Means(), SurfacePopulations(), Flux(*line)]
    if len(modes) == 2:
        wanted.append(ModeDensity(modes, of_surfaces=of_surfaces))
    mark = None if path is None else path.with_stem(path.stem + "-watched")
    watched = observations(
        model,
        start,
        run.times[::2] if watch is None else watch,
        wanted,
        basis=run.basis,
        memory=memory,
        checkpoint=mark,
        progress=progress,
    )
    if path is not None:
        _kept(path).unlink(missing_ok=True)
    return Passage(model, run, *watched)


def _kept(path: Path) -> Path:
    return path.with_stem(path.stem + "-propagated")


def _propagated(
    model: VibronicHamiltonian,
    start: Doorway | int,
    times: Any,
    path: Path | None,
    limits: dict[str, Any],
) -> Propagation:
    """The propagation, or the one that an interrupted call left."""
    door = Doorway.entering(model, start)
    mark = fingerprint(
        model,
        door.amplitudes,
        door.slopes,
        door.quanta,
        np.asarray(times),
        limits["tolerance"],
        limits["max_size"],
    )
    if path is not None and _kept(path).exists():
        left = load(_kept(path))
        if isinstance(left, Propagation) and left.provenance.get("fingerprint") == mark:
            return left
        raise InputError(
            f"{_kept(path)} belongs to another propagation: its model, state, times or "
            "tolerance differ. Repeat the command that "
            "made it, or start afresh (`--afresh`)."
        )
    run = propagate(model, start, times, checkpoint=path, **limits)
    if path is not None:
        save(replace(run, provenance={**run.provenance, "fingerprint": mark}), _kept(path))
    return run
