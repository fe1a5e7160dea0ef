"""The full point group of a molecule, its exactly symmetric geometry, and a standard orientation
that no input changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

from ..checks import InputError
from . import species

# rotations that stand for the infinitely many of a linear molecule: enough for Sigma, Pi, Delta
# and Phi
FOLDS = 8
POWERS = [
    p for degree in range(1, 6) for p in product(range(degree + 1), repeat=3) if sum(p) == degree
]


@dataclass(frozen=True, eq=False)
class PointGroup:
    """All operations of a molecule: matrices on space, and where each sends every atom."""

    matrices: np.ndarray  # (order, 3, 3)
    images: np.ndarray  # (order, n_atoms)
    linear: bool = False

    @property
    def order(self) -> int:
        return len(self.matrices)

    @property
    def name(self) -> str:
        """Schoenflies symbol."""
        return species.schoenflies(self.matrices, self.linear)

    def labels(self, characters: np.ndarray, dimensions: np.ndarray) -> list[str]:
        """Species from the characters (order, n) of n irreducible sets."""
        return [
            species.label(self.matrices, c, int(d), self.linear)
            for c, d in zip(characters.T, dimensions, strict=True)
        ]

    def on_displacements(self, vectors: np.ndarray) -> np.ndarray:
        """<v_m|R|v_n>, (order, n, n), of vectors (n, 3 n_atoms)."""
        patterns = vectors.reshape(len(vectors), -1, 3)
        result = []
        for matrix, images in zip(self.matrices, self.images, strict=True):
            moved = np.zeros_like(patterns)
            moved[:, images] = patterns @ matrix.T
            result.append(vectors @ moved.reshape(vectors.shape).T)
        return np.array(result)

    def on_amplitudes(self, mole: Any, amplitudes: np.ndarray) -> np.ndarray:
        """<A_i|R|A_j>, (order, n, n), of tensors in the AO basis, (n, n_ao) or (n, n_ao, n_ao)."""
        overlap = mole.intor("int1e_ovlp")
        orbitals = _AtomicOrbitals(mole)
        bra = amplitudes
        result = []
        for axis in range(1, amplitudes.ndim):
            bra = np.moveaxis(np.tensordot(bra, overlap, axes=(axis, 0)), -1, axis)
        for matrix, images in zip(self.matrices, self.images, strict=True):
            ket = amplitudes
            for axis in range(1, amplitudes.ndim):
                ket = np.moveaxis(
                    orbitals.moved(np.moveaxis(ket, axis, -1), matrix, images), -1, axis
                )
            result.append(bra.reshape(len(bra), -1) @ ket.reshape(len(ket), -1).T)
        return np.array(result)

    def subgroup(self, kept: np.ndarray) -> PointGroup:
        """The operations marked in `kept` (order,)."""
        return PointGroup(self.matrices[kept], self.images[kept])


class _AtomicOrbitals:
    """How atomic orbitals turn: every shell by the matrix that turns its spherical harmonics."""

    def __init__(self, mole: Any) -> None:
        self.shells = [(mole.bas_angular(b), mole.bas_nctr(b)) for b in range(mole.nbas)]
        self.slices = [slice(*row[2:]) for row in mole.aoslice_by_atom()]
        self.of_atom = [
            [s for b, s in enumerate(self.shells) if mole.bas_atom(b) == a]
            for a in range(mole.natm)
        ]
        self.highest = max((moment for moment, _ in self.shells), default=0)

    def moved(
        self, coefficients: np.ndarray, matrix: np.ndarray, images: np.ndarray
    ) -> np.ndarray:
        turns = _harmonics_turned(matrix, self.highest)
        result = np.zeros_like(coefficients)
        for a, b in enumerate(images):
            blocks = [turns[moment] for moment, count in self.of_atom[a] for _ in range(count)]
            start, target = self.slices[a].start, self.slices[b].start
            for block in blocks:
                width = len(block)
                result[..., target : target + width] = (
                    coefficients[..., start : start + width] @ block.T
                )
                start = start + width
                target = target + width
        return result


def _harmonics_turned(matrix: np.ndarray, highest: int) -> list[np.ndarray]:
    """D with R Y_m = sum_m' Y_m' D_m'm for the real harmonics of PySCF (p as x, y, z), from their
    values at many directions.
    """
    from pyscf.symm.sph import real_sph_vec

    points = np.random.default_rng(7).normal(size=(4 * highest + 8, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    before = real_sph_vec(points, highest, reorder_p=True)
    after = real_sph_vec(points @ matrix, highest, reorder_p=True)
    return [np.linalg.lstsq(y.T, z.T, rcond=None)[0] for y, z in zip(before, after, strict=True)]


def symmetrized(
    symbols: tuple[str, ...], coordinates: np.ndarray, tolerance: float = 0.02
) -> tuple[np.ndarray, PointGroup]:
    """Coordinates (angstrom) made exactly symmetric in standard orientation, and their point
    group.

    Operations that hold to `tolerance` (angstrom) count. z is the principal axis; where no axis is
    higher than twofold, x is normal to the plane of a planar molecule and z the axis through most
    atoms. Where symmetry leaves a choice, moments of the nuclear charges decide, so that neither
    the orientation nor the order of the atoms in the input matters.
    """
    if len(symbols) < 2:
        raise InputError("An atom has no vibrations: give a molecule of two atoms or more.")
    weights = _charges(symbols)
    x = coordinates - weights @ coordinates / weights.sum()
    if np.linalg.svd(x, compute_uv=False)[1] < 5e-3:
        return _linear(symbols, x, weights, tolerance)
    x, matrices, images = _exact(symbols, x, tolerance)
    frame = _frame(x, weights, matrices)
    return x @ frame.T + 0.0, PointGroup(_clean(frame @ matrices @ frame.T), images)


def point_group(symbols: tuple[str, ...], coordinates: np.ndarray) -> PointGroup:
    """The group of an exactly symmetric geometry in the orientation it has; a linear molecule must
    lie along z.
    """
    weights = _charges(symbols)
    x = coordinates - weights @ coordinates / weights.sum()
    if np.linalg.svd(x, compute_uv=False)[1] < 5e-3:
        return _linear(symbols, x, weights, 1e-6)[1]
    _, matrices, images = _exact(symbols, x, 1e-6)
    return PointGroup(_clean(matrices), images)


def _exact(
    symbols: tuple[str, ...], x: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates averaged over the operations that hold to `tolerance`, their matrices and atom
    images.
    """
    matrices, images = _operations(symbols, x, tolerance)
    for _ in range(50):
        mean = np.mean(
            [x[there] @ matrix for matrix, there in zip(matrices, images, strict=True)], axis=0
        )
        change = np.abs(mean - x).max()
        x = mean
        matrices = _fitted(x, images, np.linalg.det(matrices))
        if change < 1e-14:
            break
    return x, matrices, images


