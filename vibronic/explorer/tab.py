"""One open page: the model it shows, what it computed last, and which question it asked last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from threading import Lock
from typing import Any

from ..checks import InputError, VibronicError, check_known
from ..progress import progress_to
from . import stages
from .engine import controller
from .explored_model import PRESETS, ExploredModel, preset
from .packets import Packets, packets
from .settings import Settings, own_settings, ranges, settings
from .view_file import ExplorerView, shared_view, view_text
from .views import observed, views

Answer = dict[str, Any]


class Superseded(Exception):  # noqa: N818 - nothing went wrong
    """A later question makes this one's answer useless."""


class Tab:
    """Answers the questions of one page, one at a time; a later one takes the place of those that
    wait, and ends the one that is computed as soon as it looks up.

    A question is a mapping with its `stage` and `number`; `open`, `load`, `views` and `share` may
    come at any time, the others follow the `views` of the same number.
    """

    def __init__(self, explored: ExploredModel, shown: Settings | None = None) -> None:
        self.explored = explored
        self.settings = shown or own_settings(explored)
        self.packets: Packets | None = None
        self._latest = 0
        self._computing = Lock()
        self._answers: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "open": self._open,
            "load": self._load,
            "share": self._share,
            "views": self._views,
            "frames": lambda _: stages.all_frames(self.explored, self._known()),
            "certificate": self._certificate,
            "thermal": lambda _: stages.hot_bands(self.settings, self._known()),
            "adiabatic": lambda _: stages.adiabatic(self.settings, self._known()),
        }

    def answer(self, question: Mapping[str, Any]) -> Answer:
        """What the page is told: data, `superseded`, or an `error` in one line."""
        try:
            stage, number = self._checked(question)
        except InputError as error:
            return {"error": str(error)}

        def look_up(*_: Any) -> None:
            if number != self._latest:
                raise Superseded

        with self._computing:
            try:
                look_up()
                with progress_to(look_up), controller().limit(limits=1):
                    found = self._answers[stage](question)
                return {"stage": stage, "number": number, **found}
            except Superseded:
                return {"stage": stage, "number": number, "superseded": True}
            except VibronicError as error:
                return {"stage": stage, "number": number, "error": _explained(error, stage)}

    def _checked(self, question: Mapping[str, Any]) -> tuple[str, int]:
        stage = question.get("stage")
        number = question.get("number")
        check_known("stage", str(stage), self._answers)
        if isinstance(number, bool) or not isinstance(number, int):
            raise InputError(f"A question needs a whole `number`, but has {number!r}.")
        self._latest = max(self._latest, number)
        return str(stage), number

    def _open(self, question: Mapping[str, Any]) -> Answer:
        """Everything that does not move with the sliders."""
        name = question.get("preset")
        if name:
            self._show(preset(str(name)))
        return self._described()

    def _load(self, question: Mapping[str, Any]) -> Answer:
        view = shared_view(str(question.get("text", "")))
        explored = view.explored()
        self._show(explored, view.shown(explored))
        return self._described()

    def _share(self, question: Mapping[str, Any]) -> Answer:
        shown = settings(self.explored, question.get("settings", {}))
        return {"text": view_text(ExplorerView.of(self.explored, shown))}

    def _views(self, question: Mapping[str, Any]) -> Answer:
        shown = settings(self.explored, question.get("settings", {}))
        self.packets = packets(self.explored, shown, self.packets)
        self.settings = shown
        return views(self.explored, shown, self.packets)

    def _certificate(self, question: Mapping[str, Any]) -> Answer:
        number = question["number"]

        def check() -> None:
            if number != self._latest:
                raise Superseded

        larger, found = stages.certified(self.explored, self.settings, self._known(), check)
        return stages.checked(self.explored, self.settings, larger, found)

    def _known(self) -> Packets:
        if self.packets is None:
            raise InputError("Nothing was computed yet: ask for the `views` first.")
        return self.packets

    def _show(self, explored: ExploredModel, shown: Settings | None = None) -> None:
        self.explored = explored
        self.settings = shown or own_settings(explored)
        self.packets = None

    def _described(self) -> Answer:
        explored = self.explored
        model = explored.model
        return {
            "title": model.title or explored.molecule,
            "molecule": explored.molecule,
            "presets": list(PRESETS),
            "ranges": [asdict(r) for r in ranges(explored)],
            "states": list(model.state_labels),
            "pair": [model.state_labels[k] for k in explored.states],
            "modes": [model.mode_labels[m] for m in explored.modes],
            "settings": asdict(self.settings),
            "observed": observed(explored),
            "normal_modes": _drawn_modes(explored),
        }


def _drawn_modes(explored: ExploredModel) -> Answer | None:
    """The molecule, and how its atoms move in the two modes, where that is known."""
    found = explored.normal_modes
    if found is None:
        return None
    labels = [explored.model.mode_labels[m] for m in explored.modes]
    known = [label for label in labels if label in found.labels]
    rows = [found.labels.index(label) for label in known]
    if not rows:
        return None
    return {
        "symbols": list(found.symbols),
        "coordinates": found.coordinates.round(4).tolist(),
        "displacements": found.displacements[rows].round(4).tolist(),
        "labels": known,
    }


def _explained(error: VibronicError, stage: str) -> str:
    """The error for the page, where there is no command line; with the way back."""
    text = str(error).partition(" Leave this large-amplitude motion out")[0]
    if text != str(error) and stage == "views":
        text += (
            " What is shown belongs to the values before. To come back, raise a frequency or "
            "lower κ or λ, or press Back."
        )
    return text
