"""What `vibronic photoelectron` and `vibronic absorption` write and print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outputs import Results, write_curves

if TYPE_CHECKING:
    from ..photoelectron import AbsorptionComparison, PhotoelectronComparison

Window = tuple[float, float] | None


def tell_ionization(found: PhotoelectronComparison, results: Results, window: Window) -> None:
    """Curves, figures and the noun itself, written, and the story printed."""
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

    print(f"{found}\n\n{results}")


def tell_absorption(found: AbsorptionComparison, results: Results, window: Window) -> None:
    """Curves, figures and the noun itself, written, and the story printed."""
    from ..plotting import absorption_figure, headline_figure, plot_emission

    write_curves(results, found, "Absorption")
    results.noun(found, "results.h5")

    with results.drawing():
        results.figure(headline_figure(found, window), "headline.png", "slides")
        figure = absorption_figure(found, window)
        for suffix in ("png", "svg"):
            results.figure(figure, f"absorption.{suffix}")
        if found.emission is not None:
            results.figure(plot_emission(found).figure, "emission.png")

    print(f"{found}\n\n{results}")
