"""`vibronic hamiltonian`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..checks import InputError
from .app import app, friendly
from .molecule_results import show_molecule
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
    Reference,
    Source,
    States,
    Style,
)
from .outputs import Results, progress_bars
from .request import Theory, asked
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
    reference: Reference = None,
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
    style: Style = "journal",
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """The vibronic-coupling Hamiltonian: energies, frequencies and couplings, computed by PySCF or
    read from a file; and doubts about it.
    """
    from ..models import doubts
    from ..plotting import plot_couplings

    request = asked(
        "hamiltonian",
        source,
        hamiltonian,
        theory=Theory(method, states, basis_set, functional, energies, reference),
        isotopes=isotopes,
        workers=Workers(jobs, dask, cache),
        out=out,
        quiet=quiet,
    )
    if request.model is not None and (bilinear or audit or isotopes):
        raise InputError(
            "`--bilinear`, `--audit` and `--isotopes` belong to a computed Hamiltonian, not to "
            "one that is read."
        )

    results = Results(request.folder, style)
    with progress_bars(quiet), request.campaign() as campaign:
        model, made = request.hamiltonian(campaign, bilinear=bilinear, audit=audit)
    results.noun(model, "hamiltonian.toml")
    with results.drawing():
        results.figure(plot_couplings(model).figure, "couplings.png")
    show_molecule(made, request.reduced(model).model, results)
    if made is not None and made.audit is not None:
        results.noun(made.audit, "audit.h5")

    if made is None:
        print("\n\n".join([str(model), *(f"Warning: {text}" for text in doubts(model))]))
    else:
        print(made)

    print(f"\n{results}")
