"""Molecule <-> molecule.toml."""

from __future__ import annotations

from typing import Any

from ..checks import InputError
from ..molecule import METHOD, REFERENCE, Band, Molecule, check_method, method_name, methods
from ..toml_document import TOML_FORMS, Document, TomlForm
from .xyz import atoms

TOP_KEYS = {
    "format",
    "name",
    "title",
    "charge",
    "spin",
    "geometry_angstrom",
    "calculation",
    "spectrum",
    "experiment",
    "provenance",
}
CALCULATION_KEYS = {"method", "basis_set", "n_states", "functional", "energies", "reference"}
SPECTRUM_KEYS = {"fwhm_eV", "max_modes"}
BAND_KEYS = {"label", "vertical_eV", "adiabatic_eV", "note", "source", "mystery"}


def _table(molecule: Molecule) -> dict[str, Any]:
    calculation: dict[str, Any] = {
        "method": molecule.method,
        "basis_set": molecule.basis_set,
    }
    if molecule.n_states is not None:
        calculation["n_states"] = molecule.n_states
    if molecule.functional:
        calculation["functional"] = molecule.functional
    if molecule.energies:
        calculation["energies"] = molecule.energies
    calculation["reference"] = molecule.reference

    return {
        "name": molecule.name,
        "title": molecule.title,
        "charge": molecule.charge,
        "spin": molecule.spin,
        "geometry_angstrom": _geometry(molecule),
        "calculation": calculation,
        "spectrum": {"fwhm_eV": molecule.fwhm, "max_modes": molecule.max_modes},
        "experiment": [_band(band) for band in molecule.bands],
        "provenance": dict(molecule.provenance),
    }


def _geometry(molecule: Molecule) -> str:
    atoms = zip(molecule.symbols, molecule.coordinates, strict=True)
    return "".join(f"{s:<2} {x:14.8f} {y:14.8f} {z:14.8f}\n" for s, (x, y, z) in atoms)


def _band(band: Band) -> dict[str, Any]:
    entry = {
        "label": band.label,
        "vertical_eV": band.vertical,
        "adiabatic_eV": band.adiabatic,
        "note": band.note,
        "source": band.source,
        "mystery": band.is_mystery,
    }
    return {key: value for key, value in entry.items() if value not in (None, "", False)}


def _read(document: Document) -> Molecule:
    table = document.table
    document.check_keys(table, TOP_KEYS, {"name", "geometry_angstrom"})

    calculation = table.get("calculation", {})
    spectrum = table.get("spectrum", {})
    document.check_keys(calculation, CALCULATION_KEYS, set(), "[calculation]")
    document.check_keys(spectrum, SPECTRUM_KEYS, set(), "[spectrum]")

    method = _checked_method(document, calculation)
    bands = tuple(_read_band(document, entry) for entry in table.get("experiment", []))
    lines = str(table["geometry_angstrom"]).splitlines()
    symbols, coordinates = atoms(lines, document.path, _first_atom(document))

    return Molecule(
        name=_typed(document, table, "name", str, ""),
        symbols=symbols,
        coordinates=coordinates,
        method=method,
        basis_set=_typed(document, calculation, "basis_set", str, "cc-pvdz"),
        functional=_typed(document, calculation, "functional", str, ""),
        energies=_typed(document, calculation, "energies", str, ""),
        n_states=_states(document, calculation),
        reference=_typed(document, calculation, "reference", str, REFERENCE),
        charge=_typed(document, table, "charge", int, 0),
        fwhm=float(_typed(document, spectrum, "fwhm_eV", (int, float), 0.04)),
        max_modes=_typed(document, spectrum, "max_modes", int, 8),
        spin=_typed(document, table, "spin", int, 0),
        title=_typed(document, table, "title", str, ""),
        bands=bands,
        provenance=table.get("provenance", {}),
    )


def _checked_method(document: Document, calculation: dict[str, Any]) -> str:
    method: str = calculation.get("method", METHOD)
    if method_name(str(method)) not in methods():
        known = ", ".join(methods())
        raise document.error(f"key `method` must be one of {known}, but is {method!r}.", "method")
    try:
        check_method("method", method)
    except InputError as error:
        raise document.error(f"key `method`: {error}", "method") from None
    return method


def _states(document: Document, calculation: dict[str, Any]) -> int | None:
    if "n_states" not in calculation:
        return None
    count: int = _typed(document, calculation, "n_states", int, None)
    return count


def _read_band(document: Document, entry: dict[str, Any]) -> Band:
    document.check_keys(entry, BAND_KEYS, {"label", "vertical_eV"}, "[[experiment]]")
    return Band(
        entry["label"],
        float(entry["vertical_eV"]),
        entry.get("adiabatic_eV"),
        entry.get("note", ""),
        entry.get("source", ""),
        _typed(document, entry, "mystery", bool, False),
    )


def _first_atom(document: Document) -> int:
    """The line of the file on which the first atom stands."""
    lines = document.text.splitlines()
    numbers = (k for k, line in enumerate(lines, 1) if "geometry_angstrom" in line)
    start = next(numbers, 0)
    opens = lines[start - 1].rstrip().endswith(('"""', "'''"))
    return start + 1 if opens else start


def _typed(document: Document, table: dict[str, Any], key: str, kind: Any, default: Any) -> Any:
    value = table.get(key, default)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        words = {int: "an integer", str: "a text", bool: "true or false"}
        expected = words.get(kind, "a number")
        raise document.error(f"key `{key}` must be {expected}, but is {value!r}.", key)
    return value


TOML_FORMS["Molecule"] = TomlForm(_table, _read)
