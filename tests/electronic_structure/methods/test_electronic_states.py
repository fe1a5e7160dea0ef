"""Amplitudes become orthonormal, and dipoles strengths."""

import numpy as np
import pytest

from vibronic.electronic_structure import VerticalStates
from vibronic.electronic_structure.methods.electronic_states import orthonormal
from vibronic.units import HARTREE


def test_amplitudes_of_any_norm_are_normalised_and_degenerate_ones_orthogonal():
    rng = np.random.default_rng(0)
    amplitudes = rng.normal(size=(4, 9)) * np.array([0.3, 1.0, 2.0, 0.7])[:, None]
    gram = amplitudes @ amplitudes.T
    energies = np.array([9.0, 10.0, 10.0, 11.0])
    rows = orthonormal(gram, energies)
    found = rows @ gram @ rows.T
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-12)
    assert abs(found[1, 2]) < 1e-12
    assert rows[0, 1] == rows[3, 2] == 0


def test_oscillator_strengths():
    """f = 2/3 E |mu|^2 in atomic units."""
    dipoles = np.array([[0.3, 0.0, 0.4], [0.0, 0.2, 0.0]])
    states = VerticalStates(
        np.array([4.0, 6.0]),
        np.ones(2),
        ("A1", "B1"),
        np.zeros((2, 1, 1)),
        np.zeros((1, 3)),
        dipoles,
        "C2v",
        "none",
        "excitation",
    )
    expected = [2 / 3 * 4.0 / HARTREE * 0.25, 2 / 3 * 6.0 / HARTREE * 0.04]
    assert states.oscillator_strengths == pytest.approx(expected)
    assert f"{expected[0]:.4f}" in str(states)
