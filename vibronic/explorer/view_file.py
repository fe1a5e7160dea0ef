"""A view that is shared: a model and the settings at which it is seen, as TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..toml_document import TOML_FORMS, VERSION, Document, TomlForm, toml_text
from .explored_model import ExploredModel, explored_model, preset
from .settings import Settings, settings

NAME = "the shared view"


@noun
@dataclass(frozen=True, eq=False)
class ExplorerView:
    """What the explorer shows: a library `molecule` and the name of its `hamiltonian`, or else a
    `model` of its own; and the values of the sliders, `settings`, by name (eV, K, fs).
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    molecule: str = ""
    hamiltonian: str = ""
    model: VibronicHamiltonian | None = None

    @classmethod
    def of(cls, explored: ExploredModel, shown: Settings) -> ExplorerView:
        """The view of a model at its settings."""
        own = None if explored.molecule else explored.model
        return cls(asdict(shown), explored.molecule, explored.hamiltonian, own)

    def explored(self) -> ExploredModel:
        """The model, with what was observed."""
        if self.model is not None:
            return explored_model(self.model)
        return preset(self.molecule, self.hamiltonian or "published")

    def shown(self, explored: ExploredModel) -> Settings:
        """The settings, checked against the ranges of the model."""
        return settings(explored, self.settings)

    def __str__(self) -> str:
        what = self.molecule or (self.model.title if self.model else "")
        values = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        return f"ExplorerView  {what}: {values}"


@public
def shared_view(text: str) -> ExplorerView:
    """The view in the text of a TOML file; InputError says what is wrong with it."""
    try:
        document = Document(NAME, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{NAME}: not valid TOML: {error}.") from None

    if document.table.get("format") != f"ExplorerView/{VERSION}":
        raise document.error(
            f"key `format` must be 'ExplorerView/{VERSION}', but is "
            f"{document.table.get('format')!r}.",
            "format",
        )
    with document.blame():
        found = _read(document)
        found.shown(found.explored())
    return found


@public
def view_text(view: ExplorerView) -> str:
    """The view as the text of a TOML file."""
    return toml_text(view)


def _table(view: ExplorerView) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if view.model is None:
        found["molecule"] = view.molecule
        if view.hamiltonian:
            found["hamiltonian"] = view.hamiltonian
    found["settings"] = dict(view.settings)
    if view.model is not None:
        found["model"] = TOML_FORMS["VibronicHamiltonian"].table(view.model)
    return found


def _read(document: Document) -> ExplorerView:
    known = {"format", "molecule", "hamiltonian", "settings", "model"}
    table = document.table
    document.check_keys(table, known, {"settings"})
    if not isinstance(table["settings"], dict):
        raise document.error("`settings` must be a table.", "settings")
    if ("molecule" in table) == ("model" in table):
        raise document.error("a view needs one of `molecule` and `model`.", "molecule")

    model = None
    if "model" in table:
        inner = Document(document.path, document.text, table["model"])
        model = TOML_FORMS["VibronicHamiltonian"].read(inner)
    return ExplorerView(
        table["settings"],
        str(table.get("molecule", "")),
        str(table.get("hamiltonian", "")),
        model,
    )


TOML_FORMS["ExplorerView"] = TomlForm(_table, _read)
