"""A vibronic-coupling Hamiltonian on a tree: which products of operators make it, node by node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from .channels import Channels
from .contractions import Plan, Product, plan
from .edge import NOTHING, Edge, Monomials, edge, inside
from .leaves import NUMBER, Leaf, Powers
from .topology import Branch

SMALL = 1e-12  # eV; smaller coefficients are none


@dataclass(eq=False)
class Node:
    """A place on the tree. `parent` and `children` are numbers of nodes; a `leaf` has the matrices
    (n_operators, n, n) of its operators, another node the `plans` by which operators of two of
    its neighbours make one of the third (lower left, lower right, upper).
    """

    branch: Branch
    parent: int | None
    children: tuple[int, ...] = ()
    edge: Edge | None = None
    leaf: Leaf | None = None
    matrices: np.ndarray | None = None
    plans: tuple[Plan, ...] = ()


class TreeHamiltonian:
    """H of a model on a tree, all modes in oscillators of so many `levels`. Number 0 of `nodes` is
    the root, which also carries the electronic states, as the operators of its upper side.
    """

    def __init__(self, model: VibronicHamiltonian, branch: Branch, levels: Sequence[int]) -> None:
        self.model = model
        self.levels = tuple(levels)
        self.channels = Channels(model.n_states)
        self.monomials = _monomials(model, self.channels)
        self.nodes: list[Node] = []
        self._grow(branch, None)
        for k, node in enumerate(self.nodes):
            if k:
                node.edge = edge(node.branch.modes, self.monomials)
        for k in range(len(self.nodes)):
            self._fill(k)

    def _grow(self, branch: Branch, parent: int | None) -> int:
        own = len(self.nodes)
        self.nodes.append(Node(branch, parent))
        self.nodes[own].children = tuple(self._grow(child, own) for child in branch.children)
        return own

    def _fill(self, k: int) -> None:
        node = self.nodes[k]
        if node.branch.is_leaf:
            node.leaf = Leaf(node.branch.modes, self.levels)
            node.matrices = self._leaf_matrices(node)
            return
        products = list(self._products(node))
        node.plans = tuple(plan(products, side) for side in range(3))

    @property
    def electronic(self) -> list[np.ndarray]:
        """The matrices of the root's upper side: the constant part of H, then every channel."""
        zero_point = self.model.zero_point_energy * np.eye(self.model.n_states)
        return [self.model.constant + zero_point, *self.channels.matrices]

    def _leaf_matrices(self, node: Node) -> np.ndarray:
        """Of the operators that cross the edge above a leaf, (n_operators, n, n)."""
        leaf = node.leaf
        above = node.edge
        assert leaf is not None
        assert above is not None
        found = np.zeros((above.size, leaf.size, leaf.size))

        for powers, coefficients in self.monomials.items():
            if inside(powers, above.modes) == powers:
                matrix = leaf.monomial(powers)
                for k, channel in enumerate(above.complete):
                    found[k] += coefficients[channel] * matrix

        first = len(above.complete)
        for powers, row in above.rows.items():
            matrix = leaf.monomial(powers)
            found[first:] += above.dangling[row][:, None, None] * matrix
        return found

    def _products(self, node: Node) -> Iterator[Product]:
        """(operator of the left child, of the right one, of the upper side, coefficient)."""
        left, right = (self._edge(child) for child in node.children)
        above = node.edge
        yield 0, 0, 0, 1.0

        channels = range(len(self.channels.matrices)) if above is None else above.complete
        for out, channel in enumerate(channels, start=1):
            for own, other in ((left, False), (right, True)):
                number = own.of_channel(channel)
                if number is not None:
                    yield (0, number, out, 1.0) if other else (number, 0, out, 1.0)
            yield from _crossed(left, right, self._joint(left, right, channel), out)

        if above is not None:
            for column in range(above.dangling.shape[1]):
                yield from _split(left, right, above, column)

    def _edge(self, k: int) -> Edge:
        found = self.nodes[k].edge
        assert found is not None
        return found

    def _joint(self, left: Edge, right: Edge, channel: int) -> np.ndarray:
        """Coefficients of the terms with a factor on either side, (n_left_rows, n_right_rows)."""
        found = np.zeros((len(left.rows), len(right.rows)))
        for powers, coefficients in self.monomials.items():
            one = inside(powers, left.modes)
            two = inside(powers, right.modes)
            if one and two and len(one) + len(two) == len(powers):
                found[left.rows[one], right.rows[two]] += coefficients[channel]
        return found


def _crossed(left: Edge, right: Edge, joint: np.ndarray, out: int) -> Iterator[Product]:
    """Products of dangling operators of both children."""
    small = left.dangling.T @ joint @ right.dangling
    for a, b in np.argwhere(np.abs(small) > SMALL).tolist():
        yield left.of_dangling(a), right.of_dangling(b), out, float(small[a, b])


def _split(left: Edge, right: Edge, above: Edge, column: int) -> Iterator[Product]:
    """What one dangling operator of the upper side is made of."""
    out = above.of_dangling(column)
    of_left = np.zeros(len(left.rows))
    of_right = np.zeros(len(right.rows))
    joint = np.zeros((len(left.rows), len(right.rows)))
    for powers, row in above.rows.items():
        weight = above.dangling[row, column]
        one = inside(powers, left.modes)
        two = inside(powers, right.modes)
        if not two:
            of_left[left.rows[one]] += weight
        elif not one:
            of_right[right.rows[two]] += weight
        else:
            joint[left.rows[one], right.rows[two]] += weight

    for a, value in enumerate(left.dangling.T @ of_left):
        if abs(value) > SMALL:
            yield left.of_dangling(a), 0, out, float(value)
    for b, value in enumerate(right.dangling.T @ of_right):
        if abs(value) > SMALL:
            yield 0, right.of_dangling(b), out, float(value)
    yield from _crossed(left, right, joint, out)


def _monomials(model: VibronicHamiltonian, channels: Channels) -> Monomials:
    """The oscillators and all terms that contain a coordinate, by channel."""
    found: dict[Powers, np.ndarray] = {}
    for m, frequency in enumerate(model.frequencies):
        found[((m, NUMBER),)] = channels.coefficients(frequency * np.eye(model.n_states))
    for powers, matrix in model.terms():
        key = tuple(sorted(powers.items()))
        if key:
            found[key] = found.get(key, 0.0) + channels.coefficients(matrix)
    return {key: value for key, value in found.items() if np.abs(value).max() > NOTHING}
