"""The engine: kernels, symmetry, growth and its certificates, interruption, energy domain."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model, random_models
from vibronic.bases import packet_functions, sector_functions
from vibronic.convergence import cost
from vibronic.dynamics import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos, propagate
from vibronic.operators import (
    MatrixFreeHamiltonian,
    SparseOperator,
    dense_hamiltonian,
    hamiltonian_operator,
    sparse_hamiltonian,
)
from vibronic.spectra import autocorrelation, correlation_functions, eigenstates
from vibronic.units import HBAR

TYPES = (np.float64, np.float32, np.complex128, np.complex64)


@settings(max_examples=60, deadline=None)
@given(random_models(max_states=4, max_modes=5), st.integers(0, 2**31), st.sampled_from(TYPES))
def test_in_place_products_in_every_precision(model, seed, kind):
    rng = np.random.default_rng(seed)
    basis = vb.VibronicBasis(
        model.n_states, tuple(rng.integers(1, 6 if model.n_modes < 4 else 4, size=model.n_modes))
    )
    h = dense_hamiltonian(model, basis)
    x, y = (
        rng.normal(size=(2, basis.size))
        + (1j * rng.normal(size=(2, basis.size)) if np.dtype(kind).kind == "c" else 0)
    ).astype(kind)
    expected = 0.7 * (h @ x - 1.3 * x) - 0.4 * y
    tolerance = 1e-4 if np.finfo(kind).eps > 1e-10 else 1e-11
    for operator in (
        MatrixFreeHamiltonian(model, basis),
        SparseOperator(sparse_hamiltonian(model, basis)),
    ):
        out = y.copy()
        assert operator.apply(x, out, 0.7, 1.3, -0.4) is out
        np.testing.assert_allclose(out, expected, atol=tolerance * (1 + np.abs(expected).max()))
        fresh = np.full_like(y, np.nan)  # what was there before must not matter when `add` is 0
        np.testing.assert_allclose(
            operator.apply(x, fresh), h @ x, atol=tolerance * (1 + np.abs(h @ x).max())
        )


@settings(max_examples=30, deadline=None)
@given(random_models(max_states=3, max_modes=3), st.integers(0, 2**31))
def test_operators_are_linear_and_symmetric(model, seed):
    rng = np.random.default_rng(seed)
    basis = vb.VibronicBasis(model.n_states, (4,) * model.n_modes)
    operator = MatrixFreeHamiltonian(model, basis)
    x, y = rng.normal(size=(2, basis.size))
    np.testing.assert_allclose(
        operator.matvec(2 * x - 3 * y), 2 * operator.matvec(x) - 3 * operator.matvec(y), atol=1e-10
    )
    assert x @ operator.matvec(y) == pytest.approx(operator.matvec(x) @ y, abs=1e-10)


def coupled_first(levels):
    """A model whose only non-symmetric mode comes first, so that sectors of a product basis are
    whole rows.
    """
    linear = np.zeros((3, 2, 2))
    linear[0] = [[0, 0.09], [0.09, 0]]
    linear[1] = np.diag([-0.1, 0.12])
    linear[2] = np.diag([0.05, -0.02])
    quadratic = np.zeros((3, 3, 2, 2))
    quadratic[1, 2] = quadratic[2, 1] = np.diag([0.01, -0.02])
    quadratic[0, 1] = quadratic[1, 0] = [[0, 0.015], [0.015, 0]]
    return vb.VibronicHamiltonian(
        [0.09, 0.11, 0.16], np.diag([9.1, 9.5]), linear, quadratic
    ), vb.VibronicBasis(2, levels)


@pytest.mark.parametrize("kind", TYPES)
def test_matrix_free_keeps_to_a_sector_of_whole_rows(kind):
    model, basis = coupled_first((6, 5, 7))
    functions = sector_functions(model, basis, 1)
    assert functions.size == basis.size // 2
    operator = MatrixFreeHamiltonian(model, basis, functions)
    x = np.random.default_rng(0).normal(size=functions.size).astype(kind)
    expected = dense_hamiltonian(model, basis)[np.ix_(functions, functions)] @ x
    np.testing.assert_allclose(
        operator.matvec(x), expected, atol=1e-4 if np.finfo(kind).eps > 1e-10 else 1e-11
    )
    np.testing.assert_allclose(operator.tosparse() @ x, expected, atol=1e-4)


def test_large_products_are_matrix_free_with_and_without_sector():
    model, basis = coupled_first((24, 30, 45))
    assert isinstance(hamiltonian_operator(model, basis), MatrixFreeHamiltonian)
    functions = sector_functions(model, basis, 0)
    operator = hamiltonian_operator(model, basis, functions)
    assert isinstance(operator, MatrixFreeHamiltonian)
    x = np.random.default_rng(1).normal(size=functions.size)
    np.testing.assert_allclose(
        operator.matvec(x), sparse_hamiltonian(model, basis, functions) @ x, atol=1e-10
    )
    with pytest.raises(vb.InputError, match="needs a product basis"):
        MatrixFreeHamiltonian(model, vb.VibronicBasis(2, (4, 4, 4), max_quanta=5))


def test_threads_share_a_product(monkeypatch):
    model, basis = coupled_first((40, 50, 60))
    x = np.random.default_rng(2).normal(size=basis.size)
    results = []
    for threads in ("1", "3"):
        monkeypatch.setenv("VIBRONIC_NUM_THREADS", threads)
        results.append(MatrixFreeHamiltonian(model, basis).matvec(x))
    np.testing.assert_array_equal(*results)
    monkeypatch.setenv("VIBRONIC_NUM_THREADS", "many")
    with pytest.raises(
        vb.InputError, match="VIBRONIC_NUM_THREADS must be a positive integer, but is 'many'"
    ):
        MatrixFreeHamiltonian(model, basis).matvec(x)


def test_without_numba_results_are_the_same_after_one_warning():
    code = """
