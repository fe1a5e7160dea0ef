"""`vibronic molecules`."""

from __future__ import annotations

from .. import library
from ..tables import Column, Table
from .app import app, friendly

COLUMNS = (
    Column("name", left=True),
    Column("formula", left=True),
    Column("default level", left=True),
    Column("bands observed/eV", left=True),
    Column("Hamiltonians", left=True),
)


@app.command()
@friendly
def molecules() -> None:
    """The molecules that ship with vibronic, their experimental bands and published
    Hamiltonians.
    """
    rows = []
    for name in library.names():
        found = library.molecule(name)
        bands = ", ".join(f"{b.vertical:g}" for b in found.bands)
        models = ", ".join(library.hamiltonian_names(name))
        level = f"{found.method}/{found.basis_set}"
        rows.append([name, found.formula, level, bands or None, models or None])
    print(Table(COLUMNS, rows))
    print("\nTry: vibronic photoelectron butatriene")
