"""The options that commands share, and how their values are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from .. import storage
from ..checks import InputError, check_known, check_positive
from ..line_shape import Gaussian, Instrument, LineShape, Lorentzian, Voigt
from ..molecule import REFERENCE, methods
from ..spectra import LEVELS
from ..spectrum import Spectrum
from ..units import CM


def _listed(process: str) -> str:
    """Names of the methods of a process, and how their settings are written."""
    known = methods(process)
    ways = [method.usage for method in known.values() if method.usage]
    return "; ".join([", ".join(known), *ways])


Source = Annotated[
    str,
    typer.Argument(
        help="A molecule's name (see `vibronic molecules`), or a .toml or .xyz file.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o", "--out", help="Folder for the results. [default: NAME-COMMAND]", show_default=False
    ),
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Print every table (report.txt has them, too), not one screen."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bars.")]
Method = Annotated[
    str | None,
    typer.Option(
        help=f"Level of theory of the ionized states ({_listed('ionization')}) or of excited ones "
        f"({_listed('excitation')}).",
        show_default=False,
    ),
]
States = Annotated[
    int | None,
    typer.Option(
        help="How many states, from the lowest. [default: the molecule's, or two and what is "
        "degenerate with them]",
        show_default=False,
    ),
]
Functional = Annotated[
    str | None,
    typer.Option(
        help="Density functional of koopmans, tda and tddft, such as b3lyp. "
        "[default: Hartree-Fock]",
        show_default=False,
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        help="Geometry and vibrations: a functional (or hf) and a basis set, as in pbe0/cc-pvtz. "
        f"[default: {REFERENCE}]",
        show_default=False,
    ),
]
Better = Annotated[
    str | None,
    typer.Option(
        "--energies",
        help="A better method for the vertical energies alone; couplings by --method.",
        show_default=False,
    ),
]
BasisSet = Annotated[
    str | None, typer.Option(help="Gaussian basis set, as PySCF names it.", show_default=False)
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--hamiltonian",
        help="Use a Hamiltonian that ships with the molecule, such as `published`, "
        "instead of computing one.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        help="Worker processes for displaced geometries. [default: all processors]",
        show_default=False,
    ),
]
Isotopes = Annotated[
    str | None,
    typer.Option(
        help="Other isotopes, as in H=2 (all hydrogens) or 3=2 (atom 3); no new electronic "
        "structure.",
        show_default=False,
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        help="Address of a Dask scheduler whose workers compute, as in tcp://host:8786.",
        show_default=False,
    ),
]
CacheFolder = Annotated[
    Path | None,
    typer.Option(
        "--cache", help="Folder that keeps finished electronic structure.", show_default=False
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(help="Largest change, relative to the peak, that a larger basis may still make."),
]
Time = Annotated[float, typer.Option(help="Length of the propagation in fs.")]
MaxSize = Annotated[int, typer.Option(help="Largest number of basis functions to try.")]
Memory = Annotated[
    float | None,
    typer.Option(
        help="Gigabytes that may be used. [default: half of the machine's]", show_default=False
    ),
]
Levels = Annotated[
    str | None,
    typer.Option(
        help=f"Rungs to show, joined by commas: {', '.join(LEVELS)}. [default: all]",
        show_default=False,
    ),
]
Width = Annotated[
    str | None,
    typer.Option(
        "--fwhm",
        help="Gaussian full width of the lines: 0.04 (eV), 40meV or 320cm-1. [default: the "
        "molecule's, or 0.04]",
        show_default=False,
    ),
]
Natural = Annotated[
    str | None,
    typer.Option(
        "--lorentzian",
        help="Lorentzian full width (lifetime), in the same units; with --fwhm the "
        "lines are Voigt profiles.",
        show_default=False,
    ),
]
InstrumentFile = Annotated[
    Path | None,
    typer.Option(
        "--instrument",
        help="A .csv with the instrument function (energy_meV or energy_eV from "
        "the line, intensity), in place of --fwhm.",
        show_default=False,
    ),
]
Temperature = Annotated[
    float,
    typer.Option(
        help="Temperature of the molecule in K: hot bands from thermally populated levels."
    ),
]
ExperimentFile = Annotated[
    Path | None,
    typer.Option(
        help="A measured spectrum (.csv: energy_eV, energy_cm-1 or wavelength_nm, then "
        "intensity for a "
        "curve or strength for lines). [default: the one that ships]",
        show_default=False,
    ),
]
Window = Annotated[
    str | None,
    typer.Option(
        help="Zoom figures, and compare with experiment, between two energies in eV, as in "
        "9.0,10.5.",
        show_default=False,
    ),
]
Style = Annotated[
    str, typer.Option("--style", help="Figures for a `journal`, or `slides` (16:9, large type).")
]
MaxModes = Annotated[
    int | None,
    typer.Option(
        help="Keep at most this many modes. [default: the molecule's, or 8]", show_default=False
    ),
]
Modes = Annotated[
    str | None, typer.Option(help="Keep these modes, as in v5,v14.", show_default=False)
]
UNITS = {"": 1.0, "ev": 1.0, "mev": 1e-3, "cm-1": CM, "cm^-1": CM}


def energy(option: str, text: str) -> float:
    """A positive energy in eV from `0.04`, `40meV` or `320cm-1`."""
    found = re.fullmatch(
        r"\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)\s*([a-z]*(?:\^?-1)?)\s*", text.lower()
    )
    value = _number(found[1]) if found else None
    unit = UNITS.get(found[2]) if found else None
    if value is None or unit is None:
        raise InputError(
            f"`{option}` must be a number of eV, or carry its unit as in 40meV or 320cm-1, but "
            f"is {text!r}."
        )
    check_positive(option, value, "eV")

    return value * unit


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class LineOptions:
    """`--fwhm`, `--lorentzian` and `--instrument`."""

    fwhm: str | None = None
    lorentzian: str | None = None
    instrument: Path | None = None

    def line_shape(self, usual: float) -> LineShape:
        """The line shape that they describe; a Gaussian of the `usual` width (eV) without any."""
        if self.instrument is not None:
            return self._measured(self.instrument)
        gaussian = None if self.fwhm is None else energy("--fwhm", self.fwhm)
        if self.lorentzian is None:
            return Gaussian(usual if gaussian is None else gaussian)
        natural = energy("--lorentzian", self.lorentzian)
        return Lorentzian(natural) if gaussian is None else Voigt(gaussian, natural)

    def _measured(self, path: Path) -> LineShape:
        if self.fwhm is not None or self.lorentzian is not None:
            raise InputError(
                "`--instrument` takes the place of `--fwhm` and `--lorentzian`; give one or the "
                "other."
            )

        found = storage.load(path)
        if not isinstance(found, Spectrum):
            raise InputError(
                f"{path} must hold a curve: energies from the line (energy_meV or energy_eV) "
                "and intensities."
            )

        return Instrument(found.grid, found.values)


def listed_levels(text: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The rungs named in `--levels`, or all that are known."""
    names = tuple(name.strip().lower() for name in text.split(",")) if text is not None else known
    for name in names:
        check_known("level", name, known)
    return names


def energies_between(text: str | None) -> tuple[float, float] | None:
    """The two energies of `--window`."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            "`--window` must be two energies in eV joined by a comma, as in 9.0,10.5, but is "
            f"{text!r}."
        ) from None
    if not low < high:
        raise InputError(f"A window needs its lower energy first, but is {low:g} to {high:g} eV.")
    return low, high
