"""The figures that ship: butatriene's headline, its orbitals and its modes, in molecules/."""

from __future__ import annotations

from dataclasses import replace

import vibronic as vb
from vibronic.ab_initio import hamiltonian
from vibronic.models import reduction
from vibronic.photoelectron import Experiment, comparison
from vibronic.plotting import headline_figure, modes_figure, orbitals_figure, style

NAME = "butatriene"


def run() -> dict:
    """Draw all, tell where they are."""
    molecule = vb.library.molecule(NAME)
    folder = vb.library.folder() / NAME
    found = comparison(
        vb.library.hamiltonian(NAME, "published"),
        shape=vb.Gaussian(molecule.fwhm),
        experiment=Experiment(molecule.bands),
    )
    made = hamiltonian(replace(molecule, method="koopmans"))
    kept = reduction(made.model, max_modes=molecule.max_modes).model

    assert made.orbitals is not None
    with style("slides"):
        headline_figure(found).savefig(folder / "headline.png", dpi=160)
    with style():
        orbitals_figure(made.orbitals, made.model).savefig(folder / "orbitals.png", dpi=160)
        modes_figure(made.modes, kept).savefig(folder / "modes.png", dpi=160)

    written = [str(folder / f"{name}.png") for name in ("headline", "orbitals", "modes")]
    print("\n".join([found.takeaway, *written]))
    return {"written": written, "takeaway": found.takeaway}
