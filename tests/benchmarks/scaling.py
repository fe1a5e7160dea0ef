"""Cost against the number of functions."""

from __future__ import annotations

import numpy as np

import vibronic as vb
from vibronic.dynamics import Lanczos, propagate

from .engine import cut, models
from .tables import Table, measured


def run() -> list[dict]:
    """One propagation over 50 fs on growing pruned bases; the exponent of its CPU time is
    fitted.
    """
    table = Table(
        "Cost against dimension (50 fs, 26 outputs, one thread)",
        {"model": "|14", "functions": ",d|10", "CPU s": ".3f|8", "us/function": ".2f"},
    )
    exponents = []
    for name, shares in (
        ("4-mode", (0.8, 1.1, 1.5, 2.0)),
        ("24-mode-linear", (0.7, 0.9, 1.1, 1.3)),
    ):
        model = models()[name]
        times = np.linspace(0, 50, 26)
        basis = propagate(model, 1, times, tolerance=1e-3).basis
        points = []
        for share in shares:
            cpu, _, result = measured(
                lambda s=share, b=basis, m=model, t=times: propagate(
                    m, vb.Wavepacket.vertical(cut(b, s * b.max_quanta), 1), t, method=Lanczos(1e-4)
                ),
                2,
            )
            size = int(result.provenance["basis"].split()[0])
            points.append((size, cpu))
            table.add(
                **{"model": name, "functions": size, "CPU s": cpu, "us/function": 1e6 * cpu / size}
            )
        exponents.append(f"{name} N^{np.polyfit(*np.log(np.array(points)).T, 1)[0]:.2f}")
    table.note = "CPU time grows as " + ", ".join(exponents) + "."
    return [table.close()]
