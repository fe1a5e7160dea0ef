"""The printed story of a comparison."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from ..models import degenerate_sets
from ..molecule import Band
from ..spectra import nonadiabatic_lines, oscillator_strengths
from ..units import CM
from .bands import MIXED, VibronicBand
from .verdict import verdict

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison
    from .comparison import PhotoelectronComparison
    from .rungs import Comparison

WIDTH = 118  # characters of a printed line


def report(found: PhotoelectronComparison) -> str:
    """Tables of energies, couplings, rungs, bands and lines, what breaks and why, experiment, and
    the convergence reached.
    """
    blocks = [
        heading("PHOTOELECTRON SPECTRUM", found),
        _energies(found),
        couplings(found, found.koopmans_model),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        line_table(found),
        str(found.match) if found.match else "",
        _convergence(found),
    ]
    return "\n\n".join(block for block in blocks if block)


def absorption_report(found: AbsorptionComparison) -> str:
    """The same for absorption, with the emission that follows."""
    lines = [
        f"CONVERGENCE (asked {found.provenance.get('tolerance', 0):.0e})",
        *convergence(found),
    ]
    if found.emission is not None:
        lines.append(f"emission lines {found.emission.certificate.get('text')}")
    blocks = [
        heading("ABSORPTION SPECTRUM", found),
        couplings(found),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        line_table(found),
        _absolute(found),
        _emission(found),
        str(found.match) if found.match else "",
        "\n".join(lines),
    ]
    return "\n\n".join(block for block in blocks if block)


def _absolute(found: AbsorptionComparison) -> str:
    if found.absolute is None:
        return ""
    top = int(np.argmax(found.absolute.values))
    strengths = ", ".join(
        f"{label} {f:.4f}"
        for label, f in zip(
            found.model.state_labels, oscillator_strengths(found.model), strict=True
        )
    )
    return (
        f"ABSOLUTE ABSORPTION: vertical oscillator strengths {strengths};\nlargest cross "
        f"section {found.absolute.values[top]:.3g} Mb at "
        f"{found.absolute.grid[top]:.2f} eV (orientational average)"
    )


def _emission(found: AbsorptionComparison) -> str:
    if found.emission is None:
        return (
            f"NO EMISSION: {found.provenance['no_emission']}"
            if "no_emission" in found.provenance
            else ""
        )
    down = found.emission
    up = found.vibronic_lines
    first = down.energies[down.intensities > 0.002 * down.intensities.max()].max()
    return (
        f"EMISSION from the relaxed excited states: highest line {first:.3f} eV, mean "
        f"{down.moment(1):.3f} eV, strength {down.strength:.4f} "
        "(without the factor E^3 of the photon rate);\nStokes shift between the means of "
        "absorption and emission "
        f"{up.moment(1) - down.moment(1):.3f} eV"
    )


def wrapped(text: str) -> str:
    """A paragraph in lines of readable length."""
    return textwrap.fill(text, WIDTH)


def heading(title: str, found: Comparison) -> str:
    """What was computed, at which level of theory, from which origin, in which modes."""
    model = found.model
    level = model.provenance.get("level_of_theory") or model.provenance.get("citation", "")
    lines = [
        f"{title}  {model.title}"
        + (f", at {found.ladder.temperature:g} K" if found.ladder.temperature else ""),
        level,
        f"Energies in eV from {model.energy_origin or 'an origin that the model does not state'}.",
    ]
    if "geometries" in model.provenance:
        lines.append(
            f"Geometries: {model.provenance['geometries']}; smallest overlap of a displaced "
            "state with the reference "
            f"{model.provenance['smallest_overlap']:.4f}."
        )
    return "\n".join([line for line in lines if line] + [str(found.modes)])


def observed_bands(found: Comparison) -> list[Band | None]:
    """For every state the observed band of its irrep (the first not yet taken), or None;
    components of a degenerate state share theirs.
    """
    left = list(found.experiment)
    irreps = found.model.state_irreps
    result: list[Band | None] = [None] * len(irreps)
    for states in degenerate_sets(np.diag(found.model.constant), irreps):
        irrep = irreps[states[0]]
        match = next(
            (b for b in left if irrep and b.label.lstrip("0123456789 ").upper() == irrep.upper()),
            None,
        )
        if match:
            left.remove(match)
        for i in states:
            result[i] = match
    return result


def observed_mysteries(found: Comparison) -> list[Band]:
    """Observed bands that are known to have no parent state."""
    return [b for b in found.experiment if "mystery" in b.label.lower()]


def _energies(found: PhotoelectronComparison) -> str:
    model, seen, orbital = found.model, observed_bands(found), found.model.orbital_energies
    entered = {int(door.states[0]): k for k, door in enumerate(found.ladder.doorways)}
    lines = [
        "ENERGIES OF EACH LEVEL OF THEORY (eV)",
        f"{'state':<8}{'Koopmans':>9}{'vertical':>10}{'F-C 0-0':>9}{'vibronic 1st':>14}"
        f"{'mean':>8}{'strength':>10}{'observed':>10}",
    ]
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        name = f"{label} {irrep}"
        koopmans = f"{orbital[i]:>9.2f}" if orbital is not None else f"{'-':>9}"
        band = f"{seen[i].vertical:>10.2f}" if seen[i] else f"{'-':>10}"  # type: ignore[union-attr]
        middle = f"{'-':>9}{'-':>14}{'-':>8}{0:>10.3f}"
        if i in entered:
            why = found.diagnoses[entered[i]]
            sticks = found.vibronic[entered[i]]
            middle = (
                f"{why.first_alone:>9.2f}{why.first:>14.2f}{sticks.moment(1):>8.2f}"
                f"{sticks.strength:>10.3f}"
            )
        lines.append(f"{name:<8}{koopmans}{model.constant[i, i]:>10.2f}{middle}{band}")
    lines.append(
        "F-C 0-0, vibronic 1st: first line stronger than 0.2 % of its band, the state alone and "
        "coupled; mean: centroid of the band;"
    )
    lines.append("observed: maximum of the band of this symmetry.")
    errors = [
        [band.vertical - e for e, band in zip(energies, seen, strict=True) if band]
        for energies in (np.diag(model.constant), *([orbital] if orbital is not None else []))
    ]
    if errors[0]:
        lines.append(
            f"Observed minus vertical, on average: {np.mean(errors[0]):+.2f} eV"
            + (
                f"; observed minus Koopmans: {np.mean(errors[1]):+.2f} eV."
                if orbital is not None
                else "."
            )
            + " Nothing here is shifted to fit."
        )
    return "\n".join(lines)


def couplings(found: Comparison, koopmans: object = None) -> str:
    """Linear couplings in the modes kept, with Koopmans' beside them where they are known."""
    model = found.model
    pairs = [
        (i, j)
        for i in range(model.n_states)
        for j in range(i, model.n_states)
        if np.any(model.linear[:, i, j])
    ]
    names = [
        f"{'kappa' if i == j else 'lambda'} "
        f"{model.state_labels[i]}{'' if i == j else model.state_labels[j]}"
        for i, j in pairs
    ]
    head = f"{'mode':<10}{'w/cm-1':>8}" + "".join(
        f"{name:>{max(11, len(name) + 2)}}" for name in names
    )
    lines = [
        "COUPLINGS IN THE MODES KEPT (eV)"
        + ("; second row of a mode: Koopmans' analytic values" if koopmans else ""),
        head,
    ]
    for m, label in enumerate(model.mode_labels):
        tables = [
            (
                f"{label} {model.mode_irreps[m]}",
                f"{model.frequencies[m] / CM:.0f}",
                model.linear[m],
            )
        ]
        if koopmans is not None and label in koopmans.mode_labels:  # type: ignore[attr-defined]
            tables.append(("  Koopmans", "", koopmans.linear[koopmans.mode_labels.index(label)]))  # type: ignore[attr-defined]
        for name, frequency, matrix in tables:
            cells = ""
            for (i, j), heading in zip(pairs, names, strict=True):
                shown = f"{matrix[i, j]:.3f}" if abs(matrix[i, j]) >= 5e-4 else "."
                cells += f"{shown:>{max(11, len(heading) + 2)}}"
            lines.append(f"{name:<10}{frequency:>8}{cells}")
    return "\n".join(lines)


