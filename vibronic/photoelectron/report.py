"""The printed story of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..units import CM

if TYPE_CHECKING:
    from .comparison import PhotoelectronComparison


def report(found: PhotoelectronComparison) -> str:
    """Tables of energies, couplings, bands and lines, the verdict, and the convergence reached."""
    blocks = [_heading(found), _energies(found), _couplings(found), _bands(found), _lines(found), _convergence(found)]
    return "\n\n".join(block for block in blocks if block)


def _heading(found: PhotoelectronComparison) -> str:
    model = found.model
    level = model.provenance.get("level_of_theory") or model.provenance.get("citation", "")
    return f"PHOTOELECTRON SPECTRUM  {model.title}\n{level}\nEnergies in eV from {model.energy_origin}.\n{found.modes}"


def _energies(found: PhotoelectronComparison) -> str:
    model, koopmans = found.model, found.koopmans
    lines = ["ENERGIES OF EACH LEVEL OF THEORY (eV)",
             f"{'state':<10}{'Koopmans':>10}{'vertical':>10}{'F-C 0-0':>10}{'vibronic 1st':>14}{'mean':>9}{'strength':>10}"]
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        alone, sticks = found.franck_condon[i], found.vibronic[i]
        first = sticks.energies[sticks.intensities > 0.002 * sticks.strength].min()
        lines.append(f"{f'{label} {irrep}':<10}" + (f"{koopmans.energies[i]:>10.2f}" if koopmans else f"{'-':>10}")
                     + f"{model.constant[i, i]:>10.2f}{alone.energies.min():>10.2f}{first:>14.2f}{sticks.moment(1):>9.2f}"
                     + f"{sticks.strength:>10.3f}")
    lines.append("F-C 0-0: origin of the state alone; vibronic 1st: first line stronger than 0.2 % of the band; mean: centroid of the band.")
    return "\n".join(lines)


def _couplings(found: PhotoelectronComparison) -> str:
    model, koopmans = found.model, found.koopmans_model
    pairs = [(i, j) for i in range(model.n_states) for j in range(i, model.n_states) if np.any(model.linear[:, i, j])]
    names = [f"{'kappa' if i == j else 'lambda'} {model.state_labels[i]}{'' if i == j else model.state_labels[j]}" for i, j in pairs]
    head = f"{'mode':<10}{'w/cm-1':>8}" + "".join(f"{name:>{max(11, len(name) + 2)}}" for name in names)
    lines = ["COUPLINGS IN THE MODES KEPT (eV)" + ("; second row of a mode: Koopmans' analytic values" if koopmans else ""), head]
    for m, label in enumerate(model.mode_labels):
        tables = [(f"{label} {model.mode_irreps[m]}", f"{model.frequencies[m] / CM:.0f}", model.linear[m])]
        if koopmans is not None and label in koopmans.mode_labels:
            tables.append(("  Koopmans", "", koopmans.linear[koopmans.mode_labels.index(label)]))
        for name, frequency, matrix in tables:
            cells = "".join(f"{f'{matrix[i, j]:.3f}' if abs(matrix[i, j]) >= 5e-4 else '.':>{max(11, len(n) + 2)}}"
                            for (i, j), n in zip(pairs, names, strict=True))
            lines.append(f"{name:<10}{frequency:>8}{cells}")
    return "\n".join(lines)


def _bands(found: PhotoelectronComparison) -> str:
    model, bands = found.model, found.bands
    lines = ["BANDS OF THE VIBRONIC SPECTRUM at 0.15 eV resolution, beside experiment",
             f"{'energy/eV':<11}{'strength':>9}  {'parent':<9}{'electronic character':<28}nearest observed"]
    for band in bands:
        parts = sorted(zip(band.character, model.state_labels, strict=True), reverse=True)
        character = ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= 0.02)
        near = min(found.experiment, key=lambda b: abs(b.vertical - band.energy), default=None)
        seen = f"{near.label} {near.vertical:.2f}" if near and abs(near.vertical - band.energy) < 0.6 else "-"
        lines.append(f"{band.energy:<11.2f}{band.strength:>9.3f}  {'+'.join(band.parents) or 'none':<9}{character:<28}{seen}")
    if any(b.note for b in found.experiment):
        lines.append("Observed: " + "; ".join(f"{b.label} {b.vertical:.2f}{f' ({b.note})' if b.note else ''}" for b in found.experiment))
    return "\n".join([*lines, *_verdict(found)])


def _verdict(found: PhotoelectronComparison) -> list[str]:
    labels, verdicts = found.model.state_labels, []
    for band in found.bands:
        if band.is_mystery:
            first, second = np.argsort(-band.character)[:2]
            near = [b for b in found.experiment if "mystery" in b.label.lower()]
            observed = f" The observed mystery band lies at {near[0].vertical:.2f} eV." if near else ""
            verdicts.append(
                f"MYSTERY BAND at {band.energy:.2f} eV ({band.low:.2f}-{band.high:.2f} eV, strength {band.strength:.3f}): no orbital has this "
                f"energy, and no single state makes it: {100 * band.character[first]:.0f} % {labels[first]}, "
                f"{100 * band.character[second]:.0f} % {labels[second]}, mixed by the nuclear motion.{observed}")
    if not verdicts:
        purest = [float(b.character.max()) for b in found.bands]
        verdicts.append("No band without a parent state: " + (
            f"every band belongs to one electronic state to at least {100 * min(purest):.0f} %." if min(purest) > 0.9 else
            f"but states mix; in the most mixed band the leading state makes only {100 * min(purest):.0f} %."))
    return verdicts


def _lines(found: PhotoelectronComparison) -> str:
    sticks, labels = found.vibronic_lines, found.model.state_labels
    origin = np.concatenate([np.full(s.energies.size, i) for i, s in enumerate(found.vibronic)])
    order = np.argsort(np.concatenate([s.energies for s in found.vibronic]), kind="stable")
    lines = ["TEN STRONGEST VIBRONIC LINES", f"{'energy/eV':<11}{'strength':>9}  {'ionized into':<14}"
             + "".join(f"{'% ' + label:>8}" for label in labels)]
    for k in np.sort(sticks.strongest(10)):
        weights = "".join(f"{100 * w:>8.0f}" for w in sticks.state_weights[k])  # type: ignore[index]
        lines.append(f"{sticks.energies[k]:<11.4f}{sticks.intensities[k]:>9.4f}  {labels[origin[order][k]]:<14}{weights}")
    return "\n".join(lines)


def _convergence(found: PhotoelectronComparison) -> str:
    labels = found.model.state_labels
    lines = [f"CONVERGENCE (asked {found.provenance.get('tolerance', 0):.0e})"]
    for label, sticks, run in zip(labels, found.vibronic, found.propagations, strict=True):
        lines.append(f"from {label}: lines {sticks.certificate.get('text')} ({sticks.certificate.get('functions')} functions, "
                     f"{sticks.certificate.get('steps')} steps); wavepacket to {run.times[-1]:.0f} fs {run.certificate.get('text')}")
    lines.append(f"The curve of the lines and that of QuTiP's autocorrelation differ by {found.agreement:.0e} of the peak.")
    return "\n".join(lines)
