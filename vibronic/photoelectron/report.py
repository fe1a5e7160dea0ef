"""The printed story of a comparison."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..models import ground_state_doubts
from ..spectra import oscillator_strengths
from .band_tables import band_table, rung_table
from .energy_tables import coupling_table, energy_table
from .line_tables import breaking_table, maxima_table
from .observed import observed_mysteries
from .verdict import verdict

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison
    from .comparison import PhotoelectronComparison
    from .rungs import Comparison

WIDTH = 118  # characters of a printed line
FAINT = 0.002  # of the strongest; fainter lines are not called the first


def report(found: PhotoelectronComparison) -> str:
    """Tables of energies, couplings, rungs, bands and lines, what breaks and why, experiment, and
    the convergence reached.
    """
    blocks = [
        heading("PHOTOELECTRON SPECTRUM", found),
        energy_table(found),
        coupling_table(found, found.koopmans_model),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        maxima_table(found) or "",
        found.match or "",
        "\n".join([*convergence(found), *_wavepackets(found)]),
    ]

    return _joined(blocks)


def absorption_report(found: AbsorptionComparison) -> str:
    """The same for absorption, with the emission that follows."""
    end = convergence(found)
    if found.emission is not None:
        end.append(f"emission lines {found.emission.certificate}")
    blocks = [
        heading("ABSORPTION SPECTRUM", found),
        coupling_table(found),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        maxima_table(found) or "",
        _absolute(found),
        _emission(found),
        found.match or "",
        "\n".join(end),
    ]

    return _joined(blocks)


def _joined(blocks: list[Any]) -> str:
    texts = [str(block) for block in blocks]
    return "\n\n".join(text for text in texts if text)


def wrapped(text: str) -> str:
    """A paragraph in lines of readable length."""
    return textwrap.fill(text, WIDTH)


def heading(title: str, found: Comparison) -> str:
    """What was computed, at which level of theory, from which origin, in which modes."""
    model = found.model
    about = model.provenance
    temperature = f", at {found.ladder.temperature:g} K" if found.ladder.temperature else ""
    origin = str(model.energy_origin)

    lines = [
        f"{title}  {model.title}{temperature}",
        about.get("level_of_theory") or about.get("citation", ""),
        f"Energies in eV from {origin}.",
    ]
    if "geometries" in about:
        lines.append(
            f"Geometries: {about['geometries']}; smallest overlap of a displaced state with the "
            f"reference {about['smallest_overlap']:.4f}."
        )

    lines.append(str(found.modes))
    lines += [wrapped(f"Warning: {doubt}") for doubt in ground_state_doubts(model)]
    return "\n".join(line for line in lines if line)


def convergence(found: Comparison) -> list[str]:
    """What every vibronic and adiabatic spectrum reached, and what the last enlargements
    changed.
    """
    lines = [f"CONVERGENCE (asked {found.tolerance:.0e})"]
    for d, sticks in zip(found.diagnoses, found.vibronic, strict=True):
        about = sticks.certificate
        end = f" ({about.found})" if about is not None and about.found else ""
        lines.append(f"from {d.label}: vibronic lines {about}{end}")

    if "adiabatic" in found.levels:
        rung = found.ladder.rung("adiabatic")
        for d, sticks in zip(found.diagnoses, rung.lines, strict=True):
            lines.append(f"from {d.label}: adiabatic lines {sticks.certificate}")
    return lines


def _wavepackets(found: PhotoelectronComparison) -> list[str]:
    """What the propagations reached, and how their spectrum lies to that of the lines."""
    lines = [
        f"from {d.label}: wavepacket to {run.times[-1]:.0f} fs {run.certificate}"
        for d, run in zip(found.diagnoses, found.propagations, strict=True)
    ]
    if found.agreement is None:
        return [
            *lines,
            "Wavepackets start from the cold molecule, so that their spectrum is not laid "
            "beside that of the hot one.",
        ]

    return [
        *lines,
        "The curve of the lines and that of QuTiP's autocorrelation differ by "
        f"{found.agreement:.0e} of the peak (the last tenth of the time window changes it by "
        f"{found.window_change:.0e}).",
        *_characters(found),
    ]


def _characters(found: PhotoelectronComparison) -> list[str]:
    """How the characters of the lines lie to the populations of the wavepackets."""
    if found.population_difference is None:
        return []
    return [
        "The characters of the states entered and the populations of their wavepackets over the "
        f"same time differ by at most {found.population_difference:.0e}."
    ]


def _absolute(found: AbsorptionComparison) -> str:
    if found.absolute is None:
        return ""

    labels = found.model.state_labels
    strengths = ", ".join(
        f"{label} {f:.4f}"
        for label, f in zip(labels, oscillator_strengths(found.model), strict=True)
    )
    top = int(np.argmax(found.absolute.values))

    return (
        f"ABSOLUTE ABSORPTION: vertical oscillator strengths {strengths};\nlargest cross "
        f"section {found.absolute.values[top]:.3g} Mb at "
        f"{found.absolute.grid[top]:.2f} eV (orientational average)"
    )


def _emission(found: AbsorptionComparison) -> str:
    if found.emission is None:
        return f"NO EMISSION: {found.no_emission}" if found.no_emission else ""
    down = found.emission
    first = down.energies[down.intensities > FAINT * down.intensities.max()].max()
    stokes = found.vibronic_lines.moment(1) - down.moment(1)
    return (
        f"EMISSION from the relaxed excited states: highest line {first:.3f} eV, mean "
        f"{down.moment(1):.3f} eV, strength {down.strength:.4f} "
        "(without the factor E^3 of the photon rate);\nStokes shift between the means of "
        f"absorption and emission {stokes:.3f} eV"
    )
