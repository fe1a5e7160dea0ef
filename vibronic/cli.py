"""The command line: read one noun, run one stage, save one noun."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from . import library, storage
from .checks import InputError, VibronicError, check_known, check_positive
from .hamiltonian import VibronicHamiltonian
from .molecule import Molecule

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="markdown",
                  help="From a molecule to its vibronically mixed spectrum and its wavepacket's passage through a conical intersection.")

Source = Annotated[str, typer.Argument(help="A molecule's name (see `vibronic molecules`), or a .toml or .xyz file.", show_default=False)]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the results. [default: NAME-COMMAND]", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bars.")]
Method = Annotated[str | None, typer.Option(help="Level of theory of the ionized states: koopmans, adc2 or adc3.", show_default=False)]
States = Annotated[int | None, typer.Option(help="How many ionized states, from the lowest.", show_default=False)]
BasisSet = Annotated[str | None, typer.Option(help="Gaussian basis set, as PySCF names it.", show_default=False)]
Model = Annotated[str | None, typer.Option("--hamiltonian", help="Use a Hamiltonian that ships with the molecule, such as `published`, "
                                           "instead of computing one.", show_default=False)]
Jobs = Annotated[int | None, typer.Option(help="Worker processes for displaced geometries. [default: all processors]", show_default=False)]
CacheFolder = Annotated[Path | None, typer.Option("--cache", help="Folder that keeps finished electronic structure.", show_default=False)]
Tolerance = Annotated[float, typer.Option(help="Largest change, relative to the peak, that a larger basis may still make.")]
Time = Annotated[float, typer.Option(help="Length of the propagation in fs.")]
MaxSize = Annotated[int, typer.Option(help="Largest number of basis functions to try.")]
Memory = Annotated[float | None, typer.Option(help="Gigabytes that may be used. [default: half of the machine's]", show_default=False)]


def main() -> None:
    """Entry point of the `vibronic` command."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    app()


