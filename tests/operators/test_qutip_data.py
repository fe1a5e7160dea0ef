"""The QuTiP data layer and integrators, used as a QuTiP user would, with and without a
molecule.
"""

import pickle

import numpy as np
import pytest
import qutip
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator, aslinearoperator

import vibronic as vb
import vibronic.dynamics.integrators  # registers the integrators
from vibronic.operators import dense_hamiltonian, qutip_hamiltonian, qutip_operator, qutip_state
from vibronic.units import HBAR

BASIS = vb.VibronicBasis(2, (7, 6))


@pytest.fixture
def pair(crossing):
    """The same Hamiltonian as a lazy operator and as QuTiP's own CSR."""
    return tuple(qutip_hamiltonian(crossing, BASIS, stored=choice) for choice in (False, True))


def damping(hamiltonian):
    """A collapse operator: loss of quanta of the first mode."""
    n = BASIS.levels
    return np.sqrt(0.05) * qutip.tensor(qutip.qeye(2), qutip.destroy(n[0]), qutip.qeye(n[1]))


def test_data_is_lazy_and_survives_algebra(pair):
    lazy, stored = pair
    assert type(lazy.data).__name__ == "OperatorSum"
    combined = 0.5 * lazy + stored - 2 * lazy.dag() + 0.3j * (lazy * 1j)
    expected = 0.5 * stored + stored - 2 * stored.dag() + 0.3j * (stored * 1j)
    assert type(combined.data).__name__ == "OperatorSum"
    np.testing.assert_allclose(combined.full(), expected.full(), atol=1e-12)
    ket = qutip.rand_ket(lazy.dims[0], seed=1)
    assert qutip.expect(lazy, ket) == pytest.approx(qutip.expect(stored, ket))
    assert qutip.expect(lazy, ket.proj()) == pytest.approx(qutip.expect(stored, ket))
    np.testing.assert_allclose((ket.dag() * lazy).full(), (ket.dag() * stored).full(), atol=1e-12)
    again = pickle.loads(pickle.dumps(lazy))
    np.testing.assert_allclose(again.full(), stored.full(), atol=1e-14)


def test_non_symmetric_terms_keep_their_adjoint(pair):
    lazy, stored = pair
    jump = damping(lazy)
    mixed = lazy + 1j * jump.to("csr")
    plain = stored + 1j * jump
    for change in (lambda h: h, lambda h: h.dag(), lambda h: h.trans(), lambda h: h.conj()):
        np.testing.assert_allclose(change(mixed).full(), change(plain).full(), atol=1e-12)
    assert not mixed.isherm
    assert (mixed + mixed.dag()).isherm


def test_qobjevo_and_time_dependent_solvers(pair):
    lazy, _ = pair
    ket = qutip_state(vb.Wavepacket.vertical(BASIS, 1))
    field = qutip.tensor(qutip.sigmax(), *(qutip.qeye(n) for n in BASIS.levels)).to("csr")
    runs = [
        qutip.sesolve(
            qutip.QobjEvo([h, [field, lambda t: 0.3 * np.cos(2 * t)]]),
            ket,
            [0, 3, 6],
            options={"method": "vern7", "atol": 1e-10, "rtol": 1e-9, "progress_bar": ""},
        )
        for h in pair
    ]
    np.testing.assert_allclose(runs[0].states[-1].full(), runs[1].states[-1].full(), atol=1e-7)
    with pytest.raises(vb.InputError, match="does not depend on time"):
        qutip.sesolve(
            qutip.QobjEvo([lazy, [field, lambda t: np.cos(t)]]),
            ket,
            [0, 1],
            options={"method": "chebyshev", "progress_bar": ""},
        )


def test_mcsolve_runs_on_the_lazy_operator(pair):
    ket = qutip_state(vb.Wavepacket.vertical(BASIS, 1))
    number = qutip.tensor(qutip.projection(2, 1, 1), *(qutip.qeye(n) for n in BASIS.levels))
    runs = [
        qutip.mcsolve(
            h,
            ket,
            [0, 5, 10],
            [damping(h)],
            e_ops=[number],
            ntraj=6,
            seeds=11,
            options={"progress_bar": ""},
        )
        for h in pair
    ]
    np.testing.assert_allclose(runs[0].expect[0], runs[1].expect[0], atol=1e-4)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("chebyshev", {}),
        ("lanczos", {}),
        ("lanczos", {"krylov_dim": 12}),
        ("chebyshev", {"memory": 1e4}),
    ],
)
@pytest.mark.parametrize("form", ["lazy", "csr", "dense", "complex", "dia"])
def test_integrators_take_any_hermitian_data(crossing, method, options, form):
    h = qutip_hamiltonian(crossing, BASIS, stored=False)
    if form == "complex":
        u = qutip.rand_unitary(h.dims[0], seed=5)
        h = u * h.to("dense") * u.dag()
        h = 0.5 * (h + h.dag())
    elif form != "lazy":
        h = h.to("csr").to(form)
    ket = (
        qutip.rand_ket(h.dims[0], seed=2)
        if form == "complex"
        else qutip_state(vb.Wavepacket.vertical(BASIS, 1))
    )
    exact = (-1j * 13.0 * h.to("dense")).expm() * ket
    run = qutip.sesolve(
        h,
        ket,
        [0, 0.5, 4, 13],
        options={"method": method, "atol": 1e-9, "progress_bar": "", **options},
    )
    np.testing.assert_allclose(run.states[-1].full(), exact.full(), atol=1e-7)
    assert len({id(state.data) for state in run.states}) == 4
    assert run.states[1].overlap(run.states[2]) != 1


