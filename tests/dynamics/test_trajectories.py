"""Classical nuclei: what they get right exactly, and where they must agree with exact
populations.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model
from vibronic.campaign import Cache, Campaign, local_processes, this_process
from vibronic.dynamics import (
    MeanField,
    Means,
    SurfaceHopping,
    SurfacePopulations,
    WignerSampling,
    observations,
    propagate,
    trajectories,
    wigner_samples,
)
from vibronic.units import BOLTZMANN, HBAR


def test_wigner_samples_have_the_widths_of_the_ground_and_thermal_states():
    model = crossing_model()
    for temperature in (0.0, 600.0):
        q, p = wigner_samples(model, 40_000, np.random.default_rng(2), temperature)
        spread = (
            1 / np.tanh(model.frequencies / (2 * BOLTZMANN * temperature))
            if temperature
            else np.ones(2)
        )
        for x in (q, p):
            np.testing.assert_allclose(x.var(axis=0), spread / 2, rtol=0.03)


def test_uncoupled_harmonic_states_move_exactly():
    """Without coupling, mean positions of Wigner trajectories are the quantum ones, and no
    population moves.
    """
    method = MeanField()  # hopping between adiabatic surfaces misses such trivial crossings
    model = crossing_model()
    linear = model.linear.copy()
    linear[1] = 0
    free = vb.VibronicHamiltonian(model.frequencies, model.constant, linear)
    times = np.linspace(0, 30, 7)
    found = trajectories(
        free, 1, times, method=method, tolerance=0.5, sampling=WignerSampling(most=200)
    )
    np.testing.assert_allclose(found.populations[:, 1], 1, atol=1e-6)
    shift = free.linear[0, 1, 1] / free.frequencies[0]
    exact = -shift * (1 - np.cos(free.frequencies[0] * times / HBAR))
    assert np.abs(found.positions[:, 0] - exact).max() < 4 * np.sqrt(0.5 / found.count)
    assert found.drift < 5e-3


@pytest.mark.parametrize(
    ("method", "within"),
    [(SurfaceHopping(), 0.25), (SurfaceHopping(augmented=True), 0.25), (MeanField(), 0.45)],
)
@pytest.mark.slow
def test_trajectories_beside_the_exact_packet(method, within):
    model = crossing_model()
    times = np.linspace(0, 20, 21)
    found = trajectories(
        model, 1, times, method=method, tolerance=0.05, sampling=WignerSampling(seed=4)
    )
    exact = propagate(model, 1, times)
    adiabatic, means = observations(
        model,
        vb.Wavepacket.vertical(exact.basis, 1),
        times,
        [SurfacePopulations(), Means()],
    )
    assert np.abs(found.populations - exact.populations).max() < within
    assert np.abs(found.adiabatic - adiabatic.populations).max() < within
    early = times < 6
    assert np.abs(found.populations - exact.populations)[early].max() < 0.08
    assert np.abs(found.adiabatic - adiabatic.populations)[early].max() < 0.08
    assert np.abs(found.positions - means.positions).max() < 0.6
    np.testing.assert_allclose(found.populations.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(found.adiabatic.sum(axis=1), 1, atol=1e-6)
    assert found.errors.max() < 0.05
    assert found.certificate.converged
    assert found.certificate.size == found.count
    assert found.drift < 2e-2
    assert f"{found.count} Wigner samples" in str(found)


def test_workers_and_a_cache_change_nothing(tmp_path):
    model = crossing_model()
    times = np.linspace(0, 6, 4)
    settings = {"tolerance": 0.3, "sampling": WignerSampling(most=8, seed=9)}
    alone = trajectories(model, 1, times, **settings)
    with ThreadPoolExecutor(2) as pool:
        together = trajectories(model, 1, times, **settings, executor=pool)
    with local_processes(2) as workers:
        campaign = Campaign(workers, Cache(tmp_path))
        kept = trajectories(model, 1, times, **settings, executor=campaign)
    with this_process() as nobody:
        nobody.shutdown()  # whatever is not in the cache fails now
        campaign = Campaign(nobody, Cache(tmp_path))
        again = trajectories(model, 1, times, **settings, executor=campaign)
    assert len(Cache(tmp_path).entries()) == 12  # four chose the step
    for other in (together, kept, again):
        np.testing.assert_array_equal(other.populations, alone.populations)
        np.testing.assert_array_equal(other.positions, alone.positions)


def test_the_numbers_of_a_seed():
    """What the first version drew."""
    found = trajectories(
        crossing_model(), 1, np.linspace(0, 6, 4), sampling=WignerSampling(most=8, seed=9)
    )
    np.testing.assert_allclose(
        found.populations[:, 1], [1.043442768, 0.9981067855, 0.9519543735, 0.9620117595], atol=1e-9
    )


def test_wrong_input_and_a_missing_package(monkeypatch):
    model = crossing_model()
    with pytest.raises(vb.InputError, match="multiples of its smallest interval"):
        trajectories(model, 1, [0.0, 1.0, 2.5])
    with pytest.raises(vb.InputError, match="`state`"):
        trajectories(model, 5, [0.0, 1.0])
    with pytest.raises(vb.InputError, match="temperature"):
        trajectories(model, 1, [0.0, 1.0], sampling=WignerSampling(-1.0))
    monkeypatch.setitem(sys.modules, "mudslide", None)
    with pytest.raises(vb.InputError, match="pip install"):
        trajectories(model, 1, [0.0, 1.0])