def _friendly(command: Callable) -> Callable:
    """One clear line instead of a traceback for what the user can mend; 2 for input, 130 for Ctrl-C."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except VibronicError as error:
            print(f"vibronic: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            print("vibronic: interrupted. What was finished is kept; the same command goes on from there.", file=sys.stderr)
            raise typer.Exit(130) from None

    return guarded


@app.command()
@_friendly
def photoelectron(source: Source, hamiltonian: Model = None, method: Method = None, states: States = None, basis_set: BasisSet = None,
                  fwhm: Annotated[float | None, typer.Option(help="Gaussian width of the curves in eV. [default: the molecule's, or 0.04]",
                                                             show_default=False)] = None, tolerance: Tolerance = 2e-3,
                  time: Time = 120.0,
                  max_modes: Annotated[int | None, typer.Option(help="Keep at most this many modes. [default: the molecule's, or 8]",
                                                                show_default=False)] = None,
                  modes: Annotated[str | None, typer.Option(help="Keep these modes, as in v5,v14.", show_default=False)] = None,
                  max_size: MaxSize = 1_000_000, memory: Memory = None, out: Out = None, jobs: Jobs = None, cache: CacheFolder = None,
                  quiet: Quiet = False) -> None:
    """Photoelectron spectrum in rising order of truth: Koopmans, Franck-Condon, fully vibronic, experiment.

    Relaxes the neutral, finds its vibrations and how they couple the ionized states (PySCF), then the mixed vibronic lines and the
    wavepacket's path through the conical intersection (QuTiP). Finished steps are kept: a second run takes seconds.
    """
    from .photoelectron import comparison

    for name, value, unit in (("--fwhm", 1.0 if fwhm is None else fwhm, "eV"), ("--tolerance", tolerance, ""), ("--time", time, "fs")):
        check_positive(name, value, unit)
    molecule, model = _read(source, hamiltonian)
    molecule = _adjusted(molecule, method, states, basis_set, model)
    folder = _folder(out, _name(source), "photoelectron")
    with _progress(quiet) as report:
        koopmans = None
        if model is None:
            assert molecule is not None
            model, koopmans = _computed(molecule, jobs, cache, report)
        storage.save(model, folder / "hamiltonian.toml")
        usual_fwhm, usual_modes = (molecule.fwhm, molecule.max_modes) if molecule else (0.04, 8)
        found = comparison(model, experiment=molecule.bands if molecule else (), fwhm=usual_fwhm if fwhm is None else fwhm,
                           tolerance=tolerance, time=time, max_modes=usual_modes if max_modes is None else max_modes,
                           modes=modes.split(",") if modes else None, max_size=max_size, memory=_bytes(memory), koopmans_model=koopmans,
                           progress=report)
    storage.save(found, folder / "results.h5")
    _write_spectrum(found, folder / "spectrum.csv")
    from .plotting import photoelectron_figure, populations_figure

    figure = photoelectron_figure(found)
    for suffix in ("png", "svg"):
        _save_figure(figure, folder / f"photoelectron.{suffix}")
    _save_figure(populations_figure(found.propagations, found.model.title), folder / "populations.png")
    print(found)
    print(f"\nWritten to {folder}{os.sep}: hamiltonian.toml, spectrum.csv, results.h5, photoelectron.png, photoelectron.svg, populations.png")


@app.command()
@_friendly
def hamiltonian(source: Source, hamiltonian: Model = None, method: Method = None, states: States = None, basis_set: BasisSet = None,
                out: Out = None, jobs: Jobs = None, cache: CacheFolder = None, quiet: Quiet = False) -> None:
    """The vibronic-coupling Hamiltonian: energies, frequencies and couplings, computed by PySCF or read from a file."""
    molecule, model = _read(source, hamiltonian)
    molecule = _adjusted(molecule, method, states, basis_set, model)
    folder = _folder(out, _name(source), "hamiltonian")
    if model is None:
        assert molecule is not None
        with _progress(quiet) as report:
            model, _ = _computed(molecule, jobs, cache, report)
    storage.save(model, folder / "hamiltonian.toml")
    from .plotting import plot_couplings

    _save_figure(plot_couplings(model).figure, folder / "couplings.png")
    print(model)
    print(f"\nWritten to {folder}{os.sep}: hamiltonian.toml, couplings.png")


@app.command()
@_friendly
def dynamics(source: Source, hamiltonian: Model = None,
             state: Annotated[str | None, typer.Option(help="Label of the state the packet starts on. [default: the highest]",
                                                       show_default=False)] = None,
             time: Time = 120.0, tolerance: Tolerance = 1e-3, max_size: MaxSize = 1_000_000, memory: Memory = None, out: Out = None,
             jobs: Jobs = None, cache: CacheFolder = None, quiet: Quiet = False) -> None:
    """A wavepacket through the conical intersection: diabatic populations and autocorrelation against time.

    The vibrational ground state is lifted vertically onto one state and propagated by QuTiP. Molecules with a shipped Hamiltonian use
    `published` unless another is named. An interrupted run saves itself in the folder of its results; the same command goes on with it.
    """
    from .dynamics import propagate
    from .photoelectron import reduction
    from .plotting import populations_figure

    check_positive("--time", time, "fs")
    check_positive("--tolerance", tolerance)
    molecule, model = _read(source, hamiltonian or ("published" if _ships(source) else None))
    folder = _folder(out, _name(source), "dynamics")
    with _progress(quiet) as report:
        if model is None:
            assert molecule is not None
            model, _ = _computed(molecule, jobs, cache, report)
        modes = reduction(model)
        labels = modes.model.state_labels
        check_known("state", state or labels[-1], labels)
        steps = max(2, int(np.ceil(time / 0.5)) + 1)
        run = propagate(modes.model, labels.index(state or labels[-1]), np.linspace(0, time, steps), tolerance=tolerance,
                        max_size=max_size, memory=_bytes(memory), checkpoint=folder / "unfinished.h5", progress=report)
    storage.save(run, folder / "results.h5")
    header = "time_fs," + ",".join(f"population_{label}" for label in labels)
    with storage.atomic(folder / "populations.csv") as path:
        np.savetxt(path, np.column_stack([run.times, run.populations]), delimiter=",", header=header, comments="", fmt="%.8g")
    _save_figure(populations_figure([run], model.title), folder / "populations.png")
    print(modes)
    print(run)
    print(f"{'time/fs':>8}" + "".join(f"{label:>10}" for label in labels))
    for k in np.unique(np.linspace(0, steps - 1, 13).round().astype(int)):
        print(f"{run.times[k]:>8.1f}" + "".join(f"{p:>10.4f}" for p in run.populations[k]))
    print(f"\nWritten to {folder}{os.sep}: results.h5, populations.csv, populations.png")


@app.command()
@_friendly
def molecules() -> None:
    """The molecules that ship with vibronic, their experimental bands and published Hamiltonians."""
    print(f"{'name':<14}{'formula':<10}{'default level':<22}{'bands observed/eV':<32}Hamiltonians")
    for name in library.names():
        found = library.molecule(name)
        level = f"{found.method}/{found.basis_set}"
        bands = ", ".join(f"{b.vertical:g}" for b in found.bands) or "-"
        print(f"{name:<14}{found.formula:<10}{level:<22}{bands:<32}{', '.join(library.hamiltonian_names(name)) or '-'}")
    print("\nTry: vibronic photoelectron butatriene")


def _bytes(gigabytes: float | None) -> float | None:
    if gigabytes is not None:
        check_positive("--memory", gigabytes, "GB")
    return None if gigabytes is None else 1e9 * gigabytes


def _ships(source: str) -> bool:
    return source in library.names() and "published" in library.hamiltonian_names(source)


def _name(source: str) -> str:
    return Path(source).stem if source.endswith((".toml", ".xyz", ".h5")) else source


def _read(source: str, model: str | None) -> tuple[Molecule | None, VibronicHamiltonian | None]:
    """The molecule a source names, and the Hamiltonian it names or that `model` picks."""
    if not source.endswith((".toml", ".xyz", ".h5")):
        return library.molecule(source), library.hamiltonian(source, model) if model else None
    found = storage.load(source)
    if isinstance(found, VibronicHamiltonian):
        return None, found
    if not isinstance(found, Molecule):
        raise InputError(f"{source} holds a {type(found).__name__}; expected a Molecule or a VibronicHamiltonian.")
    if model:
        raise InputError("`--hamiltonian` picks a model that ships with a molecule; give the molecule's name, or the model's own .toml file.")
    return found, None


def _adjusted(molecule: Molecule | None, method: str | None, states: int | None, basis_set: str | None,
              model: VibronicHamiltonian | None) -> Molecule | None:
    from dataclasses import replace

    asked = {"method": method, "n_states": states, "basis_set": basis_set}
    changes: dict[str, Any] = {key: value for key, value in asked.items() if value is not None}
    if changes and model is not None:
        raise InputError("`--method`, `--states` and `--basis-set` belong to a computed Hamiltonian, not to one that is read.")
    return replace(molecule, **changes) if molecule and changes else molecule


def _computed(molecule: Molecule, jobs: int | None, cache: Path | None,
              report: Callable[[str, float], None]) -> tuple[VibronicHamiltonian, VibronicHamiltonian | None]:
    from .electronic_structure import Cache, Campaign, Koopmans, local_processes, normal_modes, vibronic_hamiltonian
    from .electronic_structure.cache import default_folder

    with local_processes(jobs) as executor:
        campaign = Campaign(executor, Cache(cache or default_folder()), report)
        modes = normal_modes(molecule, campaign=campaign)
        koopmans = vibronic_hamiltonian(molecule, modes, method=Koopmans(), campaign=campaign)
        if molecule.method == Koopmans.name:
            return koopmans, None
        return vibronic_hamiltonian(molecule, modes, campaign=campaign), koopmans


def _folder(out: Path | None, name: str, command: str) -> Path:
    """The output folder, made and tried before any work."""
    folder = out or Path(f"{name}-{command}")
    with storage.atomic(folder / ".writable"):
        pass
    (folder / ".writable").unlink()
    return folder


def _save_figure(figure: Any, path: Path) -> None:
    from .plotting import style

    with storage.atomic(path) as temporary, style():
        figure.savefig(temporary)


def _write_spectrum(found: Any, path: Path) -> None:
    columns = [found.vibronic_curve.grid, found.franck_condon_curve.values, found.vibronic_curve.values, found.autocorrelation_curve.values]
    header = (f"Photoelectron spectrum of {found.model.title}; energies in eV from {found.model.energy_origin}; intensities per eV, area = pole "
              f"strengths; Gaussian FWHM {found.vibronic_curve.fwhm} eV\nenergy_eV,franck_condon_per_eV,vibronic_per_eV,autocorrelation_per_eV")
    with storage.atomic(path) as temporary:
        np.savetxt(temporary, np.column_stack(columns), delimiter=",", header=header, fmt="%.8g")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar per stage on stderr; the text before a colon names the stage, the rest its detail."""
    if quiet:
        yield lambda stage, fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(10), TextColumn("{task.percentage:>3.0f}%"),
               TimeRemainingColumn(compact=True, elapsed_when_finished=True), TextColumn("{task.fields[detail]}"))
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def report(stage: str, fraction: float) -> None:
            name, _, detail = stage.partition(": ")
            if name not in tasks:
                for other in tasks.values():
                    bars.update(other, completed=1.0)
                tasks[name] = bars.add_task(name, total=1.0, detail="")
            bars.update(tasks[name], completed=fraction, detail=detail)

        yield report
        for task in tasks.values():
            bars.update(task, completed=1.0)
