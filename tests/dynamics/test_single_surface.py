"""One surface with and without the geometric phase: levels of the E x e problem, conservation, the
interference node.
"""

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, eigsh

import vibronic as vb
from systems import crossing_model, jahn_teller
from vibronic.dynamics import SurfaceHamiltonian, single_surface_propagation
from vibronic.operators import dense_hamiltonian

STRONG = 4.0  # stabilisation in units of w: the trough lies at radius sqrt(8), far from the cone


def levels(geometric_phase):
    operator = SurfaceHamiltonian(jahn_teller(STRONG), 0, geometric_phase, 40)
    return np.sort(
        eigsh(
            LinearOperator(operator.shape, matvec=operator.matvec, dtype=complex),
            k=6,
            which="SA",
            tol=1e-9,
        )[0]
    )


def test_only_with_the_phase_are_the_levels_those_of_the_full_problem():
    # pseudorotation energies j^2/(2 rho^2): j = 1/2, 3/2 ... in pairs with the phase; j = 0 alone,
    # then pairs, without
    full = np.linalg.eigvalsh(
        dense_hamiltonian(jahn_teller(STRONG), vb.VibronicBasis(2, (36, 36), max_quanta=36))
    )[:6]
    np.testing.assert_allclose(levels(True), full, atol=4e-3)
    without = levels(False)
    assert without[1] - without[0] > 0.05
    assert without[2] - without[1] < 1e-4
    np.testing.assert_allclose(
        without[0] - full[0], -1 / (8 * 2 * STRONG), rtol=0.3
    )  # the half quantum of rotation that is missing


def test_the_phase_makes_a_node_where_the_two_ways_round_meet():
    model = jahn_teller(STRONG)
    start = [np.sqrt(2 * STRONG), 0]
    runs = [
        single_surface_propagation(
            model, start, np.linspace(0, 12, 25), geometric_phase=gp, points=48
        )
        for gp in (True, False)
    ]
    opposite = []
    for run in runs:
        assert np.ptp(run.energies) < 1e-8
        np.testing.assert_allclose(run.norms, 1, atol=1e-9)
        widths = np.gradient(run.x)
        total = np.einsum("kxy,x,y->k", run.densities, widths, widths)
        np.testing.assert_allclose(total, 1, atol=2e-2)
        np.testing.assert_allclose(
            run.densities, run.densities[:, :, ::-1], atol=2e-3
        )  # the start is symmetric, and so is the motion
        near = run.densities[:, run.x < -1.5][:, :, np.abs(run.y) < 0.2].mean(axis=(1, 2))
        opposite.append(near.max())
    assert opposite[0] < 0.15 * opposite[1]
    np.testing.assert_allclose(runs[0].densities[0], runs[1].densities[0], atol=1e-12)

    from vibronic.plotting import geometric_phase_figure

    figure = geometric_phase_figure(runs)
    assert len(figure.axes) == 8
    assert figure.axes[0].get_ylabel().startswith("with phase")
    assert figure.axes[3].get_title() == "12 fs"


def test_time_reversal():
    model = crossing_model()
    centre = [0.5, 0.3]
    there = single_surface_propagation(model, centre, [0.0, 8.0], points=40)
    assert there.energies[1] == pytest.approx(there.energies[0], abs=1e-9)


def test_models_of_other_sizes_are_refused():
    with pytest.raises(
        vb.InputError, match="two states and two modes, but this one has 2 states and 5 modes"
    ):
        single_surface_propagation(vb.library.hamiltonian("butatriene"), [0, 0], [1.0])
    with pytest.raises(vb.InputError, match="`surface` must be an integer from 0 to 1"):
        single_surface_propagation(crossing_model(), [0, 0], [1.0], surface=2)
    with pytest.raises(vb.InputError, match="must be rising"):
        single_surface_propagation(crossing_model(), [0, 0], [2.0, 1.0])


def test_a_grid_that_is_too_coarse_says_so():
    model = jahn_teller(4.0)
    runs = {
        points: single_surface_propagation(
            model, [np.sqrt(8.0), 0.0], np.linspace(0, 6, 7), points=points
        )
        for points in (16, 48)
    }
    assert runs[16].certificate.reached > 0.1
    assert "NOT CONVERGED" in str(runs[16])
    assert runs[48].certificate.reached < 1e-3
    assert "NOT CONVERGED" not in str(runs[48])
