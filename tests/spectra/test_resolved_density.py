"""Energy-filtered electronic densities: against dense eigenvectors and moving packets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model, displaced_oscillator
from vibronic.operators import dense_hamiltonian
from vibronic.photoelectron.populations import seen_populations, window_width
from vibronic.spectra import lanczos_spectrum, resolution, thermal_spectrum

SIGMA = 1 / np.sqrt(8 * np.log(2))


def dense_density(model, basis, state, energies, fwhm):
    """From all eigenvectors: sum_nm c_n c_m g(E - E_n) g(E - E_m) <n|(|j><i|)|m>."""
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    values = values - model.zero_point_energy
    start = vb.Wavepacket.vertical(basis, state).amplitudes.ravel()
    sigma = SIGMA * fwhm
    found = []
    for energy in energies:
        weight = np.exp(-((energy - values) ** 2) / sigma**2 / 2) / sigma / np.sqrt(2 * np.pi)
        filtered = (vectors @ (np.sqrt(weight) * (vectors.T @ start))).reshape(model.n_states, -1)
        found.append(filtered @ filtered.T)
    return np.array(found)


@pytest.mark.parametrize("fwhm", [0.03, 0.08])
def test_densities_are_those_of_dense_eigenvectors(fwhm):
    model = crossing_model()
    basis = vb.VibronicBasis(2, (16, 14))
    packet = vb.Wavepacket.vertical(basis, 1)
    found = lanczos_spectrum(model, packet, tolerance=1e-6, resolution=fwhm).resolved
    exact = dense_density(model, basis, 1, found.grid, fwhm)
    np.testing.assert_allclose(found.density, exact, atol=2e-5 * exact.max())

    whole = np.trapezoid(exact, found.grid, axis=0)
    np.testing.assert_allclose(found.total, whole, atol=2e-5)
    inside = (found.grid >= found.grid[30]) & (found.grid <= found.grid[60])
    part = np.trapezoid(exact[inside], found.grid[inside], axis=0)
    between = found.between(found.grid[30], found.grid[60])
    np.testing.assert_allclose(between, part, atol=2e-3)


@pytest.mark.parametrize("fwhm", [0.05, 0.12])
@pytest.mark.parametrize("state", [0, 1])
def test_their_integrals_are_populations_over_a_window_of_time(state, fwhm):
    model = crossing_model()
    found = lanczos_spectrum(model, state, tolerance=1e-4, fwhm=0.04, resolution=fwhm).resolved
    times = np.linspace(0, 6 * window_width(fwhm), 801)
    run = vb.dynamics.propagate(model, state, times, tolerance=1e-5)
    carried = np.diag(found.total)
    np.testing.assert_allclose(carried, seen_populations(run, fwhm), atol=2e-5)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_they_are_positive_and_their_trace_is_the_spectrum(seed):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(2, 3, 3)) * 0.06
    model = vb.VibronicHamiltonian(
        rng.uniform(0.08, 0.2, 2), np.diag(rng.uniform(0, 0.6, 3)), linear + linear.swapaxes(1, 2)
    )
    lines = lanczos_spectrum(model, 1, tolerance=1e-3, fwhm=0.05, resolution=0.07)
    found = lines.resolved
    curve = lines.broadened(found.grid, fwhm=0.07).values
    np.testing.assert_allclose(found.values, curve, atol=2e-5 * curve.max())
    assert np.linalg.eigvalsh(found.density).min() > -1e-6 * curve.max()
    assert 1 <= found.participation <= 3
    assert 0 <= found.entropy <= np.log(3) + 1e-9


def test_characters_do_not_depend_on_the_width_of_the_lines():
    model = crossing_model()
    narrow, wide = (
        lanczos_spectrum(model, 1, tolerance=1e-4, fwhm=w, resolution=0.05).resolved
        for w in (0.015, 0.05)
    )
    np.testing.assert_allclose(narrow.total, wide.total, atol=1e-3)
    assert narrow.entropy == pytest.approx(wide.entropy, abs=2e-3)


def test_one_state_is_pure_and_hot_levels_add_up():
    model = displaced_oscillator(0.1, 0.8)
    cold = lanczos_spectrum(model, 0, resolution=0.05).resolved
    assert cold.participation == pytest.approx(1)
    assert cold.entropy == pytest.approx(0, abs=1e-9)
    assert cold.strength == pytest.approx(1, abs=1e-4)

    from vibronic.doorway import Doorway
    from vibronic.spectra import VibronicLines, thermal_lines

    method = VibronicLines(0.05, resolution=0.05)
    hot = thermal_lines(model, Doorway.vertical(model, 0), 900.0, method, 1e-3)
    lines = thermal_spectrum(model, 0, 900.0, fwhm=0.05)
    curve = lines.broadened(hot.resolved.grid, fwhm=0.05).values
    np.testing.assert_allclose(hot.resolved.values, curve, atol=3e-3 * curve.max())


def test_the_resolution_belongs_to_the_slowest_mode_that_carries_a_coupling():
    model = crossing_model()
    assert resolution(model).fine == pytest.approx(0.045)
    assert resolution(model).band == pytest.approx(0.135)
    assert resolution(model).mode == model.mode_labels[1]

    still = replace(model, linear=model.linear * np.array([1, 1e-3])[:, None, None])
    assert resolution(still).fine == pytest.approx(0.055)
    slow = replace(model, frequencies=[0.11, 0.01])
    assert resolution(slow).fine == pytest.approx(0.02)
    nothing = replace(model, linear=0 * model.linear)
    assert resolution(nothing).mode == ""


@pytest.mark.parametrize("quadratic", [0.0, 0.03])
def test_the_origin_of_a_state_is_its_lowest_level(quadratic):
    linear = np.array([0.05, -0.13])[:, None, None]
    curved = quadratic * np.array([[1.0, 0.6], [0.6, -0.5]])[:, :, None, None]
    model = vb.VibronicHamiltonian([0.1, 0.14], [[9.0]], linear, curved)
    basis = vb.VibronicBasis(1, (28, 28))
    lowest = np.linalg.eigvalsh(dense_hamiltonian(model, basis))[0] - model.zero_point_energy
    assert vb.spectra.origin(model, 0) == pytest.approx(lowest, abs=1e-6)


def test_a_state_that_is_not_bound_has_no_origin():
    model = vb.VibronicHamiltonian([0.1], [[9.0]], [[[0.05]]], [[[[-0.2]]]])
    with pytest.raises(vb.CalculationError, match="has no lowest level"):
        vb.spectra.origin(model, 0)
