"""The minimum-energy conical intersection itself, without a model: SA-CASSCF gradients and
geomeTRIC's penalty function.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..campaign import Campaign, Result
from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..door import public
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import BOHR, HARTREE
from .methods.sa_casscf import SPIN_SHIFT
from .scf import converged_scf, geometry_inputs, mole, quiet, within_share
from .tasks import geometry_task

SCHEDULE = (
    (3.5, 0.025),
    (14.0, 0.025),
    (56.0, 0.025),
    (56.0, 0.005),
    (224.0, 0.005),
)  # strength and smoothing (hartree) of the penalty
TRUST = 0.1  # angstrom; first step of a search whose penalty has strength 1
CLOSED = 0.01  # eV; the gap at which the search ends
THRESHOLDS = {
    "convergence_energy": 1e-6,
    "convergence_grms": 5e-4,
    "convergence_gmax": 1e-3,
    "convergence_drms": 3e-3,
    "convergence_dmax": 6e-3,
}


@dataclass(frozen=True)
class ActiveSpace:
    """The `holes` highest occupied and `virtuals` lowest virtual orbitals, or those listed in
    `orbitals`, counted from 0.
    """

    holes: int = 2
    virtuals: int = 0
    orbitals: tuple[int, ...] | None = None

    def chosen(self, occupied: int) -> list[int]:
        """The orbitals of a molecule with so many occupied ones."""
        if self.orbitals is not None:
            return [int(k) for k in self.orbitals]
        return list(range(occupied - self.holes, occupied + self.virtuals))


@noun
@dataclass(frozen=True, eq=False)
class AbInitioIntersection:
    """Where the two lowest states of a SA-CASSCF meet: `coordinates` (n_atoms, 3) in angstrom,
    `energies` (2,) in eV counted from the lower state at the start of the search, `gap` (eV) left,
    and `position` (n_modes,), the geometry in normal coordinates of the reference.
    """

    coordinates: np.ndarray
    energies: np.ndarray
    gap: float
    position: np.ndarray
    steps: int
    level_of_theory: str

    def __post_init__(self) -> None:
        for name in ("coordinates", "energies", "position"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        return (
            f"AbInitioIntersection  {self.level_of_theory}: {self.energies.mean():+.3f} eV from "
            "the lower state at the start, gap "
            f"{1e3 * self.gap:.1f} meV after {self.steps} steps"
        )


@public
def ab_initio_intersection(
    molecule: Molecule,
    modes: NormalModes,
    start: Any,
    *,
    charge: int = 1,
    space: ActiveSpace = ActiveSpace(),
    executor: Executor | Campaign | None = None,
) -> AbInitioIntersection:
    """Minimum-energy intersection of the two lowest doublets of the cation (`charge=1`) or
    singlets of the neutral (`charge=0`), from the geometry at normal coordinates `start`
    (n_modes,), such as a model's own intersection. Of an ion, `charge` counts from its own.

    Two states are averaged with equal weight over an active `space` of RHF orbitals. geomeTRIC
    minimises the mean energy with its penalty on the gap, made stiffer step by step
    until the gap is below 10 meV.

    B. G. Levine, J. D. Coe, T. J. Martinez, J. Phys. Chem. B 112, 405 (2008),
    doi:10.1021/jp0761618
    """
    q = frozen_array(start, "start")
    check_shape("start", q, ("n_modes",), (modes.n_modes,))
    if charge not in (0, 1):
        raise InputError(
            f"Argument `charge` must be 1 (cation) or 0 (neutral), but is {charge!r}."
        )
    if charge == 0 and space.virtuals < 1 and space.orbitals is None:
        raise InputError(
            "Excited states of the neutral need virtual orbitals in the active space: "
            "`space=ActiveSpace(virtuals=1)` or more."
        )

    inputs = {"removed": charge, **asdict(space), **geometry_inputs(molecule, modes.geometry(q))}
    task = geometry_task(penalty_search, inputs)
    found = Campaign.of(executor).result(task, "Searching the ab initio intersection (SA-CASSCF)")
    electrons, size = found["active"]
    level = f"SA-2-CASSCF({electrons},{size})/{molecule.basis_set}"

    return AbInitioIntersection(
        found["coordinates"],
        found["energies"],
        float(found["energies"][1] - found["energies"][0]),
        modes.position(found["coordinates"]),
        int(found["steps"]),
        level,
    )


def penalty_search(
    removed: int, holes: int, virtuals: int, orbitals: Sequence[int] | None, **geometry: Any
) -> Result:
    """Coordinates (angstrom), the two energies (eV, from the lower one at the start), steps, and
    the active space.
    """
    space = ActiveSpace(holes, virtuals, None if orbitals is None else tuple(orbitals))
    coordinates = np.array(geometry["coordinates"])

    with quiet():
        solver = _AveragedStates(geometry, removed, space)
        solver.solve(coordinates / BOHR)
        origin = solver.energies[0]
        for sigma, alpha in SCHEDULE:
            coordinates = _lowered(solver, geometry["symbols"], coordinates, sigma, alpha)
            solver.solve(coordinates / BOHR)
            if solver.gap < CLOSED:
                break

    if solver.gap > 10 * CLOSED:
        raise CalculationError(
            f"The search for an intersection stopped at a gap of {solver.gap:.2f} eV. Start "
            "elsewhere, or use a larger active space."
        )

    return {
        "coordinates": coordinates,
        "energies": (solver.energies - origin) * HARTREE,
        "steps": np.array(solver.count),
        "active": np.array([solver.electrons, solver.size]),
    }


def _lowered(
    solver: _AveragedStates, symbols: Any, coordinates: np.ndarray, sigma: float, alpha: float
) -> np.ndarray:
    """Where the mean energy with a penalty on the gap is lowest (angstrom), or `coordinates` where
    geomeTRIC does not get there.
    """
    import geometric
    from pyscf.geomopt import geometric_solver

    frame = geometric.molecule.Molecule()
    frame.elem = list(symbols)
    frame.xyzs = [coordinates]
    engine = geometric.engine.ConicalIntersection(frame, [], sigma, alpha)
    # set afterwards: both share one wavefunction
    engine.engines = [_state_engine(frame, solver, k) for k in range(2)]

    trust = TRUST / np.sqrt(sigma)
    settings = str(Path(geometric_solver.__file__).parent / "log.ini")

    with TemporaryDirectory() as folder:
        try:
            moved = geometric.optimize.run_optimizer(
                customengine=engine,
                input=str(Path(folder) / "meci"),
                maxiter=60,
                trust=trust,
                tmax=2 * trust,
                logIni=settings,
                **THRESHOLDS,
            )
        except geometric.errors.GeomOptNotConvergedError:
            return coordinates

    end: np.ndarray = moved.xyzs[-1]
    return end


class _AveragedStates:
    """A SA-CASSCF of two states that follows the geometry: orbitals of one step start the next."""

    def __init__(self, geometry: Any, removed: int, space: ActiveSpace) -> None:
        neutral = converged_scf(mole(geometry))
        occupied = neutral.mol.nelectron // 2
        self.chosen = space.chosen(occupied)
        self.size = len(self.chosen)
        self.removed = removed
        self.electrons = 2 * sum(k < occupied for k in self.chosen) - removed
        if self.electrons < 1 or self.electrons >= 2 * self.size or min(self.chosen) < 0:
            raise InputError(
                f"An active space of {self.size} orbitals with {self.electrons} electrons has no "
                "two states of interest. Choose others (`holes`, `virtuals` or `orbitals`)."
            )

        self.neutral = neutral
        self.count = 0
        self.where = np.zeros(0)
        self.orbitals = neutral.mo_coeff
        self.fresh = True

    @property
    def gap(self) -> float:
        """Between the two states, eV."""
        return float(self.energies[1] - self.energies[0]) * HARTREE

    def solve(self, coordinates: np.ndarray) -> None:
        """Energies (2,), hartree, at `coordinates` (bohr)."""
        if self.where.size and np.allclose(self.where, coordinates, atol=1e-12):
            return

        molecule = self._molecule(coordinates)
        orthonormal = self._carried(molecule)
        casscf = self._casscf(molecule, orthonormal)
        start = orthonormal
        if self.fresh:
            start = casscf.sort_mo([k + 1 for k in self.chosen], orthonormal)
        casscf.kernel(start)

        if not casscf.converged:
            raise CalculationError(
                "The SA-CASSCF did not converge during the search. Choose another active space."
            )

        self.fresh = False
        self.count = self.count + 1
        self.where = np.array(coordinates)
        self.orbitals = casscf.mo_coeff
        self.casscf = casscf
        self.energies = np.array(casscf.e_states)

    def _molecule(self, coordinates: np.ndarray) -> Any:
        from pyscf import gto

        atoms = list(zip(self.neutral.mol.elements, coordinates, strict=True))
        molecule = gto.M(
            atom=atoms,
            unit="Bohr",
            basis=self.neutral.mol.basis,
            charge=self.neutral.mol.charge + self.removed,
            spin=self.removed,
            verbose=0,
        )

        return within_share(molecule)

    def _carried(self, molecule: Any) -> np.ndarray:
        """The last orbitals, carried along with the atoms and orthonormal again."""
        values, vectors = np.linalg.eigh(
            self.orbitals.T @ molecule.intor("int1e_ovlp") @ self.orbitals
        )
        carried: np.ndarray = self.orbitals @ (vectors / np.sqrt(values)) @ vectors.T
        return carried

    def _casscf(self, molecule: Any, orbitals: np.ndarray) -> Any:
        from pyscf import mcscf, scf

        reference = scf.hf.RHF(molecule)  # an ROHF here makes PySCF's response equations fail
        reference.mo_coeff = orbitals
        reference.mo_occ = self.neutral.mo_occ
        reference.mo_energy = self.neutral.mo_energy
        reference.converged = True
        reference.e_tot = 0.0

        up = (self.electrons + self.removed) // 2
        casscf = mcscf.CASSCF(reference, self.size, (up, self.electrons - up))
        casscf.fix_spin_(ss=0.75 if self.removed else 0.0, shift=SPIN_SHIFT)
        casscf = casscf.state_average_([0.5, 0.5])
        casscf.conv_tol = 1e-8
        casscf.conv_tol_grad = 1e-4
        casscf.max_cycle_macro = 150

        return casscf

    def gradient(self, state: int) -> np.ndarray:
        """Gradient of one state where `solve` was last, hartree/bohr."""
        method = self.casscf.nuc_grad_method()
        method.conv_rtol = 1e-5
        method.conv_atol = 1e-8
        gradient: np.ndarray = method.kernel(state=state)
        return gradient


def _state_engine(frame: Any, solver: _AveragedStates, state: int) -> Any:
    """One state of a shared SA-CASSCF, as geomeTRIC asks for it."""
    from geometric.engine import Engine

    class StateEngine(Engine):  # type: ignore[misc]
        def calc(self, coords: Any, dirname: str, **settings: Any) -> dict[str, Any]:
            return self.calc_new(coords, dirname)

        def calc_new(self, coords: Any, dirname: str) -> dict[str, Any]:
            solver.solve(np.asarray(coords).reshape(-1, 3))
            return {
                "energy": float(solver.energies[state]),
                "gradient": solver.gradient(state).ravel(),
            }

    return StateEngine(frame)