import sys, warnings
sys.modules["numba"] = None
import numpy as np, vibronic as vb
sys.path.insert(0, "tests")
from systems import crossing_model
from vibronic.operators import MatrixFreeHamiltonian, SparseOperator
from vibronic.operators import dense_hamiltonian, sparse_hamiltonian
model, basis = crossing_model(), vb.VibronicBasis(2, (5, 4))
x = np.random.default_rng(0).normal(size=40) + 1j
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    sparse = SparseOperator(sparse_hamiltonian(model, basis))
    exact = 2 * (dense_hamiltonian(model, basis) @ x - 0.5 * x)
    for operator in (MatrixFreeHamiltonian(model, basis), sparse):
        out = np.full(40, np.nan + 0j)
        assert abs(operator.apply(x, out, 2.0, 0.5) - exact).max() < 1e-12
    run = vb.dynamics.propagate(model, 1, [0.0, 10.0, 20.0])
print(len([w for w in caught if "numba" in str(w.message)]), run.certificate.converged)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True"]


@settings(max_examples=15, deadline=None)
@given(random_models(max_states=3, max_modes=2), st.integers(0, 2**31))
@pytest.mark.slow
def test_four_roads_to_a_propagation(model, seed):
    rng = np.random.default_rng(seed)
    basis = vb.VibronicBasis(model.n_states, (6,) * model.n_modes)
    amplitudes = rng.normal(size=(model.n_states, basis.n_vibrational))
    packet = vb.Wavepacket(basis, amplitudes / np.linalg.norm(amplitudes))
    times = np.array([0.0, 1.0, 2.5, 40.0])
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    start = vectors.T @ packet.amplitudes.ravel()
    exact = [vectors @ (np.exp(-1j * values * t / HBAR) * start) for t in times]
    populations = [(np.abs(psi.reshape(model.n_states, -1)) ** 2).sum(axis=1) for psi in exact]
    for method in (
        Lanczos(1e-9),
        Chebyshev(1e-9),
        ShortIterativeLanczos(1e-9, dimension=10),
        QutipIntegrator("vern7"),
    ):
        run = propagate(model, packet, times, method=method)
        np.testing.assert_allclose(
            run.populations,
            populations,
            atol=3e-6 if isinstance(method, QutipIntegrator) else 1e-7,
        )
        np.testing.assert_allclose(
            run.autocorrelation,
            [psi @ psi for psi in exact],
            atol=3e-6 if isinstance(method, QutipIntegrator) else 1e-7,
        )
        assert run.populations.sum(axis=1) == pytest.approx(1, abs=1e-6)
        assert run.energies[0] == pytest.approx(run.energies[-1], abs=1e-5)


