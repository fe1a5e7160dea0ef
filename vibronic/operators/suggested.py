"""A basis that suits a model: as many quanta per mode as the vertical energy can reach, and a factor to grow by."""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError, check_index
from ..hamiltonian import VibronicHamiltonian
from .sector import sector_functions

FIRST_SIZE = 40_000  # functions of the first basis tried
FURTHEST = 25.0  # largest |q| looked at


def reachable_quanta(model: VibronicHamiltonian, state: int) -> np.ndarray:
    """Quanta each mode can reach from the vertical point of `state`, (n_modes,).

    Along each mode the lowest adiabatic surface is followed to the largest |q| that lies below the band of `state`
    (its vertical energy, twice its width and a quantum), but no further than the linear coupling drives a packet, to
    twice the displacement |linear|/(w + gamma) and the packet's own width; q^2/2 quanta describe that turning point.
    """
    check_index("state", state, model.n_states, model.state_labels)
    top = model.constant[state, state] + 2 * np.sqrt(_variance(model, state))
    grid = np.linspace(-FURTHEST, FURTHEST, 1001)
    found = np.zeros(model.n_modes)
    for m, w in enumerate(model.frequencies):
        q = np.zeros((grid.size, model.n_modes))
        q[:, m] = grid
        lowest = np.linalg.eigvalsh(model.potential(q))[:, 0]
        if min(lowest[0], lowest[-1]) < top:
            outward = lowest[0] > lowest[1] and lowest[-1] > lowest[-2]
            why = "carries the packet too far for a series in q" if outward else "is not bound"
            others = ",".join(label for label in model.mode_labels if label != model.mode_labels[m])
            raise InputError(f"Mode {model.mode_labels[m]!r} {why}: at |q| = {FURTHEST:g} the lowest surface still lies below the band of "
                             f"state {model.state_labels[state]!r}. Leave this large-amplitude motion out (`--modes {others}`), or mend "
                             "its couplings.")
        reach = np.abs(grid[lowest <= top + w]).max(initial=0.0)
        softened = w + np.linalg.eigvalsh(model.quadratic[m, m]).min()
        driven = 2 * np.abs(np.linalg.eigvalsh(model.linear[m])).max() / max(softened, 0.05 * w) + 2
        reach = min(reach, driven)
        found[m] = reach**2 / 2 + reach + 2
    return found


def suggested_bases(model: VibronicHamiltonian, state: int, max_size: int, growth: float = 0.8,
                    factor: float = 1.2) -> Iterator[tuple[VibronicBasis, np.ndarray]]:
    """Ever larger suggested bases, each with the functions of the sector of `state`, until `max_size` functions are passed."""
    quanta, size = reachable_quanta(model, state), 0
    while model.n_states * _simplex_size(quanta, growth) > min(FIRST_SIZE, 2 * max_size):
        growth *= 0.9
    while not size or model.n_states * _simplex_size(quanta, growth) < 64 * max_size:  # no sector is smaller than that
        basis = _simplex(model, quanta, growth)
        functions = sector_functions(model, basis, state)
        if functions.size > max_size and size:
            return
        if functions.size > 1.15 * size:
            yield basis, functions
            size = functions.size
        growth *= factor if functions.size == size else 1.05


def suggested_basis(model: VibronicHamiltonian, state: int, growth: float = 1.0) -> VibronicBasis:
    """Pruned basis sum_m n_m/N_m <= growth with N_m the quanta that mode m can reach; larger `growth`, larger basis."""
    return _simplex(model, reachable_quanta(model, state), growth)


def _simplex(model: VibronicHamiltonian, quanta: np.ndarray, growth: float) -> VibronicBasis:
    levels = tuple(int(growth * n + 1e-9) + 1 for n in quanta)
    return VibronicBasis(model.n_states, levels, max_quanta=growth, weights=tuple(1 / n for n in quanta))


def _simplex_size(quanta: np.ndarray, growth: float) -> float:
    """Estimated number of vibrational functions: the volume of the simplex, enlarged by half a cell, in units of cells."""
    return float(np.prod(quanta) * (growth + 0.5 * np.sum(1 / quanta)) ** quanta.size / factorial(quanta.size))


def _variance(model: VibronicHamiltonian, state: int) -> float:
    spread = (model.linear[:, state] ** 2).sum() / 2 + (model.quadratic[:, :, state] ** 2).sum() / 8
    return float(spread + sum((t.matrix[state] ** 2).sum() for t in model.higher))
