"""Matrix-free = sparse = dense = QuTiP, on random models; symmetry sectors; suggested bases."""

from dataclasses import replace

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model, models_and_bases, random_models
from vibronic.bases import first_sector, leak_rates, parity_generators, sector_functions
from vibronic.operators import (
    MatrixFreeHamiltonian,
    SparseOperator,
    dense_hamiltonian,
    qutip_hamiltonian,
    qutip_state,
    sparse_hamiltonian,
)
from vibronic.units import HBAR


@settings(max_examples=60, deadline=None)
@given(models_and_bases())
def test_sparse_equals_dense_and_is_symmetric(pair):
    model, basis = pair
    dense = dense_hamiltonian(model, basis)
    assert dense.shape == (basis.size, basis.size)
    np.testing.assert_allclose(sparse_hamiltonian(model, basis).toarray(), dense, atol=1e-12)
    np.testing.assert_array_equal(dense, dense.T)


@settings(max_examples=40, deadline=None)
@given(random_models(), st.integers(0, 2**31), st.booleans())
def test_matrix_free_equals_dense(model, seed, is_complex):
    rng = np.random.default_rng(seed)
    basis = vb.VibronicBasis(model.n_states, tuple(rng.integers(1, 5, size=model.n_modes)))
    psi = rng.normal(size=basis.size) + (1j * rng.normal(size=basis.size) if is_complex else 0)
    expected = dense_hamiltonian(model, basis) @ psi
    for operator in (
        MatrixFreeHamiltonian(model, basis),
        SparseOperator(sparse_hamiltonian(model, basis)),
    ):
        np.testing.assert_allclose(operator.matvec(psi), expected, atol=1e-11)


def test_pruned_basis_is_the_product_below_the_cutoff():
    basis = vb.VibronicBasis(2, (5, 4, 6), max_quanta=4.0, weights=(1.0, 1.5, 0.7))
    product = vb.VibronicBasis(2, (5, 4, 6)).quanta
    kept = product[product @ np.array(basis.weights) <= 4.0 + 1e-9]
    np.testing.assert_array_equal(basis.quanta, kept)
    assert basis.size == 2 * len(kept)
    energy = vb.VibronicBasis.below(1, 0.5, (0.1, 0.2))
    assert (energy.quanta @ [0.1, 0.2]).max() <= 0.5 + 1e-9
    assert len(energy.quanta) == 12


@settings(max_examples=40, deadline=None)
@given(models_and_bases(), st.integers(0, 2))
def test_a_sector_is_never_left(pair, state):
    model, basis = pair
    state %= model.n_states
    functions = sector_functions(model, basis, state)
    others = np.setdiff1d(np.arange(basis.size), functions)
    dense = dense_hamiltonian(model, basis)
    assert state * basis.n_vibrational in functions
    assert np.abs(dense[np.ix_(functions, others)]).max(initial=0.0) < 1e-14
    np.testing.assert_allclose(
        sparse_hamiltonian(model, basis, functions).toarray(),
        dense[np.ix_(functions, functions)],
        atol=1e-12,
    )


def test_sector_of_the_crossing_halves_the_basis(crossing):
    basis = vb.VibronicBasis(2, (6, 6))
    assert sector_functions(crossing, basis, 0).size == basis.size // 2
    assert (
        len(parity_generators(crossing)) == 2
    )  # the parity, and the trivial relabelling of all states at once


def test_qutip_operator_sum_behaves_like_its_stored_matrix(crossing):
    basis = vb.VibronicBasis(2, (5, 4))
    lazy, stored = (qutip_hamiltonian(crossing, basis, stored=choice) for choice in (False, True))
    np.testing.assert_allclose(
        stored.full() * HBAR, dense_hamiltonian(crossing, basis), atol=1e-12
    )
    ket = qutip.rand_ket(stored.dims[0], seed=3)
    for build in (
        lambda h: h,
        lambda h: 2j * h,
        lambda h: -h,
        lambda h: h + h,
        lambda h: h - 0.5 * h,
        lambda h: h.dag(),
        lambda h: h + stored,
        lambda h: stored - h,
        lambda h: h.trans(),
    ):
        np.testing.assert_allclose(
            (build(lazy) * ket).full(), (build(stored) * ket).full(), atol=1e-10
        )
    assert lazy.isherm
    assert not (1j * lazy).isherm
    assert lazy.tr() == pytest.approx(stored.tr())
    assert qutip.expect(lazy, ket) == pytest.approx(qutip.expect(stored, ket))
    np.testing.assert_allclose(lazy.to("csr").full(), stored.full(), atol=1e-12)


@pytest.mark.parametrize("integrator", ["vern7", "adams", "chebyshev"])
def test_qutip_integrators_run_on_both_data_types(crossing, integrator):
    import vibronic.dynamics.integrators  # noqa: F401

    basis = vb.VibronicBasis(2, (10, 8))
    packet = qutip_state(vb.Wavepacket.vertical(basis, 1))
    exact = None
    for stored in (True, False):
        options = {"method": integrator, "atol": 1e-10, "progress_bar": ""} | (
            {} if integrator == "chebyshev" else {"rtol": 1e-9}
        )
        run = qutip.sesolve(
            qutip_hamiltonian(crossing, basis, stored=stored), packet, [0, 5, 17], options=options
        )
        exact = (
            exact
            if exact is not None
            else (-1j * qutip_hamiltonian(crossing, basis, stored=True) * 17).expm() * packet
        )
        np.testing.assert_allclose(run.states[-1].full(), exact.full(), atol=1e-6)