def rung_table(found: Comparison) -> str:
    """The rungs asked for: lines, mean, width, skewness, highest maximum, area."""
    lines = [
        "THE LADDER OF APPROXIMATIONS, lowest rung first",
        f"{'rung':<11}{'lines':>7}{'mean/eV':>10}{'width/eV':>10}{'skewness':>10}"
        f"{'maximum/eV':>12}{'area':>8} "
        " what it keeps",
    ]
    for rung in (found.ladder.rung(level) for level in found.levels):
        total = rung.total
        width = np.sqrt(max(0.0, total.central_moment(2)))
        skew = total.central_moment(3) / width**3 if width > 1e-9 else 0.0
        top = rung.curve.grid[int(np.argmax(rung.curve.values))]
        lines.append(
            f"{rung.level:<11}{total.energies.size:>7}{total.moment(1):>10.3f}{width:>10.3f}"
            f"{skew:>10.2f}{top:>12.2f}"
            f"{rung.curve.area:>8.3f}  {rung.meaning}"
        )
    rungs = [found.ladder.rung(level) for level in found.levels]
    if any(
        abs(rung.curve.area - rung.total.strength) > 0.005 * rung.total.strength for rung in rungs
    ):
        grid = rungs[0].curve.grid
        lines.append(
            f"area: inside {grid[0]:.2f}-{grid[-1]:.2f} eV; the tails of the lines "
            f"({found.ladder.shape}) reach beyond."
        )
    return "\n".join([*lines, *found.ladder.remarks])


