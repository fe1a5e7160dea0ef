"""`vibronic hamiltonian`."""

from __future__ import annotations

import os

from .. import storage
from .app import app, friendly
from .inputs import adjusted, computed, read_source, source_name
from .options import BasisSet, CacheFolder, Jobs, Method, ModelName, Out, Quiet, Source, States
from .outputs import output_folder, progress_bars, save_figure


@app.command()
@friendly
def hamiltonian(source: Source, hamiltonian: ModelName = None, method: Method = None, states: States = None, basis_set: BasisSet = None,
                out: Out = None, jobs: Jobs = None, cache: CacheFolder = None, quiet: Quiet = False) -> None:
    """The vibronic-coupling Hamiltonian: energies, frequencies and couplings, computed by PySCF or read from a file."""
    molecule, model = read_source(source, hamiltonian)
    molecule = adjusted(molecule, method, states, basis_set, model)
    folder = output_folder(out, source_name(source), "hamiltonian")
    if model is None:
        assert molecule is not None
        with progress_bars(quiet) as report:
            model, _ = computed(molecule, jobs, cache, report)
    storage.save(model, folder / "hamiltonian.toml")
    from ..plotting import plot_couplings

    save_figure(plot_couplings(model).figure, folder / "couplings.png")
    print(model)
    print(f"\nWritten to {folder}{os.sep}: hamiltonian.toml, couplings.png")
