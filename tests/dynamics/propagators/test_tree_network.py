"""Propagation on trees, by the same calls as on bases."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.dynamics import TreeNetwork
from vibronic.dynamics.propagators.unfolding import hermite
from vibronic.tensor_trees import wavefunction


def crowded(n_modes, seed, strength=0.5):
    """Two states, tuning and coupling modes in turn, neighbours joined by quadratic terms."""
    rng = np.random.default_rng(seed)
    w = rng.uniform(0.06, 0.2, n_modes)
    linear = np.zeros((n_modes, 2, 2))
    quadratic = np.zeros((n_modes, n_modes, 2, 2))
    for m in range(n_modes):
        size = strength * w[m] * rng.uniform(0.5, 1)
        linear[m] = np.diag([-size, size]) if m % 2 else size * np.array([[0, 1], [1, 0]])
        if m:
            quadratic[m, m - 1] = quadratic[m - 1, m] = np.diag([0.0, 0.1 * w[m]])
    return vb.VibronicHamiltonian(w, np.diag([0.0, 0.5]), linear, quadratic)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_trees_agree_with_bases_within_their_certificate(seed):
    model = crowded(5, seed)
    times = np.linspace(0, 20, 21)
    found = vb.dynamics.propagate(model, 1, times, method=TreeNetwork(), tolerance=3e-3)
    exact = vb.dynamics.propagate(model, 1, times, tolerance=3e-5)
    assert found.certificate.converged
    reached = found.certificate.reached
    assert np.abs(found.populations - exact.populations).max() < reached
    assert np.abs(found.autocorrelation - exact.autocorrelation).max() < reached
    np.testing.assert_allclose(found.autocorrelation_times, exact.autocorrelation_times)
    np.testing.assert_allclose(found.energies, exact.energies, atol=1e-4)
    assert found.zero_point_energy == exact.zero_point_energy


def test_forty_modes_that_nothing_couples_have_the_autocorrelation_of_displaced_oscillators():
    n = 40
    w = np.linspace(0.05, 0.3, n)
    kappa = 0.3 * w
    linear = np.zeros((n, 2, 2))
    linear[:, 1, 1] = kappa
    model = vb.VibronicHamiltonian(w, np.diag([0.0, 1.0]), linear)
    times = np.linspace(0, 10, 11)
    run = vb.dynamics.propagate(model, 1, times, method=TreeNetwork(), tolerance=3e-3)
    assert run.certificate.converged

    t = run.autocorrelation_times / vb.units.HBAR
    factors = kappa**2 / (2 * w**2)
    phase = -1j * np.outer(t, w)
    lowered = (factors * w).sum()
    exact = np.exp(
        -1j * t * (1.0 + model.zero_point_energy - lowered) + (np.exp(phase) - 1) @ factors
    )
    np.testing.assert_allclose(run.autocorrelation, exact, atol=3e-3)
    np.testing.assert_allclose(run.populations[:, 1], 1, atol=1e-4)


def test_what_is_watched_on_a_tree_is_what_is_watched_on_a_basis():
    model = crowded(4, 5)
    times = np.linspace(0, 8, 5)
    watched = [
        vb.dynamics.Means(),
        vb.dynamics.ModeDensity((1,), reach=4.0),
        vb.dynamics.ModeDensity((0, 3), points=31, reach=4.0),
    ]
    asked = vb.dynamics.observation(model, 1, times, watched, method=TreeNetwork(), tolerance=2e-3)
    on_tree = vb.dynamics.measurements(asked).results
    on_basis = vb.dynamics.observations(model, 1, times, watched, tolerance=1e-4)
    np.testing.assert_allclose(on_tree[0].positions, on_basis[0].positions, atol=5e-3)
    np.testing.assert_allclose(on_tree[0].momenta, on_basis[0].momenta, atol=5e-3)
    for tree, basis in zip(on_tree[1:], on_basis[1:], strict=True):
        np.testing.assert_allclose(tree.values, basis.values, atol=3e-3)


def test_what_a_tree_cannot_do_is_refused_before_any_work():
    model = crowded(4, 0)
    times = [0.0, 1.0]
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(2, (3, 3, 3, 3)), 1)
    with pytest.raises(vb.InputError, match="not from a Wavepacket"):
        vb.dynamics.propagate(model, packet, times, method=TreeNetwork())

    slopes = np.zeros((4, 2))
    slopes[0, 0] = 0.1
    tilted = vb.Doorway([1.0, 0.0], slopes, [0, 0, 0, 0])
    with pytest.raises(vb.InputError, match="amplitudes depend on q"):
        vb.dynamics.propagate(model, tilted, times, method=TreeNetwork())

    single = model.subset(modes=[0])
    with pytest.raises(vb.InputError, match="A tree needs two modes"):
        vb.dynamics.propagate(single, 1, times, method=TreeNetwork())

    watched = [vb.dynamics.Amplitudes()]
    with pytest.raises(vb.InputError, match="which TreeNetwork does not give"):
        vb.dynamics.observation(model, 1, times, watched, method=TreeNetwork())

    for wrong, told in (({"max_rank": 1}, "max_rank"), ({"step": 0.0}, "step")):
        with pytest.raises(vb.InputError, match=told):
            TreeNetwork(**wrong)


def test_a_tree_that_is_too_small_says_so():
    model = crowded(6, 3, strength=1.2)
    times = np.linspace(0, 15, 6)
    run = vb.dynamics.propagate(model, 1, times, method=TreeNetwork(max_rank=3), tolerance=1e-4)
    assert not run.certificate.converged
    assert "NOT CONVERGED" in str(run)
    assert "max_rank" in str(run.certificate)


def test_a_hot_start_moves_from_its_level():
    model = crowded(4, 2)
    times = np.linspace(0, 8, 9)
    door = vb.Doorway.vertical(model, 1, [0, 1, 0, 0])
    found = vb.dynamics.propagate(model, door, times, method=TreeNetwork(), tolerance=3e-3)
    exact = vb.dynamics.propagate(model, door, times, tolerance=1e-4)
    np.testing.assert_allclose(found.populations, exact.populations, atol=3e-3)


def test_a_basis_that_does_not_do_names_the_tree():
    few = vb.Limits(max_size=300)
    crowd = vb.dynamics.propagate(crowded(8, 1), 1, [0.0, 5.0], tolerance=1e-5, limits=few)
    assert not crowd.certificate.converged
    assert "`method=vibronic.dynamics.TreeNetwork()`" in str(crowd)
    two = vb.dynamics.propagate(crowded(2, 1), 1, [0.0, 30.0], tolerance=1e-9, limits=few)
    assert "TreeNetwork" not in str(two)
    watched = [vb.dynamics.Amplitudes()]
    asked = vb.dynamics.observation(
        crowded(8, 1), 1, [0.0, 5.0], watched, tolerance=1e-5, limits=few
    )
    assert "TreeNetwork" not in str(vb.dynamics.measurements(asked).run)


def both(model, times, watched):
    """What is measured on a tree, and on a basis."""
    found = []
    for method in (TreeNetwork(), None):
        asked = vb.dynamics.observation(model, 1, times, watched, method=method, tolerance=2e-3)
        found.append(vb.dynamics.measurements(asked).results)
    return found


def test_adiabatic_populations_on_a_tree_are_those_on_a_basis():
    model = crowded(4, 5)
    times = np.linspace(0, 8, 3)
    on_tree, on_basis = both(model, times, [vb.dynamics.SurfacePopulations()])
    np.testing.assert_allclose(on_tree[0].populations, on_basis[0].populations, atol=4e-3)
    # one mode drawn, three on a grid
    part = vb.dynamics.SurfacePopulations(exact_points=100, grid_points=5000, error=4e-3)
    (drawn,) = both(model, times, [part])[0]
    assert drawn.draws[-1] > 0
    error = 4 * drawn.errors + 4e-3
    assert (np.abs(drawn.populations - on_basis[0].populations) < error).all()


def test_positions_drawn_from_a_tree_have_the_moments_of_the_packet():
    model = crowded(4, 6)
    method = TreeNetwork()
    door = vb.Doorway.vertical(model, 1)
    start = method.entered(model, door, [10, 11, 9, 10], 1e-4)
    state = next(iter(method.states(start, np.array([6.0]))))
    drawn = state.sample(4000, 1)
    for mode in range(4):
        mean, _, square, _ = state.moments(mode)
        width = np.sqrt(square - mean**2)
        assert drawn[:, mode].mean() == pytest.approx(mean, abs=5 * width / np.sqrt(4000))
        assert drawn[:, mode].std() == pytest.approx(width, rel=0.06)

    # |psi(q)|^2 integrated over three modes on grids is the density of the fourth
    grids = {m: np.linspace(-6, 6, 41) for m in (0, 1, 3)}
    q = np.zeros((3, 4))
    q[:, 2] = [-0.7, 0.1, 1.2]
    amplitudes = wavefunction(state.packet, q, grids, hermite)
    cell = (12 / 40) ** 3
    expected = state.density([2], [q[:, 2]])
    found = (np.abs(amplitudes) ** 2).sum(axis=2).T * cell
    np.testing.assert_allclose(found, expected, atol=1e-5)
    one = state.electronic_vector_at(np.array([0.3, -6.0, 0.1, 6.0]))
    at = np.flatnonzero(np.isclose(grids[0], 0.3))[0]
    np.testing.assert_allclose(one, amplitudes[1, :, at * 41 * 41 + 40], atol=1e-10)


def test_fluxes_and_products_of_positions_and_momenta_are_those_of_a_basis():
    model = crowded(4, 7)
    times = np.linspace(0, 6, 3)
    on_tree, on_basis = both(model, times, [vb.dynamics.Flux(1)])
    np.testing.assert_allclose(on_tree[0].transfer, on_basis[0].transfer, atol=2e-3)
    np.testing.assert_allclose(on_tree[0].through, on_basis[0].through, atol=2e-3)

    levels = [7, 8, 6, 7]
    state = TreeNetwork().entered(model, vb.Doorway.vertical(model, 1), levels, 1e-4)
    state = next(iter(TreeNetwork().states(state, np.array([5.0]))))
    mean = state.moments(2)
    assert sum(state.expectation([("q", 2)], i, i) for i in range(2)) == pytest.approx(
        mean[0], abs=1e-6
    )
    commutator = [
        sum(state.expectation(order, i, i) for i in range(2))
        for order in ([("q", 2), ("p", 2)], [("p", 2), ("q", 2)])
    ]
    assert commutator[0] - commutator[1] == pytest.approx(1j, abs=1e-3)
    crossed = state.expectation([("q", 0), ("p", 3)], 0, 1)
    assert state.expectation([("q", 0), ("p", 3)], 1, 0) == pytest.approx(crossed.conjugate())
    # dP_0/dt = 2 Im <0|W|1> / hbar, by a difference of two times
    h = 0.01
    near = [
        next(iter(TreeNetwork().states(state, np.array([h])))).populations()[0],
        state.populations()[0],
    ]
    slope = 2 * state.interstate_energy(0, 1).imag / vb.units.HBAR
    assert (near[0] - near[1]) / h == pytest.approx(slope, abs=2e-3)
