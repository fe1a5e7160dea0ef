"""A propagator of somebody's own, whose states withhold their amplitudes: nothing else changes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.linalg import expm

import vibronic as vb
from systems import crossing_model
from vibronic.dynamics import (
    Amplitudes,
    Flux,
    Means,
    Populations,
    Propagator,
    State,
    SurfacePopulations,
    Watch,
)
from vibronic.operators import dense_hamiltonian
from vibronic.units import HBAR

BASIS = vb.VibronicBasis(2, (12, 10))
TIMES = np.linspace(0, 30, 13)


class DenseState(State):
    """A packet that tells populations, overlaps and energies, and nothing more."""

    def __init__(self, model, h, psi, start=None):
        self._model = model
        self._h = h
        self._psi = psi
        self._start = start

    @property
    def model(self):
        return self._model

    @property
    def start(self):
        return self._start or self

    def populations(self):
        return (np.abs(self._psi.reshape(self._model.n_states, -1)) ** 2).sum(axis=1)

    def overlap(self, start):
        return complex(np.vdot(start._psi, self._psi))

    def energy(self):
        return float(np.vdot(self._psi, self._h @ self._psi).real)

    def uppermost_occupation(self):
        return 0.0


@dataclass(frozen=True)
class DenseExponential(Propagator):
    """exp(-iHt) of the whole matrix."""

    state = DenseState
    error = 1e-12
    solver = "scipy.linalg.expm"

    def start(self, model, packet, functions) -> DenseState:
        h = dense_hamiltonian(model, packet.basis)
        return DenseState(model, h, packet.amplitudes.ravel().astype(complex))

    def states(self, start, times) -> Iterator[DenseState]:
        for t in times:
            psi = expm(-1j * start._h * t / HBAR) @ start._psi
            yield DenseState(start.model, start._h, psi, start)


@pytest.fixture
def packet():
    return vb.Wavepacket.vertical(BASIS, 1)


def test_a_propagation_is_that_of_the_other_methods(packet):
    model = crossing_model()
    ours = vb.dynamics.propagate(model, packet, TIMES)
    found = vb.dynamics.propagate(model, packet, TIMES, method=DenseExponential())
    np.testing.assert_allclose(found.populations, ours.populations, atol=1e-7)
    assert found.energies == pytest.approx(ours.energies, abs=1e-7)
    # without the overlap with the conjugate, C is known at the times alone
    np.testing.assert_allclose(found.autocorrelation_times, TIMES)
    np.testing.assert_allclose(found.autocorrelation[::2], ours.autocorrelation[:7], atol=1e-6)
    assert found.provenance["solver"] == "scipy.linalg.expm"


def test_a_basis_is_found_for_it():
    model = crossing_model()
    method = DenseExponential()
    found = vb.dynamics.propagate(model, 1, TIMES, method=method, tolerance=2e-2)
    assert found.certificate.size > 0
    exact = vb.dynamics.propagate(model, 1, TIMES, tolerance=1e-4)
    reached = min(found.certificate.reached, 1.0)
    assert np.abs(found.populations - exact.populations).max() < reached


def test_what_its_states_answer_is_observed_and_the_rest_refused(packet):
    model = crossing_model()
    asked = vb.dynamics.observation(
        model, packet, TIMES, [Watch(Populations(), TIMES[::3])], method=DenseExponential()
    )
    found = vb.dynamics.measurements(asked)
    (watched,) = found.results
    np.testing.assert_allclose(watched.times, TIMES[::3])
    np.testing.assert_allclose(watched.populations, found.run.populations[::3])

    for observable, lacking in (
        (Amplitudes(), "`amplitudes`"),
        (Means(), "`moments`"),
        (Flux(0), "`expectation`"),
        (SurfacePopulations(), "`sample`"),
    ):
        name = type(observable).__name__
        with pytest.raises(vb.InputError, match=f"{name} needs .*{lacking}.* DenseExponential"):
            vb.dynamics.observation(model, packet, TIMES, [observable], method=DenseExponential())


def test_it_cannot_go_on_from_a_file(packet, tmp_path):
    model = crossing_model()
    mark = tmp_path / "unfinished.h5"

    def stop(stage, part):
        if part > 0.5:
            raise KeyboardInterrupt

    method = DenseExponential()
    with pytest.raises(KeyboardInterrupt), vb.progress_to(stop):
        vb.dynamics.propagate(model, packet, TIMES, method=method, checkpoint=mark)
    with pytest.raises(vb.InputError, match="DenseExponential cannot go on from a file"):
        vb.dynamics.propagate(model, packet, TIMES, method=method, checkpoint=mark)
