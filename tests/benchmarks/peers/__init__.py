"""Other programs on the same task, each in its own environment: pyrazine, four modes (Raab 1999),
from S2, 120 fs, outputs every fs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import vibronic as vb

from ..tables import Table

HERE = Path(__file__).parent
END = 120.0
LEVELS = (30, 26, 18, 13)
RUNS = [  # environment, script, settings, what it is
    ("", "vibronic_engine", ["given"], "vibronic, basis given"),
    ("", "vibronic_engine", ["found"], "vibronic, basis found and certified"),
    ("renormalizer", "renormalizer_mps", ["25"], "Renormalizer 0.0.11, MPS, M=25"),
    ("mpsqd", "mpsqd_mps", ["25"], "mpsqd 0.1.4, MPS, D=25"),
    ("qutip", "qutip_csr", ["krylov", "always"], "QuTiP krylov (CSR), always_compute_step"),
    ("qutip", "qutip_csr", ["krylov"], "QuTiP krylov (CSR)"),
    ("qutip", "qutip_csr", ["vern7"], "QuTiP vern7 (CSR)"),
    ("qutip", "qutip_csr", ["adams"], "QuTiP adams (CSR)"),
    ("qutip", "scipy_expm", [], "SciPy expm_multiply"),
    ("dynamiqs", "dynamiqs_dia", [], "dynamiqs 0.3.7, sparse diagonals"),
    ("wavepacket", "wavepacket_grid", [], "wavepacket 0.5, plane waves"),
]
# measured earlier on a machine of the same kind, wall seconds; not on the package index, or not
# usable for this model
QUOTED = [
    ("pyTTN, tree N=20", 8.2, 0.1, 3e-4),
    ("PyTDSCF 1.3.3, MPS, D=25", 26.5, 0.33, 4e-4),
    ("pyqed 0.3.0, TDVP, D=25 (extrapolated)", 90.0, 0.24, ""),
]


def export(path: Path) -> None:
    """The task in a file that needs numpy alone."""
    model = vb.library.hamiltonian("pyrazine", "published")
    terms = model.terms()
    np.savez(
        path,
        frequencies=model.frequencies,
        times=np.arange(0, END + 0.5),
        levels=LEVELS,
        matrices=np.array([m for _, m in terms]),
        powers=np.array([[p.get(m, 0) for m in range(model.n_modes)] for p, _ in terms]),
    )


def run() -> list[dict]:
    """Run every program that is installed; errors are against a run of this project at a tolerance
    of 1e-6.
    """
    folder = Path(os.environ.get("VIBRONIC_PEERS", Path.home() / ".cache" / "vibronic-peers"))
    model = vb.library.hamiltonian("pyrazine", "published")
    exact = vb.dynamics.propagate(model, 1, np.arange(0, END + 0.5), tolerance=1e-6)
    table = Table(
        "Pyrazine, 4 modes, populations over 120 fs and C(t), one thread",
        {
            "program": "|40",
            "CPU s": ".2f|8",
            "wall s": ".2f|8",
            "GB": ".2f|5",
            "error P": ".0e",
            "error C(150 fs)": ".0e|15",
            "note": "|24",
        },
        note="Extrapolated: run to the time given, then scaled to 120 fs. Quoted: wall seconds "
        "measured earlier, not in this run.",
    )
    with tempfile.TemporaryDirectory() as scratch:
        export(Path(scratch) / "problem.npz")
        for environment, script, settings, title in RUNS:
            python = (
                folder / environment / "bin" / "python" if environment else Path(sys.executable)
            )
            if not python.exists():
                table.add(program=title, note="not installed")
                continue
            table.add(program=title, **_one(python, script, settings, Path(scratch), exact))
    for title, wall, memory, error in QUOTED:
        table.add(
            **{"program": title, "wall s": wall, "GB": memory, "error P": error, "note": "quoted"}
        )
    return [table.close()]


def _one(
    python: Path, script: str, settings: list[str], scratch: Path, exact: vb.Propagation
) -> dict:
    result = scratch / "result.npz"
    result.unlink(missing_ok=True)
    done = subprocess.run(
        [python, HERE / f"{script}.py", scratch / "problem.npz", result, *settings],
        capture_output=True,
        text=True,
        timeout=3000,
        check=False,
    )
    if not result.exists():
        return {"note": "failed: " + (done.stderr.strip().splitlines() or ["no message"])[-1][:60]}
    found = np.load(result)
    n = len(found["times"])
    share = END / found["times"][-1]
    early = found["correlation_times"] <= 150
    error = np.abs(found["correlation"] - exact.autocorrelation[: len(found["correlation"])])[
        early
    ].max()
    note = "" if share == 1 else f"extrapolated from {found['times'][-1]:g} fs"
    return {
        "CPU s": float(found["cpu"] * share),
        "wall s": float(found["wall"] * share),
        "GB": float(found["memory"]),
        "error P": float(np.abs(found["populations"] - exact.populations[:n, 1]).max()),
        "error C(150 fs)": float(error),
        "note": note,
    }
