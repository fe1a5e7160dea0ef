"""Couplings from diabatic matrices at displaced geometries; symmetry decides which geometries are
needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from .symmetry import Representation

STEP = 0.1  # in q: kappa and lambda are stable for 0.01-0.3, gamma is noise below 0.05
SECOND = 2.0  # the second step, in units of the first

Direction = tuple[tuple[int, float], ...]  # (mode, component) pairs, of one set of modes or two


@dataclass(frozen=True)
class Displacement:
    """One geometry: so many steps along a direction in q."""

    direction: Direction
    steps: float

    def vector(self, n_modes: int, step: float) -> np.ndarray:
        """The displacement as q (n_modes,)."""
        q = np.zeros(n_modes)
        for mode, component in self.direction:
            q[mode] = component * step * self.steps
        return q

    def where(self, labels: tuple[str, ...], step: float) -> str:
        """As printed."""
        width = step * self.steps
        return ", ".join(f"q({labels[m]}) = {c * width:+.3g}" for m, c in self.direction)


@dataclass(frozen=True, eq=False)
class Block:
    """A set of degenerate modes (or two), the tensors symmetry allows it, and the directions that
    determine them.
    """

    sets: tuple[np.ndarray, ...]
    linear: np.ndarray  # (n_invariants, d, n, n); none for two sets
    quadratic: np.ndarray  # (n_invariants, d, d', n, n)
    directions: tuple[Direction, ...]


def plan(symmetry: Representation, bilinear: bool) -> list[Block]:
    """What must be displaced: every set of modes, and with `bilinear` every pair of sets that
    symmetry lets couple.
    """
    blocks = [_block(symmetry, modes) for modes in symmetry.mode_sets]
    if not bilinear:
        return blocks

    pairs = [
        _pair(symmetry, first, second) for first, second in combinations(symmetry.mode_sets, 2)
    ]
    return blocks + [pair for pair in pairs if pair is not None]


def displacements(
    symmetry: Representation, blocks: list[Block], scale: float = 1.0
) -> list[Displacement]:
    """Both signs of every direction, or one where an operation makes the other of it."""
    found = []
    for direction in (d for block in blocks for d in block.directions):
        plus = Displacement(direction, scale)
        found.append(plus)
        if symmetry.opposite(plus.vector(symmetry.n_modes, 1.0)) is None:
            found.append(Displacement(direction, -scale))
    return found


def full_count(n_modes: int, bilinear: bool) -> int:
    """Displaced geometries without any symmetry: both signs along every mode, and along the
    diagonal of every pair.
    """
    return 2 * n_modes + (n_modes * (n_modes - 1) if bilinear else 0)


def _block(symmetry: Representation, modes: np.ndarray) -> Block:
    """One set: directions are added while they tell apart more of the tensors allowed."""
    linear = symmetry.invariants(modes)
    quadratic = symmetry.invariants(modes, modes)
    axes = np.eye(len(modes))
    diagonals = [(axes[a] + axes[b]) / np.sqrt(2) for a in range(len(modes)) for b in range(a)]

    chosen: list[np.ndarray] = []
    rank = 0
    for u in [*axes, *diagonals]:
        now = _linear_rank(linear, [*chosen, u]) + _quadratic_rank(quadratic, [*chosen, u])
        if now > rank:
            chosen.append(u)
            rank = now

    return Block((modes,), linear, quadratic, tuple(_direction(modes, u) for u in chosen))


def _pair(symmetry: Representation, first: np.ndarray, second: np.ndarray) -> Block | None:
    """Two sets, or None where symmetry lets them not couple."""
    quadratic = symmetry.invariants(first, second)
    chosen: list[tuple[int, int]] = []
    rank = 0
    for a, b in product(range(len(first)), range(len(second))):
        now = _matrix_rank(np.array([quadratic[:, i, j] for i, j in [*chosen, (a, b)]]))
        if now > rank:
            chosen.append((a, b))
            rank = now

    if not chosen:
        return None

    directions = tuple(((int(first[a]), 1.0), (int(second[b]), 1.0)) for a, b in chosen)
    return Block((first, second), np.zeros((0, 1, 1, 1)), quadratic, directions)


def _direction(modes: np.ndarray, u: np.ndarray) -> Direction:
    return tuple((int(m), float(c)) for m, c in zip(modes, u, strict=True) if c)


def _linear_rank(invariants: np.ndarray, directions: list[np.ndarray]) -> int:
    return _matrix_rank(np.array([np.einsum("kaij,a->kij", invariants, u) for u in directions]))


def _quadratic_rank(invariants: np.ndarray, directions: list[np.ndarray]) -> int:
    seen = [np.einsum("kabij,a,b->kij", invariants, u, u) for u in directions]
    return _matrix_rank(np.array(seen))


def _matrix_rank(design: np.ndarray) -> int:
    if not design.size:
        return 0
    rows = design.swapaxes(0, 1).reshape(design.shape[1], -1)
    return int(np.linalg.matrix_rank(rows, tol=1e-6))


@dataclass(frozen=True, eq=False)
class Couplings:
    """`linear` (n_modes, n, n) and `quadratic` (n_modes, n_modes, n, n), eV, with symmetry's exact
    relations; `violation` (n_modes,), eV, is the largest part of a computed matrix, by mode, that
    symmetry forbids and that was therefore dropped.
    """

    linear: np.ndarray
    quadratic: np.ndarray
    violation: np.ndarray


def couplings(
    symmetry: Representation,
    blocks: list[Block],
    reference: np.ndarray,
    matrices: Mapping[Displacement, np.ndarray],
    step: float,
) -> Couplings:
    """Taylor coefficients from the diabatic matrices W at the displacements of one scale.

    Along a direction u, [W(hu) - W(-hu)]/2h = linear.u and [W(hu) + W(-hu) - 2 W(0)]/h^2 =
    u.quadratic.u, each fitted by least squares in the tensors that symmetry allows; errors are of
    order h^2. Bilinear terms are what the pure ones leave along a diagonal.
    """
    n = symmetry.n_states
    n_modes = symmetry.n_modes

    linear = np.zeros((n_modes, n, n))
    quadratic = np.zeros((n_modes, n_modes, n, n))
    violation = np.zeros(n_modes)

    for block in blocks:
        found = _differences(symmetry, block, reference, matrices, step)
        if len(block.sets) == 1:
            modes = block.sets[0]
            linear[modes], first = _linear_fit(block, found)
            quadratic[np.ix_(modes, modes)], second = _quadratic_fit(block, found, found.even)
            violation[modes] = max(first * step, second * step**2 / 2)
        else:
            one, other = block.sets
            left = (found.even - _pure(quadratic, block, found)) / 2
            value, residue = _quadratic_fit(block, found, left)
            quadratic[np.ix_(one, other)] = value
            quadratic[np.ix_(other, one)] = value.transpose(1, 0, 2, 3)
            both = np.concatenate([one, other])
            violation[both] = np.maximum(violation[both], residue * step**2)

    return Couplings(linear, quadratic, violation)


@dataclass(frozen=True, eq=False)
class _Differences:
    """First (`odd`) and second (`even`) differences (n_directions, n, n) along the directions, and
    these as q, `vectors` (n_directions, n_modes).
    """

    odd: np.ndarray
    even: np.ndarray
    vectors: np.ndarray


def _linear_fit(block: Block, found: _Differences) -> tuple[np.ndarray, float]:
    """The linear tensor, and the largest element of the first differences that it leaves."""
    design = np.einsum("kaij,da->kdij", block.linear, found.vectors[:, block.sets[0]])
    return _fit(block.linear, design, found.odd)


def _quadratic_fit(
    block: Block, found: _Differences, data: np.ndarray
) -> tuple[np.ndarray, float]:
    """The quadratic tensor of second differences, and the largest element that it leaves."""
    left = found.vectors[:, block.sets[0]]
    right = found.vectors[:, block.sets[-1]]
    design = np.einsum("kabij,da,db->kdij", block.quadratic, left, right)
    return _fit(block.quadratic, design, data)


def _pure(quadratic: np.ndarray, block: Block, found: _Differences) -> np.ndarray:
    """What the sets of a pair contribute alone to second differences along its diagonals."""
    parts = []
    for modes in block.sets:
        v = found.vectors[:, modes]
        parts.append(np.einsum("abij,da,db->dij", quadratic[np.ix_(modes, modes)], v, v))
    total: np.ndarray = parts[0] + parts[1]
    return total


def _differences(
    symmetry: Representation,
    block: Block,
    reference: np.ndarray,
    matrices: Mapping[Displacement, np.ndarray],
    step: float,
) -> _Differences:
    odd = []
    even = []
    vectors = []
    for direction in block.directions:
        plus = next(d for d in matrices if d.direction == direction and d.steps > 0)
        unit = Displacement(direction, 1.0).vector(symmetry.n_modes, 1.0)
        mirrored = symmetry.opposite(unit)

        forward = matrices[plus]
        if mirrored is None:
            backward = matrices[Displacement(direction, -plus.steps)]
        else:
            backward = symmetry.turned(mirrored, forward)

        width = step * plus.steps
        odd.append((forward - backward) / (2 * width))
        even.append((forward + backward - 2 * reference) / width**2)
        vectors.append(unit)

    return _Differences(np.array(odd), np.array(even), np.array(vectors))


def _fit(invariants: np.ndarray, design: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, float]:
    """The allowed tensor nearest to the data, and the largest element of the data that it
    leaves.
    """
    if not len(invariants):
        return np.zeros(invariants.shape[1:]), float(np.abs(data).max(initial=0.0))

    rows = design.reshape(len(invariants), -1)
    coefficients = np.linalg.lstsq(rows.T, data.ravel(), rcond=None)[0]
    residue = data.ravel() - coefficients @ rows
    tensor = np.tensordot(coefficients, invariants, axes=1)
    return tensor, float(np.abs(residue).max(initial=0.0))
