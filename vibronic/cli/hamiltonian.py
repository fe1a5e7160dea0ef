"""`vibronic hamiltonian`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from .. import storage
from ..checks import InputError
from .app import app, friendly
from .inputs import adjusted, computed, read_source, source_name
from .options import (
    BasisSet,
    Better,
    CacheFolder,
    Dask,
    Functional,
    Isotopes,
    Jobs,
    Method,
    ModelName,
    Out,
    Quiet,
    Source,
    States,
)
from .outputs import output_folder, progress_bars, save_figure
from .workers import Workers


@app.command()
@friendly
def hamiltonian(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    energies: Better = None,
    isotopes: Isotopes = None,
    bilinear: Annotated[
        bool,
        typer.Option(
            "--bilinear", help="Also quadratic terms between different modes (Duschinsky)."
        ),
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also a table of how far the couplings can be trusted.")
    ] = False,
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """The vibronic-coupling Hamiltonian: energies, frequencies and couplings, computed by PySCF or
    read from a file; and doubts about it.
    """
    from ..electronic_structure import model_warnings
    from ..plotting import plot_couplings

    molecule, model = read_source(source, hamiltonian)
    if model is not None and (bilinear or audit or isotopes):
        raise InputError(
            "`--bilinear`, `--audit` and `--isotopes` belong to a computed Hamiltonian, not to "
            "one that is read."
        )
    molecule = adjusted(
        molecule,
        model,
        method=method,
        n_states=states,
        basis_set=basis_set,
        functional=functional,
        energies=energies,
    )
    folder = output_folder(out, source_name(source), "hamiltonian")
    names = ["hamiltonian.toml", "couplings.png"]
    audited = None
    if model is None:
        assert molecule is not None
        with progress_bars(quiet) as report:
            workers = Workers(jobs, dask, cache)
            model, _ = computed(molecule, workers, report, isotopes, bilinear)
            storage.save(model, folder / "hamiltonian.toml")
            if audit:
                from ..electronic_structure import audit as audit_of
                from ..electronic_structure import normal_modes

                with workers.campaign(report) as campaign:
                    audited = audit_of(
                        molecule, normal_modes(molecule, campaign=campaign), campaign=campaign
                    )
                storage.save(audited, folder / "audit.h5")
                names.append("audit.h5")
    storage.save(model, folder / "hamiltonian.toml")
    save_figure(plot_couplings(model).figure, folder / "couplings.png")
    print(model)
    if audited is not None:
        print(f"\n{audited}")
    for warning in model_warnings(model):
        print(f"\nWarning: {warning}")
    print(f"\nWritten to {folder}{os.sep}: {', '.join(names)}")
