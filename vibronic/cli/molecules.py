"""`vibronic molecules`."""

from __future__ import annotations

from .. import library
from .app import app, friendly


@app.command()
@friendly
def molecules() -> None:
    """The molecules that ship with vibronic, their experimental bands and published
    Hamiltonians.
    """
    print(f"{'name':<18}{'formula':<10}{'default level':<22}{'bands observed/eV':<38}Hamiltonians")
    for name in library.names():
        found = library.molecule(name)
        level = f"{found.method}/{found.basis_set}"
        bands = ", ".join(f"{b.vertical:g}" for b in found.bands) or "-"
        print(
            f"{name:<18}{found.formula:<10}{level:<22}{bands:<38}"
            f"{', '.join(library.hamiltonian_names(name)) or '-'}"
        )
    print("\nTry: vibronic photoelectron butatriene")
