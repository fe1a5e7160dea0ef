"""The whole printed story of a comparison, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .band_tables import band_table, rung_table
from .energy_tables import coupling_table, energy_table, excitation_table
from .light import absolute_told, emission_told
from .line_tables import breaking_table, maxima_table
from .mode_table import mode_table
from .observed import observed_mysteries
from .text import heading, joined, modes_and_geometries, wrapped
from .verdict import verdict

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison
    from .comparison import PhotoelectronComparison
    from .rungs import Comparison


def report(found: PhotoelectronComparison) -> str:
    """Tables of energies, couplings, rungs, bands and lines, what breaks and why, experiment, and
    the convergence reached.
    """
    blocks = [
        heading("PHOTOELECTRON SPECTRUM", found),
        modes_and_geometries(found),
        energy_table(found),
        coupling_table(found, found.koopmans_model),
        mode_table(found),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        maxima_table(found) or "",
        found.match or "",
        "\n".join([*convergence(found), *_wavepackets(found)]),
    ]

    return joined(blocks)


def absorption_report(found: AbsorptionComparison) -> str:
    """The same for absorption, with the emission that follows."""
    end = convergence(found)
    if found.emission is not None:
        end.append(f"emission lines {found.emission.certificate}")
    blocks = [
        heading("ABSORPTION SPECTRUM", found),
        modes_and_geometries(found),
        excitation_table(found),
        coupling_table(found),
        mode_table(found),
        rung_table(found),
        band_table(found),
        breaking_table(found),
        wrapped(verdict(found, observed_mysteries(found))),
        maxima_table(found) or "",
        absolute_told(found),
        emission_told(found),
        found.match or "",
        "\n".join(end),
    ]

    return joined(blocks)


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
