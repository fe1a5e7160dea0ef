"""Lanczos and Chebyshev against exact diagonalisation."""

import numpy as np
import pytest
from scipy.linalg import expm

from vibronic.numerics import LanczosRecursion, chebyshev_exponential, ritz_vectors, spectral_bounds


@pytest.fixture
def matrix():
    a = np.random.default_rng(0).normal(size=(60, 60))
    return a + a.T


def test_lanczos_run_to_the_end_gives_every_line(matrix):
    start = np.random.default_rng(1).normal(size=60)
    recursion = LanczosRecursion(lambda v: matrix @ v, start).extend(200)
    energies, intensities, columns = recursion.lines(merge=1e-6)
    values, vectors = np.linalg.eigh(matrix)
    np.testing.assert_allclose(energies, values, atol=1e-8)
    np.testing.assert_allclose(intensities, (vectors.T @ start) ** 2, atol=1e-8 * (start @ start))
    found = ritz_vectors(lambda v: matrix @ v, start, recursion, columns)
    np.testing.assert_allclose(np.abs(np.sum(found * vectors, axis=0)), 1, atol=1e-7)


def test_closed_krylov_space_is_noticed():
    recursion = LanczosRecursion(lambda v: np.arange(5.0) * v, np.array([1.0, 0, 0, 1.0, 0])).extend(50)
    assert recursion.exhausted
    energies, intensities, _ = recursion.lines(merge=1e-8)
    np.testing.assert_allclose(energies, [0, 3], atol=1e-12)
    np.testing.assert_allclose(intensities, [1, 1])


def test_bounds_enclose_the_spectrum(matrix):
    low, high = spectral_bounds(lambda v: matrix @ v, 60)
    values = np.linalg.eigvalsh(matrix)
    assert low < values[0]
    assert high > values[-1]
    assert high - low < 1.2 * (values[-1] - values[0])


def test_chebyshev_equals_the_exponential_at_all_times(matrix):
    psi = np.random.default_rng(2).normal(size=60)
    times = [0.0, 0.1, 1.3, 4.0]
    found = chebyshev_exponential(lambda v: matrix @ v, psi, times, spectral_bounds(lambda v: matrix @ v, 60), tolerance=1e-12)
    for t, row in zip(times, found, strict=True):
        np.testing.assert_allclose(row, expm(-1j * matrix * t) @ psi, atol=1e-9)
