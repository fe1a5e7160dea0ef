"""What the views show, in sentences with units: for everyone, and for screen readers first."""

from __future__ import annotations

import numpy as np

from ..spectrum import Spectrum
from .crossing import Crossing
from .explored_model import ExploredModel
from .packets import Packets
from .settings import TIME, Settings


def crossing_told(explored: ExploredModel, found: Crossing | None) -> str:
    """Where the two states cross in the plane of the two modes."""
    i, j = (explored.model.state_labels[k] for k in explored.states)
    tuning = explored.model.mode_labels[explored.modes[0]]
    if found is None:
        return f"States {i} and {j} do not cross along {tuning} within |q| = 10."
    where = f"at q({tuning}) = {found.position:.2f}, {found.energy:.2f} eV"
    if not found.is_conical:
        return f"States {i} and {j} cross {where}; no slope couples them, so nothing opens a cone."
    shape = "peaked" if found.is_peaked else "sloped"
    return f"The surfaces of {i} and {j} meet {where}: a {shape} conical intersection."


def populations_told(settings: Settings, packets: Packets) -> str:
    """What becomes of the state that was entered."""
    model = packets.model
    found = packets.watched.populations()[:, model.state_labels.index(settings.state)]
    times = packets.watched.times

    last = f"after {TIME:g} fs {100 * found[-1]:.0f} % of the packet are in diabatic state"
    text = f"Entered in state {settings.state}: {last} {settings.state}"
    below = np.flatnonzero(found < 0.5)
    if not below.size:
        return f"{text}, and never less than {100 * found.min():.0f} %."
    k = int(below[0])
    share = (found[k - 1] - 0.5) / (found[k - 1] - found[k])
    half = times[k - 1] + share * (times[k] - times[k - 1])
    return f"{text}; half is gone after {half:.0f} fs."


def spectrum_told(vibronic: Spectrum, alone: Spectrum, fwhm: float) -> str:
    """The maxima with and without coupling."""
    coupled = _maxima(vibronic)
    single = _maxima(alone)
    return (
        f"At a width of {fwhm:g} eV the vibronic spectrum has maxima at {coupled} eV; every state "
        f"alone (Franck-Condon) at {single} eV."
    )


def _maxima(curve: Spectrum) -> str:
    found = curve.maxima(0.1)
    if found.size > 6:
        heights = np.interp(found, curve.grid, curve.values)
        found = np.sort(found[np.argsort(-heights)[:6]])
        return ", ".join(f"{e:.2f}" for e in found) + " (the six highest)"
    return ", ".join(f"{e:.2f}" for e in found)
