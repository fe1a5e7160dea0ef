"""A product of one vibrational level and an electronic state on a tree, with room to move."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np

from .contractions import halves
from .tree_hamiltonian import Node, TreeHamiltonian
from .tree_packet import TreePacket

ORDER = 3  # products of operators that are applied to the level
SCALE = 0.3  # of an operator, against the next order
MOST = 60  # vectors of an order that are carried on
Operators = list[np.ndarray | None]


def product_packet(
    hamiltonian: TreeHamiltonian,
    amplitudes: np.ndarray,
    quanta: np.ndarray,
    rank: int,
    kind: Any = np.complex128,
) -> TreePacket:
    """sum_i amplitudes[i] |i> |quanta>; every edge has up to `rank` directions, those into which
    products of up to three operators of H lead from the level: a residual at two sites cannot see
    what only a product of two of them reaches.
    """
    n = len(hamiltonian.nodes)
    tensors: list[np.ndarray] = [np.zeros(0)] * n
    lower: list[Operators] = [[] for _ in range(n)]

    for k in range(n - 1, 0, -1):
        node = hamiltonian.nodes[k]
        if node.leaf is not None:
            tensors[k], lower[k] = _leaf(node, quanta, rank)
        else:
            below = [tensors[child] for child in node.children]
            tensors[k], lower[k] = _inner(node, below, [lower[c] for c in node.children], rank)

    left, right = (tensors[child].shape[-1] for child in hamiltonian.nodes[0].children)
    root = np.zeros((left, right, len(amplitudes)))
    root[0, 0] = amplitudes
    tensors[0] = root
    return TreePacket(hamiltonian, tuple(tensor.astype(kind) for tensor in tensors))


def _leaf(node: Node, quanta: np.ndarray, rank: int) -> tuple[np.ndarray, Operators]:
    leaf = node.leaf
    matrices = node.matrices
    assert leaf is not None
    assert matrices is not None
    level = [quanta[m] for m in leaf.modes]
    first = (leaf.quanta == level).all(axis=1).astype(float)

    columns = _spanned(lambda v: list(matrices @ v), first, rank)
    return columns, [None, *(columns.T @ matrices @ columns)]


def _inner(
    node: Node, below: list[np.ndarray], lower: list[Operators], rank: int
) -> tuple[np.ndarray, Operators]:
    shape = (below[0].shape[-1], below[1].shape[-1])
    first = np.zeros(shape[0] * shape[1])
    first[0] = 1.0

    def images(vector: np.ndarray) -> list[np.ndarray]:
        found = halves(vector.reshape(1, *shape), node.plans[2], *lower, whole=False)
        return [image.ravel() for image in found.values()]

    columns = _spanned(images, first, rank)
    turned = np.ascontiguousarray(columns.T).reshape(-1, *shape)
    found = halves(turned, node.plans[2], *lower, whole=False)
    flat = turned.reshape(len(turned), -1)
    operators = {k: flat @ image.reshape(len(image), -1).T for k, image in found.items()}
    assert node.edge is not None
    numbered = [operators[k] for k in range(1, node.edge.size + 1)]
    return columns.reshape(*shape, -1), [None, *numbered]


def _spanned(
    images: Callable[[np.ndarray], list[np.ndarray]], first: np.ndarray, rank: int
) -> np.ndarray:
    """Orthonormal columns: the first vector, and the most important directions into which up to
    three operators lead from it.
    """
    layer = [first]
    found: list[np.ndarray] = []
    for order in range(1, ORDER + 1):
        layer = [y for x in layer for y in images(x) if np.linalg.norm(y) > 1e-12]
        if not layer:
            break
        layer = _fewer(layer)
        found += [x * SCALE**order / factorial(order) for x in layer]

    if not found:
        return first[:, None]
    matrix = np.array(found).T
    matrix = matrix - np.outer(first, first @ matrix)
    left, sizes, _ = np.linalg.svd(matrix, full_matrices=False)
    kept = min(rank - 1, int((sizes > 1e-8 * max(sizes[0], 1e-300)).sum()))
    return np.column_stack([first, left[:, :kept]])


def _fewer(layer: list[np.ndarray]) -> list[np.ndarray]:
    """The most important combinations of too many vectors."""
    if len(layer) <= MOST:
        return layer
    left, sizes, _ = np.linalg.svd(np.array(layer).T, full_matrices=False)
    return list((left[:, :MOST] * sizes[:MOST]).T)
