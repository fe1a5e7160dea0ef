"""The tasks of a campaign: states at one geometry, by any method, with or without derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...campaign import Result
from ...checks import CalculationError
from ...units import BOHR, HARTREE
from ..scf import mole, quiet
from .states_method import Roots, StatesMethod

SAME = 1e-4  # eV; states closer than this are one degenerate set to the eigensolver


def electronic_states(method: StatesMethod, n_roots: int, **geometry: Any) -> Result:
    """States at one geometry: `energies` (eV) above the neutral's ground state there, `strengths`,
    normalised `amplitudes`, where they have them `dipoles` (e a0), and energies of those `lost`
    (reached, but not converged). Satellites of an ionization (pole strength below 0.3) are left
    out.
    """
    with quiet():
        molecule = mole(geometry)
        found = method.roots(molecule, n_roots)

    keep = np.flatnonzero(found.strengths > method.least_strength)
    keep = keep[np.argsort(found.energies[keep], kind="stable")]
    if keep.size == 0:
        raise CalculationError(
            f"No {method.line} was found among the {n_roots} roots of {method.title} "
            f"({found.lost.size} did not converge). Ask for more states, or take another method."
        )

    metric = molecule.intor("int1e_ovlp")
    energies = found.energies[keep] * HARTREE
    amplitudes = found.amplitudes[keep]
    gram = overlaps(metric, amplitudes, amplitudes)
    rotation = orthonormal(gram, energies)

    result = {
        "energies": energies,
        "strengths": found.strengths[keep],
        "amplitudes": np.tensordot(rotation, amplitudes, axes=1),
        "ground": np.array(found.ground * HARTREE),
        "lost": np.sort(found.lost) * HARTREE,
    }

    if found.dipoles is not None:
        # dipoles belong to normalised states, not amplitudes
        same = np.abs(energies[:, None] - energies) < SAME
        turned = np.where(same, rotation, 0) * np.sqrt(np.diag(gram))
        result["dipoles"] = turned @ found.dipoles[keep]

    return result


def states_and_derivatives(method: StatesMethod, n_roots: int, **geometry: Any) -> Result:
    """As `electronic_states`, with analytic `derivatives` (n_atoms, 3, n, n) of the diabatic
    matrix, eV/angstrom.
    """
    with quiet():
        molecule = mole(geometry)
        found, derivatives = method.derivatives(molecule, n_roots)

    result = {
        "energies": found.energies * HARTREE,
        "strengths": found.strengths,
        "amplitudes": _normalised(molecule.intor("int1e_ovlp"), found),
        "ground": np.array(found.ground * HARTREE),
        "derivatives": derivatives * HARTREE / BOHR,
    }
    if found.dipoles is not None:
        result["dipoles"] = found.dipoles

    return result


def overlaps(metric: np.ndarray, bra: np.ndarray, ket: np.ndarray) -> np.ndarray:
    """Overlaps (n, m) of amplitudes: Dyson orbitals d S d', or single excitations tr(T^T S T'
    S^T), S the overlap of their AO bases.

    To first order in the displacement the second is that of the determinants with one electron
    excited.
    """
    for axis in range(1, ket.ndim):
        ket = np.moveaxis(np.tensordot(ket, metric, axes=(axis, 1)), -1, axis)
    found: np.ndarray = bra.reshape(len(bra), -1) @ ket.reshape(len(ket), -1).T
    return found


def _normalised(metric: np.ndarray, found: Roots) -> np.ndarray:
    norms = np.sqrt(np.diag(overlaps(metric, found.amplitudes, found.amplitudes)))
    shape = (-1, *[1] * (found.amplitudes.ndim - 1))
    unit: np.ndarray = found.amplitudes / norms.reshape(shape)
    return unit


def orthonormal(gram: np.ndarray, energies: np.ndarray) -> np.ndarray:
    """Rows that normalise amplitudes of overlaps `gram`, and orthogonalise (Löwdin) those of one
    energy: nonsymmetric eigensolvers give degenerate states that are not orthogonal.
    """
    result = np.zeros_like(gram)
    breaks = np.flatnonzero(np.diff(energies) > SAME) + 1
    for block in np.split(np.arange(len(energies)), breaks):
        inside = np.ix_(block, block)
        norms = np.sqrt(np.diag(gram)[block])
        values, vectors = np.linalg.eigh(gram[inside] / np.outer(norms, norms))
        roots = np.sqrt(np.maximum(values, 1e-6))
        result[inside] = (vectors / roots) @ vectors.T / norms
    return result
