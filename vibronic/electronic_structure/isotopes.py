"""Isotopologues: the same electronic structure in the normal modes of other masses."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from .vibrations import coordinates_in_modes

# Atomic masses in u, AME2020: M. Wang et al., Chinese Phys. C 45, 030003 (2021),
# doi:10.1088/1674-1137/abddaf
ISOTOPES = {
    "H": {1: 1.00782503190, 2: 2.01410177784, 3: 3.01604928132},
    "B": {10: 10.01293686, 11: 11.00930517},
    "C": {12: 12.0, 13: 13.00335483534},
    "N": {14: 14.00307400425, 15: 15.00010889827},
    "O": {16: 15.99491461926, 17: 16.99913175595, 18: 17.99915961214},
    "S": {32: 31.97207117354, 33: 32.97145890862, 34: 33.96786701},
    "Cl": {35: 34.96885269, 37: 36.96590257},
}
STEP = 0.02  # in q, for the curvature of one set of normal coordinates in another


def isotopic_masses(modes: NormalModes, isotopes: str) -> np.ndarray:
    """Masses (n_atoms,), u, from a text such as `H=2`, `H=2,C=13` (all atoms of an element) or
    `3=2` (atom 3, counted from 1).
    """
    masses = np.array(modes.masses)
    for atom, mass in isotopes_asked(modes.symbols, isotopes).items():
        masses[atom] = mass
    return masses


def isotopes_asked(symbols: tuple[str, ...], isotopes: str) -> dict[int, float]:
    """Mass (u) of every atom (from 0) that a text such as `H=2` or `3=2` names."""
    masses: dict[int, float] = {}
    for part in isotopes.split(","):
        found = re.fullmatch(r"\s*([A-Z][a-z]?|\d+)\s*=\s*(\d+)\s*", part)
        if not found:
            raise InputError(
                "Isotopes must be given as in H=2, H=2,C=13 or 3=2 (atom 3, counted from 1), "
                f"but are {isotopes!r}."
            )
        who = found[1]
        number = int(found[2])
        atoms = [int(who) - 1] if who.isdigit() else [a for a, s in enumerate(symbols) if s == who]
        if not atoms or not 0 <= atoms[0] < len(symbols):
            raise InputError(
                f"Isotope {part.strip()!r}: the molecule has {len(symbols)} atoms, "
                f"{', '.join(symbols)}."
            )
        known = ISOTOPES.get(symbols[atoms[0]], {})
        if number not in known:
            raise InputError(
                f"Isotope {part.strip()!r}: known mass numbers of {symbols[atoms[0]]} are "
                f"{', '.join(map(str, known)) or 'none'}. Pass masses to `isotopic_modes` "
                "yourself."
            )
        masses.update(dict.fromkeys(atoms, known[number]))
    return masses


def isotopic_hamiltonian(
    model: VibronicHamiltonian, modes: NormalModes, new: NormalModes
) -> VibronicHamiltonian:
    """The model, made in `modes`, in the normal modes `new` of other masses; no new electronic
    structure.

    The potential is the same function of the geometry: q = A q' + q' C q'/2, A the projection of
    the new displacements on the old modes and C the curvature that rotation of the molecule's
    frame (Eckart) brings, so linear' = A^T linear and quadratic' = A^T quadratic A + sum_m
    linear_m C_m. Exact to second order if the model holds all its bilinear terms. Models without
    quadratic terms stay linear.
    """
    if np.any(model.transition_slopes):
        raise InputError(
            "Models with `transition_slopes` cannot be carried to other masses yet: give them "
            "without slopes."
        )
    if model.n_modes != modes.n_modes or model.higher:
        raise InputError(
            f"The model must have all {modes.n_modes} normal modes and no terms beyond second "
            f"order, but has {model.n_modes} "
            f"modes and {len(model.higher)} higher terms."
        )
    n = new.n_modes
    unit = np.eye(new.n_modes)

    def old(q: np.ndarray) -> np.ndarray:
        return coordinates_in_modes(modes, new.geometry(q))

    first = np.array([(old(STEP * e) - old(-STEP * e)) / (2 * STEP) for e in unit]).T
    linear = np.einsum("mn,mij->nij", first, model.linear)
    quadratic = np.einsum("ma,nb,mnij->abij", first, first, model.quadratic)
    if np.any(model.quadratic):
        pure = np.array(
            [(old(STEP * e) + old(-STEP * e) - 2 * old(0 * e)) / STEP**2 for e in unit]
        )
        for a in range(n):
            for b in range(n):
                curve = pure[a] if a == b else _mixed(old, unit[a], unit[b], pure[a], pure[b])
                quadratic[a, b] += np.tensordot(curve, model.linear, axes=1)
    spread = (
        None
        if model.linear_errors is None
        else np.sqrt(np.einsum("mn,mij->nij", first**2, model.linear_errors**2))
    )
    second = (
        None
        if model.quadratic_errors is None
        else np.sqrt(np.einsum("ma,nb,mnij->abij", first**2, first**2, model.quadratic_errors**2))
    )
    same = new.point_group == modes.point_group
    tidy = lambda x: np.where(np.abs(x) < 1e-9, 0.0, np.round(x, 9)) + 0.0  # noqa: E731
    return replace(
        model,
        frequencies=new.frequencies,
        linear=tidy(linear),
        quadratic=tidy((quadratic + quadratic.swapaxes(0, 1)) / 2),
        mode_labels=new.labels,
        mode_irreps=new.irreps,
        state_irreps=model.state_irreps if same else (),
        linear_errors=spread,
        quadratic_errors=second,
        provenance={
            **model.provenance,
            "masses": new.provenance.get("masses", ""),
            "point_group": new.point_group,
        },
    )


def _mixed(
    old: object, e: np.ndarray, f: np.ndarray, pure_e: np.ndarray, pure_f: np.ndarray
) -> np.ndarray:
    """Mixed second derivative from the second difference along the diagonal."""
    along = (old(STEP * (e + f)) + old(-STEP * (e + f)) - 2 * old(0 * e)) / STEP**2  # type: ignore[operator]
    return (along - pure_e - pure_f) / 2
