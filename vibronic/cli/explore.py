"""`vibronic explore`."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import library, storage
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from .app import app, friendly

if TYPE_CHECKING:
    from ..explorer import Tab


@app.command()
@friendly
def explore(
    source: Annotated[
        str,
        typer.Argument(
            help="A molecule that ships with a Hamiltonian, a Hamiltonian's .toml, or a shared "
            "view (.toml).",
        ),
    ] = "two modes",
    hamiltonian: Annotated[
        str, typer.Option(help="Which of the molecule's Hamiltonians.")
    ] = "published",
    normal_modes: Annotated[
        Path | None,
        typer.Option(
            help="A file (.h5) with the NormalModes of the molecule, to be animated.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
) -> None:
    """The model, live in a browser: sliders move surfaces, packet, populations and spectrum.

    The page is served to this machine alone, under an address that is printed; nothing is fetched
    from elsewhere. Ctrl-C ends it.
    """
    from ..explorer import PageServer

    new_tab = _opener(source, hamiltonian, normal_modes)
    new_tab()  # what cannot be shown is said here, not in the browser
    try:
        server = PageServer(new_tab, port=port)
    except OSError as error:
        raise InputError(
            f"`--port` {port} cannot be used: {error.strerror}. Leave it out to take a free one."
        ) from None

    try:
        print(f"{server.url}\nCtrl-C ends the explorer.", flush=True)
        if browser:
            webbrowser.open(server.url)
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nThe explorer has ended.")
    finally:
        server.server_close()


def _opener(source: str, hamiltonian: str, modes: Path | None) -> Callable[[], Tab]:
    """What makes the tab of every page that is opened."""
    from ..ab_initio import AbInitioHamiltonian
    from ..explorer import PRESETS, ExplorerView, Tab, preset, tab_of

    drawn = None if modes is None else _normal_modes(modes)
    if not storage.is_file_name(source):
        if source not in PRESETS and not library.hamiltonian_names(source):
            raise InputError(
                f"Molecule {source!r} ships without a Hamiltonian. Compute one with `vibronic "
                f"hamiltonian {source}`, and explore the hamiltonian.toml that it writes."
            )
        found = preset(source, hamiltonian)
        return lambda: Tab(found)

    loaded = storage.load(source)
    if isinstance(loaded, ExplorerView):
        return lambda: tab_of(loaded)
    if isinstance(loaded, AbInitioHamiltonian):
        drawn = drawn or loaded.modes
        loaded = loaded.model
    if not isinstance(loaded, VibronicHamiltonian):
        raise InputError(
            f"{source} holds a {type(loaded).__name__}; expected a VibronicHamiltonian or an "
            "ExplorerView."
        )
    return lambda: tab_of(loaded, drawn)


def _normal_modes(path: Path) -> NormalModes:
    found = storage.load(path)
    if not isinstance(found, NormalModes):
        raise InputError(
            f"`--normal-modes` takes a file with NormalModes, but {path} holds a "
            f"{type(found).__name__}."
        )
    return found