def test_time_reversal(crossing):
    basis = vb.VibronicBasis(2, (12, 10))
    packet = vb.Wavepacket.vertical(basis, 1)
    values, vectors = np.linalg.eigh(dense_hamiltonian(crossing, basis))
    later = vectors @ (np.exp(-1j * values * 30 / HBAR) * (vectors.T @ packet.amplitudes.ravel()))
    back = propagate(crossing, vb.Wavepacket(basis, later.conj().reshape(2, -1)), [0.0, 30.0])
    assert back.populations[-1] == pytest.approx([0, 1], abs=1e-7)


def test_pruned_bases_approach_the_product(crossing):
    times = np.linspace(0, 50, 11)
    exact = propagate(crossing, vb.Wavepacket.vertical(vb.VibronicBasis(2, (40, 40)), 1), times)
    errors = [
        np.abs(
            propagate(
                crossing,
                vb.Wavepacket.vertical(vb.VibronicBasis(2, (q + 1, q + 1), max_quanta=q), 1),
                times,
            ).populations
            - exact.populations
        ).max()
        for q in (8, 14, 20, 28)
    ]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert errors[3] < 1e-7


def test_only_the_sectors_of_a_packet_are_propagated(crossing):
    basis = vb.VibronicBasis(2, (10, 10))
    assert packet_functions(crossing, vb.Wavepacket.vertical(basis, 1)).size == basis.size // 2
    both = vb.Wavepacket.vertical(basis, amplitudes=(0.6, 0.8))
    assert packet_functions(crossing, both).size == basis.size
    run = propagate(crossing, vb.Wavepacket.vertical(basis, 1), [0.0, 25.0])
    assert run.provenance["basis"].startswith("100 functions")


def test_spectator_modes_cost_nothing():
    six = vb.library.hamiltonian("pyrazine", "24-mode-linear")
    small = six.subset(
        modes=[label for m, label in enumerate(six.mode_labels) if np.any(six.linear[m])]
    )
    assert (six.n_modes, small.n_modes) == (24, 6)
    times = np.linspace(0, 15, 7)
    runs = [propagate(model, 1, times, tolerance=1e-2) for model in (six, small)]
    np.testing.assert_allclose(runs[0].populations, runs[1].populations, atol=1e-6)
    assert runs[0].certificate.size == runs[1].certificate.size
    assert sum(n > 1 for n in runs[0].basis.levels) <= 6


@pytest.mark.slow
def test_certificates_of_random_models_are_honest():
    from benchmarks.honesty import one

    pairs = [pair for seed in range(2000, 2006) for pair in one(seed)]
    assert len(pairs) >= 6
    assert all(true <= certified for certified, true in pairs)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C at a moment of the test's choice."""


def interrupting(after):
    """A progress callback that interrupts at the `after`-th report of an output."""
    seen = []

    def progress(stage, fraction):
        seen.append(fraction)
        if len(seen) == after:
            raise Interrupted

    return progress


