"""Sections, parameters with units, and labels of an operator file of MCTDH and Quantics."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from ..checks import nearest
from ..units import ATOMIC_MASS, BOHR, BOLTZMANN, CM, HARTREE, HBAR, NM
from .arithmetic import evaluated, has_names
from .text_file import Line, TextFile, shown

# one of each unit in atomic units
ELEMENTARY_CHARGE = 1.602176634e-19  # C, exact
AVOGADRO = 6.02214076e23  # 1/mol, exact
KILOJOULE = 1e3 / AVOGADRO / ELEMENTARY_CHARGE / HARTREE
FEMTOSECOND = HARTREE / HBAR
UNITS = {
    "au": 1.0,
    "hartree": 1.0,
    "mh": 1e-3,
    "ev": 1 / HARTREE,
    "mev": 1e-3 / HARTREE,
    "cm-1": CM / HARTREE,
    "cm": CM / HARTREE,
    "kcal/mol": 4.184 * KILOJOULE,
    "kj/mol": KILOJOULE,
    "kelvin": BOLTZMANN / HARTREE,
    "aj": 1e-18 / ELEMENTARY_CHARGE / HARTREE,
    "invev": HARTREE,
    "debye": 0.3934302695,
    "amu": ATOMIC_MASS,
    "angst": 1 / BOHR,
    "pm": 0.01 / BOHR,
    "nm": 10 / BOHR,
    "deg": math.pi / 180,
    "fs": FEMTOSECOND,
    "ps": 1e3 * FEMTOSECOND,
    "invfs": 1 / FEMTOSECOND,
}
WAVELENGTH = "nmwl"  # an energy by the wavelength of its photon, nm

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
SECTION = re.compile(r"(end-)?([a-z][a-z_]*-section)(_\w+)?", re.IGNORECASE | re.ASCII)
ENDS = ("end-operator", "end-input")
DECORATION = re.compile(r"[-=_*]{3,}")
CALL = re.compile(r"(\w+)\s*\[([^\[\]]*)\]", re.ASCII)
TITLE = "op_define-section"
HAMILTONIAN = "hamiltonian-section"
KNOWN = (TITLE, "parameter-section", "labels-section", HAMILTONIAN)


@dataclass
class Sections:
    """The lines of every section; those of Hamiltonians by the ending of their name, `` for the
    Hamiltonian itself.
    """

    title: list[Line] = field(default_factory=list)
    parameters: list[Line] = field(default_factory=list)
    labels: list[Line] = field(default_factory=list)
    hamiltonians: dict[str, list[Line]] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """A function of one coordinate that an operator may name."""

    line: Line
    function: str
    arguments: tuple[float, ...]


def sections(file: TextFile) -> Sections:
    """The file cut into sections; nothing may stand between them."""
    found = Sections()
    inside: str | None = None
    lines: list[Line] = []

    for line in file.lines:
        word = line.text.lower()
        match = SECTION.fullmatch(word)
        if inside is None:
            if word in ENDS:
                return found
            if not word or DECORATION.fullmatch(word):
                continue
            if match is None or match[1] or match[2] not in KNOWN:
                raise file.error(line, f"a section ({', '.join(s.upper() for s in KNOWN)})")
            inside = match[2]
            ending = SECTION.fullmatch(line.text)
            lines = _kept(file, line, found, inside, (ending and ending[3]) or "")
        elif match is not None and match[1]:
            if match[2] != inside:
                raise file.error(line, f"end-{inside}")
            inside = None
        elif inside == TITLE or (word and not DECORATION.fullmatch(word)):
            lines.append(line)

    if inside is not None:
        raise file.error(file.end, f"end-{inside}", "the end of the file")
    return found


def _kept(file: TextFile, line: Line, found: Sections, name: str, ending: str) -> list[Line]:
    """The list that takes the lines of a section that begins."""
    if name == TITLE:
        return found.title
    if name == "parameter-section":
        return found.parameters
    if name == "labels-section":
        return found.labels
    if ending.lower() in (known.lower() for known in found.hamiltonians):
        raise file.error(line, "each Hamiltonian once", "it again")
    return found.hamiltonians.setdefault(ending, [])


def parameters(file: TextFile, lines: list[Line]) -> dict[str, float]:
    """Values in atomic units by their names."""
    found: dict[str, float] = {}
    where: dict[str, int] = {}
    for line in lines:
        name, sign, rest = (part.strip() for part in line.text.partition("="))
        if not sign or not NAME.fullmatch(name):
            raise file.error(line, "a parameter, `name = value, unit`")
        if name in found:
            raise file.error(line, f"{name!r} once (line {where[name]} gives it)", "it again")
        text, comma, unit = (part.strip() for part in rest.partition(","))
        value = evaluated(file, line, text, found)
        found[name] = _in_atomic_units(file, line, text, value, unit if comma else "au")
        where[name] = line.number
    return found


def _in_atomic_units(file: TextFile, line: Line, text: str, value: float, unit: str) -> float:
    name = unit.lower()
    if name not in UNITS and name != WAVELENGTH:
        raise file.error(line, f"a unit. {nearest(name, [*UNITS, WAVELENGTH])}", shown(unit))
    if name != "au" and has_names(file, line, text):
        raise file.error(
            line, "no unit after other parameters, which have theirs already", shown(unit)
        )
    if name != WAVELENGTH:
        return value * UNITS[name]
    if value <= 0:
        raise file.error(line, "a positive wavelength", shown(text))
    return NM / value / HARTREE


def labels(file: TextFile, lines: list[Line], known: dict[str, float]) -> dict[str, Label]:
    """Functions of a coordinate by their names."""
    found: dict[str, Label] = {}
    for line in lines:
        name, sign, call = (part.strip() for part in line.text.partition("="))
        match = CALL.fullmatch(call)
        if not sign or not NAME.fullmatch(name) or match is None:
            raise file.error(line, "a label, `name = function[arguments]`")
        if name in found:
            raise file.error(
                line, f"{name!r} once (line {found[name].line.number} gives it)", "it again"
            )
        arguments = tuple(evaluated(file, line, word, known) for word in match[2].split(","))
        found[name] = Label(line, match[1], arguments)
    return found
