"""The `vibronic` command: its entry point, and how errors reach the user."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version as installed
from typing import Annotated, Any

import typer

from ..checks import VibronicError
from ..formats import FormatWarning

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    """From a molecule to its vibronically mixed spectrum and its wavepacket's passage through a
    conical intersection.
    """
    if version:
        print(f"vibronic {installed('vibronic')}")
        raise typer.Exit


def main() -> None:
    """Entry point of the `vibronic` command."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # shells let runs in the background ignore Ctrl-C: these stop by `kill`
    signal.signal(signal.SIGTERM, _interrupt)
    _tell_in_one_line()
    app()


def _tell_in_one_line() -> None:
    """Print what a reader of files tells as a sentence, without the place in the program."""
    usual = warnings.showwarning

    def show(message: Any, category: type[Warning], *place: Any, **options: Any) -> None:
        if issubclass(category, FormatWarning):
            print(f"vibronic: {message}", file=sys.stderr)
        else:
            usual(message, category, *place, **options)

    warnings.showwarning = show


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def friendly(command: Callable[..., None]) -> Callable[..., None]:
    """One clear line instead of a traceback for what the user can mend; 2 for input, 130 for
    Ctrl-C and `kill`.
    """

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except VibronicError as error:
            print(f"vibronic: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            print(
                "vibronic: interrupted. What was finished is kept; the same command goes on "
                "from there.",
                file=sys.stderr,
            )
            raise typer.Exit(130) from None

    return guarded
