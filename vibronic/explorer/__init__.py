"""A model, live: sliders that move the surfaces, the packet, the populations and the spectrum, in
a browser and in a notebook.
"""

from .explored_model import PRESETS, ExploredModel, preset
from .server import PageServer
from .settings import RANGES, Range, Settings, own_settings, settings
from .tab import Tab
from .view_file import ExplorerView, shared_view, view_text
from .widget import show, tab_of

__all__ = [
    "PRESETS",
    "RANGES",
    "ExploredModel",
    "ExplorerView",
    "PageServer",
    "Range",
    "Settings",
    "Tab",
    "own_settings",
    "preset",
    "settings",
    "shared_view",
    "show",
    "tab_of",
    "view_text",
]
