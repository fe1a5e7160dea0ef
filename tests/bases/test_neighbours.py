"""Neighbours by their quanta, also where no integer counts the direct product."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.bases import NeighbourTable, quanta_changes
from vibronic.operators import sparse_hamiltonian


@pytest.mark.parametrize("n_modes", [3, 22])
def test_neighbours_are_the_functions_with_the_changed_quanta(n_modes):
    basis = vb.VibronicBasis(1, (8,) * n_modes, max_quanta=2)
    table = NeighbourTable(basis)
    index = {tuple(q): k for k, q in enumerate(basis.quanta.tolist())}
    for change in ((), ((0, 1),), ((n_modes - 1, -2),), ((0, 1), (2, -1))):
        expected = []
        for q in basis.quanta.tolist():
            for m, d in change:
                q[m] += d
            expected.append(index.get(tuple(q), -1))
        np.testing.assert_array_equal(table.neighbours(0, basis.n_vibrational, change), expected)
        np.testing.assert_array_equal(table.neighbours(3, 9, change), expected[3:9])


def test_h_of_many_modes_is_symmetric():
    n = 22  # 8**22 functions in the direct product
    model = vb.VibronicHamiltonian([0.1] * n, [[0.0]], np.full((n, 1, 1), 0.1))
    h = sparse_hamiltonian(model, vb.VibronicBasis(1, (8,) * n, max_quanta=2))
    assert abs(h - h.T).max() == 0
    assert (h.toarray()[0] != 0).sum() == n + 1


def test_changes_of_quanta(crossing):
    changes = quanta_changes(crossing)
    assert set(changes) == {(), ((0, 1),), ((0, -1),), ((1, 1),), ((1, -1),)}
    ((powers, matrix),) = changes[((1, 1),)]
    assert powers == {1: 1}
    np.testing.assert_array_equal(matrix, crossing.linear[1])
