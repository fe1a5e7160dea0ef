"""Files <-> nouns: importing this folder makes `save` and `load` know its formats."""

from . import cube, hamiltonian_toml, molecule_toml, spectrum_csv, xyz

__all__ = ["cube", "hamiltonian_toml", "molecule_toml", "spectrum_csv", "xyz"]
