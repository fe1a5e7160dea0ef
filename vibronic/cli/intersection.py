"""`vibronic intersection`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import typer

from ..checks import CalculationError, InputError
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Molecule
from .app import app, friendly
from .inputs import computed
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
from .outputs import Results, progress_bars
from .request import Theory, asked, shipped
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
    from ..plotting import check_figure
    from ..surfaces import overview

    theory = Theory(method, states, basis_set, functional)
    from_atoms = check or search or theory.is_asked
    request = asked(
        "intersection",
        source,
        hamiltonian or (None if from_atoms else shipped(source)),
        theory=theory,
        modes=modes,
        max_modes=max_modes,
        workers=Workers(jobs, dask, cache),
        out=out,
        quiet=quiet,
    )
    if (check or search) and (request.model is not None or request.molecule is None):
        raise InputError(
            "`--check` and `--search` need a model made here, whose normal coordinates are "
            "known: name a molecule or an .xyz, "
            "without `--hamiltonian`."
        )

    results = Results(request.folder)
    model = request.model
    more = []
    with progress_bars(quiet) as report:
        if model is None:
            assert request.molecule is not None
            model, _ = computed(request.molecule, request.workers, report)
        kept = request.reduced(model, most=24)
        report("Surfaces and intersections", 0.0)
        found = overview(kept.model)
        results.noun(found, "results.h5")
        _figures(kept.model, found, results)
        if (check or search) and not found.intersections:
            raise CalculationError(
                "The model has no intersection to check: " + " ".join(found.remarks)
            )
        if check or search:
            assert request.molecule is not None
            for done, name in _checked(
                request.molecule,
                model,
                kept.model,
                found.intersections[0],
                check,
                search,
                request.workers,
                report,
            ):
                results.noun(done, f"{name}.h5")
                more.append(done)
                if name == "check":
                    results.figure(check_figure(done), "check.png")

    print(kept)
    print(f"\n{found}")
    for text in more:
        print(f"\n{text}")
    print(f"\n{results}")


def _figures(model: VibronicHamiltonian, found: Any, results: Results) -> None:
    """Cones and seams, written."""
    from ..plotting import intersection_figure, seam_figure
    from ..surfaces import seam_path

    for x in found.intersections:
        pair = f"{x.states[0]}-{x.states[1]}"
        results.figure(intersection_figure(model, x), f"intersection-{pair}.png")
        if x.is_conical and x.seam_dimension > 0:
            try:
                path = seam_path(model, x, _along_the_seam(model, x), length=2.0, n_points=21)
            except (CalculationError, InputError):
                continue  # the seam ends nearby
            results.figure(seam_figure(model, x, path), f"seam-{pair}.png")


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