def test_integrators_work_step_by_step(pair):
    solver = qutip.SESolver(
        pair[0], options={"method": "lanczos", "atol": 1e-10, "progress_bar": ""}
    )
    ket = qutip_state(vb.Wavepacket.vertical(BASIS, 1))
    solver.start(ket, 0)
    for t in (1.0, 2.5, 9.0):
        state = solver.step(t)
    exact = (-9j * pair[1].to("dense")).expm() * ket
    np.testing.assert_allclose(state.full(), exact.full(), atol=1e-8)


def test_options_are_documented_and_unknown_ones_refused(pair):
    for name in ("chebyshev", "lanczos"):
        text = qutip.SESolver.avail_integrators()[name].options.__doc__
        assert "atol" in text
        assert "default" in text
    with pytest.raises(KeyError):
        qutip.sesolve(
            pair[0],
            qutip_state(vb.Wavepacket.vertical(BASIS, 1)),
            [0, 1],
            options={"method": "lanczos", "krylov": 3},
        )


def test_what_does_not_fit_memory_is_refused_with_advice(crossing):
    large = qutip_hamiltonian(crossing, vb.VibronicBasis(2, (300, 200)), stored=False)
    with pytest.raises(vb.InputError, match="dense matrix of 230 GB"):
        large.full()
    with pytest.raises(vb.InputError, match=r"superoperator of .* GB .*`mcsolve`"):
        qutip.liouvillian(large)
    with pytest.raises(vb.InputError, match="`mcsolve`"):
        qutip.tensor(large, large)
    small = qutip_hamiltonian(crossing, vb.VibronicBasis(2, (4, 3)), stored=False)
    plain = qutip_hamiltonian(crossing, vb.VibronicBasis(2, (4, 3)), stored=True)
    np.testing.assert_allclose(
        qutip.liouvillian(small).full(), qutip.liouvillian(plain).full(), atol=1e-12
    )
    np.testing.assert_allclose((small @ small).full(), (plain @ plain).full(), atol=1e-12)


class Laplacian(LinearOperator):
    """A user's own operator: -d^2/dx^2 on a ring, never stored."""

    def __init__(self, n):
        super().__init__(np.dtype(float), (n, n))

    def _matvec(self, x):
        return 2 * x - np.roll(x, 1) - np.roll(x, -1)


def test_any_symmetric_operator_becomes_a_qobj():
    n = 64
    h = qutip_operator(Laplacian(n))
    ket = qutip.basis(n, 5)
    wave = 2 * np.pi * np.arange(n) / n
    phases = np.exp(-1j * 7.0 * (2 - 2 * np.cos(wave)))
    exact = np.array([np.mean(phases * np.exp(1j * wave * (x - 5))) for x in range(n)])
    for method in ("chebyshev", "lanczos", "vern7"):
        run = qutip.sesolve(
            h, ket, [0, 7.0], options={"method": method, "atol": 1e-10, "progress_bar": ""}
        )
        np.testing.assert_allclose(run.states[-1].full()[:, 0], exact, atol=1e-6)
    with pytest.raises(vb.InputError, match="must be symmetric"):
        qutip_operator(aslinearoperator(sp.csr_array(np.triu(np.ones((4, 4))))))
    with pytest.raises(vb.InputError, match="must be real, symmetric and square"):
        qutip_operator(aslinearoperator(np.ones((3, 4))))


def test_pruned_bases_and_sectors_reach_qutip(crossing):
    basis = vb.VibronicBasis(2, (9, 9), max_quanta=8)
    functions = vb.bases.sector_functions(crossing, basis, 1)
    h = qutip_hamiltonian(crossing, basis, functions=functions, stored=False)
    packet = vb.Wavepacket.vertical(basis, 1)
    run = qutip.sesolve(
        h,
        qutip_state(packet, functions=functions),
        [0, 20.0],
        options={"method": "lanczos", "progress_bar": ""},
    )
    values, vectors = np.linalg.eigh(dense_hamiltonian(crossing, basis))
    exact = vectors @ (np.exp(-20j * values / HBAR) * (vectors.T @ packet.amplitudes.ravel()))
    np.testing.assert_allclose(run.states[-1].full()[:, 0], exact[functions], atol=1e-7)
