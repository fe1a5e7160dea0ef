"""Whether a closed shell describes the ground state: what every method here starts from."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Campaign
from ..checks import CalculationError, check_shape, frozen_array
from ..door import public
from ..molecule import Molecule
from ..storage import noun
from .scf import geometry_inputs
from .stability_task import stability
from .tasks import geometry_task


@noun
@dataclass(frozen=True)
class GroundState:
    """How well one closed-shell determinant describes the ground state of a `molecule`.

    Restricted Hartree-Fock either `is_minimum` among closed shells or not. `lowering` (eV) is how
    far an unrestricted singlet lies below it, 0 where it is stable. `antibonding` is the number n
    of electrons in the first antibonding natural orbital of that solution. `triplet` (eV) is the
    lowest triplet's energy from the singlet by MP2, None where few unpaired electrons (n below
    0.2) exclude a low one. `highest` (eV) is the energy of the highest occupied orbital.
    """

    molecule: str
    level: str
    is_minimum: bool
    lowering: float
    antibonding: float
    triplet: float | None
    highest: float

    @property
    def diradical_character(self) -> float:
        """Weight of two unpaired electrons, from 0 (closed shell) to 1 (diradical):
        y = 1 - 2T/(1 + T^2) with T = 1 - n, the spin-projected unrestricted solution.

        K. Yamaguchi, Chem. Phys. Lett. 33, 330 (1975), doi:10.1016/0009-2614(75)80169-2
        """
        overlap = 1 - self.antibonding
        return 1 - 2 * overlap / (1 + overlap**2)

    @property
    def is_triplet(self) -> bool:
        """True where the lowest triplet lies below the closed-shell singlet."""
        return self.triplet is not None and self.triplet < 0

    @property
    def told(self) -> Mapping[str, Any]:
        """What a model keeps of it."""
        found = {"highest_orbital_eV": round(self.highest, 4)}
        if self.lowering > 0:
            found["unrestricted_below_eV"] = round(self.lowering, 4)
            found["diradical_character"] = round(self.diradical_character, 4)
        if self.triplet is not None:
            found["triplet_eV"] = round(self.triplet, 4)
        return found

    def check(self) -> None:
        """Raise CalculationError where the closed shell is not the ground state."""
        if self.triplet is not None and self.is_triplet:
            raise CalculationError(
                f"The closed-shell singlet of {self.molecule} is not its ground state: a triplet "
                f"(two unpaired electrons) lies {-self.triplet:.2f} eV below it "
                f"(MP2/{self._basis_set}). Spectra are computed from closed shells only: check "
                "the geometry and the charge, or take a closed-shell ion or relative of it."
            )
        if not self.is_minimum:
            raise CalculationError(
                f"The closed-shell Hartree-Fock solution of {self.molecule} is not a minimum: "
                f"another closed shell lies lower ({self.level}). Several electron configurations "
                "compete, as in stretched bonds, and methods that start from one cannot be "
                "trusted. Check the geometry and the charge."
            )

    @property
    def _basis_set(self) -> str:
        return self.level.partition("/")[2]

    def __str__(self) -> str:
        lines = [f"GroundState  {self.molecule}, {self.level}"]
        if not self.is_minimum:
            lines.append("not a minimum: another closed shell lies lower")
        elif self.lowering == 0:
            lines.append("stable: no open-shell determinant lies below the closed shell")
        if self.lowering > 0:
            lines.append(
                f"an unrestricted singlet lies {self.lowering:.3f} eV lower; diradical character "
                f"{self.diradical_character:.2f} (0 closed shell, 1 diradical)"
            )
        if self.triplet is not None:
            lines.append(f"the lowest triplet lies at {self.triplet:+.2f} eV (MP2)")
        lines.append(f"highest occupied orbital {self.highest:.2f} eV")
        return "\n  ".join(lines)


@public
def ground_state(
    molecule: Molecule,
    *,
    coordinates: Any = None,
    executor: Executor | Campaign | None = None,
) -> GroundState:
    """Stability of the closed-shell Hartree-Fock ground state of `molecule` at `coordinates`
    (n_atoms, 3), angstrom, its own unless given, and what lies below it where it is unstable.

    R. Seeger, J. A. Pople, J. Chem. Phys. 66, 3045 (1977), doi:10.1063/1.434318
    """
    given = molecule.coordinates if coordinates is None else coordinates
    where = frozen_array(given, "coordinates")
    check_shape("coordinates", where, ("n_atoms", "3"), (len(molecule.symbols), 3))

    task = geometry_task(stability, geometry_inputs(molecule, where))
    found = Campaign.of(executor).result(task, "Stability of the ground state (RHF)")
    triplet = float(found["triplet"])
    return GroundState(
        molecule=molecule.name,
        level=f"RHF/{molecule.basis_set}",
        is_minimum=bool(found["is_minimum"]),
        lowering=float(found["lowering"]),
        antibonding=float(found["antibonding"]),
        triplet=None if np.isnan(triplet) else triplet,
        highest=float(found["highest"]),
    )