@pytest.mark.parametrize("start", ["packet", "state"])
@pytest.mark.parametrize("after", [8, 40])
def test_an_interrupted_propagation_goes_on(tmp_path, start, after):
    model = crossing_model()
    path = tmp_path / "unfinished.h5"
    times = np.linspace(0, 60, 121)
    begin = 1 if start == "state" else vb.Wavepacket.vertical(vb.VibronicBasis(2, (16, 14)), 1)
    whole = propagate(model, begin, times)
    with pytest.raises(KeyboardInterrupt), vb.progress_to(interrupting(after)):
        propagate(model, begin, times, checkpoint=path)
    assert path.exists()
    left = vb.load(path)
    assert "Unfinished" in type(left).__name__
    if start == "packet":
        assert left.done > 0
    resumed = propagate(model, begin, times, checkpoint=path)
    np.testing.assert_allclose(resumed.populations, whole.populations, atol=2e-6)
    np.testing.assert_allclose(resumed.autocorrelation, whole.autocorrelation, atol=2e-6)
    assert resumed.energies == pytest.approx(whole.energies, abs=1e-4)
    assert not path.exists()


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    model = crossing_model()
    path = tmp_path / "unfinished.h5"
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(2, (8, 8)), 1)
    with pytest.raises(KeyboardInterrupt), vb.progress_to(interrupting(2)):
        propagate(model, packet, [0.0, 5.0, 10.0], checkpoint=path)
    with pytest.raises(vb.InputError, match="belongs to another propagation"):
        propagate(model, packet, [0.0, 5.0, 11.0], checkpoint=path)
    vb.save(model, tmp_path / "model.h5")
    with pytest.raises(vb.InputError, match="belongs to another propagation"):
        propagate(model, packet, [0.0, 5.0], checkpoint=tmp_path / "model.h5")
    with pytest.raises(vb.InputError, match=r"must name an \.h5 file"):
        propagate(model, packet, [0.0, 5.0], checkpoint="somewhere")


def test_memory_is_estimated_and_refused_before_anything_runs(crossing):
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(2, (40, 40)), 1)
    with pytest.raises(
        vb.InputError,
        match=r"functions need .* GB, more than the .* allowed, and about .*`--memory`",
    ):
        propagate(crossing, packet, [0.0, 10.0], limits=vb.Limits(memory=1e4))
    with pytest.raises(vb.InputError, match="need .* GB, more than"):
        autocorrelation(crossing, packet, [0.0, 10.0], limits=vb.Limits(memory=1e4))
    with pytest.raises(vb.InputError, match="need .* GB, more than"):
        vb.spectra.lanczos_spectrum(crossing, packet, limits=vb.Limits(memory=1e4))
    model = vb.library.hamiltonian("pyrazine", "24-mode")
    estimate = cost(model, vb.VibronicBasis(2, (10,) * 8 + (1,) * 16), time=120)
    assert estimate.functions == 2 * 10**8
    assert estimate.bytes > 1e10
    assert "200,000,000 functions" in str(estimate)
    limited = propagate(
        crossing, 1, np.linspace(0, 60, 31), tolerance=1e-12, limits=vb.Limits(120)
    )
    assert "NOT CONVERGED" in str(limited)
    assert "limits" in str(limited)
    for argument in ({"memory": -1.0}, {"max_size": 0}):
        name = next(iter(argument))
        with pytest.raises(vb.InputError, match=f"`{name}` must be a positive number"):
            vb.Limits(**argument)
    for call in (propagate, autocorrelation):
        with pytest.raises(vb.InputError, match="`tolerance` must be a positive number"):
            call(crossing, 1, [0.0, 5.0], tolerance=0.0)
    with pytest.raises(vb.InputError, match="`tolerance` must be a positive number"):
        vb.spectra.lanczos_spectrum(crossing, 1, tolerance=0.0)
    with pytest.raises(vb.InputError, match="`starts` must list at least one wavepacket"):
        correlation_functions(crossing, [], [0.0, 1.0])


def test_estimates_are_of_the_right_order():
    model = vb.library.hamiltonian("pyrazine")
    basis = vb.bases.suggested_basis(model, 1, 0.8)
    functions = sector_functions(model, basis, 1)
    estimate = cost(model, basis, functions, time=60, n_times=61)
    matrix = sparse_hamiltonian(model, basis, functions)
    stored = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
    assert 0.8 * stored < estimate.bytes < 100 * stored
    assert 1e-3 < estimate.seconds < 60


