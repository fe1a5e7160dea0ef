"""The tree against dense matrices: H, exp(-iHt), and all that is read off a packet."""

import itertools

import numpy as np
import pytest

import vibronic as vb
from vibronic.numerics.oscillator import position_power
from vibronic.operators.dense import dense_hamiltonian
from vibronic.tensor_trees import (
    Branch,
    Growing,
    ProjectorSplitting,
    TreeHamiltonian,
    TreePacket,
    product_packet,
    topology,
)
from vibronic.tensor_trees.channels import Channels
from vibronic.units import HBAR

LEVELS = (3, 4, 2, 3)


def random_model(seed, n_states=3, n_modes=4):
    """Every kind of term: constant, linear, quadratic between all modes, cubic and quartic."""
    rng = np.random.default_rng(seed)

    def symmetric(*shape):
        a = rng.normal(size=(*shape, n_states, n_states)) * 0.05
        return (a + a.swapaxes(-1, -2)) / 2

    quadratic = symmetric(n_modes, n_modes)
    higher = (
        vb.Monomial((1, 1, 0, 1)[:n_modes], symmetric()),
        vb.Monomial((0, 2, 1, 1)[:n_modes], symmetric()),
        vb.Monomial((4, 0, 0, 0)[:n_modes], symmetric()),
    )
    return vb.VibronicHamiltonian(
        rng.uniform(0.05, 0.4, size=n_modes),
        symmetric() + np.diag(rng.uniform(8, 9, size=n_states)),
        symmetric(n_modes),
        (quadratic + quadratic.swapaxes(0, 1)) / 2,
        higher,
    )


def trees():
    """Different trees of four modes."""
    one, two, three, four = (Branch((m,)) for m in range(4))
    pair = Branch((1, 2))

    def join(a, b):
        return Branch((*a.modes, *b.modes), (a, b))

    return [
        join(join(one, two), join(three, four)),
        join(join(join(four, two), one), three),
        join(join(one, four), pair),
        join(Branch((0, 1, 2)), four),
    ]


def vector_of(packet):
    """All amplitudes, (n_states, levels of modes 0, 1, ...)."""

    def below(k):
        node = packet.hamiltonian.nodes[k]
        tensor = packet.tensors[k]
        if node.leaf is not None:
            shape = (*node.leaf.levels, tensor.shape[-1])
            return tensor.reshape(shape), list(node.leaf.modes)
        (left, first), (right, second) = (below(child) for child in node.children)
        half = np.tensordot(left, tensor, axes=([-1], [0]))
        whole = np.tensordot(right, half, axes=([-1], [len(first)]))
        # axes: modes of the right, modes of the left, upper side
        return whole, second + first

    whole, modes = below(0)
    order = [modes.index(m) for m in range(len(modes))]
    return np.moveaxis(whole, -1, 0).transpose(0, *(1 + np.array(order)))


def full(model, tree, levels, amplitudes, quanta):
    """A packet whose bond dimensions hold everything."""
    hamiltonian = TreeHamiltonian(model, tree, levels)
    packet = product_packet(hamiltonian, np.array(amplitudes), np.array(quanta), 10_000)
    return ProjectorSplitting(packet, Growing(10_000, 1e-9), tolerance=1e-11)


def dense_start(model, levels, amplitudes, quanta):
    start = np.zeros((model.n_states, *levels))
    start[(slice(None), *quanta)] = amplitudes
    return start.ravel()


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("seed", [0, 1])
def test_a_tree_that_holds_everything_moves_as_the_dense_matrix(which, seed):
    model = random_model(seed)
    amplitudes = [0.6, 0.0, 0.8]
    quanta = (0, 1, 0, 0)
    moving = full(model, trees()[which], LEVELS, amplitudes, quanta)
    matrix = dense_hamiltonian(model, vb.VibronicBasis(3, LEVELS))
    energies, states = np.linalg.eigh(matrix)
    start = dense_start(model, LEVELS, amplitudes, quanta)
    assert moving.energy() == pytest.approx(start @ matrix @ start, abs=1e-10)

    first = TreePacket(moving.hamiltonian, tuple(moving.tensors))
    time = 0.0
    for step in [0.01] * 5 + [0.05] * 5 + [0.1] * 27:
        packet = moving.step(step)
        time += step
    exact = states @ (np.exp(-1j * energies * time / HBAR) * (states.T @ start))
    np.testing.assert_allclose(vector_of(packet).ravel(), exact, atol=3e-5)
    assert packet.overlap(first) == pytest.approx(start @ exact, abs=3e-5)
    assert packet.overlap(packet, conjugate=False) == pytest.approx(exact @ exact, abs=3e-5)
    assert moving.energy() == pytest.approx(start @ matrix @ start, abs=1e-9)


