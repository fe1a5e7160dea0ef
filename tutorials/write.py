"""Write every tutorial as a Jupyter notebook beside its text: `python tutorials/write.py`.

The text (`NN-name.md`, MyST) is what is edited. A first cell that installs vibronic where it is
missing is added, outputs are not kept, and cells are numbered, so that the same text always
gives the same file.
"""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
INSTALL = """# On Colab: put the project's folder there, %cd into its tutorials, run this cell.
import importlib.util

if importlib.util.find_spec("vibronic") is None:
    %pip install -q "..[tutorials]"
"""


def texts() -> list[Path]:
    """The numbered tutorials, in order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.md"))


def notebook(text: Path) -> Any:
    """The notebook of one tutorial."""
    import jupytext
    import nbformat

    made = jupytext.read(text)
    made.cells.insert(0, nbformat.v4.new_code_cell(INSTALL.strip()))
    made.metadata = {"kernelspec": made.metadata["kernelspec"]}
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


def written(text: Path) -> str:
    """The notebook as it is stored."""
    import nbformat

    return nbformat.writes(notebook(text)) + "\n"


if __name__ == "__main__":
    for path in texts():
        path.with_suffix(".ipynb").write_text(written(path))
        print(path.with_suffix(".ipynb").name)