def test_autocorrelation_alone_is_that_of_the_propagation(crossing):
    basis = vb.VibronicBasis(2, (18, 16))
    packet = vb.Wavepacket.vertical(basis, 1)
    times = np.linspace(0, 90, 46)
    run = propagate(crossing, packet, times / 2)
    for tolerance in (1e-3, 1e-8):
        found = autocorrelation(crossing, packet, times, tolerance=tolerance)
        np.testing.assert_allclose(
            found.autocorrelation, run.autocorrelation, atol=tolerance + 1e-7
        )
    grown = autocorrelation(crossing, 1, times, tolerance=1e-4)
    assert grown.certificate.converged
    np.testing.assert_allclose(grown.autocorrelation, run.autocorrelation, atol=1e-4)
    curve = vb.spectra.autocorrelation_spectrum(
        autocorrelation(crossing, 1, np.linspace(0, 320, 641)), np.linspace(9, 10, 200), fwhm=0.03
    )
    sticks = vb.spectra.lanczos_spectrum(crossing, 1, fwhm=0.03)
    assert (
        np.abs(curve.values - sticks.broadened(curve.grid, fwhm=0.03).values).max()
        < 4e-3 * curve.values.max()
    )
    with pytest.raises(vb.InputError, match="real amplitudes"):
        autocorrelation(crossing, vb.Wavepacket.vertical(basis, amplitudes=(0.6, 0.8j)), times)
    with pytest.raises(vb.InputError, match="must increase from 0"):
        autocorrelation(crossing, packet, [0.0, -3.0])


@settings(max_examples=10, deadline=None)
@given(random_models(max_states=3, max_modes=2))
def test_correlation_functions_of_several_packets(model):
    basis = vb.VibronicBasis(model.n_states, (6,) * model.n_modes)
    packets = [vb.Wavepacket.vertical(basis, i) for i in range(model.n_states)]
    times = np.linspace(0, 40, 9)
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    rows = np.array([packet.amplitudes.ravel() for packet in packets]) @ vectors
    exact = np.einsum("an,tn,bn->tab", rows, np.exp(-1j * np.outer(times, values) / HBAR), rows)
    found = correlation_functions(model, packets, times)
    np.testing.assert_allclose(found, exact, atol=1e-6)
    np.testing.assert_allclose(found, found.transpose(0, 2, 1), atol=1e-12)


@pytest.mark.parametrize("near", [None, 9.6])
def test_eigenstates_are_those_of_the_dense_matrix(crossing, near):
    basis = vb.VibronicBasis(2, (22, 20))
    energies = np.linalg.eigvalsh(dense_hamiltonian(crossing, basis)) - crossing.zero_point_energy
    expected = np.sort(energies[np.argsort(np.abs(energies - near))[:7]] if near else energies[:7])
    found = eigenstates(crossing, basis, 7, near=near)
    np.testing.assert_allclose(found.energies, expected, atol=1e-9)
    assert found.certificate.converged
    assert found.certificate.reached == pytest.approx(max(found.residuals.max(), 2.3e-16))
    vectors = np.linalg.eigh(dense_hamiltonian(crossing, basis))[1]
    order = [int(np.abs(energies - e).argmin()) for e in found.energies]
    weights = (vectors[:, order].reshape(2, -1, 7) ** 2).sum(axis=1).T
    np.testing.assert_allclose(found.state_weights, weights, atol=1e-6)
    sector = eigenstates(crossing, basis, 5, near=near, state=0)
    assert np.all([np.abs(energies - e).min() < 1e-9 for e in sector.energies])
    assert "residual" in str(found)
    with pytest.raises(vb.InputError, match="`count` must be from 1"):
        eigenstates(crossing, basis, 0)


def test_bad_models_and_bases_are_refused():
    with pytest.raises(vb.InputError, match="symmetric"):
        vb.VibronicHamiltonian([0.1], [[1.0, 0.2], [0.1, 2.0]], np.zeros((1, 2, 2)))
    with pytest.raises(vb.InputError, match=r"nan|finite|NaN"):
        vb.VibronicHamiltonian([0.1], [[np.nan]], [[[0.0]]])
    with pytest.raises(vb.InputError, match="positive frequencies"):
        vb.VibronicHamiltonian([0.0], [[1.0]], [[[0.0]]])
    with pytest.raises(vb.InputError, match="at least one"):
        vb.VibronicBasis(2, (4, 0))
    with pytest.raises(vb.InputError, match="`start`"):
        propagate(crossing_model(), 5, [0.0, 1.0])
    model = crossing_model()
    huge = vb.VibronicBasis(2, (200_000, 200_000))
    with pytest.raises(vb.InputError, match="80,000,000,000 functions need"):
        cost(model, huge, time=10).check(1e10)
