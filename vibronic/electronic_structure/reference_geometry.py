"""A molecule at the geometry that its modes are displaced from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..campaign import Task
from ..modes import NormalModes
from ..molecule import Molecule
from .methods.electronic_states import electronic_states, overlaps
from .methods.states_method import StatesMethod
from .scf import geometry_inputs, mole
from .symmetry import PointGroup, point_group
from .tasks import geometry_task


@dataclass(frozen=True, eq=False)
class ReferenceGeometry:
    """A molecule at the reference geometry of its modes."""

    molecule: Molecule
    modes: NormalModes

    @cached_property
    def group(self) -> PointGroup:
        """The point group, in the orientation of the modes."""
        return point_group(self.modes.symbols, self.modes.coordinates)

    @cached_property
    def geometry(self) -> dict[str, Any]:
        """Inputs of a task at the reference."""
        return geometry_inputs(self.molecule, self.modes.coordinates)

    @cached_property
    def mole(self) -> Any:
        """PySCF's molecule."""
        return mole(self.geometry)

    @property
    def occupied(self) -> int:
        """Number of doubly occupied orbitals."""
        return int(sum(self.mole.nelec) // 2)

    @property
    def virtual(self) -> int:
        """Number of empty orbitals."""
        return int(self.mole.nao) - self.occupied

    def displaced(self, q: np.ndarray) -> dict[str, Any]:
        """Inputs of a task at q."""
        return geometry_inputs(self.molecule, self.modes.geometry(q))

    def states_task(
        self, method: StatesMethod, n_roots: int, at: dict[str, Any] | None = None
    ) -> Task:
        """The lowest roots of a method, here or at a displaced geometry."""
        inputs = {"method": method, "n_roots": n_roots, **(at or self.geometry)}
        return geometry_task(electronic_states, inputs, self.memory(method))

    def memory(self, method: StatesMethod) -> float:
        """What a method needs for one geometry, bytes."""
        return method.memory(int(self.mole.nao), self.occupied)

    def overlap(
        self, bra: np.ndarray, ket: np.ndarray, at: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Overlaps of amplitudes here with those of a displaced geometry (or of this one)."""
        from pyscf import gto

        if at is None:
            metric = self.mole.intor("int1e_ovlp")
        else:
            metric = gto.intor_cross("int1e_ovlp", self.mole, mole(at))
        return overlaps(metric, bra, ket)
