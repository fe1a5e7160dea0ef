"""`vibronic photoelectron` and `vibronic absorption`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..checks import InputError, check_positive
from ..line_shape import LineShape
from ..spectra import LEVELS, inside_window
from ..spectrum import Spectrum
from .app import app, friendly
from .inputs import measured
from .options import (
    BasisSet,
    Better,
    CacheFolder,
    Dask,
    ExperimentFile,
    Full,
    Functional,
    InstrumentFile,
    Isotopes,
    Jobs,
    Levels,
    LineOptions,
    MaxModes,
    MaxSize,
    Memory,
    Method,
    ModelName,
    Modes,
    Natural,
    Out,
    Quiet,
    Reference,
    Source,
    States,
    Style,
    Temperature,
    Time,
    Tolerance,
    Width,
    Window,
    energies_between,
    listed_levels,
)
from .outputs import Results, progress_bars
from .request import Request, Theory, asked, shipped
from .spectrum_results import tell_absorption, tell_ionization
from .workers import Workers

if TYPE_CHECKING:
    from ..photoelectron import Experiment

USUAL_FWHM = 0.04  # eV


@app.command()
@friendly
def photoelectron(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    reference: Reference = None,
    energies: Better = None,
    isotopes: Isotopes = None,
    levels: Levels = None,
    fwhm: Width = None,
    lorentzian: Natural = None,
    instrument: InstrumentFile = None,
    temperature: Temperature = 0.0,
    experiment: ExperimentFile = None,
    window: Window = None,
    tolerance: Tolerance = 2e-3,
    time: Time = 120.0,
    max_modes: MaxModes = None,
    modes: Modes = None,
    max_size: MaxSize = 1_000_000,
    memory: Memory = None,
    style: Style = "journal",
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    full: Full = False,
    quiet: Quiet = False,
) -> None:
    """Photoelectron spectrum in rising order of truth: Koopmans, vertical, Franck-Condon,
    adiabatic, fully vibronic, experiment.

    Relaxes the neutral, finds its vibrations and how they couple the ionized states (PySCF), then
    the mixed vibronic lines and the wavepacket's path through the conical intersection (QuTiP).
    Finished steps are kept: a second run takes seconds.
    """
    from ..photoelectron import comparison

    request = asked(
        "photoelectron",
        source,
        hamiltonian,
        theory=Theory(method, states, basis_set, functional, energies, reference),
        isotopes=isotopes,
        modes=modes,
        max_modes=max_modes,
        max_size=max_size,
        memory=memory,
        workers=Workers(jobs, dask, cache),
        out=out,
        quiet=quiet,
    )
    _check_process(request, "ionization", "photoelectron spectra", "--method adc3")
    spectrum = _spectrum(
        request,
        levels=levels,
        shape=LineOptions(fwhm, lorentzian, instrument),
        experiment=experiment,
        window=window,
        temperature=temperature,
        tolerance=tolerance,
        time=time,
    )

    results = Results(request.folder, style)
    with progress_bars(quiet):
        with request.campaign() as campaign:
            model, made = request.hamiltonian(campaign)
        results.noun(model, "hamiltonian.toml")
        found = comparison(
            request.reduced(model),
            levels=spectrum.levels,
            shape=spectrum.shape,
            experiment=spectrum.experiment,
            time=time,
            tolerance=tolerance,
            limits=request.limits,
        )
        found = found.with_koopmans(made.koopmans if made else None)

    tell_ionization(found, made, results, spectrum.experiment.window, full)


@app.command()
@friendly
def absorption(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    reference: Reference = None,
    energies: Better = None,
    isotopes: Isotopes = None,
    levels: Levels = None,
    fwhm: Width = None,
    lorentzian: Natural = None,
    instrument: InstrumentFile = None,
    temperature: Temperature = 0.0,
    experiment: ExperimentFile = None,
    window: Window = None,
    emission: Annotated[
        bool, typer.Option("--emission", help="Emission of the relaxed excited states, too.")
    ] = False,
    tolerance: Tolerance = 2e-3,
    max_modes: MaxModes = None,
    modes: Modes = None,
    max_size: MaxSize = 1_000_000,
    memory: Memory = None,
    style: Style = "journal",
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    full: Full = False,
    quiet: Quiet = False,
) -> None:
    """Absorption spectrum of coupled excited states in rising order of truth, beside experiment;
    and their emission.

    Takes a Hamiltonian of excited states: one that ships (`published` unless another is named), a
    .toml file, or, with `--method` (tda, tddft, ee-adc2, eom-ee-ccsd, sa-casscf), one that PySCF
    makes of the molecule.
    """
    from ..photoelectron import absorption as absorbed

    request = asked(
        "absorption",
        source,
        hamiltonian or (shipped(source) if method is None else None),
        theory=Theory(method, states, basis_set, functional, energies, reference),
        isotopes=isotopes,
        modes=modes,
        max_modes=max_modes,
        max_size=max_size,
        memory=memory,
        workers=Workers(jobs, dask, cache),
        out=out,
        quiet=quiet,
    )
    _check_process(request, "excitation", "absorption spectra", "--method tda --functional b3lyp")
    spectrum = _spectrum(
        request,
        levels=levels,
        shape=LineOptions(fwhm, lorentzian, instrument),
        experiment=experiment,
        window=window,
        temperature=temperature,
        tolerance=tolerance,
    )

    results = Results(request.folder, style)
    with progress_bars(quiet):
        with request.campaign() as campaign:
            model, made = request.hamiltonian(campaign)
        results.noun(model, "hamiltonian.toml")
        found = absorbed(
            request.reduced(model),
            levels=spectrum.levels,
            shape=spectrum.shape,
            experiment=spectrum.experiment,
            emission=emission,
            tolerance=tolerance,
            limits=request.limits,
        )

    tell_absorption(found, made, results, spectrum.experiment.window, full)


def _check_process(request: Request, process: str, what: str, advice: str) -> None:
    """Refuse a molecule whose method gives other states than the spectrum needs."""
    if request.model is not None or request.molecule is None:
        return
    if request.molecule.process != process:
        states = {"ionization": "ionized", "excitation": "excited"}
        raise InputError(
            f"The method {request.molecule.method} gives {states[request.molecule.process]} "
            f"states, but {what} need {states[process]} ones. Try `{advice}`."
        )


@dataclass(frozen=True)
class _Spectrum:
    """The rungs that were asked for, their lines, and the experiment beside them."""

    levels: tuple[str, ...]
    shape: LineShape
    experiment: Experiment


def _spectrum(
    request: Request,
    *,
    levels: str | None,
    shape: LineOptions,
    experiment: Path | None,
    window: str | None,
    temperature: float,
    tolerance: float,
    time: float | None = None,
) -> _Spectrum:
    """What the options describe, checked before any work."""
    from ..photoelectron import Experiment

    check_positive("--tolerance", tolerance)

    if time is not None:
        check_positive("--time", time, "fs")
    if not 0 <= temperature < float("inf"):
        raise InputError(f"`--temperature` must be 0 or more kelvin, but is {temperature}.")

    molecule = request.molecule
    lines = shape.line_shape(molecule.fwhm if molecule else USUAL_FWHM)
    seen = measured(request.source, experiment, request.command)
    between = energies_between(window)
    if between is not None and isinstance(seen, Spectrum):
        inside_window(seen, between)

    ionization = request.command == "photoelectron"
    known = LEVELS if ionization else tuple(x for x in LEVELS if x != "koopmans")
    bands = molecule.bands if molecule and ionization else ()
    return _Spectrum(
        listed_levels(levels, known), lines, Experiment(bands, seen, between, temperature)
    )
