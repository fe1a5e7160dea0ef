"""Closed-form and tabulated answers."""

from math import factorial

import numpy as np
import pytest

import vibronic as vb
from systems import displaced_oscillator, jahn_teller, two_site_holstein
from vibronic.operators import dense_hamiltonian

# E x e Jahn-Teller, linear: levels in units of w for stabilisation energy D, lowest of each |j|
# (doubly degenerate); exact
# diagonalisation of the definition in systems.jahn_teller. H. C. Longuet-Higgins et al., Proc. R.
# Soc. A 244, 1 (1958)
JAHN_TELLER = {
    0.25: [0.57798014, 1.31592041, 1.8192743, 2.10710151],
    1.0: [-0.36892997, 0.08633571, 0.65843758, 0.81876174],
}
# Two-site Holstein without zero-point energy: lowest four levels of the relative mode (a quantum
# Rabi model) with the symmetric mode
# in its ground state, -g^2/(2 w); by exact diagonalisation in another program
HOLSTEIN = {
    (1, 1, 0.5): [-1.167870655, -0.313284107, 0.571492296, 0.973036002],
    (1, 1, 1.5): [-2.635784167, -2.405155112, -1.733891967, -1.202075584],
    (0.25, 1, 1): [-1.120262377, -0.941180531, -0.088353499, 0.099218323],
}


@pytest.mark.parametrize("huang_rhys", [0.1, 1.0, 5.0])
def test_displaced_oscillator_is_a_poisson_progression(huang_rhys):
    w = 0.1
    model = displaced_oscillator(w, huang_rhys)
    poisson = np.array([np.exp(-huang_rhys) * huang_rhys**n / factorial(n) for n in range(8)])
    for sticks in (
        vb.spectra.franck_condon_spectrum(model, 0, threshold=1e-12),
        vb.spectra.lanczos_spectrum(model, 0, tolerance=1e-6),
    ):
        strong = np.flatnonzero(poisson > 1e-5)
        np.testing.assert_allclose(
            sticks.energies[strong], -huang_rhys * w + w * strong, atol=2e-6
        )
        np.testing.assert_allclose(sticks.intensities[strong], poisson[strong], atol=1e-6)
    assert model.huang_rhys_factors(0)[0] == pytest.approx(huang_rhys)
    assert model.reorganization_energies(0)[0] == pytest.approx(huang_rhys * w)


def test_distorted_oscillator_overlaps():
    # w -> 2 w without displacement: exact weights of even levels (quoted to ten digits in the
    # literature of Franck-Condon factors)
    model = vb.VibronicHamiltonian(
        [1.0], [[0.0]], [[[0.0]]], [[[[3.0]]]]
    )  # w' = sqrt(w (w + gamma)) = 2
    sticks = vb.spectra.franck_condon_spectrum(model, 0, threshold=1e-12)
    np.testing.assert_allclose(
        sticks.intensities[:3], [0.9428090416, 0.0523782801, 0.0043648567], atol=1e-9
    )
    np.testing.assert_allclose(sticks.energies[:3], [0.5, 4.5, 8.5], atol=1e-9)


@pytest.mark.parametrize("stabilisation", JAHN_TELLER)
def test_jahn_teller_levels_and_degeneracy(stabilisation):
    model = jahn_teller(stabilisation)
    values = np.linalg.eigvalsh(dense_hamiltonian(model, vb.VibronicBasis(2, (26, 26))))[:8]
    np.testing.assert_allclose(values[::2], values[1::2], atol=1e-5)
    np.testing.assert_allclose(
        np.sort(values[::2]), np.sort(JAHN_TELLER[stabilisation]), atol=1e-5
    )


@pytest.mark.parametrize("parameters", HOLSTEIN)
def test_two_site_holstein(parameters):
    model = two_site_holstein(*parameters)
    values = (
        np.linalg.eigvalsh(dense_hamiltonian(model, vb.VibronicBasis(2, (28, 28))))
        - model.zero_point_energy
    )
    assert values[0] == pytest.approx(HOLSTEIN[parameters][0], abs=1e-6)
    for expected in HOLSTEIN[parameters]:
        assert np.abs(values - expected).min() < 1e-6


def test_uncoupled_states_keep_their_population(crossing):
    model = vb.VibronicHamiltonian(
        crossing.frequencies, crossing.constant, crossing.linear * np.eye(2)
    )
    run = vb.dynamics.propagate(model, 1, np.linspace(0, 40, 21))
    np.testing.assert_allclose(run.populations[:, 1], 1, atol=1e-9)


def test_two_level_beat_has_the_rabi_period():
    from vibronic.units import HBAR

    model = vb.VibronicHamiltonian([0.1], [[0, 0.05], [0.05, 0]], np.zeros((1, 2, 2)))
    times = np.linspace(0, 60, 61)
    run = vb.dynamics.propagate(model, vb.Wavepacket.vertical(vb.VibronicBasis(2, (3,)), 0), times)
    np.testing.assert_allclose(run.populations[:, 0], np.cos(0.05 * times / HBAR) ** 2, atol=1e-7)
