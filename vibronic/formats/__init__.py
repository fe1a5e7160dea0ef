"""Files <-> nouns: importing this folder makes `save` and `load` know its formats."""

from . import cube, hamiltonian_toml, mctdh, molecule_toml, sharc, sharc_modes, spectrum_csv, xyz
from .text_file import FormatWarning

__all__ = [
    "FormatWarning",
    "cube",
    "hamiltonian_toml",
    "mctdh",
    "molecule_toml",
    "sharc",
    "sharc_modes",
    "spectrum_csv",
    "xyz",
]
