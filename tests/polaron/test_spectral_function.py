"""Spectral functions and optical conductivities against sampled values, moments and sum rules."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.polaron import Lattice, optical_conductivity, polaron, spectral_function

# D = 1, t = w = g = 1, FWHM 0.5, sampled at E = -4.0, -3.5, ...; error 1e-5
SAMPLED = [0, 0.000011, 0.061327, 1.373358, 0.125748, 0.228589, 0.132395, 0.034824, 0.04358]
SAMPLED += [0.02004, 0.01559, 0.01220, 0.00817]


def test_against_sampled_values():
    sticks = spectral_function(Lattice(1.0, 1.0, 1.0), fwhm=0.5, tolerance=1e-3)
    values = sticks.broadened(np.linspace(-4, 2, 601), fwhm=0.5).values[::50]
    assert sticks.certificate.converged
    assert np.abs(values - SAMPLED).max() < 1e-3 * max(SAMPLED)


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("momentum", [0.0, 1.1, np.pi])
def test_moments_of_any_momentum(dimension, momentum):
    """M0 = 1, M1 = e_k, M2 = e_k^2 + g^2, M3 = e_k^3 + 2 e_k g^2 + g^2 w."""
    w, g = 0.7, 0.9
    lattice = Lattice(1.0, w, g / w, dimension)
    sticks = spectral_function(lattice, momentum, tolerance=0.5)
    bare = -2 * np.cos(momentum) - 2 * (dimension - 1)
    expected = (bare, bare**2 + g**2, bare**3 + 2 * bare * g**2 + g**2 * w)
    assert sticks.strength == pytest.approx(1, abs=1e-9)
    for order, moment in enumerate(expected, 1):
        assert sticks.moment(order) == pytest.approx(moment, abs=1e-6)


def test_lowest_line_is_the_polaron():
    lattice = Lattice(1.0, 2.0, 1.0)
    sticks = spectral_function(lattice, tolerance=1e-3)
    found = polaron(lattice, tolerance=1e-5)
    assert sticks.energies[0] == pytest.approx(found.energy, abs=1e-4)
    assert sticks.intensities[0] == pytest.approx(found.quasiparticle_weight, abs=1e-4)


def test_optical_sum_rule_and_drude_weight():
    found = optical_conductivity(Lattice(1.0, 1.0, 1.0), tolerance=1e-5)
    total = found.drude_weight + found.regular.strength
    assert total == pytest.approx(-found.kinetic_energy, abs=1e-9)
    assert found.drude_weight == pytest.approx(1.48094413, abs=1.5e-5)
    assert -found.kinetic_energy == pytest.approx(1.79873745, abs=1.5e-5)
    zeroth = (found.regular.intensities * found.regular.energies).sum() / 2
    assert zeroth == pytest.approx(0.36433813, abs=1.5e-5)
    assert "82.3%" in str(found)


def test_storage_and_bad_input(tmp_path):
    found = optical_conductivity(Lattice(1.0, 2.0, 0.5), tolerance=1e-3)
    vb.save(found, tmp_path / "o.h5")
    assert str(vb.load(tmp_path / "o.h5")) == str(found)
    with pytest.raises(vb.InputError, match="fwhm"):
        spectral_function(Lattice(1.0, 2.0, 0.5), fwhm=-1.0)
    with pytest.raises(vb.InputError, match="raise it"):
        spectral_function(Lattice(1.0, 2.0, 0.5), limits=vb.Limits(5))
