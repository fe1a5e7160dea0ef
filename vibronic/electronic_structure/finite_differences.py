"""Couplings from diabatic matrices at displaced geometries; symmetry decides which geometries are
needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .representation import Representation

STEP = 0.1  # in q: kappa and lambda are stable for 0.01-0.3, gamma is noise below 0.05
SECOND = 2.0  # the second step, in units of the first

Direction = tuple[
    tuple[int, float], ...
]  # (mode, component) pairs; along one set of modes, or along two


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
        return ", ".join(
            f"q({labels[m]}) = {c * step * self.steps:+.3g}" for m, c in self.direction
        )


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
    sets = symmetry.mode_sets
    blocks = [_block(symmetry, s) for s in sets]
    if bilinear:
        blocks += [
            b
            for i, s in enumerate(sets)
            for t in sets[i + 1 :]
            if (b := _pair(symmetry, s, t)) is not None
        ]
    return blocks


def displacements(
    symmetry: Representation, blocks: list[Block], scale: float = 1.0
) -> list[Displacement]:
    """Both signs of every direction, or one where an operation makes the other of it."""
    found = []
    for block in blocks:
        for direction in block.directions:
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
    linear = symmetry.invariants(modes)
    quadratic = symmetry.invariants(modes, modes)
    d = len(modes)
    candidates = [np.eye(d)[a] for a in range(d)]
    candidates += [(np.eye(d)[a] + np.eye(d)[b]) / np.sqrt(2) for a in range(d) for b in range(a)]
    chosen: list[np.ndarray] = []
    for u in candidates:
        gain = (
            _rank(linear, [*chosen, u])
            + _rank2(quadratic, [*chosen, u])
            - _rank(linear, chosen)
            - _rank2(quadratic, chosen)
        )
        if gain > 0:
            chosen.append(u)
    return Block((modes,), linear, quadratic, tuple(_direction(modes, u) for u in chosen))


def _pair(symmetry: Representation, first: np.ndarray, second: np.ndarray) -> Block | None:
    quadratic = symmetry.invariants(first, second)
    chosen: list[tuple[int, int]] = []
    rank = 0
    for a in range(len(first)):
        for b in range(len(second)):
            now = _matrix_rank(np.array([quadratic[:, i, j] for i, j in [*chosen, (a, b)]]))
            if now > rank:
                chosen = [*chosen, (a, b)]
                rank = now
    if not chosen:
        return None
    return Block(
        (first, second),
        np.zeros((0, 1, 1, 1)),
        quadratic,
        tuple(((int(first[a]), 1.0), (int(second[b]), 1.0)) for a, b in chosen),
    )


def _direction(modes: np.ndarray, u: np.ndarray) -> Direction:
    return tuple((int(m), float(c)) for m, c in zip(modes, u, strict=True) if c)


def _rank(invariants: np.ndarray, directions: list[np.ndarray]) -> int:
    return _matrix_rank(np.array([np.einsum("kaij,a->kij", invariants, u) for u in directions]))


def _rank2(invariants: np.ndarray, directions: list[np.ndarray]) -> int:
    return _matrix_rank(
        np.array([np.einsum("kabij,a,b->kij", invariants, u, u) for u in directions])
    )


def _matrix_rank(design: np.ndarray) -> int:
    if not design.size:
        return 0
    return int(np.linalg.matrix_rank(design.swapaxes(0, 1).reshape(design.shape[1], -1), tol=1e-6))


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
        odd, even, vectors = _differences(symmetry, block, reference, matrices, step)
        first = block.sets[0]
        last = block.sets[-1]
        left = vectors[:, first]
        right = vectors[:, last]
        if len(block.sets) == 1:
            design = np.einsum("kaij,da->kdij", block.linear, left)
            linear[first], residue = _fit(block.linear, design, odd)
            design = np.einsum("kabij,da,db->kdij", block.quadratic, left, right)
            quadratic[np.ix_(first, first)], second = _fit(block.quadratic, design, even)
            violation[first] = max(residue * step, second * step**2 / 2)
            continue
        known = sum(
            np.einsum("abij,da,db->dij", quadratic[np.ix_(s, s)], v, v)
            for s, v in ((first, left), (last, right))
        )
        design = np.einsum("kabij,da,db->kdij", block.quadratic, left, right)
        value, residue = _fit(block.quadratic, design, (even - known) / 2)
        quadratic[np.ix_(first, last)] = value
        quadratic[np.ix_(last, first)] = value.transpose(1, 0, 2, 3)
        violation[np.concatenate([first, last])] = np.maximum(
            violation[np.concatenate([first, last])], residue * step**2
        )
    return Couplings(linear, quadratic, violation)


def _differences(
    symmetry: Representation,
    block: Block,
    reference: np.ndarray,
    matrices: Mapping[Displacement, np.ndarray],
    step: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and second differences (n_directions, n, n) along the directions, and these as q
    (n_directions, n_modes).
    """
    odd = []
    even = []
    vectors = []
    for direction in block.directions:
        plus = next(d for d in matrices if d.direction == direction and d.steps > 0)
        unit = Displacement(direction, 1.0).vector(symmetry.n_modes, 1.0)
        mirrored = symmetry.opposite(unit)
        forward = matrices[plus]
        backward = (
            matrices[Displacement(direction, -plus.steps)]
            if mirrored is None
            else symmetry.turned(mirrored, forward)
        )
        width = step * plus.steps
        odd.append((forward - backward) / (2 * width))
        even.append((forward + backward - 2 * reference) / width**2)
        vectors.append(unit)
    return np.array(odd), np.array(even), np.array(vectors)


def _fit(invariants: np.ndarray, design: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, float]:
    """The allowed tensor nearest to the data, and the largest element of the data that it
    leaves.
    """
    if not len(invariants):
        return np.zeros(invariants.shape[1:]), float(np.abs(data).max(initial=0.0))
    rows = design.reshape(len(invariants), -1)
    coefficients = np.linalg.lstsq(rows.T, data.ravel(), rcond=None)[0]
    residue = data.ravel() - coefficients @ rows
    return np.tensordot(coefficients, invariants, axes=1), float(np.abs(residue).max(initial=0.0))
