"""`vibronic intersection`."""

from __future__ import annotations

import os

from .. import storage
from .app import app, friendly
from .inputs import adjusted, computed, read_source, ships, source_name
from .options import BasisSet, CacheFolder, Jobs, MaxModes, Method, ModelName, Modes, Out, Quiet, Source, States
from .outputs import output_folder, progress_bars, save_figure


@app.command()
@friendly
def intersection(source: Source, hamiltonian: ModelName = None, method: Method = None, states: States = None, basis_set: BasisSet = None,
                 max_modes: MaxModes = None, modes: Modes = None, out: Out = None, jobs: Jobs = None, cache: CacheFolder = None,
                 quiet: Quiet = False) -> None:
    """Surfaces and their conical intersections: minima, crossing points, branching planes, geometric phases.

    Molecules with a shipped Hamiltonian use `published` unless another is named or a level of theory is asked for.
    """
    from ..photoelectron import reduction
    from ..plotting import intersection_figure
    from ..surfaces import overview

    asks_level = any(x is not None for x in (method, states, basis_set))
    molecule, model = read_source(source, hamiltonian or ("published" if ships(source) and not asks_level else None))
    molecule = adjusted(molecule, method, states, basis_set, model)
    folder = output_folder(out, source_name(source), "intersection")
    with progress_bars(quiet) as report:
        if model is None:
            assert molecule is not None
            model, _ = computed(molecule, jobs, cache, report)
        kept = reduction(model, max_modes=24 if max_modes is None else max_modes, modes=modes.split(",") if modes else None)
        report("Surfaces and intersections", 0.0)
        found = overview(kept.model)
    storage.save(found, folder / "results.h5")
    names = ["results.h5"]
    for x in found.intersections:
        names.append(f"intersection-{x.states[0]}-{x.states[1]}.png")
        save_figure(intersection_figure(kept.model, x), folder / names[-1])
    print(kept)
    print(f"\n{found}")
    print(f"\nWritten to {folder}{os.sep}: {', '.join(names)}")
