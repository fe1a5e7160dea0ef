"""Published models give published numbers."""

from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from vibronic.photoelectron import vibronic_bands

DATA = Path(__file__).parent / "data"

# Lowest lines of the published five-mode butatriene model from X, by an independent Lanczos
# calculation in a direct-product basis
# (26 x 7 x 6 x 15 x 6 functions, converged to 1e-4 eV): energy (eV), weight
BUTATRIENE_LINES = [(9.1476, 0.025), (9.2282, 0.168), (9.2947, 0.355), (9.3632, 0.130)]


def test_butatriene_published_lines_and_mystery_band(butatriene):
    lines = [vb.spectra.lanczos_spectrum(butatriene, i, fwhm=0.03) for i in (0, 1)]
    for energy, weight in BUTATRIENE_LINES:
        near = np.abs(lines[0].energies - energy) < 6e-4
        assert lines[0].intensities[near].sum() == pytest.approx(weight, abs=2e-3)
    adiabatic = lines[0].energies[lines[0].intensities > 2e-3].min()
    assert adiabatic == pytest.approx(9.148, abs=1e-3)


@pytest.mark.slow
def test_the_mystery_band_is_missing_from_every_lower_rung(butatriene):
    found = vb.spectra.ladder(butatriene, shape=vb.Gaussian(0.15))
    bands = vibronic_bands(
        butatriene,
        found.rung("vibronic").lines,
        found.doorways,
        alone=found.alone.total,
        adiabatic=found.rung("adiabatic").total,
    )
    assert [b.is_mystery for b in bands] == [False, True, False]
    # band maxima observed at 9.3, 9.63 and 9.98 eV (F. Brogli et al., Chem. Phys. 4, 107 (1974)),
    # here to 0.05 eV
    np.testing.assert_allclose([b.energy for b in bands], [9.3, 9.63, 9.98], atol=0.05)

    mystery = bands[1]
    assert mystery.strength == pytest.approx(0.307, abs=0.005)  # of 2 for the two states
    assert mystery.alone > 1.7 * mystery.strength
    assert mystery.adiabatic < 0.4 * mystery.strength
    assert [len(found.rung(level).curve.maxima(0.3)) for level in ("vertical", "vibronic")] == [
        2,
        2,
    ]
    middle = [
        float(np.interp(mystery.energy, found.rung(x).curve.grid, found.rung(x).curve.values))
        for x in ("adiabatic", "vibronic")
    ]
    assert middle[0] < 0.5 * middle[1]


def test_pyrazine_absorption_lies_on_the_measured_one():
    """The published comparison: a phenomenological decay of 30 fs, i.e. Lorentzian lines of 2
    hbar/30 fs = 44 meV.
    """
    from vibronic.units import HBAR

    measured = vb.library.measured_spectrum("pyrazine", "absorption")
    shape = vb.Lorentzian(2 * HBAR / 30)
    residuals = {}
    for name in ("published", "linear-1996"):
        found = vb.spectra.match(
            vb.spectra.lanczos_spectrum(
                vb.library.hamiltonian("pyrazine", name), 1, fwhm=0.044, tolerance=3e-3
            ),
            measured,
            shape=shape,
            window=(4.5, 5.5),
            absolute=False,
        )
        residuals[name] = found.rms
        assert found.shift == pytest.approx(
            (3.94 + 4.89) / 2, abs=0.02
        )  # the mean vertical energy that places these models, eV
        assert np.abs(found.maxima[:, 0] - found.maxima[:, 1]).max() < 0.025
        np.testing.assert_allclose(
            found.maxima[:2], [[4.677, 4.68], [4.797, 4.81]], atol=0.015
        )  # the two main maxima, 0.12 eV apart
    assert residuals["published"] < 0.09
    assert residuals["linear-1996"] < 0.05
    alone = vb.spectra.franck_condon_spectrum(vb.library.hamiltonian("pyrazine", "linear-1996"), 1)
    assert (
        vb.spectra.match(alone, measured, shape=shape, window=(4.5, 5.5), absolute=False).rms
        > 1.5 * residuals["linear-1996"]
    )


