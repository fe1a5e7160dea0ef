"""`vibronic photoelectron` and `vibronic absorption`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import storage
from ..checks import InputError, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Molecule
from ..spectra import LEVELS, inside_window
from ..spectrum import Spectrum
from .app import app, friendly
from .inputs import adjusted, computed, measured, memory_bytes, read_source, ships, source_name
from .options import (
    BasisSet,
    Better,
    CacheFolder,
    Dask,
    Experiment,
    Functional,
    InstrumentFile,
    Isotopes,
    Jobs,
    Levels,
    MaxModes,
    MaxSize,
    Memory,
    Method,
    ModelName,
    Modes,
    Natural,
    Out,
    Quiet,
    Source,
    States,
    Temperature,
    Time,
    Tolerance,
    Width,
    Window,
    energies_between,
    listed_levels,
    shape_of_lines,
)
from .outputs import output_folder, progress_bars, save_figure, write_curves
from .workers import Workers


@app.command()
@friendly
def photoelectron(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    energies: Better = None,
    isotopes: Isotopes = None,
    levels: Levels = None,
    fwhm: Width = None,
    lorentzian: Natural = None,
    instrument: InstrumentFile = None,
    temperature: Temperature = 0.0,
    experiment: Experiment = None,
    window: Window = None,
    tolerance: Tolerance = 2e-3,
    time: Time = 120.0,
    max_modes: MaxModes = None,
    modes: Modes = None,
    max_size: MaxSize = 1_000_000,
    memory: Memory = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """Photoelectron spectrum in rising order of truth: Koopmans, vertical, Franck-Condon,
    adiabatic, fully vibronic, experiment.

    Relaxes the neutral, finds its vibrations and how they couple the ionized states (PySCF), then
    the mixed vibronic lines and the wavepacket's path through the conical intersection (QuTiP).
    Finished steps are kept: a second run takes seconds.
    """
    from ..photoelectron import comparison

    check_positive("--time", time, "fs")
    molecule, model = read_source(source, hamiltonian)
    molecule = adjusted(
        molecule,
        model,
        method=method,
        n_states=states,
        basis_set=basis_set,
        functional=functional,
        energies=energies,
    )
    _check_process(molecule, model, "ionization", "photoelectron spectra", "--method adc3")
    settings = _settings(
        source,
        "photoelectron",
        molecule,
        levels,
        LEVELS,
        fwhm,
        lorentzian,
        instrument,
        temperature,
        experiment,
        window,
        tolerance,
        max_modes,
        modes,
        max_size,
        memory,
    )
    folder = output_folder(out, source_name(source), "photoelectron")
    with progress_bars(quiet) as report:
        koopmans = None
        if model is None:
            assert molecule is not None
            model, koopmans = computed(molecule, Workers(jobs, dask, cache), report, isotopes)
        storage.save(model, folder / "hamiltonian.toml")
        found = comparison(model, time=time, koopmans_model=koopmans, progress=report, **settings)
    storage.save(found, folder / "results.h5")
    write_curves(found, folder / "spectrum.csv", "Photoelectron")
    from ..plotting import photoelectron_figure, populations_figure

    figure = photoelectron_figure(found)
    for suffix in ("png", "svg"):
        save_figure(figure, folder / f"photoelectron.{suffix}")
    save_figure(
        populations_figure(found.propagations, found.model.title), folder / "populations.png"
    )
    print(found)
    print(
        f"\nWritten to {folder}{os.sep}: hamiltonian.toml, spectrum.csv, results.h5, "
        "photoelectron.png, photoelectron.svg, populations.png"
    )


@app.command()
@friendly
def absorption(
    source: Source,
    hamiltonian: ModelName = None,
    method: Method = None,
    states: States = None,
    basis_set: BasisSet = None,
    functional: Functional = None,
    energies: Better = None,
    isotopes: Isotopes = None,
    levels: Levels = None,
    fwhm: Width = None,
    lorentzian: Natural = None,
    instrument: InstrumentFile = None,
    temperature: Temperature = 0.0,
    experiment: Experiment = None,
    window: Window = None,
    emission: Annotated[
        bool, typer.Option("--emission", help="Emission of the relaxed excited states, too.")
    ] = False,
    tolerance: Tolerance = 2e-3,
    max_modes: MaxModes = None,
    modes: Modes = None,
    max_size: MaxSize = 1_000_000,
    memory: Memory = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """Absorption spectrum of coupled excited states in rising order of truth, beside experiment;
    and their emission.

    Takes a Hamiltonian of excited states: one that ships (`published` unless another is named), a
    .toml file, or, with `--method` (tda, tddft, ee-adc2, eom-ee-ccsd, sa-casscf), one that PySCF
    makes of the molecule.
    """
    from ..photoelectron import absorption as absorbed

    molecule, model = read_source(
        source, hamiltonian or ("published" if ships(source) and method is None else None)
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
    _check_process(
        molecule, model, "excitation", "absorption spectra", "--method tda --functional b3lyp"
    )
    known = tuple(level for level in LEVELS if level != "koopmans")
    settings = _settings(
        source,
        "absorption",
        molecule,
        levels,
        known,
        fwhm,
        lorentzian,
        instrument,
        temperature,
        experiment,
        window,
        tolerance,
        max_modes,
        modes,
        max_size,
        memory,
    )
    settings["experiment"] = ()  # the bands of a molecule's file are ionization energies
    folder = output_folder(out, source_name(source), "absorption")
    with progress_bars(quiet) as report:
        if model is None:
            assert molecule is not None
            model, _ = computed(molecule, Workers(jobs, dask, cache), report, isotopes)
        storage.save(model, folder / "hamiltonian.toml")
        found = absorbed(model, emission=emission, progress=report, **settings)
    storage.save(found, folder / "results.h5")
    write_curves(found, folder / "spectrum.csv", "Absorption")
    from ..plotting import absorption_figure, plot_emission

    figure = absorption_figure(found)
    names = ["hamiltonian.toml", "spectrum.csv", "results.h5", "absorption.png", "absorption.svg"]
    for suffix in ("png", "svg"):
        save_figure(figure, folder / f"absorption.{suffix}")
    if found.emission is not None:
        save_figure(plot_emission(found).figure, folder / "emission.png")
        names.append("emission.png")
    print(found)
    print(f"\nWritten to {folder}{os.sep}: {', '.join(names)}")


def _check_process(
    molecule: Molecule | None,
    model: VibronicHamiltonian | None,
    process: str,
    what: str,
    advice: str,
) -> None:
    if model is None and molecule is not None and molecule.process != process:
        raise InputError(
            f"The method {molecule.method} gives "
            f"{'excited' if process == 'ionization' else 'ionized'} states, but {what} need "
            f"{'ionized' if process == 'ionization' else 'excited'} ones. Try `{advice}`."
        )


def _settings(
    source: str,
    kind: str,
    molecule: Molecule | None,
    levels: str | None,
    known: tuple[str, ...],
    fwhm: str | None,
    lorentzian: str | None,
    instrument: Path | None,
    temperature: float,
    experiment: Path | None,
    window: str | None,
    tolerance: float,
    max_modes: int | None,
    modes: str | None,
    max_size: int,
    memory: float | None,
) -> dict[str, Any]:
    """The arguments that comparisons share, checked before any work."""
    check_positive("--tolerance", tolerance)
    if not 0 <= temperature < float("inf"):
        raise InputError(f"`--temperature` must be 0 or more kelvin, but is {temperature}.")
    usual_fwhm, usual_modes = (molecule.fwhm, molecule.max_modes) if molecule else (0.04, 8)
    shape = shape_of_lines(fwhm, lorentzian, instrument, usual_fwhm)
    seen = measured(source, experiment, kind)
    between = energies_between(window)
    if between is not None and isinstance(seen, Spectrum):
        inside_window(seen, between)  # before any work
    return {
        "levels": listed_levels(levels, known),
        "shape": shape,
        "fwhm": float(shape.fwhm),
        "temperature": temperature,
        "experiment": molecule.bands if molecule else (),
        "measured": seen,
        "window": between,
        "tolerance": tolerance,
        "max_modes": usual_modes if max_modes is None else max_modes,
        "modes": modes.split(",") if modes else None,
        "max_size": max_size,
        "memory": memory_bytes(memory),
    }
