"""The same page in a notebook."""

from __future__ import annotations

from importlib.util import find_spec
from threading import Thread
from typing import Any

from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from . import page
from .explored_model import ExploredModel, explored_model, preset
from .tab import Tab
from .view_file import ExplorerView

START = """
const asked = new Map();
function render({ model, el }) {
  el.textContent = "";
  const root = document.createElement("div");
  el.append(root);
  const ask = (question) => new Promise((answered) => {
    const key = `${Date.now()}-${Math.random()}`;
    asked.set(key, answered);
    model.send({ ...question, key });
  });
  model.on("msg:custom", ({ key, ...answer }) => {
    const answered = asked.get(key);
    asked.delete(key);
    if (answered) answered(answer);
  });
  explore(root, ask);
}
export default { render };
"""


@public
def show(
    source: VibronicHamiltonian | ExplorerView | str, *, normal_modes: NormalModes | None = None
) -> Any:
    """The explorer of a model, of a shared view or of a library molecule by name, as a widget for
    the last line of a notebook's cell; `normal_modes` are drawn where they are given.

    The kernel computes; nothing is fetched from elsewhere. Raises InputError for a model of fewer
    than two states or modes, and where anywidget or plotly are not installed.
    """
    for package in ("anywidget", "plotly"):
        if find_spec(package) is None:
            raise InputError(
                f"The explorer in a notebook needs {package}: `pip install 'vibronic[explore]'`."
            )
    return _widget(tab_of(source, normal_modes))


@public
def tab_of(
    source: VibronicHamiltonian | ExplorerView | str, normal_modes: NormalModes | None = None
) -> Tab:
    """What answers a page that is opened on a source."""
    if isinstance(source, ExplorerView):
        explored = source.explored()
        return Tab(explored, source.shown(explored))
    return Tab(_explored(source, normal_modes))


def _explored(source: VibronicHamiltonian | str, modes: NormalModes | None) -> ExploredModel:
    if isinstance(source, str):
        return preset(source)
    return explored_model(source, normal_modes=modes)


def _widget(tab: Tab) -> Any:
    import anywidget

    class Explorer(anywidget.AnyWidget):
        """The page, and the tab that answers it."""

        _esm = "\n".join([page.plotly().decode(), page.script(), START])
        _css = page.style()

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab
            self.on_msg(self._asked)

        def _asked(self, _: Any, question: dict[str, Any], buffers: Any) -> None:
            # beside the kernel's own thread: a later question must be heard while this is computed
            Thread(target=self._answer, args=(question,), daemon=True).start()

        def _answer(self, question: dict[str, Any]) -> None:
            key = question.pop("key", "")
            self.send({**self.tab.answer(question), "key": key})

    return Explorer(tab)
