"""Levels of theory for ionized and excited states: one small interface, and the task that runs it
at a geometry.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from ..campaign import Result
from ..checks import CalculationError, InputError
from ..units import BOHR, HARTREE
from .scf import mole, quiet

SAME = 1e-4  # eV; states closer than this are one degenerate set to the eigensolver
KINDS: dict[str, type[StatesMethod]] = {}  # every method, by its name


@dataclass(frozen=True, eq=False)
class Roots:
    """States at one geometry: energies (n,) in hartree, rising; pole `strengths` (n,), 1 for
    excitations; `amplitudes` in the AO basis, Dyson orbitals (n, n_ao) or transition densities of
    single excitations (n, n_ao, n_ao); dipoles (n, 3), e a0, of excitations; the energy of the
    closed-shell `ground` state (hartree); energies (hartree) of states `lost`: reached, but not
    converged.
    """

    energies: np.ndarray
    strengths: np.ndarray
    amplitudes: np.ndarray
    ground: float
    dipoles: np.ndarray | None = None
    lost: np.ndarray = field(default_factory=lambda: np.zeros(0))


class StatesMethod(ABC):
    """A level of theory for the ionized states, or the excited ones of the neutral."""

    name: ClassVar[str]
    label: ClassVar[str] = ""
    process: ClassVar[str]
    analytic: ClassVar[bool] = False  # True where first derivatives come from response theory

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            KINDS[cls.name] = cls

    @abstractmethod
    def roots(self, molecule: Any, n_roots: int) -> Roots:
        """The lowest roots that converged, of a `pyscf.gto.Mole`."""

    def derivatives(self, molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
        """The lowest roots and first derivatives of their diabatic matrix, (n_atoms, 3, n, n),
        hartree/bohr, where `analytic`.
        """
        raise InputError(f"{self.title} has no analytic couplings; leave `analytic` out.")

    @property
    def title(self) -> str:
        """As printed."""
        return self.label

    @property
    def spec(self) -> dict[str, Any]:
        """Name and settings, JSON-able."""
        return {"name": self.name, **{f.name: getattr(self, f.name) for f in fields(self)}}  # type: ignore[arg-type]

    @property
    def step_check(self) -> StatesMethod:
        """The level at which the two step sizes are compared: the method itself, or a cheaper one
        with the same couplings.
        """
        return self

    def n_roots(self, n_states: int) -> int:
        """How many roots to ask for when `n_states` are wanted: more, for satellites and states
        that cross.
        """
        return n_states + 3

    def memory(self, n_orbitals: int, occupied: int) -> float:
        """Bytes that one geometry needs, roughly: integrals over orbitals, and amplitudes."""
        return 8.0 * 3 * n_orbitals**2 + 1.5e8


def from_spec(spec: Mapping[str, Any]) -> StatesMethod:
    """The method object of a spec."""
    settings = {key: value for key, value in spec.items() if key != "name"}
    return KINDS[spec["name"]](**settings)


def electronic_states(method: Mapping[str, Any], n_roots: int, **geometry: Any) -> Result:
    """States at one geometry: `energies` (eV) above the neutral's ground state there, `strengths`,
    normalised `amplitudes`, where they have them `dipoles` (e a0), and energies of those `lost`
    (reached, but not converged). Satellites of an ionization (pole strength below 0.3) are left
    out.
    """
    from .ionization import MAIN_LINE

    level = from_spec(method)
    with quiet():
        molecule = mole(geometry)
        found = level.roots(molecule, n_roots)
    keep = np.flatnonzero(found.strengths > MAIN_LINE)
    keep = keep[np.argsort(found.energies[keep], kind="stable")]
    if keep.size == 0:
        what = "main ionization line" if level.process == "ionization" else "excited state"
        raise CalculationError(
            f"No {what} was found among the {n_roots} roots of {level.title} ({found.lost.size} "
            "did not converge). Ask for "
            "more states, or take another method."
        )
    energies = found.energies[keep] * HARTREE
    rotation = _orthonormal(molecule, found, keep)
    result = {
        "energies": energies,
        "strengths": found.strengths[keep],
        "amplitudes": np.tensordot(rotation, found.amplitudes[keep], axes=1),
        "ground": np.array(found.ground * HARTREE),
        "lost": np.sort(found.lost) * HARTREE,
    }
    if found.dipoles is None:
        return result
    same = np.where(
        np.abs(energies[:, None] - energies) < SAME, rotation, 0
    )  # dipoles belong to normalised states, not amplitudes
    scale = np.sqrt(
        np.diag(
            overlaps(molecule.intor("int1e_ovlp"), found.amplitudes[keep], found.amplitudes[keep])
        )
    )
    return {**result, "dipoles": same * scale @ found.dipoles[keep]}


def _orthonormal(molecule: Any, found: Roots, keep: np.ndarray) -> np.ndarray:
    """Rows that normalise the amplitudes, and orthogonalise (Löwdin) those of one energy:
    nonsymmetric eigensolvers give degenerate states that are not orthogonal.
    """
    amplitudes = found.amplitudes[keep]
    energies = found.energies[keep] * HARTREE
    gram = overlaps(molecule.intor("int1e_ovlp"), amplitudes, amplitudes)
    result = np.zeros_like(gram)
    for block in np.split(np.arange(len(keep)), np.flatnonzero(np.diff(energies) > SAME) + 1):
        norms = np.sqrt(np.diag(gram)[block])
        values, vectors = np.linalg.eigh(gram[np.ix_(block, block)] / np.outer(norms, norms))
        result[np.ix_(block, block)] = (
            (vectors / np.sqrt(np.maximum(values, 1e-6))) @ vectors.T / norms
        )
    return result


def states_and_derivatives(method: Mapping[str, Any], n_roots: int, **geometry: Any) -> Result:
    """As `electronic_states`, with analytic `derivatives` (n_atoms, 3, n, n) of the diabatic
    matrix, eV/angstrom.
    """
    with quiet():
        molecule = mole(geometry)
        found, derivatives = from_spec(method).derivatives(molecule, n_roots)
    norms = np.sqrt(
        np.diag(overlaps(molecule.intor("int1e_ovlp"), found.amplitudes, found.amplitudes))
    )
    amplitudes = found.amplitudes / norms.reshape(-1, *[1] * (found.amplitudes.ndim - 1))
    result = {
        "energies": found.energies * HARTREE,
        "strengths": found.strengths,
        "amplitudes": amplitudes,
        "ground": np.array(found.ground * HARTREE),
        "derivatives": derivatives * HARTREE / BOHR,
    }
    return result if found.dipoles is None else {**result, "dipoles": found.dipoles}


def overlaps(metric: np.ndarray, bra: np.ndarray, ket: np.ndarray) -> np.ndarray:
    """Overlaps (n, m) of amplitudes: Dyson orbitals d S d', or single excitations tr(T^T S T'
    S^T), S the overlap of their AO bases.

    To first order in the displacement the second is that of the determinants with one electron
    excited.
    """
    for axis in range(1, ket.ndim):
        ket = np.moveaxis(np.tensordot(ket, metric, axes=(axis, 1)), -1, axis)
    return bra.reshape(len(bra), -1) @ ket.reshape(len(ket), -1).T


def core_orbitals(molecule: Any) -> int:
    """Number of frozen core orbitals."""
    charges = [molecule.atom_charge(a) for a in range(molecule.natm)]
    return sum(0 if z <= 2 else 1 if z <= 10 else 5 if z <= 18 else 9 for z in charges)
