"""Means, widths and electronic density of moving packets, by closed forms, Ehrenfest's theorem and
dense matrices.
"""

import numpy as np
import pytest
from scipy.linalg import expm

import vibronic as vb
from systems import crossing_model, displaced_oscillator
from vibronic.dynamics import expectations
from vibronic.numerics import position_power
from vibronic.operators import dense_hamiltonian
from vibronic.units import HBAR


def test_coherent_state_of_a_displaced_oscillator():
    w = 0.1
    times = np.linspace(0, 60, 31)
    model = displaced_oscillator(w, 0.8)
    shift = model.linear[0, 0, 0] / w
    found = expectations(model, 0, times, tolerance=1e-6)
    np.testing.assert_allclose(
        found.positions[:, 0], -shift * (1 - np.cos(w * times / HBAR)), atol=1e-4
    )
    np.testing.assert_allclose(found.momenta[:, 0], -shift * np.sin(w * times / HBAR), atol=1e-4)
    np.testing.assert_allclose(found.position_widths, np.sqrt(0.5), atol=1e-4)
    np.testing.assert_allclose(found.momentum_widths, np.sqrt(0.5), atol=1e-4)
    np.testing.assert_allclose(found.purity, 1, atol=1e-9)


@pytest.mark.parametrize("amplitudes", [(0.0, 1.0), (0.6, 0.8j)])
def test_against_dense_matrices(amplitudes):
    model = crossing_model()
    n = 14
    times = np.array([0.0, 7.0, 21.0])
    basis = vb.VibronicBasis(2, (n, n))
    packet = vb.Wavepacket.vertical(basis, amplitudes=amplitudes)
    found = expectations(model, packet, times)
    h = dense_hamiltonian(model, basis)
    one = position_power(n, 1)
    unit = np.eye(n)
    momentum = 1j * (
        np.diag(np.sqrt(np.arange(1, n) / 2), -1) - np.diag(np.sqrt(np.arange(1, n) / 2), 1)
    )
    for k, t in enumerate(times):
        psi = expm(-1j * h * t / HBAR) @ packet.amplitudes.ravel()
        for m, place in enumerate((lambda x: np.kron(x, unit), lambda x: np.kron(unit, x))):
            for matrix, mean, width in (
                (one, found.positions, found.position_widths),
                (momentum, found.momenta, found.momentum_widths),
            ):
                whole = np.kron(np.eye(2), place(matrix))
                expected = np.vdot(psi, whole @ psi).real
                assert mean[k, m] == pytest.approx(expected, abs=1e-6)
                assert width[k, m] == pytest.approx(
                    np.sqrt(np.vdot(psi, whole @ whole @ psi).real - expected**2), abs=1e-4
                )
        c = psi.reshape(2, -1)
        np.testing.assert_allclose(found.electronic_density[k], c @ c.conj().T, atol=1e-6)
        p = np.linalg.eigvalsh(c @ c.conj().T)
        assert found.entropy[k] == pytest.approx(
            -(p * np.log(np.clip(p, 1e-300, None))).sum(), abs=1e-5
        )


def test_ehrenfest_and_populations_on_the_basis_of_a_run():
    model = vb.library.hamiltonian("pyrazine")
    times = np.linspace(0, 20, 201)
    run = vb.dynamics.propagate(model, 1, times)
    found = expectations(model, vb.Wavepacket.vertical(run.basis, 1), times)
    np.testing.assert_allclose(found.populations, run.populations, atol=1e-5)
    slope = np.gradient(found.positions, times, axis=0)[2:-2]
    # d<q>/dt = w <p>/hbar, on a basis certain to 1e-3
    np.testing.assert_allclose(slope, model.frequencies * found.momenta[2:-2] / HBAR, atol=5e-3)
    np.testing.assert_allclose(
        found.positions[:, 0], 0, atol=1e-12
    )  # the coupling mode stays centred by symmetry
    assert found.position_widths[-1, 0] > 0.75
    assert (found.position_widths * found.momentum_widths).min() > 0.5 - 1e-6  # Heisenberg
    assert "moves furthest" in str(found)


def test_times_are_checked():
    with pytest.raises(vb.InputError, match="must increase from 0"):
        expectations(crossing_model(), 0, [1.0, 2.0])
