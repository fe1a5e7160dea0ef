"""Koopmans' energies of the published ionization models that ship: computed here, written into
their files with the level of theory.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

import vibronic as vb
from vibronic.electronic_structure import Koopmans, normal_modes, vertical_states

GEOMETRY = "cc-pvdz"
BASIS = "cc-pvtz"
LEVEL = (
    "Koopmans' energies: minus the orbital energies of RHF/cc-pVTZ at the RHF/cc-pVDZ geometry, "
    "computed with PySCF {pyscf} by `python -m tests.benchmarks koopmans`; not from the paper"
)


def run() -> dict:
    """Compute, print and write the energies of every published ionization model."""
    told = {}
    for name in vb.library.names():
        for which in vb.library.hamiltonian_names(name):
            model = vb.library.hamiltonian(name, which)
            if model.process != "ionization":
                continue
            energies = orbital_energies(vb.library.molecule(name), model)
            about = {"orbital_energies": LEVEL.format(pyscf=version("pyscf"))}
            vb.save(
                replace(
                    model,
                    orbital_energies=np.round(energies, 4),
                    provenance={**model.provenance, **about},
                ),
                Path(vb.library.folder()) / name / f"{which}.toml",
            )
            told[f"{name}/{which}"] = dict(zip(model.state_labels, energies.tolist(), strict=True))
            print(name, which, told[f"{name}/{which}"], flush=True)
    return told


def orbital_energies(molecule: vb.Molecule, model: vb.VibronicHamiltonian) -> np.ndarray:
    """Minus the energy (eV) of the orbital of every state of a `model`: the first of its irrep
    from the highest occupied down, the components of a degenerate state one by one.
    """
    plain = replace(molecule, reference=f"hf/{GEOMETRY}", basis_set=GEOMETRY)
    modes = normal_modes(plain)
    found = vertical_states(
        replace(plain, basis_set=BASIS),
        method=Koopmans(),
        states=model.n_states,
        coordinates=modes.coordinates,
    )
    left = list(zip(found.irreps, found.energies, strict=True))
    energies = []
    for irrep in model.state_irreps:
        orbital = next(pair for pair in left if pair[0] == irrep)
        left.remove(orbital)
        energies.append(float(orbital[1]))
    return np.array(energies)
