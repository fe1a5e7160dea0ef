"""A wavepacket on a tree, and what can be asked of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from .contractions import on_first
from .tree_hamiltonian import TreeHamiltonian


@dataclass(frozen=True, eq=False)
class TreePacket:
    """Tensors of the nodes of a `hamiltonian`: a leaf's (n_functions, rank), a node's (rank_left,
    rank_right, rank), the root's (rank_left, rank_right, n_states). All but the root's have
    orthonormal columns towards the root.
    """

    hamiltonian: TreeHamiltonian
    tensors: tuple[np.ndarray, ...]

    @property
    def root(self) -> np.ndarray:
        """The root's tensor."""
        return self.tensors[0]

    @property
    def ranks(self) -> list[int]:
        """Of every edge, in the order of the nodes without the root."""
        return [tensor.shape[-1] for tensor in self.tensors[1:]]

    def electronic_density(self) -> np.ndarray:
        """rho_ij = <psi|j><i|psi>, (n_states, n_states)."""
        columns = self.root.reshape(-1, self.root.shape[-1])
        found: np.ndarray = columns.T @ columns.conj()
        return found

    def overlap(self, bra: TreePacket, *, conjugate: bool = True) -> complex:
        """<bra|psi>, or without the conjugation of the bra."""
        return complex(np.trace(self._upward(bra, 0, conjugate)))

    def _upward(self, bra: TreePacket, k: int, conjugate: bool) -> np.ndarray:
        """The overlap of what lies below node k, (n_bra, n_ket) of its upper side."""
        other = bra.tensors[k].conj() if conjugate else bra.tensors[k]
        own = self.tensors[k]
        node = self.hamiltonian.nodes[k]
        if node.branch.is_leaf:
            found: np.ndarray = other.T @ own
            return found
        left, right = (self._upward(bra, child, conjugate) for child in node.children)
        moved = np.matmul(right, on_first(left, own))
        joined: np.ndarray = np.tensordot(other, moved, axes=([0, 1], [0, 1]))
        return joined

    def leaf_densities(self) -> dict[int, np.ndarray]:
        """For every leaf, by number of its node, the density matrix of its functions in every
        electronic state, (n_states, n_functions, n_functions).
        """
        found: dict[int, np.ndarray] = {}
        self._downward(0, self._density_above(0), found)
        return found

    def _downward(self, k: int, above: np.ndarray, found: dict[int, np.ndarray]) -> None:
        """Spread the density matrices (n_states, rank, rank) of the edge above node k."""
        own = self.tensors[k]
        node = self.hamiltonian.nodes[k]
        if node.branch.is_leaf:
            found[k] = own @ above @ own.conj().T
            return

        half = np.einsum("abr,srt->sabt", own, above, optimize=True)
        left, right = node.children
        kept = np.einsum("sabt,cbt->sac", half, own.conj(), optimize=True)
        self._downward(left, kept, found)
        kept = np.einsum("sabt,act->sbc", half, own.conj(), optimize=True)
        self._downward(right, kept, found)

    def mode_density(self, mode: int) -> np.ndarray:
        """Density matrix of one mode's levels in every electronic state, (n_states, n, n)."""
        k, place = self._leaf_of(mode)
        leaf = self.hamiltonian.nodes[k].leaf
        assert leaf is not None
        return _partial_trace(self.leaf_densities()[k], leaf.levels, place)

    def joint(self, modes: tuple[int, int], operators: Sequence[np.ndarray]) -> np.ndarray:
        """<A B> in every electronic state, of operators (n, n_levels, n_levels) of one mode and
        of another, (n_states, n_A, n_B).
        """
        places = [self._leaf_of(mode) for mode in modes]
        if places[0][0] == places[1][0]:
            return self._joint_in_leaf(places[0][0], [place for _, place in places], operators)

        upwards = [self._path(k) for k, _ in places]
        meeting = next(k for k in upwards[0] if k in upwards[1])
        lifted = [
            self._lifted(path[: path.index(meeting)], place, matrices)
            for path, (_, place), matrices in zip(upwards, places, operators, strict=True)
        ]
        sides = [
            self.hamiltonian.nodes[meeting].children.index(path[path.index(meeting) - 1])
            for path in upwards
        ]
        tensor = self.tensors[meeting]
        if sides[0] == 1:
            tensor = tensor.swapaxes(0, 1)
        above = self._density_above(meeting)
        return _expected(tensor, lifted[0], lifted[1], above)

    def transition(self, operators: Mapping[int, np.ndarray]) -> np.ndarray:
        """<psi_i|A|psi_j> of a product of operators (n_levels, n_levels) of single modes,
        (n_states, n_states).
        """
        return self._product_below(0, operators)

    def _product_below(self, k: int, operators: Mapping[int, np.ndarray]) -> np.ndarray:
        """The product's factors below node k, in the directions of its upper side."""
        node = self.hamiltonian.nodes[k]
        own = self.tensors[k]
        if k and not set(operators) & set(node.branch.modes):
            return np.eye(own.shape[-1])
        if node.leaf is not None:
            matrix = np.ones((1, 1))
            for mode, n in zip(node.leaf.modes, node.leaf.levels, strict=True):
                matrix = np.kron(matrix, operators.get(mode, np.eye(n)))
            found: np.ndarray = own.conj().T @ matrix @ own
            return found

        left, right = (self._product_below(child, operators) for child in node.children)
        moved = np.matmul(right, on_first(left, own))
        joined: np.ndarray = np.tensordot(own.conj(), moved, axes=([0, 1], [0, 1]))
        return joined

    def _path(self, k: int) -> list[int]:
        """A node and all above it, to the root."""
        found = [k]
        while (parent := self.hamiltonian.nodes[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def _lifted(self, path: list[int], place: int, matrices: np.ndarray) -> np.ndarray:
        """Operators of a mode in the directions of the last edge of a path up from its leaf."""
        leaf = self.hamiltonian.nodes[path[0]].leaf
        assert leaf is not None
        tensor = self.tensors[path[0]]
        levels = leaf.levels
        before = prod(levels[:place])
        after = prod(levels[place + 1 :])
        shaped = tensor.reshape(before, levels[place], after, -1)
        found: np.ndarray = np.einsum(
            "palr,xab,pblt->xrt", shaped.conj(), matrices, shaped, optimize=True
        )
        for below, k in itertools.pairwise(path):
            own = self.tensors[k]
            if self.hamiltonian.nodes[k].children.index(below) == 1:
                own = own.swapaxes(0, 1)
            found = np.einsum("abr,xac,cbt->xrt", own.conj(), found, own, optimize=True)
        return found

    def _density_above(self, k: int) -> np.ndarray:
        """Of the edge above node k in every electronic state, (n_states, rank, rank); above the
        root, projectors on the states.
        """
        if k == 0:
            identity = np.eye(self.root.shape[-1])
            return np.array([np.diag(row) for row in identity])
        path = self._path(k)[::-1]
        found = self._density_above(0)
        for upper, lower in itertools.pairwise(path):
            own = self.tensors[upper]
            if self.hamiltonian.nodes[upper].children.index(lower) == 1:
                own = own.swapaxes(0, 1)
            found = np.einsum("abr,srt,cbt->sac", own, found, own.conj(), optimize=True)
        return found

    def _joint_in_leaf(
        self, k: int, places: Sequence[int], operators: Sequence[np.ndarray]
    ) -> np.ndarray:
        leaf = self.hamiltonian.nodes[k].leaf
        assert leaf is not None
        own = self.tensors[k]
        density = own @ self._density_above(k) @ own.conj().T
        shaped = density.reshape(len(density), *leaf.levels, *leaf.levels)
        left = list(range(len(leaf.levels)))
        for place in reversed(left):
            if place not in places:
                shaped = np.trace(shaped, axis1=1 + place, axis2=1 + place + len(left))
                left.remove(place)

        first, second = (operators[places.index(place)] for place in left)
        found: np.ndarray = np.einsum("sabcd,xca,ydb->sxy", shaped, first, second, optimize=True)
        return found if places[0] == left[0] else found.swapaxes(1, 2)

    def level_occupations(self) -> list[np.ndarray]:
        """Of every mode, (n_levels,)."""
        found: list[np.ndarray] = [np.zeros(0)] * len(self.hamiltonian.levels)
        for k, density in self.leaf_densities().items():
            leaf = self.hamiltonian.nodes[k].leaf
            assert leaf is not None
            for place, mode in enumerate(leaf.modes):
                matrices = _partial_trace(density, leaf.levels, place)
                found[mode] = np.diagonal(matrices, axis1=1, axis2=2).real.sum(axis=0)
        return found

    def _leaf_of(self, mode: int) -> tuple[int, int]:
        for k, node in enumerate(self.hamiltonian.nodes):
            if node.leaf is not None and mode in node.leaf.modes:
                return k, node.leaf.modes.index(mode)
        raise KeyError(mode)


def _expected(
    tensor: np.ndarray, first: np.ndarray, second: np.ndarray, above: np.ndarray
) -> np.ndarray:
    """<A B> of operators (n, rank, rank) of the two lower sides of a tensor, (n_states, n_A,
    n_B), one A at a time.
    """
    rows = []
    for operator in first:
        moved = on_first(operator, tensor)
        own = np.einsum("acr,srt,abt->scb", moved, above, tensor.conj(), optimize=True)
        rows.append(np.einsum("ybc,scb->sy", second, own, optimize=True))
    return np.stack(rows, axis=1)


def _partial_trace(density: np.ndarray, levels: Sequence[int], place: int) -> np.ndarray:
    """Of a leaf's density matrices all modes but one traced out."""
    n_states = len(density)
    before = prod(levels[:place])
    own = levels[place]
    after = prod(levels[place + 1 :])
    shaped = density.reshape(n_states, before, own, after, before, own, after)
    found: np.ndarray = np.einsum("sabcadc->sbd", shaped)
    return found
