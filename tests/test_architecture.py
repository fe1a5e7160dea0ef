"""The rules of the house: imports point down, `import vibronic` is light, files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import vibronic
from benchmarks.style import assigns_several, functions_of, is_chained

ROOT = Path(vibronic.__file__).parent
LINES_OF_FILE = 350
LINES_OF_FUNCTION = 45
PARAMETERS = 7

GROUND = {
    *("units", "checks", "door", "storage", "hdf5", "toml_document", "tables", "notebook"),
    *("progress", "progress_bars"),
    *("elements", "numerics", "campaign"),
}
NOUNS = {
    *("molecule", "molecule_doors", "modes", "hamiltonian", "hamiltonian_summary", "terms"),
    *("hamiltonian_changes", "transitions", "energy_origin", "view", "doorway", "basis"),
    *("wavepacket", "propagation", "line_shape", "resolved_density", "spectrum"),
    *("certificate", "limits", "library"),
    *("orbitals", "surface_names"),
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
    {"ab_initio", "photoelectron", "passage", "intersections", "adiabaticity"},
    {"plotting"},
    {"explorer"},
    {"cli"},
]
MAY_MEET = (GROUND, NOUNS)
LEVEL = {name: k for k, floor in enumerate(FLOORS) for name in floor}
OWNERS = {
    "pyscf": {"electronic_structure"},
    "geometric": {"electronic_structure"},
    "rdkit": {"molecule_doors"},
    "matplotlib": {"plotting"},
    "qutip": {"operators", "dynamics"},
    "mudslide": {"dynamics"},
    "dask": {"campaign"},
    "distributed": {"campaign"},
    "numba": {"operators"},
    "plotly": {"explorer"},
    "anywidget": {"explorer"},
    "typer": {"cli"},
    "rich": {"cli", "progress_bars"},
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
    assert len(text.splitlines()) <= LINES_OF_FILE
    for function in functions_of(text):
        assert function.length <= LINES_OF_FUNCTION, f"{function.name}: {function.length} lines"
        assert function.parameters <= PARAMETERS or room(path) == "cli", (
            f"{function.name} has {function.parameters} parameters"
        )


def test_statements_are_simple():
    crowded = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if assigns_several(node) or is_chained(node):
                crowded.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not crowded, "several assignments, or chained conditional expressions"


def test_no_file_imports_itself_on_a_detour():
    graph = {path: imported_files(path) for path in FILES}
    circles = [circle for circle in strongly_connected(graph) if len(circle) > 1]
    names = [sorted(str(path.relative_to(ROOT)) for path in circle) for circle in circles]
    assert not names, "circles of imports"


def imported_files(path):
    """Files of the package that a file imports, wherever it does; for type checkers alone, not."""
    found = set()
    for node in runtime_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1]
            for part in filter(None, (node.module or "").split(".")):
                base = base / part
            inside = [base / f"{alias.name}.py" for alias in node.names]
            whole = [base.with_suffix(".py"), base / "__init__.py"]
            places = inside if all(place in FILES for place in inside) else [*inside, *whole]
            found |= {place for place in places if place in FILES}
    return found - {path}


def runtime_nodes(node):
    """All nodes below one but those of `if TYPE_CHECKING`."""
    yield node
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    for child in ast.iter_child_nodes(node):
        yield from runtime_nodes(child)


def strongly_connected(graph):
    """Sets of files that reach one another."""
    reached = {path: _reached(path, graph) for path in graph}
    seen = set()
    for path in graph:
        circle = {other for other in reached[path] if path in reached[other]} | {path}
        if not circle <= seen:
            seen |= circle
            yield circle


def _reached(path, graph):
    found = set()
    waiting = list(graph[path])
    while waiting:
        there = waiting.pop()
        if there not in found:
            found.add(there)
            waiting += graph[there]
    return found


def test_importing_vibronic_loads_no_heavy_package():
    code = (
        "import sys, vibronic; print([m for m in ('pyscf', 'qutip', 'matplotlib', 'numba', "
        "'h5py', 'rich', 'typer', 'anywidget') if m in sys.modules])"
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
