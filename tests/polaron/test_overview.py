"""The story of one polaron: curves against single polarons, its figure, its command."""

import numpy as np
import pytest

import vibronic as vb
from test_cli import complaint, vibronic
from vibronic.polaron import Lattice, band_map, dressing, polaron


def test_band_and_map_agree():
    lattice = Lattice(0.1, 0.2, 0.8)
    band = band_map(lattice, n_momenta=3)
    assert band.energies[0] == pytest.approx(polaron(lattice, tolerance=1e-5).energy, abs=1e-5)
    strengths = np.trapezoid(band.spectral_functions, band.grid, axis=1)
    assert np.all(
        (strengths > 0.9) & (strengths < 1 + 1e-6)
    )  # what lies above the grid is missing
    highest = band.grid[band.spectral_functions[0].argmax()]
    assert highest == pytest.approx(band.energies[0], abs=band.fwhm / 4)


@pytest.mark.slow
def test_curves_are_single_polarons():
    lattice = Lattice(0.1, 0.2, 0.8)
    curves = dressing(lattice)
    k = 7
    strength = curves.effective_couplings[k]
    for row, dimension in enumerate(curves.dimensions):
        own = Lattice(0.1, 0.2, np.sqrt(strength * 2 * dimension * 0.1 / 0.2), int(dimension))
        found = polaron(own, tolerance=1e-4)
        assert curves.masses[row, k] == pytest.approx(found.mass, rel=3e-3)
    sharper = np.nanmax(np.diff(np.log(curves.masses), axis=1), axis=1)
    assert sharper[0] < sharper[1]


@pytest.mark.slow
def test_command_of_a_molecule(tmp_path):
    arguments = ("polaron", "butatriene", "--state", "X", "--hopping", 0.1, "--quiet")
    rates = ("--temperature", 300, "--surroundings", 0.1)
    result = vibronic(*arguments, *rates, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for word in ("E_p 0.06691 eV", "m*/m0", "converged to", "vibronic coupling to A", "Marcus"):
        assert word in result.stdout
    assert result.stdout.count("HoppingRates") == 3
    folder = tmp_path / "butatriene-polaron"
    assert {p.name for p in folder.iterdir()} == {"polaron.png", "results.h5", "polaron.csv"}
    found = vb.load(folder / "results.h5")
    assert str(found) in result.stdout
    table = np.loadtxt(folder / "polaron.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(table[:, 2], found.dressing.masses.ravel(), rtol=1e-7)


BAD = [
    ((), "Give `--hopping`"),
    (("--hopping", "0.1"), "needs `--frequency` and `--coupling`"),
    (("--hopping", "0.1", "--frequency=-1", "--coupling", "1"), "must be a positive number"),
    (("butatriene", "--hopping", "0.1", "--frequency", "0.1"), "a lattice without a molecule"),
    (("butatriene", "--hopping", "0.1", "--state", "Q"), "Unknown state 'Q'"),
    (("--hopping", "0.1", "--state", "X"), "`--state` belongs to a molecule"),
    (
        ("--hopping", "0.1", "--frequency", "0.1", "--coupling", "1", "--temperature", "300"),
        "comb of delta functions",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[b[1] for b in BAD])
def test_bad_input(tmp_path, arguments, message):
    assert message in complaint(vibronic("polaron", *arguments, cwd=tmp_path))
