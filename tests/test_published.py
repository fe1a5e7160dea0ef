"""Published models give published numbers."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.photoelectron import vibronic_bands
from vibronic.spectrum import summed

DATA = __import__("pathlib").Path(__file__).parent / "data"

# Lowest lines of the published five-mode butatriene model from X, by an independent Lanczos calculation in a direct-product basis
# (26 x 7 x 6 x 15 x 6 functions, converged to 1e-4 eV): energy (eV), weight
BUTATRIENE_LINES = [(9.1476, 0.025), (9.2282, 0.168), (9.2947, 0.355), (9.3632, 0.130)]


def test_butatriene_published_lines_and_mystery_band(butatriene):
    lines = [vb.spectra.lanczos_spectrum(butatriene, i, fwhm=0.03) for i in (0, 1)]
    for energy, weight in BUTATRIENE_LINES:
        near = np.abs(lines[0].energies - energy) < 6e-4
        assert lines[0].intensities[near].sum() == pytest.approx(weight, abs=2e-3)
    bands = vibronic_bands(butatriene, summed(lines))
    assert [b.is_mystery for b in bands[:3]] == [False, True, False]
    # band maxima observed at 9.3, 9.63 and 9.98 eV (F. Brogli et al., Chem. Phys. 4, 107 (1974)), here to 0.05 eV
    np.testing.assert_allclose([b.energy for b in bands[:3]], [9.3, 9.63, 9.98], atol=0.05)
    adiabatic = lines[0].energies[lines[0].intensities > 2e-3].min()
    assert adiabatic == pytest.approx(9.148, abs=1e-3)


def test_without_coupling_the_mystery_band_is_gone(butatriene):
    alone = summed([vb.spectra.franck_condon_spectrum(butatriene, i) for i in (0, 1)])
    assert not any(b.is_mystery for b in vibronic_bands(butatriene, alone))


@pytest.mark.slow
def test_pyrazine_populations_agree_with_mctdh():
    # A. Raab et al., J. Chem. Phys. 110, 936 (1999), doi:10.1063/1.478061; the stored MCTDH run is converged to about 2e-2
    time, _, upper = np.loadtxt(DATA / "pyrazine4_raab_mctdh_populations.csv", delimiter=",", skiprows=3).T
    run = vb.dynamics.propagate(vb.library.hamiltonian("pyrazine"), 1, np.linspace(0, 120, 241), tolerance=1e-3)
    assert run.certificate["converged"]
    deviation = np.interp(time, run.times, run.populations[:, 1]) - upper
    assert np.abs(deviation).max() < 0.03
    assert np.sqrt(np.mean(deviation**2)) < 0.01


def test_pyrazine_linear_model_has_its_published_intersection():
    # linear two-state models: the seam of lowest energy in closed form, q along the tuning modes that close the gap
    model = vb.library.hamiltonian("pyrazine", "linear-1988")
    w, delta = model.frequencies, model.linear[:, 1, 1] - model.linear[:, 0, 0]
    mean = (model.linear[:, 1, 1] + model.linear[:, 0, 0]) / 2
    gap = model.constant[1, 1] - model.constant[0, 0]
    shift = (gap - (mean * delta / w).sum()) / (delta**2 / w).sum()
    q = -(mean + shift * delta) / w
    values = np.linalg.eigvalsh(model.potential(q))
    assert values[0] == pytest.approx(values[1], abs=1e-12)
