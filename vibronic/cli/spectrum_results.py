"""What `vibronic photoelectron` and `vibronic absorption` write and print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .molecule_results import show_molecule
from .outputs import Results, write_curves

if TYPE_CHECKING:
    from ..ab_initio import AbInitioHamiltonian
    from ..photoelectron import AbsorptionComparison, PhotoelectronComparison

    Comparison = AbsorptionComparison | PhotoelectronComparison

Window = tuple[float, float] | None


def tell_ionization(
    found: PhotoelectronComparison,
    made: AbInitioHamiltonian | None,
    results: Results,
    window: Window,
    full: bool,
) -> None:
    """Curves, figures and the noun itself, written, and the story printed; where the model was
    made here also the molecule's modes and orbitals.
    """
    from ..plotting import headline_figure, photoelectron_figure, populations_figure

    write_curves(results, found, "Photoelectron")
    results.noun(found, "results.h5")

    with results.drawing():
        results.figure(headline_figure(found, window), "headline.png", "slides")
        figure = photoelectron_figure(found, window)
        for suffix in ("png", "svg"):
            results.figure(figure, f"photoelectron.{suffix}")
        populations = populations_figure(found.propagations, found.model.title)
        results.figure(populations, "populations.png")

    show_molecule(made, found.model, results)
    _tell(found, results, full)


def tell_absorption(
    found: AbsorptionComparison,
    made: AbInitioHamiltonian | None,
    results: Results,
    window: Window,
    full: bool,
) -> None:
    """Curves, figures and the noun itself, written, and the story printed; where the model was
    made here also the molecule's modes and orbitals.
    """
    from ..plotting import absorption_figure, headline_figure, plot_emission

    write_curves(results, found, "Absorption")
    results.noun(found, "results.h5")

    with results.drawing():
        results.figure(headline_figure(found, window), "headline.png", "slides")
        figure = absorption_figure(found, window)
        for suffix in ("png", "svg"):
            results.figure(figure, f"absorption.{suffix}")
        if found.emission is not None:
            results.figure(plot_emission(found, window=window).figure, "emission.png")

    show_molecule(made, found.model, results)
    _tell(found, results, full)


def _tell(found: Comparison, results: Results, full: bool) -> None:
    """The whole story written, and one screen of it, or all, printed."""
    story = found.report()
    results.text(f"{story}\n", "report.txt")
    told = story if full else f"{found}\nEvery table: report.txt, or --full."
    print(f"{told}\n\n{results}")
