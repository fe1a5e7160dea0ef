"""The one-site projector-splitting integrator of a tree: psi moves within its bond dimensions,
which grow where H leads out of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..units import HBAR
from .contractions import Operators, halves, on_first, real_on_complex
from .exponential import exponential
from .tree_hamiltonian import Node, TreeHamiltonian
from .tree_packet import TreePacket

TRIALS = 8  # random directions that look for what the space lacks
MEMORY = 1.0  # fs for which what is not followed now would be missed
FLOOR = {"complex64": 3e-5, "complex128": 1e-10}  # of the largest; smaller residuals are noise


@dataclass(frozen=True)
class Growing:
    """Bond dimensions grow to at most `max_rank` by directions whose residual, over a
    femtosecond, exceeds `threshold`.
    """

    max_rank: int
    threshold: float


class ProjectorSplitting:
    """Moves a packet; second order in the step, exact norm and energy.

    C. Lubich, B. Vandereycken, H. Walach, SIAM J. Numer. Anal. 56, 1252 (2018),
    doi:10.1137/17M1146889 (trees: G. Ceruti, C. Lubich, H. Walach, SIAM J. Numer. Anal. 59, 289
    (2021), doi:10.1137/20M1321838). Growth by the residual at two sites, found with random
    vectors.
    """

    def __init__(self, packet: TreePacket, growing: Growing, tolerance: float = 1e-6) -> None:
        self.hamiltonian = packet.hamiltonian
        self.growing = growing
        self.tolerance = tolerance
        self.tensors = list(packet.tensors)
        self.kind = packet.root.dtype
        self.random = np.random.default_rng(1)
        self.matrices = _real_matrices(self.hamiltonian, self.kind)
        n = len(self.tensors)
        self.lower: list[Operators] = [()] * n  # operators below the edge above a node
        self.upper: list[Operators] = [()] * n  # and above it
        self.residues: dict[int, np.ndarray] = {}
        electronic = [x.astype(self.kind) for x in self.hamiltonian.electronic]
        self.upper[0] = [electronic[0], None, *electronic[2:]]
        for k in range(n - 1, 0, -1):
            self._refresh_lower(k)

    def step(self, dt: float) -> TreePacket:
        """The packet `dt` (fs) later."""
        self._forward(0, dt / 2)
        self._backward(0, dt / 2)
        return TreePacket(self.hamiltonian, tuple(self.tensors))

    def energy(self) -> float:
        """<psi|H|psi>, eV."""
        root = self.tensors[0]
        return float(np.vdot(root, self._on_node(0)(root)).real)

    def _forward(self, k: int, dt: float) -> None:
        for side, child in enumerate(self._node(k).children):
            rest = self._down(k, side, None, grows=True)
            self._forward(child, dt)
            self._up(k, side, rest, dt)
        self._evolve(k, dt)

    def _backward(self, k: int, dt: float) -> None:
        self._evolve(k, dt)
        children = self._node(k).children
        for side in reversed(range(len(children))):
            rest = self._down(k, side, dt, grows=False)
            self._backward(children[side], dt)
            self._up(k, side, rest, None)

    def _evolve(self, k: int, dt: float) -> None:
        factor = -1j * dt / HBAR
        self.tensors[k] = exponential(self._on_node(k), self.tensors[k], factor, self.tolerance)

    def _down(self, k: int, side: int, dt: float | None, *, grows: bool) -> np.ndarray:
        """Move the centre from node k to a child; what stays of node k (rank, n_other, n_upper).

        The matrix between them moves back by `dt` on the way.
        """
        child = self._node(k).children[side]
        tensor = np.moveaxis(self.tensors[k], side, 0)
        columns, between = np.linalg.qr(tensor.reshape(len(tensor), -1).T)
        rest = np.ascontiguousarray(columns.T).reshape(-1, *tensor.shape[1:])
        self._refresh_upper(k, side, rest)

        centre = np.ascontiguousarray(between.T)
        if dt is not None:
            factor = 1j * dt / HBAR
            centre = exponential(self._on_edge(child), centre, factor, self.tolerance)
        if grows:
            rest, centre = self._grown(k, side, rest, centre)
        self.tensors[child] = self.tensors[child] @ centre
        return rest

    def _up(self, k: int, side: int, rest: np.ndarray, dt: float | None) -> None:
        """Move the centre from a child back to node k."""
        child = self._node(k).children[side]
        tensor = self.tensors[child]
        columns, centre = np.linalg.qr(tensor.reshape(-1, tensor.shape[-1]))
        self.tensors[child] = np.ascontiguousarray(columns).reshape(*tensor.shape[:-1], -1)
        self._refresh_lower(child)
        if dt is not None:
            factor = 1j * dt / HBAR
            centre = exponential(self._on_edge(child), centre, factor, self.tolerance)
        moved = on_first(centre, rest)
        self.tensors[k] = np.ascontiguousarray(np.moveaxis(moved, 0, side))

    def _refresh_lower(self, k: int) -> None:
        """The operators below the edge above node k, from its tensor."""
        tensor = self.tensors[k]
        node = self._node(k)
        bra = tensor.reshape(-1, tensor.shape[-1]).conj().T
        if node.leaf is not None:
            self.lower[k] = [None, *(bra @ real_on_complex(self.matrices[k], tensor))]
            return

        turned = np.ascontiguousarray(np.moveaxis(tensor, 2, 0))
        found = self._of_children(node, turned)
        conjugate = turned.reshape(len(turned), -1).conj()
        values: dict[int, np.ndarray | None] = {0: None}
        for n, image in found.items():
            values[n] = conjugate @ image.reshape(len(image), -1).T
        self.lower[k] = _numbered(values, _size(node), len(turned), self.kind)

    def _of_children(self, node: Node, turned: np.ndarray) -> dict[int, np.ndarray]:
        left, right = (self.lower[child] for child in node.children)
        return halves(turned, node.plans[2], left, right, whole=False)

    def _refresh_upper(self, k: int, side: int, rest: np.ndarray) -> None:
        """The operators above the edge to a child, from what stays of node k."""
        node = self._node(k)
        child = node.children[side]
        other = self.lower[node.children[1 - side]]
        found = halves(rest, node.plans[side], other, self.upper[k])
        conjugate = rest.reshape(len(rest), -1).conj()
        values: dict[int, np.ndarray | None] = {
            n: None if x is rest else conjugate @ x.reshape(len(x), -1).T for n, x in found.items()
        }
        self.upper[child] = _numbered(values, _size(self._node(child)), len(rest), self.kind)
        self.residues = found

    def _on_node(self, k: int) -> Callable[[np.ndarray], np.ndarray]:
        """H on the tensor of the centre."""
        node = self._node(k)
        upper = self.upper[k]
        if node.leaf is not None:
            return lambda tensor: _leaf_product(self.matrices[k], upper, tensor)

        left, right = (self.lower[child] for child in node.children)

        def apply(tensor: np.ndarray) -> np.ndarray:
            parts = halves(tensor, node.plans[0], right, upper)
            return _sum(on_first(left[n], part) for n, part in parts.items())

        return apply

    def _on_edge(self, k: int) -> Callable[[np.ndarray], np.ndarray]:
        """H on the matrix between node k and its parent."""
        pairs = list(zip(self.lower[k], self.upper[k], strict=True))

        def apply(centre: np.ndarray) -> np.ndarray:
            return _sum(_between(low, high, centre) for low, high in pairs)

        return apply

    def _grown(
        self, k: int, side: int, rest: np.ndarray, centre: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """More rows for what stays of node k, where H leads out of its space and that of the
        child together.
        """
        child = self._node(k).children[side]
        new = self._missing(child, rest, centre)
        if new is None:
            return rest, centre
        rest = np.concatenate([rest, new])
        more = np.zeros((len(centre), len(new)), self.kind)
        self._refresh_upper(k, side, rest)
        return rest, np.concatenate([centre, more], axis=1)

    def _missing(self, child: int, rest: np.ndarray, centre: np.ndarray) -> np.ndarray | None:
        """Leading directions of the residual of H psi at an edge, from a few random vectors in
        the space that the child lacks.

        N. Halko, P. G. Martinsson, J. A. Tropp, SIAM Rev. 53, 217 (2011), doi:10.1137/090771806
        """
        own = self.tensors[child].reshape(-1, self.tensors[child].shape[-1])
        rows = rest.reshape(len(rest), -1)
        room = min(self.growing.max_rank, *rows.shape[1:], len(own)) - len(rows)
        if own.shape[1] >= len(own) or room <= 0:
            return None

        trial = self._trial(own)
        found = self._of_trial(child, trial)
        residual = _sum(
            ((image.conj().T @ own) @ centre) @ self.residues[n].reshape(len(rest), -1)
            for n, image in found.items()
            if n in self.residues
        )
        residual = residual - (residual @ rows.conj().T) @ rows
        _, sizes, directions = np.linalg.svd(residual, full_matrices=False)
        sizes = sizes / np.sqrt(TRIALS)

        floor = FLOOR[self.kind.name] * max(float(sizes[0]), 1e-3)
        wanted = (sizes * MEMORY / HBAR > self.growing.threshold) & (sizes > floor)
        take = min(room, int(wanted.sum()))
        return None if take == 0 else _orthonormal(directions[:take], rows, rest)

    def _trial(self, own: np.ndarray) -> np.ndarray:
        """Random vectors (n, TRIALS) orthogonal to the columns of `own`."""
        shape = (len(own), TRIALS)
        real, imaginary = (self.random.standard_normal(shape) for _ in range(2))
        found = ((real + 1j * imaginary) / np.sqrt(2.0)).astype(self.kind)
        rest: np.ndarray = found - own @ (own.conj().T @ found)
        return rest

    def _of_trial(self, child: int, trial: np.ndarray) -> dict[int, np.ndarray]:
        """The operators below an edge on trial vectors, (n, TRIALS) each."""
        node = self._node(child)
        if node.leaf is not None:
            images = real_on_complex(self.matrices[child], trial)
            return {n + 1: image for n, image in enumerate(images)}
        shape = self.tensors[child].shape[:2]
        turned = np.ascontiguousarray(trial.T).reshape(-1, *shape)
        found = self._of_children(node, turned)
        return {n: image.reshape(len(image), -1).T for n, image in found.items()}

    def _node(self, k: int) -> Node:
        return self.hamiltonian.nodes[k]


def _orthonormal(directions: np.ndarray, rows: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Directions made orthogonal to the rows that are there, twice, in the shape of `rest`."""
    new = directions
    for _ in range(2):
        new = new - (new @ rows.conj().T) @ rows
        new = np.linalg.qr(new.T)[0].T
    return np.ascontiguousarray(new).reshape(-1, *rest.shape[1:])