def canonical_order(symbols: tuple[str, ...], coordinates: np.ndarray) -> np.ndarray:
    """Indices that sort the atoms by element and place in the standard orientation, whatever their
    order in the input.
    """
    x = np.round(coordinates, 3) + 0.0
    return np.lexsort((x[:, 2], x[:, 1], x[:, 0], -_charges(symbols)))


def _charges(symbols: tuple[str, ...]) -> np.ndarray:
    from pyscf.data.elements import charge

    return np.array([charge(s) for s in symbols], dtype=float)


def _clean(matrices: np.ndarray) -> np.ndarray:
    nearest = np.round(2 * matrices) / 2
    return np.where(np.abs(matrices - nearest) < 1e-9, nearest, matrices) + 0.0


def _linear(
    symbols: tuple[str, ...], x: np.ndarray, weights: np.ndarray, tolerance: float
) -> tuple[np.ndarray, PointGroup]:
    axis = np.linalg.svd(x)[2][0]
    z = x @ axis
    z = z if weights @ z**3 >= -1e-9 else -z
    gaps = np.abs(z[None, :] + z[:, None]) + 1e3 * (
        np.array(symbols)[:, None] != np.array(symbols)
    )
    images = gaps.argmin(axis=1)
    centred = gaps.min(axis=1).max() < 2 * tolerance and len(set(images)) == len(images)
    if centred:
        z = (z - z[images]) / 2
    turns = [np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) for c, s in _circle()]
    half = turns + [turn @ np.diag([1.0, -1, 1]) for turn in turns]
    same = np.arange(len(symbols))
    other = [turn @ np.diag([1, 1, -1]) for turn in half] if centred else []
    matrices = np.array(half + other)
    places = np.array([same] * len(half) + [images] * len(other))
    return np.outer(z, [0, 0, 1.0]) + 0.0, PointGroup(_clean(matrices), places, linear=True)