@pytest.mark.slow
def test_water_cation_second_excited_band_is_spread_by_coupling():
    model = vb.library.hamiltonian("water")
    coupled, alone = (
        of(model, 2, fwhm=0.02)
        for of in (vb.spectra.lanczos_spectrum, vb.spectra.franck_condon_spectrum)
    )
    effective = [1 / (s.intensities**2).sum() for s in (coupled, alone)]
    assert effective[0] > 1.4 * effective[1]  # the same strength is spread over many more lines
    assert (
        0.25 < coupled.intensities @ coupled.state_weights[:, 1] < 0.5
    )  # in lines of A character
    steps = np.diff(
        vb.spectra.lanczos_spectrum(model, 1, fwhm=0.1)
        .broadened(np.linspace(13.6, 15.2, 3201), fwhm=0.05)
        .maxima(0.3)
    )
    assert steps.mean() == pytest.approx(0.208, abs=5e-3)  # long bending progression of the A band


@pytest.mark.slow
def test_ammonia_cation_jahn_teller_band():
    model = vb.library.hamiltonian("ammonia")
    lines = [
        vb.spectra.lanczos_spectrum(model, i, fwhm=0.4, tolerance=3e-2, limits=vb.Limits(300_000))
        for i in (1, 2)
    ]
    grid = np.linspace(13, 21, 801)
    one, two = (s.broadened(grid, fwhm=0.4).values for s in lines)
    assert (
        np.abs(one - two).max() < 0.04 * one.max()
    )  # the two components of the degenerate state have one spectrum
    exact = vb.spectra.spectral_moments(model, 1)
    assert (lines[0].moment(1), lines[0].central_moment(2)) == pytest.approx(
        (exact[1], exact[2]), abs=2e-4
    )
    assert np.sqrt(exact[2]) > 1.2 * np.sqrt(
        vb.spectra.franck_condon_spectrum(model, 1).central_moment(2)
    )  # Jahn-Teller broadening
    umbrella = (
        vb.spectra.lanczos_spectrum(model, 0, fwhm=0.1)
        .broadened(np.linspace(10, 11.5, 1501), fwhm=0.08)
        .maxima(0.3)
    )
    assert np.diff(umbrella).mean() == pytest.approx(0.1367, abs=3e-3)


@pytest.mark.slow
def test_pyrazine_populations_agree_with_mctdh():
    # A. Raab et al., J. Chem. Phys. 110, 936 (1999), doi:10.1063/1.478061; the stored MCTDH run is
    # converged to about 2e-2
    time, _, upper = np.loadtxt(
        DATA / "pyrazine4_raab_mctdh_populations.csv", delimiter=",", skiprows=3
    ).T
    run = vb.dynamics.propagate(
        vb.library.hamiltonian("pyrazine"), 1, np.linspace(0, 120, 241), tolerance=1e-3
    )
    assert run.certificate.converged
    deviation = np.interp(time, run.times, run.populations[:, 1]) - upper
    assert np.abs(deviation).max() < 5e-3  # 3.5e-3 with a basis certain to 1e-4
    assert np.sqrt(np.mean(deviation**2)) < 2e-3


def test_pyrazine_computed_beside_published():
    """TDA-B3LYP/def2-SVP couplings of S1 and S2, made by this program, against Raab's
    (CASSCF-based and adjusted to experiment).
    """
    computed = vb.library.hamiltonian("pyrazine", "tda-b3lyp")
    published = vb.library.hamiltonian("pyrazine", "24-mode")
    pair = [computed.state_irreps.index("B3u"), computed.state_irreps.index("B2u")]
    assert computed.constant[pair[0], pair[0]] == pytest.approx(
        3.94, abs=0.2
    )  # published vertical energy of S1
    bright = computed.pole_strengths
    assert bright.argmax() == pair[1]
    for label, irrep in (("v10a", "B1g"), ("v6a", "Ag"), ("v9a", "Ag"), ("v8a", "Ag")):
        m = published.mode_labels.index(label)
        n = min(
            (k for k, species in enumerate(computed.mode_irreps) if species == irrep),
            key=lambda k: abs(computed.frequencies[k] - published.frequencies[m]),
        )
        theirs = published.linear[m]
        ours = computed.linear[n][pair][:, pair]
        if irrep == "B1g":
            assert abs(ours[0, 1]) == pytest.approx(abs(theirs[0, 1]), abs=0.06)
        else:
            sign = 1 if abs(ours - theirs).max() < abs(ours + theirs).max() else -1
            np.testing.assert_allclose(np.diag(ours), sign * np.diag(theirs), atol=0.06)
