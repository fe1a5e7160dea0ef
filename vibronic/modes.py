"""The reference geometry and its dimensionless normal modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .checks import check_shape, frozen_array
from .storage import noun
from .units import CM


@noun
@dataclass(frozen=True, eq=False)
class NormalModes:
    """Geometry (angstrom), masses (u), `frequencies` (eV) and `displacements` dx/dq (n_modes,
    n_atoms, 3), angstrom.

    Modes are numbered v1, v2, ... by rising frequency. `irreps` belong to `point_group`, the
    largest abelian subgroup of the molecule's group; axes: x normal to the plane of a planar
    molecule, z the axis through most atoms. The largest component of every displacement (the
    first, when several are equal) is positive.
    """

    symbols: tuple[str, ...]
    coordinates: np.ndarray
    masses: np.ndarray
    frequencies: np.ndarray
    displacements: np.ndarray
    irreps: tuple[str, ...]
    point_group: str = "C1"
    molecule: str = ""
    energy: float = 0.0
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("coordinates", "masses", "frequencies", "displacements"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        n = len(self.symbols)
        m = len(self.frequencies)
        check_shape("coordinates", self.coordinates, ("n_atoms", "3"), (n, 3))
        check_shape("masses", self.masses, ("n_atoms",), (n,))
        check_shape("displacements", self.displacements, ("n_modes", "n_atoms", "3"), (m, n, 3))

    @property
    def n_modes(self) -> int:
        return len(self.frequencies)

    @property
    def labels(self) -> tuple[str, ...]:
        """v1, v2, ... by rising frequency."""
        return tuple(f"v{m + 1}" for m in range(self.n_modes))

    def geometry(self, q: Any) -> np.ndarray:
        """Coordinates (n_atoms, 3) in angstrom at dimensionless normal coordinates q
        (n_modes,).
        """
        return self.coordinates + np.einsum(
            "m,max->ax", np.asarray(q, dtype=float), self.displacements
        )

    def __str__(self) -> str:
        lines = [
            f"NormalModes  {self.molecule}: {self.n_modes} modes, point group {self.point_group}"
        ]
        lines += [
            f"  {label:<5}{irrep:<5}{w:>9.4f} eV{w / CM:>9.1f} cm-1"
            for label, irrep, w in zip(self.labels, self.irreps, self.frequencies, strict=True)
        ]
        return "\n".join(lines)
