"""`python -m tests.benchmarks [SECTION ...]`: tables on the screen, and all numbers in a JSON
file.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
from pathlib import Path

SECTIONS = {
    "kernel": "one product with H against a copy of its vector",
    "engine": "propagations and spectra at a known error",
    "scaling": "cost against dimension",
    "honesty": "how often certificates are right",
    "explorer": "latency and errors of the explorer at 200 positions of its sliders, in a browser "
    "if there is one (VIBRONIC_POSITIONS changes their number)",
    "formats": "readers of other programs' files against 100,000 mutated files each",
    "imports": "seconds of `import vibronic`",
    "style": "lengths of lines, files and functions of the package",
    "campaign": "overhead and parallel efficiency of a set of geometries (PySCF)",
    "ionization": "ionization energies of the shipped molecules by every method (PySCF; an hour "
    "at first)",
    "bands": "maxima of computed vibronic bands beside observed ones, and the verdicts of every "
    "shipped model (PySCF; an hour at first)",
    "koopmans": "Koopmans' energies of the published models, written into their files (PySCF)",
    "frequencies": "harmonic frequencies beside observed fundamentals (PySCF)",
    "figures": "the figures that ship, drawn again (PySCF)",
    "readme": "printed blocks of the README, made again by the commands that they name",
    "peers": "other programs at equal error, each in its own environment (install them with "
    "tests/benchmarks/peers/install.sh)",
}

LONG = (
    *("campaign", "explorer", "figures", "formats", "ionization", "bands", "koopmans"),
    *("readme", "peers"),
)


def main() -> None:
    """Run the sections asked for; all but those that need PySCF or other programs unless named."""
    listing = "\n".join(f"  {name:<12}{text}" for name, text in SECTIONS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Benchmarks of vibronic, on one thread.\n\n{listing}",
    )
    parser.add_argument(
        "sections",
        nargs="*",
        help=f"which sections [default: all but {', '.join(LONG)}]",
    )
    parser.add_argument(
        "--json",
        type=Path,
        default=Path("benchmarks.json"),
        help="file for all numbers [default: benchmarks.json]",
    )
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"unknown section {sorted(unknown)[0]!r}; choose from {', '.join(SECTIONS)}")
    for name in (
        "VIBRONIC_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
    ):
        os.environ[name] = "1"  # before numpy is imported
    found = {
        "machine": platform.platform(),
        "processor": _processor(),
        "python": platform.python_version(),
    }
    for name in arguments.sections or [s for s in SECTIONS if s not in LONG]:
        found[name] = importlib.import_module(f"{__package__}.{name}").run()
        arguments.json.write_text(json.dumps(found, indent=1))
    print(f"\nWritten to {arguments.json}")


def _processor() -> str:
    lines = (
        Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    )
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


if __name__ == "__main__":
    main()
