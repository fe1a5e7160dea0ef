"""Find a basis that is large enough, and say how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..bases import PrunedSector
from ..convergence import Growth, GrowthState, PrunedSectors
from ..doorway import Doorway
from ..propagation import Propagation
from .checkpoint import Checkpoint
from .observation import Observation
from .propagators import TreeNetwork
from .recording import Measurements, propagation, recorded
from .unfinished import GrowthStep, UnfinishedObservation

MANY = 6  # modes from which on a tree may do what a basis does not
TREE = "of many modes a tree tensor network may do: `method=vibronic.dynamics.TreeNetwork()`"
FEW = 25  # outputs asked of a basis that is not expected to be the last


def converged(observation: Observation, start: Doorway, mark: Checkpoint) -> Measurements:
    """Propagate a doorway on ever larger bases until populations and C are certain to the
    tolerance; what is watched is watched on the last.

    Each basis gives the mean density of the packet, the leaks through its edges show which modes
    need more room, and how much the error should fall. The change from the basis before is the
    error of that one; times the ratio of leaks (and a safety factor of 3) it is that of the last,
    which the certificate reports.
    """
    times = observation.times
    few = np.linspace(0, times.size - 1, min(FEW, times.size)).round().astype(int)
    few = np.unique(few)

    left = mark.found()
    spaces = PrunedSectors(observation.model, start, times[-1], observation.limits)
    growth: Growth[PrunedSector, Propagation] = Growth(
        spaces,
        observation.tolerance,
        own=observation.method.error,
        trials=True,
        state=_state(spaces, left),
    )

    for sector in growth:
        mark.step = _step(growth.state)
        wanted = None if growth.complete else few
        packet = sector.packet
        record = recorded(observation, packet, sector.functions, mark, left, wanted)
        left = None

        run = propagation(observation, sector.basis, record)
        part = part_of(run, few) if growth.complete else run
        growth.told(part, change(part, growth.before), record.mean_occupations)
        if not growth.finished:
            mark.begin(_step(growth.state))

    certificate = growth.certificate(at_most=1.0)  # no population is more wrong than that
    if not certificate.converged and _suits_a_tree(observation, start):
        certificate = replace(certificate, remarks=(*certificate.remarks, TREE))
    return Measurements(replace(run, certificate=certificate), record.results())


def _suits_a_tree(observation: Observation, start: Doorway) -> bool:
    """True where a tree tensor network can do what a basis could not."""
    answered = all(
        TreeNetwork.state.answers(question)
        for watch in observation.watched
        for question in watch.observable.needs
    )
    return answered and observation.model.n_modes >= MANY and not start.slopes.any()


def _state(
    spaces: PrunedSectors, left: UnfinishedObservation | None
) -> GrowthState[PrunedSector, Propagation] | None:
    """Where an interrupted growth stood."""
    if left is None or left.step is None:
        return None
    step = left.step
    return GrowthState(
        spaces.sector(step.weights, step.cutoff),
        step.complete,
        step.previous,
        step.expected,
        step.rate,
        step.size,
    )


def _step(state: GrowthState[PrunedSector, Propagation]) -> GrowthStep:
    """The same, to be saved."""
    return GrowthStep(
        state.space.weights,
        state.space.cutoff,
        state.complete,
        state.before,
        state.expected,
        state.rate,
        state.size,
    )


def part_of(run: Propagation, few: np.ndarray) -> Propagation:
    """The run at a few of its times."""
    return replace(
        run,
        times=run.times[few],
        populations=run.populations[few],
        autocorrelation=run.autocorrelation[few],
        autocorrelation_times=run.autocorrelation_times[few],
    )


def change(run: Propagation, before: Propagation | None) -> float:
    """Largest change of a population or of C."""
    if before is None:
        return float(np.inf)
    populations = np.abs(run.populations - before.populations).max()
    correlation = np.abs(run.autocorrelation - before.autocorrelation).max()
    return float(max(populations, correlation))
