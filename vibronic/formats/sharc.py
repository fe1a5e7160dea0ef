"""SHARC's linear (and quadratic) vibronic-coupling model, `LVC.template` with its `V0.txt`, read
as versions 2 to 4 read it.

V = sum_m w_m/2 Q_m^2 + epsilon + eta + sum_m (kappa, lambda)_m Q_m + sum_nm gamma_nm Q_n Q_m in
hartree and in dimensionless mass- and frequency-weighted coordinates, which are q here; indices
count from 1, those of modes over all 3 n_atoms degrees of freedom, those of states within their
multiplicity. Every coefficient becomes eV by one factor. `gamma` is summed as listed, without
1/2 and without the entry of the two modes in the other order: quadratic[n, m] = gamma_nm +
gamma_mn. Energies count from the first state at the reference, so transitions from its vibrational
ground state come out absolute.

F. Plasser, S. Gómez, M. F. S. J. Menger, S. Mai, L. González, Phys. Chem. Chem. Phys. 21, 57
(2019), doi:10.1039/C8CP05662E
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..storage import Format, register
from ..units import CM, HARTREE
from .sharc_modes import SharcReference, read_reference
from .sharc_template import COORDINATES, Template, read_template
from .sharc_writer import write_sharc
from .taylor_sum import TaylorSum
from .text_file import blame, tell

LETTERS = {1: "S", 2: "D", 3: "T"}  # of states of a multiplicity
ORIGIN = "the vibrational ground state of the molecule"
OTHER_ORIGIN = "the zero of energy of the SHARC file"
SMALL = 1e-12  # hartree or e a0; what is smaller in a matrix is nothing


@dataclass(frozen=True)
class Spin:
    """The multiplicity that is read: its states in the count over all spin components."""

    multiplicity: int
    n_states: int
    first: int


def read_sharc(
    path: Path, *, multiplicity: int | None = None, v0: str | None = None
) -> VibronicHamiltonian:
    """The model of one `multiplicity` (the only one, else singlets, else the lowest). `v0` names
    the reference file; without it, it is the one the template names or the `V0.txt` or `V.txt`
    beside it. What a real Hamiltonian of one multiplicity cannot hold (spin-orbit couplings, other
    multiplicities) is left out with a warning, and listed in the provenance.
    """
    template = read_template(path)
    reference = read_reference(_reference_file(path, template, v0))
    spin = _spin(template, multiplicity)
    left_out = [tell(str(path), text) for text in _left_out(template, spin)]

    with blame(str(path)):
        found = _collected(template, reference, spin)
        is_absolute = _starts_at_zero(template)
        has_ground_state = is_absolute and spin.first == 0
        dipoles = _dipoles(template, spin)
        amplitudes = np.ones(spin.n_states)
        amplitudes[0] = 0.0 if has_ground_state and spin.n_states > 1 else 1.0
        return found.model(
            reference.modes.frequencies,
            state_labels=_labels(spin, has_ground_state),
            transition_dipoles=dipoles,
            transition_amplitudes=amplitudes if dipoles is None else None,
            title=f"{path.resolve().parent.name}, SHARC LVC",
            process="excitation" if has_ground_state else "",
            energy_origin=ORIGIN if is_absolute else OTHER_ORIGIN,
            provenance={"read_from": f"{path.name} (SHARC)", "left_out": left_out},
        )


def _starts_at_zero(template: Template) -> bool:
    """True where energies count from the first state of all, which is at zero itself."""
    first = next(mult for mult, count in enumerate(template.counts, 1) if count)
    return template.blocks.get("epsilon", {}).get((first, (1,), ()), 0.0) == 0.0


def _reference_file(path: Path, template: Template, given: str | None) -> Path:
    """Where the V0 file is."""
    if given is not None:
        places = [path.parent / given]
    else:
        named = template.reference
        own = [] if "$" in named or "\0" in named else [path.parent / named]
        name = re.split(r"[\\/]", named)[-1].replace("\0", "")
        places = [*own, *(path.parent / other for other in (name, "V0.txt", "V.txt"))]

    for place in places:
        if _is_file(place):
            return place
    raise template.file.error(
        template.reference_line,
        "the path of the V0 file (found neither there nor as V0.txt or V.txt beside the template; "
        "`v0=` names another)",
        repr(given or template.reference)[:80],
    )


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except (OSError, ValueError):
        return False


def _spin(template: Template, asked: int | None) -> Spin:
    """The multiplicity that was asked for, or that is taken."""
    there = [mult for mult, count in enumerate(template.counts, 1) if count]
    chosen = there[0] if asked is None else asked
    if chosen not in there:
        known = ", ".join(str(mult) for mult in there)
        raise InputError(
            f"{template.file.path}: has no states of `multiplicity` {chosen}; it has {known}."
        )
    first = sum(mult * count for mult, count in enumerate(template.counts[: chosen - 1], 1))
    return Spin(chosen, template.counts[chosen - 1], first)


def _left_out(template: Template, spin: Spin) -> list[str]:
    """One sentence for each thing that the model does not hold."""
    found = []
    others = [
        f"{count} of multiplicity {mult}"
        for mult, count in enumerate(template.counts, 1)
        if count and mult != spin.multiplicity
    ]
    if others:
        found.append(
            f"the {spin.n_states} states of multiplicity {spin.multiplicity} were read, and "
            f"left out {' and '.join(others)} (`multiplicity=` chooses)."
        )
    coupling = max((_largest(template, f"SOC {part}") for part in "RI"), default=0.0)
    if coupling > SMALL:
        found.append(
            f"SPIN-ORBIT COUPLINGS LEFT OUT: up to {coupling * HARTREE / CM:.1f} cm-1 between "
            "spin components; the Hamiltonian here is real and of one multiplicity."
        )
    if template.spin_orbit_slopes:
        found.append(
            f"{template.spin_orbit_slopes} derivatives of spin-orbit couplings (lambda_soc) "
            "left out."
        )
    if any(_largest(template, f"{name} I") > SMALL for name in ("DMX", "DMY", "DMZ")):
        found.append("imaginary parts of dipole moments left out.")
    if template.fits:
        found.append(f"a multipolar density fit ({template.fits} lines) left out.")
    return found


def _largest(template: Template, name: str) -> float:
    matrix = template.matrices.get(name)
    return 0.0 if matrix is None else float(np.abs(matrix).max())


def _collected(template: Template, reference: SharcReference, spin: Spin) -> TaylorSum:
    """All coefficients of one multiplicity, eV."""
    modes = {place + 1: m for m, place in enumerate(reference.places)}
    found = TaylorSum(spin.n_states, len(modes))
    for name, block in template.blocks.items():
        for (mult, states, places), value in block.items():
            line = template.lines[name, (mult, states, places)]
            for place in places:
                if place not in modes:
                    raise template.file.error(
                        line,
                        f"a mode that is a vibration in the V0 file ({min(modes)} to "
                        f"{max(modes)})",
                        str(place),
                    )
            if mult != spin.multiplicity:
                continue
            found.add(
                tuple(modes[place] for place in places[: COORDINATES[name]]),
                states[0] - 1,
                states[-1] - 1,
                value * HARTREE,
            )
    return found


def _labels(spin: Spin, has_ground_state: bool) -> tuple[str, ...]:
    """S0, S1, ...; T1, T2, ...; from 1 where the ground state is not among them."""
    letter = LETTERS.get(spin.multiplicity, f"M{spin.multiplicity}_")
    first = 0 if has_ground_state else 1
    return tuple(f"{letter}{k + first}" for k in range(spin.n_states))


def _dipoles(template: Template, spin: Spin) -> np.ndarray | None:
    """Transition dipoles from the first state of all, (n_states, 3), e a0; that state's own,
    which is no transition, as zero. None where the file has none, or spin forbids them.
    """
    parts = [template.matrices.get(f"DM{axis} R") for axis in "XYZ"]
    is_forbidden = any(template.counts[: spin.multiplicity - 1])
    if all(part is None for part in parts) or is_forbidden:
        return None

    block = slice(spin.first, spin.first + spin.n_states)
    rows = [np.zeros(spin.n_states) if part is None else part[0, block] for part in parts]
    dipoles = np.array(rows).T
    dipoles[0] = 0.0
    return dipoles if np.any(dipoles) else None


register(
    Format("sharc", ("LVC.template", "*.LVC.template", "LVC*.template"), read_sharc, write_sharc)
)
