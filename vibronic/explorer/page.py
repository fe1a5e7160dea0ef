"""The page: its modules joined into one, for a browser and for a notebook."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.util import find_spec

from ..checks import InputError

# joined in this order: what is used stands before what uses it
MODULES = (
    "words",
    "drawing",
    "spectra",
    "motion",
    "cone",
    "molecule",
    "controls",
    "layout",
    "explorer",
)
FOLDER = "page"


def script() -> str:
    """The page's one JavaScript module, which exports `explore(root, ask)`."""
    parts = [_read(f"{name}.js") for name in MODULES]
    joined = "\n".join(re.sub(r"^import .*\n", "", part, flags=re.M) for part in parts)
    inner = re.sub(r"^export (?=function|const|class|async)", "", joined, flags=re.M)
    return f"{inner}\nexport {{ explore }};\n"


def style() -> str:
    """The style sheet."""
    return _read("explorer.css")


def document() -> str:
    """The page that a server hands out."""
    return _read("index.html")


def host() -> str:
    """What starts the module in a page of its own."""
    return _read("host.js")


def plotly() -> bytes:
    """plotly's JavaScript, as its Python package brings it."""
    if find_spec("plotly") is None:
        raise InputError(
            "The explorer draws with plotly, which is not installed: "
            "`pip install 'vibronic[explore]'`."
        )
    return files("plotly").joinpath("package_data/plotly.min.js").read_bytes()


def _read(name: str) -> str:
    return (files(__package__) / FOLDER / name).read_text(encoding="utf-8")
