"""Files <-> nouns."""
from . import hamiltonian_toml  # noqa: F401
