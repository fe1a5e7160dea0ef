"""Line shapes: unit area, full width, windows; areas that do not change with the grid."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import vibronic as vb
from vibronic.units import HBAR

SAW = vb.Instrument([-0.03, -0.01, 0.0, 0.02, 0.06], [0.0, 1.0, 3.0, 2.0, 0.0])
SHAPES = [
    vb.Gaussian(0.04),
    vb.Lorentzian(0.04),
    vb.Voigt(0.03, 0.02),
    vb.Voigt(0.002, 0.04),
    vb.Voigt(0.04, 0.001),
    SAW,
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_density_cumulative_and_window_belong_together(shape):
    points = np.array([-0.3, -0.05, -0.011, 0.0, 0.013, 0.07, 0.5])
    for low, high in itertools.pairwise(points):
        inside = [x for x in (-0.03, -0.01, 0.0, 0.02, 0.06) if low < x < high]
        area = quad(shape.density, low, high, points=inside or None, epsabs=1e-12, limit=200)[0]
        assert shape.cumulative(high) - shape.cumulative(low) == pytest.approx(area, abs=2e-7)
    assert shape.cumulative(1e4) == pytest.approx(1, abs=1e-5)
    assert shape.cumulative(-1e4) == pytest.approx(0, abs=1e-5)
    x = np.linspace(-40, 40, 400_001)
    for time in (0.0, 11.0, 40.0):
        assert shape.window(np.array(time)) == pytest.approx(
            np.trapezoid(shape.density(x) * np.exp(-1j * x * time / HBAR), x), abs=1.1e-3
        )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_full_width(shape):
    x = np.linspace(-0.2, 0.2, 400_001)
    y = shape.density(x)
    half = x[y >= y.max() / 2]
    assert half[-1] - half[0] == pytest.approx(shape.fwhm, rel=4e-4)


@given(st.integers(0, 10_000), st.sampled_from(SHAPES), st.integers(2, 700), st.booleans())
def test_the_area_is_the_strength_on_every_grid(seed, shape, size, even):
    rng = np.random.default_rng(seed)
    energies = rng.uniform(9, 11, 12)
    strengths = rng.uniform(0, 1, 12)
    sticks = vb.StickSpectrum(energies, strengths)
    grid = (
        np.linspace(8, 12, size)
        if even
        else np.sort(np.concatenate([[8, 12], rng.uniform(8, 12, size)]))
    )
    inside = strengths @ (shape.cumulative(12 - energies) - shape.cumulative(8 - energies))
    assert sticks.broadened(grid, shape=shape).area == pytest.approx(inside, rel=3e-4)


def test_cell_means_of_the_fourier_transform_are_those_of_the_lines():
    model = vb.VibronicHamiltonian([0.1], [[9.5]], [[[0.1]]])
    run = vb.spectra.autocorrelation(model, 0, np.linspace(0, 400, 1601), tolerance=1e-7)
    sticks = vb.spectra.franck_condon_spectrum(model, 0, threshold=1e-12)
    for grid in (
        np.linspace(9, 11, 700),
        np.linspace(9, 11, 41),
        np.sort(np.random.default_rng(1).uniform(9, 11, 60)),
    ):
        for shape in (vb.Gaussian(0.04), vb.Voigt(0.03, 0.02)):
            curve = vb.spectra.autocorrelation_spectrum(run, grid, shape=shape)
            np.testing.assert_allclose(
                curve.values,
                sticks.broadened(grid, shape=shape).values,
                atol=2e-4 * curve.values.max(),
            )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: vb.Gaussian(-0.04), "`fwhm` must be a positive number of eV, but is -0.04"),
        (lambda: vb.Voigt(0.04, 0.0), "`lorentzian` must be a positive number of eV"),
        (lambda: vb.Instrument([0, 1], [1, 1]), "three or more rising `offsets`"),
        (lambda: vb.Instrument([0, 1, 2], [1, -1, 1]), "must not be negative"),
        (
            lambda: vb.Instrument([4.1, 4.2, 4.3], [1, 2, 1]),
            "must enclose 0, but go from 4.1 to 4.3 eV",
        ),
        (
            lambda: vb.StickSpectrum([9], [1]).broadened([9, 8], fwhm=0.1),
            "does not rise everywhere",
        ),
        (
            lambda: vb.StickSpectrum([9], [1]).broadened([], fwhm=0.1),
            "two or more rising energies",
        ),
        (lambda: vb.StickSpectrum([9], [1]).broadened([8, 10]), "either `fwhm`"),
        (
            lambda: vb.StickSpectrum([9], [1]).broadened(
                [8, 10], fwhm=0.1, shape=vb.Gaussian(0.1)
            ),
            "either `fwhm`",
        ),
    ],
)
def test_bad_shapes_and_grids(make, message):
    with pytest.raises(vb.InputError, match=message):
        make()
