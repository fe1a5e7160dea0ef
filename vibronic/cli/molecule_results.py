"""What is written of a molecule whose model was made here: its modes and the orbitals ionized."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outputs import Results

if TYPE_CHECKING:
    from ..ab_initio import AbInitioHamiltonian
    from ..hamiltonian import VibronicHamiltonian


def show_molecule(
    made: AbInitioHamiltonian | None, model: VibronicHamiltonian, results: Results
) -> None:
    """Figures of the modes that the `model` keeps and of the parent orbitals, and the nouns that
    they can be drawn from again; nothing for a model that was read.
    """
    from ..plotting import modes_figure, orbitals_figure

    if made is None:
        return

    with results.drawing():
        if made.orbitals is not None:
            results.noun(made.orbitals, "orbitals.h5")
            results.figure(orbitals_figure(made.orbitals, made.model), "orbitals.png")
        results.noun(made.modes, "modes.h5")
        results.figure(modes_figure(made.modes, model), "modes.png")