@pytest.mark.parametrize("which", range(4))
def test_what_is_read_off_a_packet_is_what_its_amplitudes_say(which):
    model = random_model(3)
    moving = full(model, trees()[which], LEVELS, [0.6, 0.0, 0.8], (0, 0, 1, 0))
    for _ in range(12):
        packet = moving.step(0.25)
    psi = vector_of(packet)
    density = np.einsum("iabcd,jabcd->ij", psi, psi.conj())
    np.testing.assert_allclose(packet.electronic_density(), density, atol=1e-12)

    weights = np.abs(psi) ** 2
    for m, occupied in enumerate(packet.level_occupations()):
        rest = tuple(a for a in range(5) if a != m + 1)
        np.testing.assert_allclose(occupied, weights.sum(axis=rest), atol=1e-12)
        moved = np.moveaxis(psi, m + 1, 1).reshape(3, LEVELS[m], -1)
        expected = moved @ moved.conj().swapaxes(1, 2)
        np.testing.assert_allclose(packet.mode_density(m), expected, atol=1e-12)

    for one, two in itertools.permutations(range(4), 2):
        operators = [np.array([position_power(LEVELS[m], p) for p in (1, 2)]) for m in (one, two)]
        found = packet.joint((one, two), operators)
        for a, b in itertools.product(range(2), repeat=2):
            moved = np.moveaxis(np.tensordot(operators[0][a], psi, ([1], [one + 1])), 0, one + 1)
            moved = np.moveaxis(np.tensordot(operators[1][b], moved, ([1], [two + 1])), 0, two + 1)
            expected = np.einsum("iabcd,iabcd->i", psi.conj(), moved)
            np.testing.assert_allclose(found[:, a, b], expected, atol=1e-12)


def test_bond_dimensions_grow_until_the_packet_is_followed():
    model = random_model(5, n_states=2)
    tree = trees()[0]
    levels = (6, 6, 6, 6)
    matrix = dense_hamiltonian(model, vb.VibronicBasis(2, levels))
    energies, states = np.linalg.eigh(matrix)
    start = dense_start(model, levels, [0.0, 1.0], (0, 0, 0, 0))
    steps = [0.02 * 1.3**k for k in range(12)] + [0.4] * 10
    exact = states @ (np.exp(-1j * energies * sum(steps) / HBAR) * (states.T @ start))

    errors = []
    for threshold in (1e-1, 1e-2, 1e-3):
        hamiltonian = TreeHamiltonian(model, tree, levels)
        packet = product_packet(hamiltonian, np.array([0.0, 1.0]), np.zeros(4, int), 3)
        moving = ProjectorSplitting(packet, Growing(200, threshold))
        for step in steps:
            packet = moving.step(step)
        errors.append(np.abs(vector_of(packet).ravel() - exact).max())
        assert np.linalg.norm(packet.root) == pytest.approx(1, abs=1e-4)
    assert errors[2] < 2e-3
    assert errors[2] < errors[0] / 3
    capped = ProjectorSplitting(
        product_packet(hamiltonian, np.array([0.0, 1.0]), np.zeros(4, int), 3), Growing(4, 1e-6)
    )
    for step in steps:
        packet = capped.step(step)
    assert max(packet.ranks) <= 4


def test_single_precision_is_kept_and_is_enough():
    model = random_model(7, n_states=2)
    hamiltonian = TreeHamiltonian(model, trees()[0], LEVELS)
    found = []
    for kind in (np.complex64, np.complex128):
        packet = product_packet(hamiltonian, np.array([1.0, 0.0]), np.zeros(4, int), 30, kind)
        moving = ProjectorSplitting(packet, Growing(30, 1e-3))
        for _ in range(20):
            packet = moving.step(0.2)
        assert {tensor.dtype for tensor in packet.tensors} == {np.dtype(kind)}
        found.append(packet.electronic_density())
    np.testing.assert_allclose(found[0], found[1], atol=2e-5)


def test_closed_groups_of_modes_are_branches_and_every_mode_stands_once():
    n = 9
    quadratic = np.zeros((n, n, 2, 2))
    groups = [(0, 5, 7), (1, 2), (3, 4, 6)]
    for group in groups:
        for a, b in itertools.pairwise(group):
            quadratic[a, b] = quadratic[b, a] = np.diag([0.0, 0.01])
    model = vb.VibronicHamiltonian(
        np.full(n, 0.1), np.diag([1.0, 2.0]), np.zeros((n, 2, 2)), quadratic
    )
    tree = topology(model, [6] * n)
    assert sorted(tree.modes) == list(range(n))

    def branches(branch):
        yield branch
        for child in branch.children:
            yield from branches(child)

    found = [set(branch.modes) for branch in branches(tree)]
    assert all(set(group) in found for group in groups)
    alone = topology(model, [30] * n)
    assert all(len(b.modes) == 1 for b in branches(alone) if b.is_leaf)
    # between closed groups nothing dangles: only whole terms cross
    hamiltonian = TreeHamiltonian(model, tree, [6] * n)
    for node in hamiltonian.nodes[1:]:
        if any(set(node.branch.modes) == set(group) for group in groups):
            assert node.edge.dangling.shape[1] == 0


def test_every_symmetric_matrix_is_a_sum_of_channels():
    rng = np.random.default_rng(0)
    for n in (1, 2, 3, 5):
        matrix = rng.normal(size=(n, n))
        matrix = matrix + matrix.T
        channels = Channels(n)
        assert len(channels.matrices) == n * (n + 1) // 2
        total = np.tensordot(channels.coefficients(matrix), channels.matrices, axes=1)
        np.testing.assert_allclose(total, matrix, atol=1e-13)
