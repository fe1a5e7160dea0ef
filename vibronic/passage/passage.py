"""A wavepacket's passage, watched: populations of states and surfaces, positions, densities and
fluxes in one table.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..certificate import Certificate
from ..checks import InputError
from ..door import public
from ..doorway import Doorway
from ..dynamics import (
    AdiabaticPopulations,
    Expectations,
    Fluxes,
    ReducedDensities,
    Snapshots,
    measurements,
    observation,
)
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..propagation import Propagation
from ..storage import noun
from ..surface_names import surface_names
from ..tables import Column, Table
from .watching import Watching

ROWS = 13  # of the table
MOVES = 0.2  # in q; modes that move less are not named
FASTEST = 1e-6  # per fs; slower transfer is not named


@noun
@dataclass(frozen=True, eq=False)
class Passage:
    """A certified propagation, and what was watched on the way at fewer times: means, adiabatic
    populations, densities of two modes, fluxes through q = `fluxes.at` of `fluxes.mode`.
    `densities` is None for a model of one mode, `snapshots` where none were wanted.
    """

    model: VibronicHamiltonian
    run: Propagation
    means: Expectations
    adiabatic: AdiabaticPopulations
    fluxes: Fluxes
    densities: ReducedDensities | None = None
    snapshots: Snapshots | None = None

    @property
    def certificate(self) -> Certificate | None:
        """That of the propagation."""
        return self.run.certificate

    def __str__(self) -> str:
        return "\n\n".join([str(self.run), str(self._table()), self._story()])

    def _table(self) -> Table:
        n = self.model.n_states
        spans = np.ptp(self.means.positions, axis=0)
        moving = [m for m in np.argsort(-spans) if spans[m] > MOVES][:2]
        names = [*self.run.state_labels, *(f"ad. {a}" for a in surface_names(self.model))]
        columns = [
            Column("time/fs", ".1f", width=8),
            *(Column(name, ".4f", width=7) for name in names),
            Column("error", ".0e", width=7),
            Column("purity", ".3f"),
            *(Column(f"<{self.model.mode_labels[m]}>", ".2f", width=7) for m in moving),
        ]

        last = self.means.times.size - 1

        rows = []
        for k in np.unique(np.linspace(0, last, ROWS).round().astype(int)):
            populations = [*self.means.populations[k], *self.adiabatic.populations[k]]
            error = self.adiabatic.errors[k].max()
            means = self.means.positions[k, moving]
            rows.append([self.means.times[k], *populations, error, self.means.purity[k], *means])

        return Table(
            columns,
            rows,
            title="POPULATIONS of diabatic states, then of adiabatic surfaces (ad.; with the "
            "error of these), and mean positions (q)",
            notes=[
                f"purity: 1 while electrons and nuclei move apart from each other, {1 / n:.2f} "
                "when the state of one tells all about the other."
            ],
        )

    def _story(self) -> str:
        return "\n".join([*self._left(), *self._transferred(), self._passed()])

    def _left(self) -> list[str]:
        """How much of the packet leaves the surface it starts on, and when."""
        surfaces = self.adiabatic.populations
        times = self.adiabatic.times
        upper = int(np.argmax(surfaces[0]))
        started = surfaces[0, upper]
        gone = np.flatnonzero(surfaces[:, upper] < 0.5 * started)
        end = (
            f"At the end {surfaces[-1, upper]:.0%} is there: less than half of it left in "
            f"{times[-1]:g} fs."
        )

        if gone.size:
            end = (
                f"Half of that has left by {times[gone[0]]:.1f} fs; {surfaces[-1, upper]:.0%} "
                "is there at the end."
            )

        name = surface_names(self.model)[upper]
        return [f"The packet starts with {started:.0%} of it on adiabatic surface {name}.", end]

    def _transferred(self) -> list[str]:
        """When transfer between diabatic states is fastest."""
        transfer = self.fluxes.transfer
        labels = self.run.state_labels
        k, i, j = np.unravel_index(int(transfer.argmax()), transfer.shape)
        if transfer[k, i, j] <= FASTEST:
            return []
        return [
            f"Transfer between diabatic states is fastest at {self.fluxes.times[k]:.1f} fs, "
            f"{transfer[k, i, j]:.3f} per fs from {labels[j]} to {labels[i]}."
        ]

    def _passed(self) -> str:
        """How much passes the line."""
        passed = self.fluxes.passed
        most = int(np.abs(passed).max(axis=0).argmax())
        when = int(np.abs(passed[:, most]).argmax())
        return (
            f"Through {self.fluxes.mode} = {self.fluxes.at:+.2f} most has passed by "
            f"{self.fluxes.times[when]:.1f} fs: {passed[when, most]:+.2f} on "
            f"{self.run.state_labels[most]}."
        )


@public
def passage(
    model: VibronicHamiltonian,
    start: Doorway | int | str,
    times: Any,
    *,
    watching: Watching = Watching(),
    tolerance: float = 1e-3,
    limits: Limits = Limits(),
    checkpoint: str | os.PathLike[str] | None = None,
) -> Passage:
    """Propagate at `times` (fs), once, on a basis that is certain to `tolerance`, and watch the
    packet on its way as `watching` says.

    With a `checkpoint` (.h5) an interrupted call saves what it has, and the same call goes on from
    there.
    """
    if model.n_modes == 0:
        raise InputError("A model without modes has no wavepacket to watch.")
    moments = np.asarray(times, dtype=float)
    watches = watching.watches(model, moments)
    asked = observation(model, start, moments, watches, tolerance=tolerance, limits=limits)
    found = measurements(asked, checkpoint)

    means, adiabatic, fluxes, *others = found.results
    snapshots = others.pop() if watching.snapshots else None
    densities = others.pop() if others else None
    return Passage(model, found.run, means, adiabatic, fluxes, densities, snapshots)
