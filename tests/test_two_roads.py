"""Time domain = energy domain = dense diagonalisation; sum rules; invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import vibronic as vb
from systems import random_models
from vibronic.dynamics import QutipIntegrator
from vibronic.operators import dense_hamiltonian
from vibronic.units import HBAR

BASIS = vb.VibronicBasis(2, (16, 14))
GRID = np.linspace(8.7, 10.3, 321)


def dense_curve(model, packet, grid, fwhm):
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, packet.basis))
    weights = (vectors.T @ packet.amplitudes.ravel()) ** 2
    return (
        vb.StickSpectrum(values - model.zero_point_energy, weights)
        .broadened(grid, fwhm=fwhm)
        .values
    )


@pytest.mark.parametrize("state", [0, 1])
def test_lanczos_equals_autocorrelation_equals_dense(crossing, state):
    packet = vb.Wavepacket.vertical(BASIS, state)
    exact = dense_curve(crossing, packet, GRID, 0.03)
    lanczos = (
        vb.spectra.lanczos_spectrum(crossing, packet, tolerance=1e-6, fwhm=0.03)
        .broadened(GRID, fwhm=0.03)
        .values
    )
    np.testing.assert_allclose(lanczos, exact, atol=1e-6 * exact.max())
    times = np.linspace(0, 160, 641)
    for method in (vb.dynamics.Chebyshev(1e-10), QutipIntegrator("vern7")):
        run = vb.dynamics.propagate(crossing, packet, times, method=method)
        curve = vb.spectra.autocorrelation_spectrum(run, GRID, fwhm=0.03).values
        np.testing.assert_allclose(curve, exact, atol=1e-6 * exact.max())


def test_propagation_equals_matrix_exponential(crossing):
    packet = vb.Wavepacket.vertical(BASIS, amplitudes=(0.6, 0.8))
    times = np.array([0.0, 7.0, 31.0])
    run = vb.dynamics.propagate(crossing, packet, times)
    h = dense_hamiltonian(crossing, BASIS)
    start = packet.amplitudes.ravel()
    for k, t in enumerate(times):
        psi = expm(-1j * h * t / HBAR) @ start
        np.testing.assert_allclose(
            run.populations[k], (np.abs(psi.reshape(2, -1)) ** 2).sum(axis=1), atol=1e-7
        )
        np.testing.assert_allclose(
            run.autocorrelation[k], start @ expm(-2j * h * t / HBAR) @ start, atol=1e-7
        )
    assert run.energies[0] == pytest.approx(run.energies[-1], abs=1e-7)


def test_complex_packets_get_the_plain_autocorrelation(crossing):
    packet = vb.Wavepacket.vertical(BASIS, amplitudes=(0.6, 0.8j))
    run = vb.dynamics.propagate(crossing, packet, [0.0, 5.0])
    np.testing.assert_array_equal(run.autocorrelation_times, run.times)
    h = dense_hamiltonian(crossing, BASIS)
    start = packet.amplitudes.ravel()
    assert run.autocorrelation[1] == pytest.approx(
        np.vdot(start, expm(-5j * h / HBAR) @ start), abs=1e-7
    )
    with pytest.raises(vb.InputError, match="real amplitudes"):
        vb.spectra.lanczos_spectrum(crossing, packet)


@settings(max_examples=25, deadline=None)
@given(random_models(higher=False), st.integers(0, 5))
def test_sum_rules_and_state_weights(model, state):
    state %= model.n_states
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(model.n_states, (5,) * model.n_modes), state)
    sticks = vb.spectra.lanczos_spectrum(model, packet, tolerance=1e-8)
    mean, variance = model.band_moments(state)
    assert sticks.strength == pytest.approx(1, abs=1e-7)
    assert sticks.moment(1) == pytest.approx(mean, abs=1e-6)
    assert sticks.moment(2) - sticks.moment(1) ** 2 == pytest.approx(variance, abs=1e-5)
    np.testing.assert_allclose(sticks.state_weights.sum(axis=1), 1, atol=1e-9)


def test_chosen_basis_reaches_its_tolerance(crossing):
    exact = dense_curve(
        crossing, vb.Wavepacket.vertical(vb.VibronicBasis(2, (34, 30)), 1), GRID, 0.03
    )
    sticks = vb.spectra.lanczos_spectrum(crossing, 1, tolerance=1e-3, fwhm=0.03)
    assert sticks.certificate.converged
    assert np.abs(sticks.broadened(GRID, fwhm=0.03).values - exact).max() < 1e-3 * exact.max()
    run = vb.dynamics.propagate(crossing, 1, np.linspace(0, 60, 31), tolerance=1e-3)
    reference = vb.dynamics.propagate(
        crossing, vb.Wavepacket.vertical(vb.VibronicBasis(2, (34, 30)), 1), run.times
    )
    assert run.certificate.converged
    assert np.abs(run.populations - reference.populations).max() < 1e-3


def test_unconverged_results_say_so(crossing):
    sticks = vb.spectra.lanczos_spectrum(crossing, 1, tolerance=1e-9, limits=vb.Limits(100))
    run = vb.dynamics.propagate(crossing, 1, [0.0, 60.0], tolerance=1e-12, limits=vb.Limits(100))
    for result in (sticks, run):
        assert not result.certificate.converged
        assert "NOT CONVERGED" in str(result)
    alone = vb.spectra.lanczos_spectrum(crossing, 1, limits=vb.Limits(30))
    assert "convergence is unknown" in str(alone)


@settings(max_examples=20, deadline=None)
@given(random_models(max_states=3, max_modes=2), st.integers(0, 2**31))
def test_relabelling_and_signs_do_not_matter(model, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(model.n_states)
    modes = rng.permutation(model.n_modes)
    signs = rng.choice([-1.0, 1.0], size=model.n_states)
    moved = model.subset(states=[int(i) for i in order], modes=[int(m) for m in modes])
    flip = np.outer(signs, signs)
    moved = vb.VibronicHamiltonian(
        moved.frequencies,
        moved.constant * flip,
        moved.linear * flip,
        moved.quadratic * flip,
        tuple(vb.Monomial(t.powers, t.matrix * flip) for t in moved.higher),
    )
    levels = np.array([4, 5])[: model.n_modes]
    a = np.linalg.eigvalsh(
        dense_hamiltonian(model, vb.VibronicBasis(model.n_states, tuple(levels)))
    )
    b = np.linalg.eigvalsh(
        dense_hamiltonian(moved, vb.VibronicBasis(model.n_states, tuple(levels[modes])))
    )
    np.testing.assert_allclose(a, b, atol=1e-10)


@settings(max_examples=20, deadline=None)
@given(random_models())
def test_potential_is_the_classical_limit_of_the_terms(model):
    q = np.random.default_rng(0).normal(size=(3, model.n_modes))
    for point, w in zip(q, model.potential(q), strict=True):
        expected = (
            np.eye(model.n_states) * 0.5 * (model.frequencies * point**2).sum() + model.constant
        )
        expected = expected + np.einsum("mij,m->ij", model.linear, point)
        expected = expected + 0.5 * np.einsum("mnij,m,n->ij", model.quadratic, point, point)
        expected = expected + sum(
            t.matrix * np.prod(point ** np.array(t.powers)) for t in model.higher
        )
        np.testing.assert_allclose(w, expected, atol=1e-12)


def test_franck_condon_is_the_uncoupled_vibronic_spectrum(butatriene):
    alone = vb.spectra.franck_condon_spectrum(butatriene, 1)
    lanczos = vb.spectra.lanczos_spectrum(
        butatriene.subset(states=["A"]), 0, tolerance=1e-5, fwhm=0.04
    )
    grid = np.linspace(9.4, 11.2, 400)
    a = alone.broadened(grid, fwhm=0.04).values
    b = lanczos.broadened(grid, fwhm=0.04).values
    np.testing.assert_allclose(a, b, atol=1e-4 * a.max())


def test_spectra_refuse_what_they_cannot_resolve(crossing):
    run = vb.dynamics.propagate(crossing, vb.Wavepacket.vertical(BASIS, 1), np.linspace(0, 20, 81))
    with pytest.raises(vb.InputError, match="does not resolve FWHM 0.01 eV"):
        vb.spectra.autocorrelation_spectrum(run, GRID, fwhm=0.01)
    run = vb.dynamics.propagate(
        crossing, vb.Wavepacket.vertical(BASIS, 1), np.linspace(0, 200, 51)
    )
    with pytest.raises(vb.InputError, match="shorter time steps"):
        vb.spectra.autocorrelation_spectrum(run, GRID, fwhm=0.05)
    with pytest.raises(vb.InputError, match="`fwhm` must be a positive number of eV"):
        vb.spectra.lanczos_spectrum(crossing, 0, fwhm=-1)
    with pytest.raises(vb.InputError, match="must increase from 0"):
        vb.dynamics.propagate(crossing, 0, [0, -1, 2])
    with pytest.raises(
        vb.InputError, match=r"`start` must be an integer from 0 to 1 \(0 = 1, 1 = 2\), but is 7"
    ):
        vb.dynamics.propagate(crossing, 7, [0, 1])
