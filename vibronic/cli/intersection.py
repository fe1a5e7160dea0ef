"""`vibronic intersection`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..checks import CalculationError, InputError
from ..progress import report
from .app import app, friendly
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
    Reference,
    Source,
    States,
    Style,
)
from .outputs import Results, progress_bars
from .request import Request, Theory, asked, shipped
from .workers import Workers

if TYPE_CHECKING:
    from ..campaign import Campaign
    from ..hamiltonian import VibronicHamiltonian
    from ..intersections import SurfacesOverview
    from ..modes import NormalModes
    from ..molecule import Molecule
    from ..surfaces import ConicalIntersection


@app.command()
@friendly
def intersection(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    reference: Reference = None,
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
    style: Style = "journal",
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
    from ..intersections import overview

    theory = Theory(method, states, basis_set, functional, reference=reference)
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
            "known: name a molecule or an .xyz, without `--hamiltonian`."
        )

    results = Results(request.folder, style)

    beside: list[Any] = []
    with progress_bars(quiet), results.drawing(), request.campaign() as campaign:
        model, made = request.hamiltonian(campaign)
        kept = request.reduced(model, most=24)
        report("Surfaces and intersections", 0.0)
        found = overview(kept.model)
        results.noun(found, "results.h5")
        _figures(found, results)

        if made is not None and (check or search):
            what = (_molecule(request), made.modes, kept.model, _lowest(found))
            beside = _held_against(what, campaign, results, check=check, search=search)

    for text in (kept, found, *beside, results):
        print(text if text is kept else f"\n{text}")


def _molecule(request: Request) -> Molecule:
    assert request.molecule is not None
    return request.molecule


def _lowest(found: SurfacesOverview) -> ConicalIntersection:
    """The lowest intersection, to hold ab initio points against."""
    if not found.reached:
        why = " ".join(found.remarks) or "all lie above every vertical energy."
        raise CalculationError(f"The model has no intersection to check: {why}")
    return found.reached[0]


def _held_against(
    what: tuple[Molecule, NormalModes, VibronicHamiltonian, ConicalIntersection],
    campaign: Campaign | None,
    results: Results,
    *,
    check: bool,
    search: bool,
) -> list[Any]:
    """Ab initio points and an ab initio intersection beside the model's, written when found."""
    from ..intersections import ab_initio_check, ab_initio_search
    from ..plotting import check_figure

    beside: list[Any] = []
    if check:
        checked = ab_initio_check(*what, campaign=campaign)
        results.noun(checked, "check.h5")
        results.figure(check_figure(checked), "check.png")
        beside.append(checked)

    if search:
        met = ab_initio_search(*what, campaign=campaign)
        results.noun(met, "search.h5")
        beside.append(met)

    return beside


def _figures(found: SurfacesOverview, results: Results) -> None:
    """Cones and seams, written."""
    from ..intersections import lowest_seam
    from ..plotting import intersection_figure, seam_figure

    for x in found.reached:
        pair = "-".join(x.pair).replace(" ", "-")
        results.figure(intersection_figure(found.model, x), f"intersection-{pair}.png")
        path = lowest_seam(found.model, x)
        if path is not None:
            results.figure(seam_figure(found.model, x, path), f"seam-{pair}.png")
