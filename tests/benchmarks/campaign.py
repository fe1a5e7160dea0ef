"""What a campaign costs beyond the bare PySCF calculations in it, and how well two workers share
it.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import vibronic as vb
from vibronic.campaign import Cache, Campaign, local_processes
from vibronic.electronic_structure import ADC3
from vibronic.electronic_structure.diabatized_states import DiabatizedStates
from vibronic.electronic_structure.finite_differences import displacements, plan
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.electronic_structure.scf import core_orbitals

from .tables import Table

MOLECULE = "allene"
STATES = 2
ROUNDS = 2


def bare(geometries: list[dict], n_roots: int) -> float:
    """CPU seconds of the same single points with PySCF alone, one after the other in this
    process.
    """
    from pyscf import adc, gto, scf

    start = time.process_time()
    for inputs in geometries:
        mole = gto.M(
            atom=list(zip(inputs["symbols"], inputs["coordinates"], strict=True)),
            basis=inputs["basis_set"],
            verbose=0,
        )
        mf = scf.RHF(mole).run(conv_tol=1e-11, conv_tol_grad=1e-7)
        solver = adc.ADC(mf, frozen=core_orbitals(mole))
        solver.method = "adc(3)"
        solver.method_type = "ip"
        solver.conv_tol = 1e-9
        solver.max_cycle = 200
        solver.max_space = 30
        solver.tol_residual = 1e-5
        solver.verbose = 0
        solver.kernel(nroots=n_roots)
    return time.process_time() - start


def _cpu() -> float:
    return sum(
        sum(resource.getrusage(who)[:2])
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def campaign(
    place: ReferenceGeometry, moved: list, reference: object, jobs: int
) -> tuple[float, float]:
    """(CPU, wall) seconds of the diabatic matrices at all geometries, from an empty cache,
    workers' start included.
    """
    with tempfile.TemporaryDirectory() as folder:
        cpu = _cpu()
        wall = time.perf_counter()
        with local_processes(jobs) as executor:
            DiabatizedStates(place, ADC3(), Campaign(executor, Cache(Path(folder)))).matrices(
                reference, moved
            )
        return _cpu() - cpu, time.perf_counter() - wall


def run() -> dict:
    """Overhead (goal: under 5 %) and parallel efficiency on two processors (goal: above 85 %): the
    best of interleaved rounds.
    """
    molecule = vb.library.molecule(MOLECULE)
    with local_processes(2) as executor:
        first = Campaign(executor)
        place = ReferenceGeometry(
            molecule, vb.electronic_structure.normal_modes(molecule, executor=first)
        )
        reference = DiabatizedStates(place, ADC3(), first).reference(STATES)
    moved = displacements(reference.symmetry, plan(reference.symmetry, False))
    geometries = [
        place.geometry,
        *(place.displaced(d.vector(place.modes.n_modes, 0.1)) for d in moved),
    ]
    rounds = [
        (
            bare(geometries, ADC3().n_roots(STATES)),
            *(campaign(place, moved, reference, jobs) for jobs in (1, 2)),
        )
        for _ in range(ROUNDS)
    ]
    alone, one, two = (min(values) for values in zip(*rounds, strict=True))
    table = Table(
        f"{len(geometries)} geometries of {MOLECULE}, ADC(3)/{molecule.basis_set}",
        {"run": "s|28", "CPU s": ".1f", "wall s": ".1f"},
        note=f"overhead {100 * (one[0] / alone - 1):.1f} %, parallel efficiency on 2 workers "
        f"{100 * one[1] / (2 * two[1]):.0f} %",
    )
    for name, (cpu, wall) in (
        ("bare PySCF", (alone, alone)),
        ("campaign, 1 worker", one),
        ("campaign, 2 workers", two),
    ):
        table.add(**{"run": name, "CPU s": cpu, "wall s": wall})
    return table.close()
