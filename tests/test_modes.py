"""Normal modes of a Hessian, and geometries to and from normal coordinates."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.units import ATOMIC_MASS, HARTREE

MASSES = np.array([12.0, 16.0])
BOND = np.array([[0, 0, 0], [0, 0, 1.128]])


def stretch(constant):
    """The Hessian of a spring (hartree/bohr^2) along z."""
    hessian = np.zeros((6, 6))
    hessian[np.ix_([2, 5], [2, 5])] = constant * np.array([[1, -1], [-1, 1]])
    return hessian


def test_a_spring_vibrates_as_its_reduced_mass_says():
    modes = vb.NormalModes.from_hessian(("C", "O"), BOND, MASSES, stretch(1.2), molecule="CO")
    reduced = MASSES.prod() / MASSES.sum() * ATOMIC_MASS
    assert modes.n_modes == 1
    assert modes.frequencies[0] == pytest.approx(np.sqrt(1.2 / reduced) * HARTREE, rel=1e-12)
    assert modes.displacements.ravel()[np.abs(modes.displacements).argmax()] > 0
    np.testing.assert_allclose(MASSES @ modes.displacements[0], 0, atol=1e-12)
    np.testing.assert_allclose(modes.hessian, stretch(1.2), atol=1e-12)


def test_positions_are_read_back_from_geometries():
    modes = vb.NormalModes.from_hessian(("C", "O"), BOND, MASSES, stretch(1.2))
    assert modes.position(modes.geometry([0.7]) + [1.0, 2.0, 3.0]) == pytest.approx(0.7)


def test_a_maximum_is_refused():
    with pytest.raises(
        vb.CalculationError, match=r"CO is not a minimum: a mode has the .*i cm-1 \(imaginary"
    ):
        vb.NormalModes.from_hessian(("C", "O"), BOND, MASSES, stretch(-1.2), molecule="CO")
