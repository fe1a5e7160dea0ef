"""The printed story of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..molecule import Band
from ..units import CM
from .bands import MIXED, VibronicBand

if TYPE_CHECKING:
    from .comparison import PhotoelectronComparison


def report(found: PhotoelectronComparison) -> str:
    """Tables of energies, couplings, bands and lines, the verdict, and the convergence reached."""
    blocks = [_heading(found), _energies(found), _couplings(found), _bands(found), _lines(found), _convergence(found)]
    return "\n\n".join(block for block in blocks if block)


def _heading(found: PhotoelectronComparison) -> str:
    model = found.model
    level = model.provenance.get("level_of_theory") or model.provenance.get("citation", "")
    lines = [f"PHOTOELECTRON SPECTRUM  {model.title}", level, f"Energies in eV from {model.energy_origin}."]
    if "geometries" in model.provenance:
        lines.append(f"Geometries: {model.provenance['geometries']}; smallest overlap of a displaced state with the reference "
                     f"{model.provenance['smallest_overlap']:.4f}.")
    return "\n".join([line for line in lines if line] + [str(found.modes)])


def observed_bands(found: PhotoelectronComparison) -> list[Band | None]:
    """For every state the observed band of its irrep (the first not yet taken), or None."""
    left, result = list(found.experiment), []
    for irrep in found.model.state_irreps:
        match = next((b for b in left if irrep and b.label.lstrip("0123456789 ").upper() == irrep.upper()), None)
        if match:
            left.remove(match)
        result.append(match)
    return result


def _energies(found: PhotoelectronComparison) -> str:
    model, koopmans, seen = found.model, found.koopmans, observed_bands(found)
    lines = ["ENERGIES OF EACH LEVEL OF THEORY (eV)",
             f"{'state':<8}{'Koopmans':>9}{'vertical':>10}{'F-C 0-0':>9}{'vibronic 1st':>14}{'mean':>8}{'strength':>10}{'observed':>10}"]
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        alone, sticks, band = found.franck_condon[i], found.vibronic[i], seen[i]
        first = sticks.energies[sticks.intensities > 0.002 * sticks.strength].min()
        lines.append(f"{f'{label} {irrep}':<8}" + (f"{koopmans.energies[i]:>9.2f}" if koopmans else f"{'-':>9}")
                     + f"{model.constant[i, i]:>10.2f}{alone.energies.min():>9.2f}{first:>14.2f}{sticks.moment(1):>8.2f}"
                     + f"{sticks.strength:>10.3f}" + (f"{band.vertical:>10.2f}" if band else f"{'-':>10}"))
    lines.append("F-C 0-0: origin of the state alone; vibronic 1st: first line stronger than 0.2 % of its band; mean: centroid of the band;")
    lines.append("observed: maximum of the band of this symmetry.")
    errors = [[band.vertical - e for e, band in zip(energies, seen, strict=True) if band]
              for energies in (np.diag(model.constant), *([koopmans.energies] if koopmans else []))]
    if errors[0]:
        lines.append(f"Observed minus vertical, on average: {np.mean(errors[0]):+.2f} eV"
                     + (f"; observed minus Koopmans: {np.mean(errors[1]):+.2f} eV." if koopmans else ".")
                     + " Nothing here is shifted to fit.")
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
    by_state = dict(zip(model.state_labels, observed_bands(found), strict=True))
    lines = ["BANDS OF THE VIBRONIC SPECTRUM at 0.15 eV resolution, beside experiment",
             f"{'energy/eV':<11}{'strength':>9}  {'parent':<9}{'electronic character':<28}observed"]
    for band in bands:
        parts = sorted(zip(band.character, model.state_labels, strict=True), reverse=True)
        character = ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= 0.02)
        seen = [by_state[label] for label in band.parents] if not band.is_mystery else _observed_mysteries(found)
        text = ", ".join(f"{b.vertical:.2f} {b.label}{f' ({b.note})' if b.note else ''}" for b in seen if b) or "-"
        lines.append(f"{band.energy:<11.2f}{band.strength:>9.3f}  {'+'.join(band.parents) or _of(band, parts):<9}{character:<28}{text}")
    if any(not band.parents and band.purity >= MIXED for band in bands):
        lines.append("A parent in brackets: a further member of that state's vibrational progression.")
    return "\n".join([*lines, "", *_verdict(found)])


def _of(band: VibronicBand, parts: list) -> str:
    """What a band without a vertical energy inside is: a member of a state's progression, or nobody's."""
    return f"({parts[0][1]})" if band.purity >= MIXED else "none"


def _observed_mysteries(found: PhotoelectronComparison) -> list[Band | None]:
    return [b for b in found.experiment if "mystery" in b.label.lower()]


def _verdict(found: PhotoelectronComparison) -> list[str]:
    labels, mysteries = found.model.state_labels, [b for b in found.bands if b.is_mystery]
    if mysteries:
        strength = sum(b.strength for b in mysteries)
        character = np.sum([b.strength * b.character for b in mysteries], axis=0) / strength
        first, second = np.argsort(-character)[:2]
        maxima = " and ".join(f"{b.energy:.2f}" for b in mysteries)
        seen = [f" The observed one lies at {b.vertical:.2f} eV." for b in _observed_mysteries(found) if b]
        return [f"MYSTERY BAND between {mysteries[0].low:.2f} and {mysteries[-1].high:.2f} eV (maximum at {maxima} eV, strength "
                f"{strength:.3f}):",
                f"no orbital has this energy, and no single state makes it: it is {100 * character[first]:.0f} % {labels[first]} and "
                f"{100 * character[second]:.0f} % {labels[second]}, mixed by the nuclear motion.{''.join(seen)}"]
    purest = min(b.purity for b in found.bands)
    return ["No mystery band: " + (
        f"in every band the lines belong to one electronic state to at least {100 * purest:.0f} %." if purest > 0.9 else
        f"but states mix; in the most mixed band the leading state makes only {100 * purest:.0f} % of a line.")]


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
        lines.append(f"from {label}: lines {sticks.certificate.get('text')}, {sticks.certificate.get('steps')} steps;\n"
                     f"        wavepacket to {run.times[-1]:.0f} fs {run.certificate.get('text')}")
    lines.append(f"The curve of the lines and that of QuTiP's autocorrelation differ by {found.agreement:.0e} of the peak.")
    return "\n".join(lines)
