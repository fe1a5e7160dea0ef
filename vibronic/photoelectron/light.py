"""What is told of absolute absorption and of emission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison

FAINT = 0.002  # of the strongest; fainter lines are not called the first


def absolute_told(found: AbsorptionComparison) -> str:
    """The largest cross section, where there are dipoles."""
    if found.absolute is None:
        return ""

    top = int(np.argmax(found.absolute.values))

    return (
        f"ABSOLUTE ABSORPTION: largest cross section {found.absolute.values[top]:.3g} Mb at "
        f"{found.absolute.grid[top]:.2f} eV (orientational average)"
    )


def emission_told(found: AbsorptionComparison) -> str:
    """Where the emission lies, or why there is none."""
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