def band_table(found: Comparison) -> str:
    """Bands at moderate resolution: where they are, what they are made of, what made them, what is
    observed.
    """
    model = found.model
    bands = found.bands
    width = 12 + 9 * min(3, model.n_states - 1)
    by_state = dict(zip(model.state_labels, observed_bands(found), strict=True))
    lines = [
        "BANDS OF THE VIBRONIC SPECTRUM at 0.15 eV resolution, beside experiment",
        f"{'energy/eV':<11}{'strength':>9}{'alone':>8}{'adiab.':>8}{'borrowed':>10}{'states':>8}"
        f"{'entropy':>9}{'new lines':>11} "
        " "
        f"{'parent':<8}{'character':<{width}}observed",
    ]
    for band in bands:
        parts = sorted(zip(band.character, model.state_labels, strict=True), reverse=True)
        character = ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= 0.02)[
            : width - 1
        ]
        seen = (
            [by_state[label] for label in band.parents]
            if not band.is_mystery
            else observed_mysteries(found)
        )
        parent = "+".join(band.parents) or _of(band, parts)
        text = (
            ", ".join(
                f"{b.vertical:.2f} {b.label}{f' ({b.note})' if b.note else ''}" for b in seen if b
            )
            or "-"
        )
        lines.append(
            f"{band.energy:<11.2f}{band.strength:>9.3f}{band.alone:>8.3f}"
            f"{f'{band.adiabatic:.3f}' if band.adiabatic >= 0 else '-':>8}"
            f"{100 * band.borrowed:>8.0f} "
            f"%{band.participation:>8.2f}"
            f"{band.entropy:>9.2f}{100 * band.nonadiabatic:>9.0f} %  "
            f"{parent:<8}{character:<{width}}{text}"
        )
    lines.append(
        "alone, adiab.: strength that the states by themselves, and the adiabatic surfaces, put "
        "there; borrowed: strength carried"
    )
    lines.append(
        "by states other than the one entered; states: participating per line; entropy: "
        "entanglement of electrons and vibrations "
        f"(at most {np.log(model.n_states):.2f});"
    )
    lines.append("new lines: strength in nonadiabatic lines, which no single-state spectrum has.")
    if any(not band.parents and band.purity >= MIXED for band in bands):
        lines.append(
            "A parent in brackets: a further member of that state's vibrational progression."
        )
    return "\n".join(lines)


def _of(band: VibronicBand, parts: list) -> str:
    """What a band without a vertical energy inside is: a member of a state's progression, or
    nobody's.
    """
    return f"({parts[0][1]})" if band.purity >= MIXED else "none"


def breaking_table(found: Comparison) -> str:
    """Per transition: sum rules, shifts, and where the intensity ends."""
    labels = found.model.state_labels
    wide = [max(8, len(label) + 6) for label in labels]
    head = "".join(f"{'% in ' + label:>{w}}" for label, w in zip(labels, wide, strict=True))
    lines = [
        "WHAT THE COUPLING DOES TO EACH STATE ENTERED (a: the state alone; v: vibronic; exact: "
        "analytic sum rule)",
        f"{'entered':<9}{'first a':>9}{'first v':>9}{'mean a':>9}{'mean v':>9}{'exact':>9}"
        f"{'width a':>9}{'width v':>9}{'exact':>9}"
        f"{'skew a':>8}{'skew v':>8}{'exact':>8}{head}{'new %':>7}",
    ]
    for d in found.diagnoses:
        carried = "".join(f"{100 * x:>{w}.0f}" for x, w in zip(d.carried, wide, strict=True))
        lines.append(
            f"{d.label:<9}{d.first_alone:>9.3f}{d.first:>9.3f}{d.alone[0]:>9.3f}"
            f"{d.found[0]:>9.3f}{d.exact[0]:>9.3f}{d.alone[1]:>9.3f}"
            f"{d.found[1]:>9.3f}{d.exact[1]:>9.3f}{d.alone[2]:>8.2f}{d.found[2]:>8.2f}"
            f"{d.exact[2]:>8.2f}{carried}"
            f"{100 * d.nonadiabatic:>7.0f}"
        )
    lines.append(
        "% in a state: intensity in lines of that character; where lines are resolved, the "
        "state's population averaged over all times."
    )
    return "\n".join(lines)