def _circle() -> list[tuple[float, float]]:
    return [(float(np.cos(t)), float(np.sin(t))) for t in 2 * np.pi * np.arange(FOLDS) / FOLDS]


def _operations(
    symbols: tuple[str, ...], x: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrices and atom images of the operations that hold to `tolerance`; a smaller one where
    they do not close to a group.
    """
    while True:
        found: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        for matrix in _candidates(symbols, x, 4 * tolerance):
            gaps = np.linalg.norm((x @ matrix.T)[:, None] - x[None, :], axis=2) + 1e3 * (
                np.array(symbols)[:, None] != np.array(symbols)
            )
            images = gaps.argmin(axis=1)
            if len(set(images)) == len(images):
                best = _fitted(x, images[None], np.array([np.linalg.det(matrix)]))[0]
                if np.linalg.norm(x @ best.T - x[images], axis=1).max() < 2 * tolerance:
                    found[(*images, round(np.linalg.det(best)))] = (best, images)
        keys = set(found)
        closed = all(
            (*(np.array(a[:-1])[list(b[:-1])]), a[-1] * b[-1]) in keys for a in keys for b in keys
        )
        if closed and keys:
            ordered = sorted(
                found.items(),
                key=lambda item: (-item[0][-1], -np.trace(item[1][0]).round(6), item[0]),
            )
            return np.array([v[0] for _, v in ordered]), np.array([v[1] for _, v in ordered])
        tolerance /= 3


def _candidates(symbols: tuple[str, ...], x: np.ndarray, tolerance: float) -> list[np.ndarray]:
    """Matrices that send one chosen pair of atoms onto every pair like it."""
    radii = np.linalg.norm(x, axis=1)
    alike = (np.array(symbols)[:, None] == np.array(symbols)) & (
        np.abs(radii[:, None] - radii) < tolerance
    )
    usable = [a for a in np.argsort(alike.sum(axis=1), kind="stable") if radii[a] > 0.3]
    a = usable[0]
    b = next(b for b in usable if np.linalg.norm(np.cross(x[a], x[b])) > 0.1 * radii[a] * radii[b])
    start = _axes(x[a], x[b])
    found = []
    for c, d in product(np.flatnonzero(alike[a]), np.flatnonzero(alike[b])):
        if (
            c != d
            and abs(np.linalg.norm(x[c] - x[d]) - np.linalg.norm(x[a] - x[b])) < 2 * tolerance
        ):
            end = _axes(x[c], x[d])
            found += [end.T @ np.diag([1, 1, hand]) @ start for hand in (1, -1)]
    return found


def _axes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Right-handed orthonormal rows from two vectors."""
    one = first / np.linalg.norm(first)
    two = second - (second @ one) * one
    two /= np.linalg.norm(two)
    return np.array([one, two, np.cross(one, two)])


def _fitted(x: np.ndarray, images: np.ndarray, determinants: np.ndarray) -> np.ndarray:
    """Orthogonal matrices of given handedness that best send every atom onto its image."""
    u, _, vt = np.linalg.svd(np.einsum("kai,aj->kij", x[images], x))
    hands = np.sign(np.linalg.det(u @ vt)) * np.sign(determinants)
    u[:, :, 2] *= hands[:, None]
    return u @ vt


def _frame(x: np.ndarray, weights: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Rows are the axes of the standard orientation: the candidate with the best score."""
    best: tuple[np.ndarray, np.ndarray] | None = None
    for frame in _frames(x, weights, matrices):
        y = x @ frame.T
        turned = frame @ matrices @ frame.T
        diagonal = (np.abs(np.abs(np.einsum("kii->ki", turned)).sum(axis=1) - 3) < 1e-6).sum()
        axial = species.highest_rotation(matrices)[0] > 2
        flat = (np.abs(y[:, 0]) < 1e-3).sum()
        on_z = (np.abs(y[:, :2]).max(axis=1) < 1e-3).sum()
        if axial:  # x through atoms, or the plane xz
            flat = (np.abs(y[:, 1:]).max(axis=1) < 1e-3).sum()
            on_z = (np.abs(y[:, 1]) < 1e-3).sum()
        known = species.axes_as_in_tables(turned)
        moments = [weights @ np.prod(y**p, axis=1) for p in POWERS]
        score = np.array(
            [known, diagonal, flat, on_z, 0 if axial else weights @ y[:, 2] ** 2, *moments]
        )
        if best is None or _exceeds(score, best[0]):
            best = score, frame
    assert best is not None  # the principal axes are always a candidate
    return best[1]


def _exceeds(score: np.ndarray, other: np.ndarray) -> bool:
    differing = np.flatnonzero(np.abs(score - other) > 1e-5 * (1 + np.abs(other)))
    return bool(differing.size and score[differing[0]] > other[differing[0]])


def _frames(x: np.ndarray, weights: np.ndarray, matrices: np.ndarray) -> list[np.ndarray]:
    """Orientations whose axes are symmetry elements where there are any, principal axes of the
    nuclear charges elsewhere.
    """
    fold, axes = species.highest_rotation(matrices)
    lines = species.elements(matrices)
    if fold > 2 and len(axes) == 1:
        z = axes[0]
        across = [v for v in lines if abs(v @ z) < 1e-6] or [
            v - (v @ z) * z for v in x if np.linalg.norm(np.cross(v, z)) > 0.1
        ]
        bases = [
            np.array([np.cross(w / np.linalg.norm(w), z), w / np.linalg.norm(w), z])
            for w in across
        ]
        orders: list[tuple[int, ...]] = [(0, 1, 2), (1, 0, 2)]
    else:
        if fold > 2:
            order4 = (
                species.highest_rotation(matrices, among=(4,))[1]
                or species.highest_rotation(matrices, among=(2,))[1]
            )
            lines = order4
        values = np.linalg.eigh(np.einsum("a,ai,aj->ij", weights, x, x))[1].T
        bases = []
        orders = list(permutations(range(3)))
        if not lines:
            bases = [values]
        for first in lines[:9]:
            second = next((v for v in lines if abs(v @ first) < 1e-6), None)
            if second is None:
                second = np.linalg.eigh(
                    _projected(np.einsum("a,ai,aj->ij", weights, x, x), first)
                )[1][:, -1]
            bases.append(np.array([first, second, np.cross(first, second)]))
    signs = [np.array(s) for s in product((1, -1), repeat=3)]
    frames = [
        base[list(order)] * sign[:, None] for base in bases for order in orders for sign in signs
    ]
    return [frame for frame in frames if np.linalg.det(frame) > 0]


def _projected(matrix: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The matrix in the plane normal to `axis`; the axis itself gets the lowest eigenvalue."""
    plane = np.eye(3) - np.outer(axis, axis)
    return plane @ matrix @ plane - np.outer(axis, axis)