def _between(low: np.ndarray | None, high: np.ndarray | None, centre: np.ndarray) -> np.ndarray:
    """Operators of both sides on the matrix between two nodes."""
    moved = on_first(low, centre)
    return moved if high is None else moved @ high.T


def _leaf_product(matrices: np.ndarray, upper: Operators, tensor: np.ndarray) -> np.ndarray:
    images = real_on_complex(matrices, tensor)
    outer = upper[0]
    parts = [tensor if outer is None else tensor @ outer.T]
    for image, operator in zip(images, upper[1:], strict=True):
        parts.append(image if operator is None else image @ operator.T)
    return _sum(parts)


def _numbered(found: dict[int, Any], size: int, rank: int, kind: Any) -> list[Any]:
    """The operators 0 to `size` as a list; zero where no product makes one."""
    nothing = np.zeros((rank, rank), kind)
    return [found.get(n, nothing) for n in range(size + 1)]


def _size(node: Node) -> int:
    assert node.edge is not None
    return node.edge.size


def _sum(parts: Any) -> np.ndarray:
    total: np.ndarray | None = None
    for part in parts:
        total = part if total is None else total + part
    assert total is not None
    return total


def _real_matrices(hamiltonian: TreeHamiltonian, kind: np.dtype[Any]) -> dict[int, np.ndarray]:
    """Leaf matrices in the precision of the tensors."""
    real = np.zeros(0, kind).real.dtype
    return {
        k: np.ascontiguousarray(node.matrices.astype(real))
        for k, node in enumerate(hamiltonian.nodes)
        if node.matrices is not None
    }
