"""Vibronic: from a molecule to its vibronically mixed spectrum and its wavepacket's passage
through a conical intersection.

Molecule -> NormalModes -> VibronicHamiltonian -> VibronicBasis -> Wavepacket -> Propagation
-> Spectrum

The nouns are loaded with the package, each folder (`vibronic.spectra`, ...) on first use.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import checks, formats, hdf5, library, molecule, notebook, storage, toml_document, units
from .basis import VibronicBasis
from .certificate import Certificate
from .checks import CalculationError, InputError, VibronicError
from .doorway import Doorway
from .hamiltonian import VibronicHamiltonian
from .limits import Limits
from .line_shape import Gaussian, Instrument, LineShape, Lorentzian, Voigt
from .modes import NormalModes
from .molecule import Band, Molecule
from .orbitals import Orbitals
from .progress import progress_to
from .propagation import Autocorrelation, Propagation
from .spectrum import Spectrum, StickSpectrum, VibronicLevels
from .storage import load, save
from .terms import Monomial
from .wavepacket import Wavepacket

if TYPE_CHECKING:
    from . import (
        ab_initio,
        adiabaticity,
        bases,
        campaign,
        convergence,
        dynamics,
        electronic_structure,
        explorer,
        intersections,
        models,
        operators,
        passage,
        photoelectron,
        plotting,
        polaron,
        spectra,
        surfaces,
    )
    from .plotting import plot

    __version__: str

FOLDERS = sorted(path.parent.name for path in Path(__file__).parent.glob("*/__init__.py"))

__all__ = [
    "Autocorrelation",
    "Band",
    "CalculationError",
    "Certificate",
    "Doorway",
    "Gaussian",
    "InputError",
    "Instrument",
    "Limits",
    "LineShape",
    "Lorentzian",
    "Molecule",
    "Monomial",
    "NormalModes",
    "Orbitals",
    "Propagation",
    "Spectrum",
    "StickSpectrum",
    "VibronicBasis",
    "VibronicError",
    "VibronicHamiltonian",
    "VibronicLevels",
    "Voigt",
    "Wavepacket",
    "ab_initio",
    "adiabaticity",
    "bases",
    "campaign",
    "checks",
    "convergence",
    "dynamics",
    "electronic_structure",
    "explorer",
    "formats",
    "hdf5",
    "intersections",
    "library",
    "load",
    "models",
    "operators",
    "passage",
    "photoelectron",
    "plot",
    "plotting",
    "polaron",
    "progress_to",
    "save",
    "spectra",
    "surfaces",
    "toml_document",
    "units",
]


def __getattr__(name: str) -> Any:
    """A folder of the package, imported on first use; the version; the figure of any noun."""
    if name in FOLDERS:
        return import_module(f".{name}", __name__)
    if name == "__version__":
        return import_module("importlib.metadata").version("vibronic")
    if name == "plot":
        return import_module(".plotting", __name__).plot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


def _import_nouns() -> None:
    """Import every stage that has nouns of its own, so that they can be loaded."""
    for name in FOLDERS:
        if name not in ("plotting", "cli"):
            import_module(f".{name}", __name__)


storage.find_nouns_by(_import_nouns)
notebook.draw_by(lambda noun: import_module(".plotting", __name__).inline_png(noun))
molecule.find_methods_by(lambda: import_module(".electronic_structure", __name__))