def line_table(found: Comparison) -> str:
    """The ten strongest lines, their character, and how far they lie from the nearest line of
    their leading state alone.
    """
    sticks = found.vibronic_lines
    labels = found.model.state_labels
    origin = np.concatenate([np.full(s.energies.size, k) for k, s in enumerate(found.vibronic)])
    origin = origin[
        np.argsort(np.concatenate([s.energies for s in found.vibronic]), kind="stable")
    ]
    alone, new = (
        found.ladder.alone.total,
        nonadiabatic_lines(sticks, found.ladder.alone.total, found.vibronic_curve.fwhm),
    )
    lines = [
        "TEN STRONGEST VIBRONIC LINES",
        f"{'energy/eV':<11}{'strength':>9}  {'entered':<9}"
        + "".join(f"{'% ' + label:>7}" for label in labels)
        + f"{'states':>8}{'entropy':>9}{'shift/meV':>11}",
    ]
    ratios = sticks.participation_ratios
    entropies = sticks.entanglement_entropies
    assert ratios is not None
    assert entropies is not None
    for k in np.sort(sticks.strongest(10)):
        character = sticks.state_weights[k]  # type: ignore[index]
        weights = "".join(f"{100 * w:>7.0f}" for w in character)
        own = alone.state_weights[:, int(np.argmax(character))] > 0.5  # type: ignore[index]
        strong = own & (alone.intensities > 0.01 * alone.intensities[own].max(initial=0.0))
        shift = (
            1000 * (sticks.energies[k] - alone.energies[strong])
            if strong.any()
            else np.full(1, np.inf)
        )
        nearest = shift[int(np.argmin(np.abs(shift)))]
        text = "new" if new[k] else f"{nearest:+.0f}" if abs(nearest) < 500 else "-"
        lines.append(
            f"{sticks.energies[k]:<11.4f}{sticks.intensities[k]:>9.4f}  "
            f"{found.diagnoses[origin[k]].label:<9}{weights}"
            f"{ratios[k]:>8.2f}{entropies[k]:>9.2f}{text:>11}"
        )
    lines.append(
        "shift: from the nearest line of the leading state alone; new: no single-state spectrum "
        "has a line there."
    )
    return "\n".join(lines)


def convergence(found: Comparison) -> list[str]:
    """What every vibronic and adiabatic spectrum reached, and what the last enlargements
    changed.
    """
    lines = []
    for d, sticks in zip(found.diagnoses, found.vibronic, strict=True):
        about = sticks.certificate
        names = {"basis_change": "a larger basis", "steps_change": "more steps"}
        changes = [f"{what} {about[key]:.0e}" for key, what in names.items() if key in about]
        end = f" (last changes of the curve: {', '.join(changes)})" if changes else ""
        lines.append(f"from {d.label}: vibronic lines {about.get('text')}{end}")
    if "adiabatic" in found.levels:
        lines += [
            f"from {d.label}: adiabatic lines {sticks.certificate.get('text')}"
            for d, sticks in zip(
                found.diagnoses, found.ladder.rung("adiabatic").lines, strict=True
            )
        ]
    return lines


def _convergence(found: PhotoelectronComparison) -> str:
    lines = [
        f"CONVERGENCE (asked {found.provenance.get('tolerance', 0):.0e})",
        *convergence(found),
    ]
    lines += [
        f"from {d.label}: wavepacket to {run.times[-1]:.0f} fs {run.certificate.get('text')}"
        for d, run in zip(found.diagnoses, found.propagations, strict=True)
    ]
    if found.agreement is not None and found.autocorrelation_curve is not None:
        lines.append(
            "The curve of the lines and that of QuTiP's autocorrelation differ by "
            f"{found.agreement:.0e} of the peak (the last "
            "tenth of the time window changes it by "
            f"{found.autocorrelation_curve.provenance.get('window_change', 0.0):.0e})."
        )
    else:
        lines.append(
            "Wavepackets start from the cold molecule, so that their spectrum is not laid "
            "beside that of the hot one."
        )
    return "\n".join(lines)
