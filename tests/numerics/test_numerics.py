"""Lanczos and Chebyshev against exact diagonalisation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from vibronic.numerics import (
    LanczosRecursion,
    chebyshev_exponential,
    chebyshev_moments,
    lanczos_exponential,
    moments_autocorrelation,
    ritz_vectors,
    spectral_bounds,
)


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
    recursion = LanczosRecursion(
        lambda v: np.arange(5.0) * v, np.array([1.0, 0, 0, 1.0, 0])
    ).extend(50)
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
    found = chebyshev_exponential(
        lambda v: matrix @ v,
        psi,
        times,
        spectral_bounds(lambda v: matrix @ v, 60),
        tolerance=1e-12,
    )
    for t, row in zip(times, found, strict=True):
        np.testing.assert_allclose(row, expm(-1j * matrix * t) @ psi, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.booleans(), st.booleans())
@pytest.mark.slow
def test_chebyshev_equals_lanczos_equals_expm(seed, complex_matrix, complex_vector):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 50))
    a = rng.normal(size=(n, n)) + (1j * rng.normal(size=(n, n)) if complex_matrix else 0)
    a = (a + a.conj().T) / 2
    psi = rng.normal(size=n) + (1j * rng.normal(size=n) if complex_vector or complex_matrix else 0)
    times = np.array([0.0, 0.3, 1.1, 5.0])
    exact = np.array([expm(-1j * a * t) @ psi for t in times])
    product = lambda v: a @ v  # noqa: E731
    bounds = spectral_bounds(product, n, is_real=not complex_matrix)
    np.testing.assert_allclose(
        chebyshev_exponential(product, psi, times, bounds, tolerance=1e-12), exact, atol=1e-8
    )
    for dimension in (7, 200):
        found = list(
            lanczos_exponential(product, psi, times, tolerance=1e-9, max_dimension=dimension)
        )
        np.testing.assert_allclose(found, exact, atol=1e-7)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.linalg.norm(psi), rel=1e-8)


def test_krylov_spaces_report_how_far_they_are(matrix):
    told = []
    states = list(
        lanczos_exponential(
            lambda v: matrix @ v,
            np.ones(60),
            [2.0, 9.0],
            tolerance=1e-8,
            max_dimension=30,
            report=told.append,
        )
    )
    assert len(states) == 2
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


def test_the_bound_of_what_escapes_a_krylov_space_holds(matrix):
    start = np.random.default_rng(3).normal(size=60)
    recursion = LanczosRecursion(lambda v: matrix @ v, start, keep=np.float64).extend(25)
    for t in (0.2, 0.5, 1.0, 1.5):
        error = np.linalg.norm(next(recursion.states([t])) - expm(-1j * matrix * t) @ start)
        assert error <= 1.05 * recursion.escape(t) + 1e-9
    reached = LanczosRecursion(lambda v: matrix @ v, start, keep=np.float64).reach(1.0, 1e-6)
    assert reached == 1.0


def test_controlled_reorthogonalisation_keeps_vectors_orthogonal():
    diagonal = np.arange(2000.0) ** 2 / 1e4
    gram = {}
    for orthogonal in (False, True):
        recursion = LanczosRecursion(
            lambda v: diagonal * v, np.ones(2000), keep=np.float64, orthogonal=orthogonal
        ).extend(300)
        vectors = recursion.combined(np.eye(300))
        gram[orthogonal] = np.abs(vectors @ vectors.T - np.eye(300)).max()
    assert gram[True] < 1e-7 < 1e-3 < gram[False]


def test_moments_of_several_vectors(matrix):
    starts = np.random.default_rng(4).normal(size=(3, 60))
    bounds = spectral_bounds(lambda v: matrix @ v, 60)
    moments = chebyshev_moments(lambda v: matrix @ v, starts, bounds, 80)
    half = (bounds[1] - bounds[0]) / 2
    centre = (bounds[1] + bounds[0]) / 2
    values, vectors = np.linalg.eigh(matrix)
    rows = starts @ vectors
    exact = np.array(
        [(rows * np.cos(k * np.arccos((values - centre) / half))) @ rows.T for k in range(161)]
    )
    np.testing.assert_allclose(moments, exact, atol=1e-9 * np.abs(moments).max())
    np.testing.assert_allclose(
        chebyshev_moments(lambda v: matrix @ v, starts[0], bounds, 80),
        exact[:, 0, 0],
        atol=1e-9 * moments.max(),
    )
    times = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(
        moments_autocorrelation(moments, times, bounds),
        [starts @ expm(-1j * matrix * t) @ starts.T for t in times],
        atol=1e-8,
    )
