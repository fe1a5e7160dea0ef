"""Adiabatic surfaces, stationary points, conical intersections, the geometric phase: closed forms
and finite differences.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model, displaced_oscillator, jahn_teller, random_models
from vibronic import surfaces


@given(random_models(), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_derivatives_against_finite_differences(model, seed):
    q = np.random.default_rng(seed).normal(size=model.n_modes)
    step = 1e-5
    first, second = model.potential_derivatives(q)
    for m, unit in enumerate(np.eye(model.n_modes)):
        ahead = model.potential(q + step * unit)
        behind = model.potential(q - step * unit)
        np.testing.assert_allclose((ahead - behind) / (2 * step), first[m], atol=1e-8)
        change = (
            model.potential_derivatives(q + step * unit)[0]
            - model.potential_derivatives(q - step * unit)[0]
        )
        np.testing.assert_allclose(change / (2 * step), second[m], atol=1e-8)
    np.testing.assert_allclose(second, second.transpose(1, 0, 2, 3), atol=1e-12)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_gradients_hessians_and_derivative_couplings_against_finite_differences(seed):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(2, 3, 3)) * 0.1
    model = vb.VibronicHamiltonian(
        [0.1, 0.15], np.diag([9.0, 9.6, 10.3]), linear + linear.transpose(0, 2, 1)
    )
    q = rng.normal(size=2) * 0.3
    step = 1e-4
    if np.diff(surfaces.adiabatic_energies(model, q)).min() < 0.05:
        return
    gradients = surfaces.adiabatic_gradients(model, q)
    couplings = surfaces.derivative_couplings(model, q)
    np.testing.assert_allclose(couplings, -couplings.transpose(0, 2, 1), atol=1e-12)
    for m, unit in enumerate(np.eye(2)):
        ends = [q + step * unit, q - step * unit]
        energies = [surfaces.adiabatic_energies(model, x) for x in ends]
        np.testing.assert_allclose(
            (energies[0] - energies[1]) / (2 * step), gradients[:, m], atol=1e-6
        )
        middle, ahead, behind = surfaces.adiabatic_states(model, [q, *ends])[[0, 1, 2]]
        behind = behind * np.sign(np.einsum("ia,ia->a", middle, behind))
        np.testing.assert_allclose(
            middle.T @ (ahead - behind) / (2 * step), couplings[m], atol=2e-5
        )
        slopes = [surfaces.adiabatic_gradients(model, x) for x in ends]
        for a in range(3):
            np.testing.assert_allclose(
                (slopes[0][a] - slopes[1][a]) / (2 * step),
                surfaces.adiabatic_hessian(model, q, a)[m],
                atol=2e-4,
            )


def closed_form(model):
    """Minimum-energy intersection of a linear two-state model: along the tuning modes, at zero in
    the coupling modes.
    """
    w = model.frequencies
    delta = model.linear[:, 1, 1] - model.linear[:, 0, 0]
    mean = (model.linear[:, 1, 1] + model.linear[:, 0, 0]) / 2
    gap = model.constant[1, 1] - model.constant[0, 0]
    q = -(mean + (gap - (mean * delta / w).sum()) / (delta**2 / w).sum() * delta) / w
    return q, np.linalg.eigvalsh(model.potential(q))[0]


@pytest.mark.parametrize(
    ("molecule", "name"),
    [("pyrazine", "linear-1988"), ("pyrazine", "linear-1996"), ("butatriene", "published")],
)
def test_published_linear_models_have_the_intersection_of_the_closed_form(molecule, name):
    model = vb.library.hamiltonian(molecule, name)
    q, energy = closed_form(model)
    found = vb.surfaces.conical_intersection(model, states=(0, 1))
    assert found.energy == pytest.approx(energy, abs=1e-9)
    np.testing.assert_allclose(found.position, q, atol=1e-5)
    assert found.gap < 1e-8
    for mine, exact in (
        (found.g, (model.linear[:, 0, 0] - model.linear[:, 1, 1]) / 2),
        (found.h, model.linear[:, 0, 1]),
    ):
        np.testing.assert_allclose(mine, exact * np.sign(exact[np.abs(exact).argmax()]), atol=1e-6)
    assert found.is_peaked == (
        name != "linear-1996"
    )  # that one is sloped: the upper surface has a minimum of its own below it
    assert found.seam_dimension == model.n_modes - 2
    top = surfaces.surface_minimum(model, 1)
    assert top.is_cone == found.is_peaked
    assert (
        top.energy == pytest.approx(found.energy, abs=1e-6)
        if found.is_peaked
        else top.energy < found.energy - 1e-3
    )


def test_the_cone_is_what_g_h_and_s_say():
    for name, pair in (("published", (0, 1)), ("four-state", (1, 2))):
        model = vb.library.hamiltonian("pyrazine", name)
        x = vb.surfaces.conical_intersection(model, pair)
        assert abs(x.g @ x.h) < 1e-9
        rng = np.random.default_rng(2)
        for _ in range(5):
            r = 1e-4 * rng.normal(size=model.n_modes)
            cone = x.energy + x.s @ r + np.array([-1, 1]) * np.hypot(x.g @ r, x.h @ r)
            np.testing.assert_allclose(
                surfaces.adiabatic_energies(model, x.position + r)[list(pair)], cone, atol=2e-8
            )
        angles = np.linspace(0, 2 * np.pi, 721)
        plane = np.cos(angles)[:, None] * x.g / np.linalg.norm(x.g) + np.sin(angles)[
            :, None
        ] * x.h / np.linalg.norm(x.h)
        upper = plane @ x.s + np.hypot(plane @ x.g, plane @ x.h)
        assert x.is_peaked == bool(upper.min() > 0)
        random = x.position + 0.5 * rng.normal(
            size=(2000, model.n_modes)
        )  # nothing lower on the seam nearby
        energies = surfaces.adiabatic_energies(model, random)[:, list(pair)]
        near = energies[np.diff(energies, axis=1)[:, 0] < 0.02]
        assert near.size == 0 or near.mean(axis=1).min() > x.energy - 0.011


def test_jahn_teller_surfaces_in_closed_form():
    model = jahn_teller(
        0.8
    )  # stabilisation 0.8, w = 1: trough at radius g = sqrt(1.6), cone at the origin
    cone = vb.surfaces.conical_intersection(model)
    np.testing.assert_allclose(cone.position, 0, atol=1e-6)
    assert (cone.asymmetry, cone.tilt) == pytest.approx((0, 0), abs=1e-6)
    assert cone.pitch == pytest.approx(np.sqrt(1.6), abs=1e-9)
    low = surfaces.surface_minimum(model, 0)
    assert low.energy == pytest.approx(-0.8, abs=1e-9)
    assert np.linalg.norm(low.position) == pytest.approx(np.sqrt(1.6), abs=1e-5)
    np.testing.assert_allclose(low.frequencies, [0, 1], atol=1e-3)  # free pseudorotation
    z = np.diag([1, -1])
    x = np.array([[0, 1], [1, 0]])
    warped = replace(model, quadratic=0.1 * np.array([[z, -x], [-x, -z]]))
    minimum = surfaces.surface_minimum(warped, 0)
    saddle = surfaces.saddle_point(warped, 0, -minimum.position)
    assert (minimum.order, saddle.order) == (0, 1)
    # E(r) = r^2/2 - g r -+ G r^2/2 with G = 0.1 along the two kinds of radial lines
    g = np.sqrt(1.6)
    assert minimum.energy == pytest.approx(-(g**2) / (2 * (1 - 0.1)), abs=1e-8)
    assert saddle.energy == pytest.approx(-(g**2) / (2 * (1 + 0.1)), abs=1e-8)


def test_geometric_phase_around_one_two_and_no_intersection():
    model = jahn_teller(0.5)
    angle = 2 * np.pi * np.arange(30) / 30
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for a in (0, 1):
        one = surfaces.geometric_phase(model, circle, a)
        assert (one.phase, one.mixing_angle) == pytest.approx((np.pi, np.pi), abs=1e-9)
        none = surfaces.geometric_phase(model, circle + [3, 0], a)
        assert (none.phase, none.mixing_angle) == pytest.approx((0, 0), abs=1e-9)
    # quadratic coupling alone (Renner-Teller like) turns twice: phase 0, mixing angle 2 pi
    quadratic = 0.3 * np.array(
        [
            [np.diag([1, -1]), np.array([[0, 1], [1, 0]])],
            [np.array([[0, 1], [1, 0]]), np.diag([-1, 1])],
        ]
    )
    twice = surfaces.geometric_phase(
        replace(model, linear=0 * model.linear, quadratic=quadratic), circle
    )
    assert (twice.phase, twice.mixing_angle) == pytest.approx((0, 2 * np.pi), abs=1e-9)
    # linear and quadratic coupling: the central intersection and three of the opposite sense at
    # radius 2 g/G
    both = replace(model, quadratic=quadratic * np.array([1, 1])[:, None, None, None])
    inner = surfaces.geometric_phase(both, circle)
    outer = surfaces.geometric_phase(both, 30 * circle)
    assert inner.phase == pytest.approx(np.pi)
    assert outer.phase == pytest.approx(0)
    with pytest.raises(vb.CalculationError, match="runs into a degeneracy"):
        surfaces.geometric_phase(model, [[-1, 0], [1, 0], [0.5, 0]])


def test_states_come_back_with_the_other_sign():
    model = jahn_teller(0.5)
    angle = np.linspace(0, 2 * np.pi, 81)
    vectors = surfaces.adiabatic_states(model, np.stack([np.cos(angle), np.sin(angle)], axis=1))
    np.testing.assert_allclose(vectors[-1], -vectors[0], atol=1e-12)
    # the derivative coupling of the E x e model is 1/2 along the angle, at radius 1
    q = np.array([0.6, 0.8])
    np.testing.assert_allclose(
        np.abs(np.array([-0.8, 0.6]) @ surfaces.derivative_couplings(model, q)[:, 0, 1]),
        0.5,
        atol=1e-9,
    )


def test_clear_answers_where_there_is_nothing_to_find():
    with pytest.raises(
        vb.InputError, match=r"two neighbouring adiabatic surfaces, counted from 0 to 1"
    ):
        vb.surfaces.conical_intersection(crossing_model(), (0, 2))
    with pytest.raises(vb.InputError, match=r"two neighbouring adiabatic surfaces"):
        vb.surfaces.conical_intersection(displaced_oscillator(0.1, 1.0))
    apart = vb.VibronicHamiltonian([0.1], np.diag([1.0, 2.0]), np.zeros((1, 2, 2)))
    with pytest.raises(vb.CalculationError, match="they may not meet within the model"):
        vb.surfaces.conical_intersection(apart)
    with pytest.raises(vb.InputError, match="touch at this point"):
        surfaces.derivative_couplings(jahn_teller(0.5), [0.0, 0.0])
    unbound = vb.VibronicHamiltonian([0.1], [[1.0]], [[[0.1]]], [[[[-0.2]]]])
    with pytest.raises(vb.CalculationError, match="falls without bound"):
        surfaces.surface_minimum(unbound, 0)
    flat = vb.surfaces.conical_intersection(
        replace(crossing_model(), linear=crossing_model().linear * np.eye(2))
    )
    assert not flat.is_conical
    assert "crossing without coupling" in str(flat)
    with pytest.raises(vb.InputError, match="no branching plane"):
        surfaces.loop_around(flat)


def test_the_seam_of_a_linear_model_is_straight_and_its_energy_a_parabola():
    model = vb.library.hamiltonian("butatriene")
    x = vb.surfaces.conical_intersection(model)
    path = surfaces.seam_path(model, x, np.eye(5)[1], length=1.0, n_points=9)
    gaps = np.diff(surfaces.adiabatic_energies(model, path.positions), axis=1)
    assert np.abs(gaps).max() < 1e-8
    assert path.energies.argmin() == 4
    steps = np.diff(path.positions, axis=0)
    np.testing.assert_allclose(steps, np.tile(steps[0], (8, 1)), atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 0.25, atol=1e-9)
    unit = steps[0] / 0.25
    curvature = unit @ (
        model.frequencies * unit
    )  # the mean of linear surfaces is the reference parabola
    np.testing.assert_allclose(
        path.energies - x.energy, curvature * path.lengths**2 / 2, atol=1e-7
    )
    with pytest.raises(vb.InputError, match="leads across the seam"):
        surfaces.seam_path(model, x, x.h)


def test_a_curved_seam_stays_degenerate():
    model = vb.library.hamiltonian("pyrazine")
    path = surfaces.seam_path(
        model, vb.surfaces.conical_intersection(model), [0, 1, 1, 0], length=0.8, n_points=9
    )
    assert np.abs(np.diff(surfaces.adiabatic_energies(model, path.positions), axis=1)).max() < 1e-8
    assert path.energies.argmin() == 4


@pytest.mark.parametrize("seed", range(8))
def test_adiabatic_states_begin_with_their_largest_component_positive(seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(5, 5))
    model = vb.VibronicHamiltonian([0.1], a + a.T, [0.1 * np.eye(5)])
    first = surfaces.adiabatic_states(model, np.zeros((2, 1)))[0]
    largest = np.abs(first).argmax(axis=0)
    assert np.all(first[largest, np.arange(5)] > 0)


def curved_model(seed, n_states, n_modes, spread):
    """Near states, with quadratic terms that differ between them."""
    rng = np.random.default_rng(seed)

    def symmetric(*shape):
        a = rng.normal(size=(*shape, n_states, n_states))
        return (a + a.swapaxes(-1, -2)) / 2

    quadratic = 0.02 * symmetric(n_modes, n_modes)
    quadratic = (quadratic + quadratic.swapaxes(0, 1)) / 2
    constant = np.diag(np.linspace(0, spread, n_states))
    frequencies = np.linspace(0.1, 0.2, n_modes)
    return vb.VibronicHamiltonian(frequencies, constant, 0.06 * symmetric(n_modes), quadratic)


def constrained(model, surfaces_, start):
    """Lowest point at which some surfaces meet, by a general optimiser (SLSQP)."""
    from scipy.optimize import minimize

    chosen = list(surfaces_)

    def mean(q):
        return float(surfaces.adiabatic_energies(model, q)[chosen].mean())

    def apart(q):
        return np.diff(surfaces.adiabatic_energies(model, q)[chosen])

    best = None
    rng = np.random.default_rng(0)
    for _ in range(12):
        begin = start + 0.3 * rng.normal(size=start.size)
        found = minimize(
            mean,
            begin,
            method="SLSQP",
            constraints={"type": "eq", "fun": lambda q: 100 * apart(q) ** 2},
            options={"maxiter": 400, "ftol": 1e-12},
        )
        if np.abs(apart(found.x)).max() < 2e-3 and (best is None or found.fun < best):
            best = found.fun
    return best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_intersection_of_a_curved_model_is_the_lowest_point_of_its_seam(seed):
    model = curved_model(seed, 2, 4, 0.3)
    x = surfaces.conical_intersection(model)
    other = constrained(model, (0, 1), x.position)
    assert x.energy == pytest.approx(other, abs=2e-3)

    # and no way along the seam goes down
    w = model.potential_derivatives(x.position)[0]
    vectors = np.linalg.eigh(model.potential(x.position))[1]
    w = np.einsum("ia,mij,jb->mab", vectors, w, vectors)
    mean = (w[:, 0, 0] + w[:, 1, 1]) / 2
    opens = np.stack([(w[:, 0, 0] - w[:, 1, 1]) / 2, w[:, 0, 1]])
    plane = np.linalg.svd(opens, full_matrices=False)[2]
    assert np.abs(mean - plane.T @ (plane @ mean)).max() < 1e-5


def test_the_lowest_point_of_an_upper_surface_is_the_tip_of_a_peaked_cone():
    model = vb.library.hamiltonian("butatriene", "published")
    tip = vb.surfaces.conical_intersection(model, states=(0, 1))
    assert tip.is_peaked
    found = vb.surfaces.surface_minimum(model, 1)
    np.testing.assert_allclose(found.position, tip.position, rtol=0, atol=1e-10)
    lower, upper = vb.surfaces.adiabatic_energies(model, found.position)
    assert upper - lower < 1e-10
