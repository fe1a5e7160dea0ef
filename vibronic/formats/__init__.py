"""Files <-> nouns: importing this folder makes `save` and `load` know its formats."""

from . import hamiltonian_toml, molecule_toml, spectrum_csv, xyz

__all__ = ["hamiltonian_toml", "molecule_toml", "spectrum_csv", "xyz"]
