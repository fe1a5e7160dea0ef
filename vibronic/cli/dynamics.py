"""`vibronic dynamics`."""

from __future__ import annotations

import os
from typing import Annotated

import numpy as np
import typer

from .. import storage
from ..checks import check_known, check_positive
from .app import app, friendly
from .inputs import computed, memory_bytes, read_source, ships, source_name
from .options import CacheFolder, Jobs, MaxSize, Memory, ModelName, Out, Quiet, Source, Time, Tolerance
from .outputs import output_folder, progress_bars, save_figure


@app.command()
@friendly
def dynamics(source: Source, hamiltonian: ModelName = None,
             state: Annotated[str | None, typer.Option(help="Label of the state the packet starts on. [default: the highest]",
                                                       show_default=False)] = None,
             time: Time = 120.0, tolerance: Tolerance = 1e-3, max_size: MaxSize = 1_000_000, memory: Memory = None, out: Out = None,
             jobs: Jobs = None, cache: CacheFolder = None, quiet: Quiet = False) -> None:
    """A wavepacket through the conical intersection: diabatic populations and autocorrelation against time.

    The vibrational ground state is lifted vertically onto one state and propagated by QuTiP. Molecules with a shipped Hamiltonian use
    `published` unless another is named. An interrupted run saves itself in the folder of its results; the same command goes on with it.
    """
    from ..dynamics import propagate
    from ..photoelectron import reduction
    from ..plotting import populations_figure

    check_positive("--time", time, "fs")
    check_positive("--tolerance", tolerance)
    molecule, model = read_source(source, hamiltonian or ("published" if ships(source) else None))
    folder = output_folder(out, source_name(source), "dynamics")
    with progress_bars(quiet) as report:
        if model is None:
            assert molecule is not None
            model, _ = computed(molecule, jobs, cache, report)
        modes = reduction(model)
        labels = modes.model.state_labels
        check_known("state", state or labels[-1], labels)
        steps = max(2, int(np.ceil(time / 0.5)) + 1)
        run = propagate(modes.model, labels.index(state or labels[-1]), np.linspace(0, time, steps), tolerance=tolerance,
                        max_size=max_size, memory=memory_bytes(memory), checkpoint=folder / "unfinished.h5", progress=report)
    storage.save(run, folder / "results.h5")
    header = "time_fs," + ",".join(f"population_{label}" for label in labels)
    with storage.atomic(folder / "populations.csv") as path:
        np.savetxt(path, np.column_stack([run.times, run.populations]), delimiter=",", header=header, comments="", fmt="%.8g")
    save_figure(populations_figure([run], model.title), folder / "populations.png")
    print(modes)
    print(run)
    print(f"{'time/fs':>8}" + "".join(f"{label:>10}" for label in labels))
    for k in np.unique(np.linspace(0, steps - 1, 13).round().astype(int)):
        print(f"{run.times[k]:>8.1f}" + "".join(f"{p:>10.4f}" for p in run.populations[k]))
    print(f"\nWritten to {folder}{os.sep}: results.h5, populations.csv, populations.png")