def test_sectors_grow_where_the_packet_leaks_and_respect_the_limit():
    sector = first_sector(crossing_model(), 1, 100)
    density = np.ones(sector.size) / sector.size
    larger = sector.enlarged(density, 1000.0, 10_000)
    assert 2 * sector.size < larger.size < 3 * sector.size
    assert sector.enlarged(density, 1000.0, sector.size) is None
    assert sector.enlarged(density, 1000.0, int(1.5 * sector.size)).size <= 1.5 * sector.size
    edge = np.zeros(sector.size)
    quanta = sector.basis.quanta[sector.functions % sector.basis.n_vibrational]
    edge[np.argmax(quanta[:, 0])] = 1.0  # all of it at the outermost level of the first mode
    rates = sector.leak_rates(edge)
    assert rates[0] > 2 * rates[1]
    grown = sector.grown(edge, 1.5)
    assert grown.weights[0] / sector.weights[0] < grown.weights[1] / sector.weights[1]


@settings(max_examples=40, deadline=None)
@given(models_and_bases(), st.integers(0, 2**31))
def test_leak_rate_is_what_a_larger_basis_would_receive(pair, seed):
    model, basis = pair
    density = np.random.default_rng(seed).random(basis.size)
    reach = max([1, *(max(powers.values(), default=1) for powers, _ in model.terms())])
    larger = vb.VibronicBasis(basis.n_states, tuple(n + reach for n in basis.levels))
    inside = np.array(
        [
            n in {tuple(q) for q in basis.quanta.tolist()}
            for n in map(tuple, larger.quanta.tolist())
        ]
    )
    h = dense_hamiltonian(model, larger)
    kept = np.tile(inside, basis.n_states)
    flow = (h[np.ix_(~kept, kept)] ** 2).sum(axis=0) @ density
    rates = leak_rates(model, basis, np.arange(basis.size), density)
    assert rates.max(initial=0.0) <= flow + 1e-12
    assert rates.sum() >= flow - 1e-12  # a term that raises two modes counts for both


def test_unbound_mode_is_named():
    model = vb.VibronicHamiltonian([0.1], [[1.0]], [[[0.05]]], [[[[-0.2]]]], mode_labels=("soft",))
    with pytest.raises(vb.InputError, match="'soft' is not bound"):
        first_sector(model, 0, 1000)


def test_too_large_dense_and_mismatched_basis_are_refused(crossing):
    with pytest.raises(vb.InputError, match="dimension 80000"):
        dense_hamiltonian(crossing, vb.VibronicBasis(2, (200, 200)))
    with pytest.raises(
        vb.InputError, match="2 states and 3 modes, but the model has 2 states and 2 modes"
    ):
        vb.operators.hamiltonian_operator(crossing, vb.VibronicBasis(2, (2, 2, 2)))


def test_large_amplitude_mode_is_named():
    model = vb.VibronicHamiltonian(
        [0.05, 0.1], [[9.0]], [[[0.7]], [[0.1]]], mode_labels=("torsion", "stretch")
    )
    with pytest.raises(
        vb.InputError, match=r"'torsion' carries the packet too far .*`--modes stretch`"
    ):
        first_sector(model, 0, 1000)


def test_bases_of_many_wide_modes_start_small():
    n = 10
    model = vb.VibronicHamiltonian(np.full(n, 0.1), np.diag([9.0, 12.0]), np.full((n, 2, 2), 0.3))
    sector = first_sector(model, 1)  # 1e13 functions at full reach
    assert 100 < sector.size <= sector.basis.size < 200_000


@pytest.mark.parametrize("chunk", [1, 7, 16])
def test_the_sparse_hamiltonian_is_the_same_in_any_pieces(chunk, crossing, monkeypatch):
    from vibronic.operators import sparse

    cubic = vb.Monomial((2, 1), np.diag([0.01, 0.02]))
    model = replace(crossing, higher=(cubic,), quadratic={(0, 1): np.diag([0.01, -0.02])})
    for basis in (vb.VibronicBasis(2, (5, 6)), vb.VibronicBasis(2, (7, 6), max_quanta=6.0)):
        functions = sector_functions(model, basis, 1)
        dense = dense_hamiltonian(model, basis)
        monkeypatch.setattr(sparse, "CHUNK", chunk)
        whole = sparse_hamiltonian(model, basis)
        np.testing.assert_allclose(whole.toarray(), dense, atol=1e-13)
        part = sparse_hamiltonian(model, basis, functions)
        inside = np.ix_(functions, functions)
        np.testing.assert_allclose(part.toarray(), dense[inside], atol=1e-13)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize("add", [0.0, 1.0, -0.3])
@pytest.mark.parametrize("n_states", [1, 2, 3, 5])
def test_products_in_place_are_those_of_the_dense_matrix(kind, add, n_states):
    """Rows with one to many pieces of every kind, with and without what was there before."""
    rng = np.random.default_rng(n_states)

    def symmetric(*shape):
        a = rng.normal(size=(*shape, n_states, n_states)) * 0.1
        return a + a.swapaxes(-1, -2)

    model = vb.VibronicHamiltonian([0.1, 0.2, 0.3], symmetric(), symmetric(3))
    basis = vb.VibronicBasis(n_states, (3, 11, 11))
    dense = dense_hamiltonian(model, basis)
    x = rng.normal(size=basis.size).astype(kind)
    if np.iscomplexobj(x):
        x = x + 1j * rng.normal(size=basis.size)
    before = rng.normal(size=basis.size).astype(kind)
    expected = 0.7 * (dense @ x - 0.4 * x) + add * before

    stored = SparseOperator(sparse_hamiltonian(model, basis))
    for operator in (MatrixFreeHamiltonian(model, basis), stored):
        out = before.copy()
        operator.apply(x, out, 0.7, 0.4, add)
        np.testing.assert_allclose(out, expected, atol=1e-4 if kind == np.float32 else 1e-11)
