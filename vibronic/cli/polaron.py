"""`vibronic polaron`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ..checks import InputError
from ..polaron import Lattice, PolaronOverview, overview
from .app import app, friendly
from .options import ModelName, Out, Quiet, Style
from .outputs import Results, progress_bars
from .request import asked, shipped

Hopping = Annotated[
    float | None, typer.Option(help="Hopping t between neighbours, eV.", show_default=False)
]
Frequency = Annotated[
    float | None, typer.Option(help="Frequency w of a site's vibration, eV.", show_default=False)
]
Coupling = Annotated[
    float | None,
    typer.Option(help="g/w: its square is the phonons of a caught charge.", show_default=False),
]


@app.command()
@friendly
def polaron(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A molecule or a model whose crystal it is; without one give --frequency and "
            "--coupling.",
            show_default=False,
        ),
    ] = None,
    hamiltonian: ModelName = None,
    state: Annotated[
        str | None, typer.Option(help="State of the molecule that holds the charge.")
    ] = None,
    hopping: Hopping = None,
    frequency: Frequency = None,
    coupling: Coupling = None,
    dimension: Annotated[int, typer.Option(help="1, 2 or 3.")] = 1,
    peierls: Annotated[
        float, typer.Option(help="Peierls coupling alpha, eV (chains): vibrations change t.")
    ] = 0.0,
    temperature: Annotated[
        float | None,
        typer.Option(
            help="Also hopping rates, at this and other temperatures (K).", show_default=False
        ),
    ] = None,
    surroundings: Annotated[
        float | None,
        typer.Option(
            help="Reorganization energy of the classical surroundings, eV; for the rates.",
            show_default=False,
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Of energy (in t), mass and weight (relative).")
    ] = 1e-5,
    style: Style = "journal",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """A charge on a lattice, dressed by vibrations: energy, mass, weight, cloud, band.

    The lattice is given by its numbers, or is the crystal of a molecule by its own couplings.
    """
    if hopping is None:
        raise InputError("Give `--hopping`, the energy (eV) that joins neighbouring sites.")
    if (temperature is None) != (surroundings is None):
        raise InputError(
            "Hopping rates need both `--temperature` and `--surroundings`: vibrations alone give "
            "a comb of delta functions, classical surroundings (typically 0.05-0.3 eV) a rate."
        )
    if source is None:
        lattice = _by_numbers(hopping, frequency, coupling, dimension, peierls, state)
    elif frequency is not None or coupling is not None or peierls:
        raise InputError(
            f"`--frequency`, `--coupling` and `--peierls` describe a lattice without a molecule: "
            f"leave them out, or {source}."
        )
    else:
        request = asked("polaron", source, hamiltonian or shipped(source), out=out)
        if request.model is None:
            raise InputError(
                f"`vibronic polaron` needs a model: make one with `vibronic hamiltonian {source}`."
            )
        lattice = Lattice.of_molecule(request.model, state or 0, hopping, dimension=dimension)
        out = request.folder

    results = Results(out or Path("lattice-polaron"), style)
    with progress_bars(quiet), results.drawing():
        found = overview(
            lattice,
            temperatures=() if temperature is None else _around(temperature),
            classical_reorganization=surroundings,
            tolerance=tolerance,
        )
        _write(found, results)

    for text in (found, results):
        print(text if text is found else f"\n{text}")


def _by_numbers(
    hopping: float,
    frequency: float | None,
    coupling: float | None,
    dimension: int,
    peierls: float,
    state: str | None,
) -> Lattice:
    """The lattice without a molecule."""
    if state is not None:
        raise InputError("`--state` belongs to a molecule: name one, or leave it out.")
    if frequency is None or (coupling is None and not peierls):
        raise InputError(
            "Without a molecule a lattice needs `--frequency` and `--coupling` (or `--peierls`)."
        )
    return Lattice(hopping, frequency, coupling or 0.0, dimension, peierls)


def _around(temperature: float) -> list[float]:
    """A third, two thirds, the temperature itself and twice that."""
    return [round(temperature * factor, 1) for factor in (1 / 3, 2 / 3, 1.0, 2.0)]


def _write(found: PolaronOverview, results: Results) -> None:
    """Noun, figure and table."""
    from ..plotting import polaron_figure

    results.noun(found, "results.h5")
    results.figure(polaron_figure(found), "polaron.png")

    band = found.band
    if found.dressing is None:
        columns = [band.momenta, band.energies, band.errors]
        results.table("polaron.csv", "momentum_rad,energy_eV,error_eV", columns)
        return

    curves = found.dressing
    n = curves.effective_couplings.size
    columns = [
        np.repeat(curves.dimensions, n),
        np.tile(curves.effective_couplings, len(curves.dimensions)),
        curves.masses.ravel(),
        curves.weights.ravel(),
        curves.errors.ravel(),
    ]
    header = "dimension,lambda,mass_over_bare_mass,quasiparticle_weight,relative_error_of_mass"
    results.table("polaron.csv", header, columns)
