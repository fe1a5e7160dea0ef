"""Molecules that do not ship, and what is observed of them. CCCBDB: evaluated ionization energies
of the computational chemistry comparison and benchmark database, as tabulated in the G2 set of
ASE/GPAW. Other bands are approximate, as remembered from D. W. Turner et al., Molecular
Photoelectron Spectroscopy (1970).
"""

from __future__ import annotations

import numpy as np

import vibronic as vb

CHECKED = "CCCBDB/NIST, as tabulated in the G2 set of ASE/GPAW"
BLIND = (
    vb.Molecule(
        "hydrogen-sulfide",
        ("S", "H", "H"),
        np.array([[0, 0, 0.103], [0, 0.962, -0.824], [0, -0.962, -0.824]]),
        bands=(vb.Band("2B1", 10.5, 10.46, source=CHECKED),),
    ),
    vb.Molecule(
        "carbon-monoxide",
        ("C", "O"),
        np.array([[0, 0, 0], [0, 0, 1.128]]),
        bands=(
            vb.Band("2Σ+", 14.01, 14.01, source=CHECKED),
            vb.Band("2Π", 16.91, note="approximate"),
            vb.Band("2Σ+", 19.72, note="approximate"),
        ),
    ),
    vb.Molecule(
        "acetylene",
        ("H", "C", "C", "H"),
        np.array([[0, 0, -1.664], [0, 0, -0.602], [0, 0, 0.602], [0, 0, 1.664]]),
        bands=(vb.Band("2Πu", 11.49, 11.4, source=CHECKED),),
    ),
    vb.Molecule(
        "hydrogen-fluoride",
        ("H", "F"),
        np.array([[0, 0, 0], [0, 0, 0.917]]),
        bands=(vb.Band("2Π", 16.12, 16.03, source=CHECKED),),
    ),
    vb.Molecule(
        "phosphine",
        ("P", "H", "H", "H"),
        np.array(
            [
                [0, 0, 0.127],
                [0, 1.193, -0.636],
                [1.0332, -0.5965, -0.636],
                [-1.0332, -0.5965, -0.636],
            ]
        ),
        bands=(vb.Band("2A1", 10.95, 9.87, source=CHECKED),),
    ),
)
