"""The resolutions at which a model's spectrum is interpreted, whatever width it is drawn with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun

CARRIES = 0.01  # quanta that a linear coupling displaces its mode by, at least
FILTER = 0.5  # of the lowest frequency that carries a coupling
BAND = 1.5
FINEST = 0.02  # eV; nothing is resolved more sharply
STILL = 0.1  # eV; where no mode carries a coupling


@noun
@dataclass(frozen=True)
class Resolution:
    """Full widths (eV) that belong to a model and not to a plot.

    At `fine` the levels of the slowest mode that carries a coupling are told apart: characters,
    participation and entropy are those of the energy-filtered state of this resolution. At `band`
    a progression of that mode is one smooth maximum (two equal lines w apart have one maximum from
    a full width of 1.18 w on): bands are found with it. `mode` is the label of the mode.
    """

    fine: float
    band: float
    mode: str = ""

    def __str__(self) -> str:
        why = "" if not self.mode else f" (half the frequency of {self.mode}, at least 20 meV)"
        return (
            f"characters at {1000 * self.fine:.0f} meV resolution{why}, bands at "
            f"{1000 * self.band:.0f} meV"
        )


@public
def resolution(model: VibronicHamiltonian) -> Resolution:
    """Half of, and one and a half times, the lowest frequency w that carries a coupling: one whose
    largest linear term h has (h/w)^2/2 above a hundredth of a quantum; `fine` is at least 20 meV.
    """
    strongest = np.abs(model.linear).max(axis=(1, 2), initial=0.0)
    quanta = (strongest / model.frequencies) ** 2 / 2
    carrying = np.flatnonzero(quanta > CARRIES)
    if not carrying.size:
        return Resolution(STILL / 2, STILL)

    m = int(carrying[np.argmin(model.frequencies[carrying])])
    lowest = float(model.frequencies[m])
    fine = max(FILTER * lowest, FINEST)
    return Resolution(fine, max(BAND * lowest, fine), model.mode_labels[m])
