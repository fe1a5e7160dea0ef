"""The rules of the house: imports point down, `import vibronic` is light, files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import vibronic

ROOT = Path(vibronic.__file__).parent
GROUND = {"units", "checks", "storage", "progress", "tables", "numerics", "campaign"}
NOUNS = {
    *("molecule", "modes", "hamiltonian", "transitions", "energy_origin", "doorway", "basis"),
    *("wavepacket", "propagation", "line_shape", "spectrum", "certificate", "limits", "library"),
}
STAGES = {
    *("formats", "electronic_structure", "models", "surfaces", "dynamics", "spectra", "polaron"),
}
FLOORS = [
    GROUND,
    NOUNS,
    {"bases"},
    {"operators", "tensor_trees"},
    {"convergence"},
    STAGES,
    {"photoelectron", "passage", "intersections", "adiabaticity"},
    {"plotting"},
    {"explorer"},
    {"cli"},
]
MAY_MEET = (GROUND, NOUNS)
LEVEL = {name: k for k, floor in enumerate(FLOORS) for name in floor}
OWNERS = {
    "pyscf": {"electronic_structure"},
    "geometric": {"electronic_structure"},
    "matplotlib": {"plotting"},
    "qutip": {"operators", "dynamics"},
    "mudslide": {"dynamics"},
    "dask": {"campaign"},
    "distributed": {"campaign"},
    "numba": {"operators"},
    "typer": {"cli"},
    "rich": {"cli"},
}
FILES = sorted(
    p
    for p in ROOT.rglob("*.py")
    if p.relative_to(ROOT).parts[0] not in ("__init__.py", "__main__.py")
)


def room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path):
    """(rooms of vibronic, other packages) imported anywhere in a file."""
    depth = len(path.relative_to(ROOT).parts)
    rooms = set()
    others = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            rooms |= {(node.module or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            others.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
    return rooms, others


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    here, (rooms, others) = room(path), imports(path)
    for there in rooms:
        together = any({here, there} <= floor for floor in MAY_MEET)
        assert there == here or together or LEVEL[there] < LEVEL[here], f"{here} imports {there}"
    assert "vibronic" not in others, "imports inside the package are relative"
    for package, owners in OWNERS.items():
        assert package not in others or here in owners, f"{here} imports {package}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_are_short(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 80, f"{node.name} has {length} lines"


def test_importing_vibronic_loads_no_heavy_package():
    code = (
        "import sys, vibronic; print([m for m in ('pyscf', 'qutip', 'matplotlib', 'numba', "
        "'h5py', 'rich', 'typer') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_every_public_function_has_a_docstring():
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"
