"""`vibronic intersection`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from .. import storage
from ..checks import CalculationError, InputError
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Molecule
from .app import app, friendly
from .inputs import adjusted, computed, read_source, ships, source_name
from .options import (
    BasisSet,
    CacheFolder,
    Dask,
    Functional,
    Jobs,
    MaxModes,
    Method,
    ModelName,
    Modes,
    Out,
    Quiet,
    Source,
    States,
)
from .outputs import output_folder, progress_bars, save_figure
from .workers import Workers


@app.command()
@friendly
def intersection(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    max_modes: MaxModes = None,
    modes: Modes = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Hold the model's surfaces against ab initio points on cuts through the "
            "lowest intersection.",
        ),
    ] = False,
    search: Annotated[
        bool,
        typer.Option(
            "--search", help="Also search the intersection itself by SA-CASSCF (minutes to hours)."
        ),
    ] = False,
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """Surfaces and their conical intersections: minima, crossing points, seams, branching planes,
    geometric phases.

    Molecules with a shipped Hamiltonian use `published` unless another is named, a level of theory
    is asked for, or `--check` needs the model that PySCF makes.
    """
    from ..photoelectron import reduction
    from ..plotting import check_figure
    from ..surfaces import overview

    asks = check or search or any(x is not None for x in (method, states, basis_set, functional))
    molecule, model = read_source(
        source, hamiltonian or ("published" if ships(source) and not asks else None)
    )
    if (check or search) and (model is not None or molecule is None):
        raise InputError(
            "`--check` and `--search` need a model made here, whose normal coordinates are "
            "known: name a molecule or an .xyz, "
            "without `--hamiltonian`."
        )
    molecule = adjusted(
        molecule, model, method=method, n_states=states, basis_set=basis_set, functional=functional
    )
    workers = Workers(jobs, dask, cache)
    folder = output_folder(out, source_name(source), "intersection")
    names = ["results.h5"]
    more = []
    with progress_bars(quiet) as report:
        if model is None:
            assert molecule is not None
            model, _ = computed(molecule, workers, report)
        kept = reduction(
            model,
            max_modes=24 if max_modes is None else max_modes,
            modes=modes.split(",") if modes else None,
        )
        report("Surfaces and intersections", 0.0)
        found = overview(kept.model)
        storage.save(found, folder / "results.h5")
        names += _figures(kept.model, found, folder)
        if (check or search) and not found.intersections:
            raise CalculationError(
                "The model has no intersection to check: " + " ".join(found.remarks)
            )
        if check or search:
            assert molecule is not None
            for done, name in _checked(
                molecule, model, kept.model, found.intersections[0], check, search, workers, report
            ):
                storage.save(done, folder / f"{name}.h5")
                names.append(f"{name}.h5")
                more.append(done)
                if name == "check":
                    names.append("check.png")
                    save_figure(check_figure(done), folder / "check.png")
    print(kept)
    print(f"\n{found}")
    for text in more:
        print(f"\n{text}")
    print(f"\nWritten to {folder}{os.sep}: {', '.join(names)}")


def _figures(model: VibronicHamiltonian, found: Any, folder: Path) -> list[str]:
    """Cones and seams, written; their names."""
    from ..plotting import intersection_figure, seam_figure
    from ..surfaces import seam_path

    names = []
    for x in found.intersections:
        names.append(f"intersection-{x.states[0]}-{x.states[1]}.png")
        save_figure(intersection_figure(model, x), folder / names[-1])
        if x.is_conical and x.seam_dimension > 0:
            try:
                path = seam_path(model, x, _along_the_seam(model, x), length=2.0, n_points=21)
            except (CalculationError, InputError):
                continue  # the seam ends nearby
            names.append(f"seam-{x.states[0]}-{x.states[1]}.png")
            save_figure(seam_figure(model, x, path), folder / names[-1])
    return names


def _along_the_seam(model: VibronicHamiltonian, point: Any) -> np.ndarray:
    """The direction in the seam along which the mean energy rises least for a step of one q: that
    of the strongest mean force in W.
    """
    plane = np.linalg.svd(np.stack([point.g, point.h]), full_matrices=False)[2]
    forces = np.abs(model.linear).max(axis=(1, 2))
    direction = forces - plane.T @ (plane @ forces)
    return direction / np.linalg.norm(direction)


def _checked(
    molecule: Molecule,
    model: VibronicHamiltonian,
    kept: VibronicHamiltonian,
    point: Any,
    check: bool,
    search: bool,
    workers: Workers,
    report: Callable[[str, float], None],
) -> Any:
    """The check of the surfaces, then the search, each with its name, as they are finished."""
    from ..electronic_structure import ab_initio_intersection, ab_initio_surfaces, normal_modes
    from ..surfaces import cuts_through, surface_check

    places = [model.mode_labels.index(label) for label in kept.mode_labels]
    with workers.campaign(report) as campaign:
        reference = normal_modes(molecule, campaign=campaign)

        def full(positions: np.ndarray) -> np.ndarray:
            whole = np.zeros((len(positions), reference.n_modes))
            whole[:, places] = positions
            return whole

        if check:
            cuts = cuts_through(kept, point)
            points = ab_initio_surfaces(
                molecule,
                reference,
                full(np.concatenate([cut.positions for cut in cuts])),
                states=kept.n_states,
                campaign=campaign,
            )
            yield (
                surface_check(
                    kept, point, cuts, points.energies, points.ground, points.level_of_theory
                ),
                "check",
            )
        if search:
            yield (
                ab_initio_intersection(
                    molecule,
                    reference,
                    full(point.position[None])[0],
                    virtuals=1,
                    campaign=campaign,
                ),
                "search",
            )
