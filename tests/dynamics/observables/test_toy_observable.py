"""An observable of somebody's own: it reads states, in the one propagation that there is."""

from dataclasses import dataclass

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model
from vibronic.dynamics import Observable, Watch

TIMES = np.linspace(0, 20, 11)


@dataclass(frozen=True)
class Momentum(Observable):
    """<p> of one mode: gives an array (n_t,)."""

    mode: int
    needs = ("moments",)

    def check(self, model):
        if self.mode >= model.n_modes:
            raise vb.InputError(f"There is no mode {self.mode}.")

    def measured(self, state, k):
        return (state.moments(self.mode)[1],)

    def result(self, start, times, columns):
        return columns[0]


def test_it_reads_the_packet_on_its_way():
    model = crossing_model()
    momenta, means = vb.dynamics.observations(
        model, 1, TIMES, [Momentum(0), vb.dynamics.Means()], tolerance=1e-3
    )
    np.testing.assert_allclose(momenta, means.momenta[:, 0], atol=1e-12)
    assert np.abs(momenta).max() > 0.1


def test_it_may_be_watched_at_times_of_its_own():
    model = crossing_model()
    own = np.array([0.0, 3.3, 20.0])
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(2, (14, 12)), 1)
    (momenta,) = vb.dynamics.observations(model, packet, TIMES, [Watch(Momentum(0), own)])
    (exact,) = vb.dynamics.observations(model, packet, own, [Momentum(0)])
    np.testing.assert_allclose(momenta, exact, atol=1e-6)
    with pytest.raises(vb.InputError, match="no mode 7"):
        vb.dynamics.observations(model, packet, TIMES, [Momentum(7)])


def test_one_propagation_serves_all(monkeypatch):
    """However much is watched, the packet is moved once over each basis."""
    from vibronic.dynamics.propagators import qutip

    moved = []
    real = qutip.Lanczos.states

    def counted(self, start, times):
        moved.append(start.sector.functions.size)
        return real(self, start, times)

    monkeypatch.setattr(qutip.Lanczos, "states", counted)
    watching = vb.passage.Watching(of_surfaces=True, snapshots=3)
    found = vb.passage.passage(crossing_model(), 1, TIMES, watching=watching)
    assert len(set(moved)) >= len(moved) - 1  # the basis that will do may be tried with few times
    assert moved == sorted(moved)
    assert found.snapshots.times == pytest.approx([0, 10, 20])
    assert found.densities.of_surfaces
    at_the_end = found.snapshots.packet(2).populations
    np.testing.assert_allclose(at_the_end, found.run.populations[-1], atol=1e-6)
