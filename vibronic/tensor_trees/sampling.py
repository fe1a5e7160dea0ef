"""Positions drawn from |psi|^2 of a tree, and its wavefunction there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .leaves import Leaf
from .tree_packet import TreePacket

Functions = Callable[[int, np.ndarray], np.ndarray]  # (n_levels, points) -> (n_points, n_levels)


class Draws:
    """`count` draws of some `modes` from |psi|^2, all others summed over; `functions` are those of
    an oscillator.

    The modes are drawn leaf by leaf, each from its density given those before, so that the draws
    follow |psi|^2 exactly (on a grid fine enough for all products of the functions).
    """

    def __init__(
        self,
        packet: TreePacket,
        modes: Sequence[int],
        count: int,
        functions: Functions,
        rng: np.random.Generator,
    ) -> None:
        self.packet = packet
        self.modes = frozenset(modes)
        self.count = count
        self.functions = functions
        self.rng = rng
        self.positions = np.zeros((count, len(packet.hamiltonian.levels)))
        n_states = packet.root.shape[-1]
        whole = np.broadcast_to(np.eye(n_states), (count, n_states, n_states))
        self._draw(0, whole)

    def _draw(self, k: int, above: np.ndarray) -> np.ndarray:
        """Draw what stands below node k, whose upper side has density matrices `above` (count,
        rank, rank); the matrices (count, rank, rank) whose mean is the density of what was drawn.
        """
        node = self.packet.hamiltonian.nodes[k]
        tensor = self.packet.tensors[k]
        rank = tensor.shape[-1]
        if not self.modes & set(node.branch.modes):
            return np.broadcast_to(np.eye(rank), (self.count, rank, rank))
        if node.leaf is not None:
            return self._draw_leaf(node.leaf, tensor, above)

        half = np.einsum("abr,nrt->nabt", tensor, above, optimize=True)
        left = self._draw(
            node.children[0], np.einsum("nabt,cbt->nac", half, tensor.conj(), optimize=True)
        )
        half = np.einsum("nca,nabt->ncbt", left, half, optimize=True)
        right = self._draw(
            node.children[1], np.einsum("ncbt,cdt->nbd", half, tensor.conj(), optimize=True)
        )
        seen = np.einsum("nca,abr->ncbr", left, tensor, optimize=True)
        seen = np.einsum("ndb,ncbr->ncdr", right, seen, optimize=True)
        found = np.einsum("cdt,ncdr->ntr", tensor.conj(), seen, optimize=True)
        return _scaled(found)

    def _draw_leaf(self, leaf: Leaf, tensor: np.ndarray, above: np.ndarray) -> np.ndarray:
        """The same for a leaf, one of its modes after the other."""
        field = np.einsum("fr,nrb->nfb", tensor, _roots(above), optimize=True)
        field = field.reshape(self.count, *leaf.levels, -1)
        effects = np.ones((self.count, 1, 1))

        for place, (mode, n) in enumerate(zip(leaf.modes, leaf.levels, strict=True)):
            if mode not in self.modes:
                effects = _product(effects, np.broadcast_to(np.eye(n), (self.count, n, n)))
                continue
            values = self._place_one(mode, n, place, field)
            moved = np.moveaxis(field, 1 + place, 1)
            kept = np.einsum("na,na...->n...", values, moved)[:, None]
            field = np.moveaxis(kept, 1, 1 + place)
            effects = _product(effects, values[:, :, None] * values[:, None, :])

        found = np.einsum("fr,nfg,gt->nrt", tensor.conj(), effects, tensor, optimize=True)
        return _scaled(found)

    def _place_one(self, mode: int, n: int, place: int, field: np.ndarray) -> np.ndarray:
        """Draw one mode; the values (count, n_levels) of its functions where it was put."""
        far = np.sqrt(2 * n + 1) + 2
        grid = np.linspace(-far, far, int(np.ceil(2 * far * far / np.pi)) + 1)
        table = self.functions(n, grid)
        moved = np.moveaxis(field, 1 + place, 1).reshape(self.count, n, -1)
        chances = (np.abs(np.einsum("xa,nak->nxk", table, moved)) ** 2).sum(axis=2)
        edges = np.cumsum(chances, axis=1)
        wanted = self.rng.random(self.count)[:, None] * edges[:, -1:]
        index = np.minimum((edges < wanted).sum(axis=1), grid.size - 1)
        self.positions[:, mode] = grid[index]
        values: np.ndarray = table[index]
        return values


def wavefunction(
    packet: TreePacket,
    positions: np.ndarray,
    grids: Mapping[int, np.ndarray],
    functions: Functions,
) -> np.ndarray:
    """psi_i with the modes of `grids` on theirs and all others at `positions` (n, n_modes):
    (n, n_states, points of all grids in the order of `grids`).
    """
    found, modes = _below(packet, 0, positions, grids, functions)
    shape = [grids[m].size for m in modes]
    field = found.reshape(len(positions), *shape, -1)
    order = [1 + modes.index(m) for m in grids]
    moved: np.ndarray = field.transpose(0, field.ndim - 1, *order)
    return moved.reshape(len(positions), field.shape[-1], -1)


def _below(
    packet: TreePacket,
    k: int,
    positions: np.ndarray,
    grids: Mapping[int, np.ndarray],
    functions: Functions,
) -> tuple[np.ndarray, list[int]]:
    """(n, grid points below node k, rank), and the modes of these grids in order."""
    node = packet.hamiltonian.nodes[k]
    tensor = packet.tensors[k]
    if node.leaf is not None:
        return _of_leaf(node.leaf, tensor, positions, grids, functions)

    (left, first), (right, second) = (
        _below(packet, child, positions, grids, functions) for child in node.children
    )
    half = np.einsum("nga,abr->ngbr", left, tensor, optimize=True)
    found = np.einsum("ngbr,nhb->nghr", half, right, optimize=True)
    return found.reshape(len(positions), -1, tensor.shape[-1]), [*first, *second]


def _of_leaf(
    leaf: Leaf,
    tensor: np.ndarray,
    positions: np.ndarray,
    grids: Mapping[int, np.ndarray],
    functions: Functions,
) -> tuple[np.ndarray, list[int]]:
    field = np.broadcast_to(tensor, (len(positions), *tensor.shape))
    field = field.reshape(len(positions), 1, *leaf.levels, -1)
    modes = []
    for mode, n in zip(leaf.modes, leaf.levels, strict=True):
        if mode in grids:
            modes.append(mode)
            values = functions(n, grids[mode])
            field = np.einsum("xa,nga...->ngx...", values, field)
            field = field.reshape(len(positions), -1, *field.shape[3:])
        else:
            values = functions(n, positions[:, mode])
            field = np.einsum("na,nga...->ng...", values, field)
    return field, modes


def _product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kronecker products of matrices (n, a, a) and (n, b, b)."""
    size = first.shape[1] * second.shape[1]
    found = np.einsum("nac,nbd->nabcd", first, second)
    whole: np.ndarray = found.reshape(len(first), size, size)
    return whole


def _scaled(matrices: np.ndarray) -> np.ndarray:
    """Matrices with a trace of one: only their shape matters."""
    scaled: np.ndarray = matrices / np.trace(matrices, axis1=1, axis2=2).real[:, None, None]
    return scaled


def _roots(matrices: np.ndarray) -> np.ndarray:
    """R of positive Hermitian matrices R R^+."""
    values, vectors = np.linalg.eigh(matrices)
    found: np.ndarray = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    return found
