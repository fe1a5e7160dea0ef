"""What the modes are called here and in other models of the molecule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import library
from ..hamiltonian import VibronicHamiltonian
from ..models import corresponding_modes
from ..tables import Column, Table
from ..units import CM

if TYPE_CHECKING:
    from .rungs import Comparison

NUMBERED = (
    "v1, v2, ...: by species in the order of character tables, the totally symmetric one first, "
    "by falling frequency within each"
)


@dataclass(frozen=True, eq=False)
class _OtherNames:
    """A model that ships, by its `name`, and its label of each mode that it shares."""

    name: str
    model: VibronicHamiltonian
    labels: dict[str, str]


def mode_table(found: Comparison) -> Table | str:
    """The label of every mode here beside those in shipped models of the same molecule that call
    it otherwise, matched by species and frequency; how modes were numbered. Empty without either.
    """
    model = found.model
    others = _others(model)
    axes = model.provenance.get("axes")
    notes = [f"{NUMBERED}; axes: {axes}."] if axes else []
    if not others:
        return f"MODES  {notes[0]}" if notes else ""

    columns = [Column("mode", left=True, width=10), Column("w/cm-1", ".0f")]
    for other in others:
        columns += [Column(other.name, left=True), Column("w/cm-1", ".0f")]
        notes.append(f"{other.name}: {_source(other.model)}")
    notes.append("Names of one row are matched by species and nearest frequency.")

    rows = []
    names = zip(model.mode_labels, model.mode_irreps, model.frequencies, strict=True)
    for label, irrep, frequency in names:
        cells = [cell for other in others for cell in _cells(other, label)]
        rows.append([f"{label} {irrep}", frequency / CM, *cells])
    return Table(columns, rows, title="MODES HERE AND IN OTHER MODELS", notes=notes)


def _others(model: VibronicHamiltonian) -> list[_OtherNames]:
    """Shipped models of the molecule with other names of modes, the largest first, each set of
    names once; none for other isotopes.
    """
    molecule = model.provenance.get("molecule")
    if molecule not in library.names() or "masses" in model.provenance:
        return []

    names = library.hamiltonian_names(molecule)
    known = [(name, library.hamiltonian(molecule, name)) for name in names]
    known.sort(key=lambda pair: -pair[1].n_modes)
    found: list[_OtherNames] = []
    for name, other in known:
        labels = corresponding_modes(model, other)
        differs = any(own != theirs for own, theirs in labels.items())
        seen = any(labels.items() <= before.labels.items() for before in found)
        if differs and not seen:
            found.append(_OtherNames(name, other, labels))
    return found


def _cells(other: _OtherNames, label: str) -> list[str | float | None]:
    """The label of a mode in another model, and its wavenumber there."""
    name = other.labels.get(label)
    if name is None:
        return [None, None]
    return [name, other.model.frequencies[other.model.mode_labels.index(name)] / CM]


def _source(model: VibronicHamiltonian) -> str:
    """The paper that a model is from, or the level of theory it was made at."""
    source = model.provenance.get("citation") or model.provenance.get("level_of_theory", "")
    return str(source).split(";")[0]
