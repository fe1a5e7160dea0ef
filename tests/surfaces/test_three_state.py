"""Three surfaces that meet, against the closed form of linear models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from vibronic.intersections import barrier_to, overview
from vibronic.surfaces import adiabatic_energies, three_state_intersection


def random_linear(seed, n_modes=6):
    rng = np.random.default_rng(seed)
    terms = [a + a.T for a in rng.normal(0, 0.1, (n_modes + 1, 3, 3))]
    return vb.VibronicHamiltonian(
        rng.uniform(0.1, 0.3, n_modes), np.diag([0, 0.3, 0.5]) + 0.2 * terms[0], terms[1:]
    )


def traceless(a):
    return np.array([a[0, 0] - a[1, 1], a[1, 1] - a[2, 2], a[0, 1], a[0, 2], a[1, 2]])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31))
def test_closed_form_of_linear_models(seed):
    """The minimum of a parabola under five linear conditions."""
    model = random_linear(seed)
    found = three_state_intersection(model)
    conditions = np.array([traceless(a) for a in model.linear]).T
    slope = np.trace(model.linear, axis1=1, axis2=2) / 3
    system = np.block([[np.diag(model.frequencies), conditions.T], [conditions, np.zeros((5, 5))]])
    exact = np.linalg.solve(system, np.concatenate([-slope, -traceless(model.constant)]))[:6]
    np.testing.assert_allclose(found.position, exact, atol=1e-4)
    assert found.gap < 1e-6
    assert (found.conditions, found.seam_dimension) == (5, 1)
    assert np.ptp(adiabatic_energies(model, found.position)) < 1e-6


def test_a_triple_degeneracy_of_symmetry():
    """T x t: at q = 0 all three meet, and only the three couplings lift it."""
    linear = np.zeros((3, 3, 3))
    for m, (i, j) in enumerate(((1, 2), (0, 2), (0, 1))):
        linear[m, i, j] = linear[m, j, i] = 0.1
    model = vb.VibronicHamiltonian([0.1, 0.1, 0.1], np.eye(3), linear)
    found = three_state_intersection(model, start=[0.4, -0.2, 0.3])
    np.testing.assert_allclose(found.position, 0, atol=1e-5)
    assert (found.conditions, found.seam_dimension) == (3, 0)


def test_too_few_modes_or_states_are_told():
    with pytest.raises(vb.CalculationError, match="five free coordinates"):
        three_state_intersection(random_linear(1, 2))
    with pytest.raises(vb.InputError, match="three neighbouring surfaces"):
        three_state_intersection(vb.library.hamiltonian("pyrazine"))


@pytest.mark.slow
def test_overview_of_four_states():
    model = vb.library.hamiltonian("pyrazine", "four-state")
    strongest = np.argsort(-np.abs(model.linear).max(axis=(1, 2)) / model.frequencies)[:9]
    found = overview(model.subset(modes=sorted(int(m) for m in strongest)))
    assert len(found.triples) == 2
    assert "ThreeStateIntersection" in str(found)
    for x, barrier in zip(found.intersections, found.barriers, strict=True):
        assert barrier == barrier_to(found.model, x) >= 0
    assert "barrier" in str(found)


@pytest.mark.parametrize("seed", [4, 5])
def test_the_meeting_point_of_three_curved_surfaces_is_the_lowest_of_its_seam(seed):
    """No way along the seam goes down: the mean force lies in the space that opens the gaps."""
    rng = np.random.default_rng(seed)

    def symmetric(*shape):
        a = rng.normal(size=(*shape, 3, 3))
        return (a + a.swapaxes(-1, -2)) / 2

    quadratic = 0.01 * symmetric(8, 8)
    quadratic = (quadratic + quadratic.swapaxes(0, 1)) / 2
    linear = 0.08 * symmetric(8)
    model = vb.VibronicHamiltonian(
        np.linspace(0.1, 0.2, 8), np.diag([0.0, 0.05, 0.1]), linear, quadratic
    )
    found = vb.surfaces.three_state_intersection(model)
    energies, vectors = np.linalg.eigh(model.potential(found.position))
    assert np.ptp(energies) < 1e-6
    w = model.potential_derivatives(found.position)[0]
    w = np.einsum("ia,mij,jb->mab", vectors, w, vectors)
    mean = np.einsum("maa->m", w) / 3
    opens = np.stack(
        [w[:, 1, 1] - w[:, 0, 0], w[:, 2, 2] - w[:, 1, 1], w[:, 0, 1], w[:, 0, 2], w[:, 1, 2]]
    )
    plane = np.linalg.svd(opens, full_matrices=False)[2]
    assert np.abs(mean - plane.T @ (plane @ mean)).max() < 1e-4
    assert found.energy == pytest.approx(energies.mean())
