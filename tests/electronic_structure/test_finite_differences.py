"""Couplings from displaced matrices: exact for a known potential, and what symmetry forbids is
measured.
"""

import numpy as np
import pytest

from vibronic.electronic_structure.finite_differences import couplings, displacements, plan
from vibronic.electronic_structure.symmetry.representation import Representation

STEP = 0.1
MIRROR = np.diag([1.0, -1.0])


@pytest.fixture
def mirror():
    """One mirror plane: the second state and the second mode change sign."""
    both = np.array([np.eye(2), MIRROR])
    return Representation(both, both, (np.array([0]), np.array([1])))


def found(symmetry, potential, bilinear=True, scale=1.0):
    """Couplings of W(q), a function of two coordinates."""
    blocks = plan(symmetry, bilinear)
    places = displacements(symmetry, blocks, scale)
    matrices = {place: potential(*place.vector(2, STEP)) for place in places}
    return couplings(symmetry, blocks, potential(0.0, 0.0), matrices, STEP)


def allowed(x, y):
    """A second-order potential that the mirror leaves as it is."""
    kappa = x * np.diag([0.3, -0.2]) + y * np.array([[0.0, 0.15], [0.15, 0.0]])
    gamma = x * x * np.diag([0.02, 0.04]) / 2 + y * y * np.diag([-0.03, 0.05]) / 2
    return np.diag([9.0, 10.0]) + kappa + gamma + x * y * np.array([[0.0, 0.07], [0.07, 0.0]])


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_second_order_potentials_come_back(mirror, scale):
    c = found(mirror, allowed, scale=scale)
    np.testing.assert_allclose(c.linear[0], np.diag([0.3, -0.2]), atol=1e-12)
    np.testing.assert_allclose(c.linear[1], [[0, 0.15], [0.15, 0]], atol=1e-12)
    np.testing.assert_allclose(c.quadratic[0, 0], np.diag([0.02, 0.04]), atol=1e-11)
    np.testing.assert_allclose(c.quadratic[1, 1], np.diag([-0.03, 0.05]), atol=1e-11)
    np.testing.assert_allclose(c.quadratic[0, 1], [[0, 0.07], [0.07, 0]], atol=1e-11)
    np.testing.assert_allclose(c.quadratic[1, 0], c.quadratic[0, 1])
    np.testing.assert_allclose(c.violation, 0, atol=1e-12)


def test_the_mirror_saves_a_geometry(mirror):
    places = displacements(mirror, plan(mirror, False))
    assert [(place.direction[0][0], place.steps) for place in places] == [(0, 1), (0, -1), (1, 1)]


def test_a_forbidden_first_derivative_is_reported_in_ev_at_the_step(mirror):
    def potential(x, y):
        return allowed(x, y) + 4e-3 * x * np.array([[0.0, 1.0], [1.0, 0.0]])

    c = found(mirror, potential, bilinear=False)
    np.testing.assert_allclose(c.violation, [4e-3 * STEP, 0], atol=1e-12)
    assert c.linear[0, 0, 1] == 0


def test_a_forbidden_second_derivative_is_reported_in_ev_at_the_step(mirror):
    def potential(x, y):
        return allowed(x, y) + 6e-2 * x * x / 2 * np.array([[0.0, 1.0], [1.0, 0.0]])

    c = found(mirror, potential, bilinear=False)
    np.testing.assert_allclose(c.violation, [6e-2 * STEP**2 / 2, 0], atol=1e-12)
    assert abs(c.quadratic[0, 0, 0, 1]) < 1e-15


def test_the_larger_of_two_violations_is_kept(mirror):
    def potential(x, y):
        off = np.array([[0.0, 1.0], [1.0, 0.0]])
        return allowed(x, y) + (1e-3 * x + 8e-2 * x * x / 2) * off

    c = found(mirror, potential, bilinear=False)
    np.testing.assert_allclose(c.violation[0], 8e-2 * STEP**2 / 2, atol=1e-12)


def test_a_forbidden_bilinear_term_is_reported_for_both_modes(mirror):
    def potential(x, y):
        return allowed(x, y) + 5e-2 * x * y * np.diag([1.0, 0.0])

    c = found(mirror, potential)
    np.testing.assert_allclose(c.violation, [5e-2 * STEP**2] * 2, atol=1e-12)
    assert abs(c.quadratic[0, 1, 0, 0]) < 1e-12


def test_where_nothing_is_allowed_what_is_found_is_the_violation():
    """One state, and a mode that changes sign: there is no linear term."""
    signs = np.array([[[1.0]], [[-1.0]]])
    one = Representation(np.ones((2, 1, 1)), signs, (np.array([0]),))
    blocks = plan(one, False)
    (place,) = displacements(one, blocks)
    c = couplings(one, blocks, np.array([[9.0]]), {place: np.array([[9.0 + 0.5 * 0.04]])}, STEP)
    assert c.linear == pytest.approx(0.0)
    assert c.quadratic == pytest.approx(0.04 / STEP**2)
    assert c.violation == pytest.approx(0.0, abs=1e-12)
