"""Rules for vertical energies that are made of the same parts as the composite, and what a choice
among them is worth: each molecule judged by the rule that the others would choose.
"""

from __future__ import annotations

from itertools import chain, combinations, product

import numpy as np

import vibronic as vb
from vibronic.campaign import Campaign
from vibronic.electronic_structure import ADC2, ADC3, Composite, normal_modes, vertical_states
from vibronic.electronic_structure.methods.composite import LARGE, energies_of
from vibronic.electronic_structure.methods.eom_ip_ccsd import with_triples
from vibronic.electronic_structure.scf import geometry_inputs, in_basis_set, mole
from vibronic.units import HARTREE

EXPENSIVE = ("EOM-IP-CCSD", "EOM-IP-CCSD*", "ADC(3)")
CORRECTIONS = ("none", "cc-pVTZ", "cc-pVQZ", "their limit")
SAME = 2e-3  # eV; levels closer than this are one
FITTED = 0.02  # eV; density fitting changes no energy by more
HEAD = """
## Another rule would do about as well

Rules made of the same parts, the mean of any of EOM-IP-CCSD, EOM-IP-CCSD* and ADC(3) with any
basis-set correction by ADC(2), against the near-exact energies. For each molecule the rule with
the smallest mean absolute error on all others is taken, and its error on the one left out is what
a choice of rule is worth for a molecule that had no part in it.

| molecule left out | rule chosen by the others | its error | composite's error |
|---|---|---:|---:|
"""

Rule = tuple[tuple[str, ...], str]
RULES: tuple[Rule, ...] = tuple(
    product(chain.from_iterable(combinations(EXPENSIVE, n) for n in (1, 2, 3)), CORRECTIONS)
)
COMPOSITE: Rule = (EXPENSIVE, CORRECTIONS[-1])


def leave_one_out(
    molecules: tuple[vb.Molecule, ...], near_exact: dict[str, dict[str, float]], campaign: Campaign
) -> str:
    """The table of rules chosen without one molecule, of the molecules with near-exact energies of
    bands (species, with primes for the further ones).
    """
    errors = {
        molecule.name: _errors(molecule, near_exact[molecule.name], campaign)
        for molecule in molecules
        if molecule.name in near_exact
    }

    lines = []
    chosen_errors = []
    for name, own in errors.items():
        others = np.concatenate([found for other, found in errors.items() if other != name])
        rule = int(np.argmin(np.abs(others).mean(axis=0)))
        chosen_errors.append(np.abs(own[:, rule]))
        lines.append(_line(name, _named(RULES[rule]), np.abs(own[:, rule]), _composite(own)))

    every = np.concatenate(list(errors.values()))
    left_out = np.concatenate(chosen_errors)
    title = f"**mean absolute error, {len(every)} bands**"
    lines.append(_line(title, "", left_out, _composite(every)))
    best = int(np.argmin(np.abs(every).mean(axis=0)))
    error = np.abs(every[:, best]).mean()
    note = f"\nBest on all of them: {_named(RULES[best])}, with {error:.2f} eV.\n"
    return HEAD + "\n".join(lines) + "\n" + note


def _composite(errors: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs(errors[:, RULES.index(COMPOSITE)])
    return found


def _line(name: str, rule: str, first: np.ndarray, second: np.ndarray) -> str:
    return f"| {name} | {rule} | {first.mean():.2f} | {second.mean():.2f} |"


def _named(rule: Rule) -> str:
    expensive, correction = rule
    what = expensive[0] if len(expensive) == 1 else f"mean of {', '.join(expensive)}"
    return f"{what}; correction: {correction}"


def _errors(molecule: vb.Molecule, exact: dict[str, float], campaign: Campaign) -> np.ndarray:
    """Errors (bands, rules), eV, of every rule."""
    modes = normal_modes(molecule, executor=campaign)
    states = 2 * len(exact)
    found = vertical_states(
        molecule,
        method=Composite(),
        states=states,
        coordinates=modes.coordinates,
        executor=campaign,
    )
    place = mole(geometry_inputs(molecule, modes.coordinates))
    n_roots = Composite().possible_roots(states, place.nelectron // 2)
    by_rule = _by_rule(place, n_roots)

    rows = []
    for band, energy in exact.items():
        species, number = band.rstrip("'")[1:], band.count("'")
        of_species = [
            e for e, irrep in zip(found.energies, found.irreps, strict=True) if irrep == species
        ]
        levels = [e for k, e in enumerate(of_species) if k == 0 or e - of_species[k - 1] > SAME]
        distances = np.abs(by_rule[:, RULES.index(COMPOSITE)] - levels[number])
        assert np.nanmin(distances) < FITTED, (molecule.name, band)
        rows.append(by_rule[int(np.nanargmin(distances))] - energy)
    print(molecule.name, np.round(np.abs(rows).mean(axis=0).min(), 3), flush=True)
    return np.array(rows)


def _by_rule(place: object, n_roots: int) -> np.ndarray:
    """Energies (states, rules), eV, of the states of EOM-IP-CCSD."""
    start, starred = with_triples(place, n_roots)
    third = energies_of(start, place, ADC3().roots(place, n_roots), place)
    expensive = dict(zip(EXPENSIVE, (start.energies, starred, third), strict=True))

    small = energies_of(start, place, ADC2().roots(place, n_roots), place)
    triple, quadruple = (
        energies_of(start, place, ADC2().roots(large, n_roots), large)
        for large in (in_basis_set(place, name) for name in LARGE)
    )
    limit = (64 * quadruple - 27 * triple) / 37
    added = (np.zeros_like(small), triple - small, quadruple - small, limit - small)
    corrections = dict(zip(CORRECTIONS, added, strict=True))
    return (
        HARTREE
        * np.array(
            [
                np.mean([expensive[name] for name in names], axis=0) + corrections[correction]
                for names, correction in RULES
            ]
        ).T
    )
