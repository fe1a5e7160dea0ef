"""The operations that leave a molecule as it is."""

from __future__ import annotations

from itertools import product

import numpy as np

# rotations that stand for the infinitely many of a linear molecule: enough for Sigma, Pi, Delta
# and Phi
FOLDS = 8
FLAT = 5e-3  # angstrom; a molecule thinner than this in two directions is linear
OTHER_ELEMENT = 1e3  # angstrom; keeps atoms of different elements apart

Operations = tuple[np.ndarray, np.ndarray, np.ndarray]  # coordinates, matrices, atom images


def nuclear_charges(symbols: tuple[str, ...]) -> np.ndarray:
    """Charges (n_atoms,)."""
    from pyscf.data.elements import charge

    return np.array([charge(s) for s in symbols], dtype=float)


def centred(symbols: tuple[str, ...], coordinates: np.ndarray) -> np.ndarray:
    """Coordinates from the centre of the nuclear charges."""
    weights = nuclear_charges(symbols)
    found: np.ndarray = coordinates - weights @ coordinates / weights.sum()
    return found


def is_linear(x: np.ndarray) -> bool:
    """True for atoms on one line."""
    return bool(np.linalg.svd(x, compute_uv=False)[1] < FLAT)


def clean(matrices: np.ndarray) -> np.ndarray:
    """Matrices whose elements are halves exactly where they nearly are."""
    nearest = np.round(2 * matrices) / 2
    found: np.ndarray = np.where(np.abs(matrices - nearest) < 1e-9, nearest, matrices) + 0.0
    return found


def exact_operations(symbols: tuple[str, ...], x: np.ndarray, tolerance: float) -> Operations:
    """Coordinates averaged over the operations that hold to `tolerance`, their matrices and atom
    images.
    """
    matrices, images = _operations(symbols, x, tolerance)
    handedness = np.linalg.det(matrices)
    for _ in range(50):
        copies = [x[there] @ matrix for matrix, there in zip(matrices, images, strict=True)]
        mean = np.mean(copies, axis=0)
        change = np.abs(mean - x).max()
        x = mean
        matrices = _fitted(x, images, handedness)
        if change < 1e-14:
            break
    return x, matrices, images


def linear_operations(symbols: tuple[str, ...], x: np.ndarray, tolerance: float) -> Operations:
    """As `exact_operations`, of a linear molecule turned to z, its heavier end up."""
    axis = np.linalg.svd(x)[2][0]
    z = x @ axis
    upright = nuclear_charges(symbols) @ z**3 >= -1e-9
    z = z if upright else -z

    gaps = np.abs(z[None, :] + z[:, None]) + _apart(symbols)
    images = gaps.argmin(axis=1)
    mirrored = gaps.min(axis=1).max() < 2 * tolerance and len(set(images)) == len(images)
    if mirrored:
        z = (z - z[images]) / 2

    angles = 2 * np.pi * np.arange(FOLDS) / FOLDS
    turns = [_turn(float(np.cos(t)), float(np.sin(t))) for t in angles]
    upper = turns + [turn @ np.diag([1.0, -1, 1]) for turn in turns]
    lower = [turn @ np.diag([1, 1, -1]) for turn in upper] if mirrored else []
    same = np.arange(len(symbols))
    places = np.array([same] * len(upper) + [images] * len(lower))

    return np.outer(z, [0, 0, 1.0]) + 0.0, clean(np.array(upper + lower)), places


def _turn(c: float, s: float) -> np.ndarray:
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _apart(symbols: tuple[str, ...]) -> np.ndarray:
    """A large distance between atoms of different elements, (n_atoms, n_atoms)."""
    names = np.array(symbols)
    found: np.ndarray = OTHER_ELEMENT * (names[:, None] != names)
    return found


def _operations(
    symbols: tuple[str, ...], x: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrices and atom images of the operations that hold to `tolerance`; a smaller one where
    they do not close to a group.
    """
    while True:
        found = _that_hold(symbols, x, tolerance)
        if found and _is_closed(set(found)):
            break
        tolerance /= 3

    def order(key: tuple[int, ...]) -> tuple[float, float, tuple[int, ...]]:
        """Rotations first, by their trace, the identity before all."""
        return (-key[-1], -float(np.trace(found[key]).round(6)), key)

    keys = sorted(found, key=order)
    return np.array([found[key] for key in keys]), np.array([key[:-1] for key in keys])


def _that_hold(
    symbols: tuple[str, ...], x: np.ndarray, tolerance: float
) -> dict[tuple[int, ...], np.ndarray]:
    """Matrices by the images of the atoms, with the determinant behind them."""
    found: dict[tuple[int, ...], np.ndarray] = {}
    apart = _apart(symbols)

    for matrix in _candidates(symbols, x, 4 * tolerance):
        moved = x @ matrix.T
        gaps = np.linalg.norm(moved[:, None] - x[None, :], axis=2) + apart
        images = gaps.argmin(axis=1)
        if len(set(images)) < len(images):
            continue

        best = _fitted(x, images[None], np.array([np.linalg.det(matrix)]))[0]
        error = np.linalg.norm(x @ best.T - x[images], axis=1).max()
        if error < 2 * tolerance:
            hand = round(float(np.linalg.det(best)))
            found[(*images.tolist(), hand)] = best

    return found


def _is_closed(keys: set[tuple[int, ...]]) -> bool:
    """True when the product of any two operations is one of them."""
    return all((*(a[k] for k in b[:-1]), a[-1] * b[-1]) in keys for a in keys for b in keys)


def _candidates(symbols: tuple[str, ...], x: np.ndarray, tolerance: float) -> list[np.ndarray]:
    """Matrices that send one chosen pair of atoms onto every pair like it."""
    names = np.array(symbols)
    radii = np.linalg.norm(x, axis=1)
    alike = (names[:, None] == names) & (np.abs(radii[:, None] - radii) < tolerance)
    usable = [a for a in np.argsort(alike.sum(axis=1), kind="stable") if radii[a] > 0.3]
    a = usable[0]
    b = next(b for b in usable if _is_oblique(x[a], x[b]))

    start = _axes(x[a], x[b])
    length = np.linalg.norm(x[a] - x[b])

    found = []
    for c, d in product(np.flatnonzero(alike[a]), np.flatnonzero(alike[b])):
        differs = abs(np.linalg.norm(x[c] - x[d]) - length)
        if c != d and differs < 2 * tolerance:
            end = _axes(x[c], x[d])
            found += [end.T @ np.diag([1, 1, hand]) @ start for hand in (1, -1)]

    return found


def _is_oblique(first: np.ndarray, second: np.ndarray) -> bool:
    """True for two vectors that are far from one line."""
    area = np.linalg.norm(np.cross(first, second))
    return bool(area > 0.1 * np.linalg.norm(first) * np.linalg.norm(second))


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
    found: np.ndarray = u @ vt
    return found
