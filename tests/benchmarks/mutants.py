"""Would a test fail if the physics were wrong? One token of the core is changed at a time.

    python -m tests.benchmarks.mutants --seed 1 --count 100

runs, for every change, the tests that execute its line, the quickest first, in a copy of the tree.
The map from lines to tests (one run of all tests under coverage) and every finished mutant are
kept beside the report, so that a run that was stopped goes on. What survives is killed by a new
test or explained in `mutants.md`.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    *("hamiltonian.py", "terms.py", "operators", "bases", "convergence", "spectra", "surfaces"),
    "electronic_structure",
)
COPIED = ("vibronic", "tests", "molecules", "pyproject.toml", "README.md")
SWAPS = {
    **{ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.Pow: "*", ast.FloorDiv: "/"},
    **{ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="},
    **{ast.And: "or", ast.Or: "and"},
}
SIGNS = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//"},
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.And: "and", ast.Or: "or"},
}
NAMES = {"min": "max", "max": "min", "sin": "cos", "cos": "sin", "real": "imag", "imag": "real"}
TOLD = ("__str__", "__repr__", "_text", "_summary")  # functions that only write
SECONDS = 150.0  # of tests, for one mutant


@dataclass(frozen=True)
class Mutant:
    """The change of `old` to `new` at a place."""

    file: str
    line: int
    column: int
    old: str
    new: str

    def is_sound(self) -> bool:
        """True where the token stands where it should, and the changed file is still Python."""
        text = (ROOT / self.file).read_text()
        if not text.splitlines()[self.line - 1][self.column :].startswith(self.old):
            return False
        try:
            ast.parse(self.applied(text))
        except SyntaxError:
            return False
        return True

    def applied(self, text: str) -> str:
        """The text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1]
        rest = line[self.column + len(self.old) :]
        lines[self.line - 1] = line[: self.column] + self.new + rest
        return "".join(lines)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every change of one token in the code of a file; texts, annotations and printing spared."""
    text = path.read_text()
    lines = text.splitlines()
    name = str(path.relative_to(ROOT))
    for node in _physics(ast.parse(text)):
        if isinstance(node, ast.BinOp):
            yield from _sign(name, lines, node.op, node.left, node.right)
        elif isinstance(node, ast.BoolOp):
            for left, right in pairwise(node.values):
                yield from _sign(name, lines, node.op, left, right)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for op, (left, right) in zip(node.ops, pairwise(sides), strict=True):
                yield from _sign(name, lines, op, left, right)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            old = ast.get_source_segment(text, node) or ""
            new = str(not node.value) if isinstance(node.value, bool) else _other(node.value)
            yield Mutant(name, node.lineno, node.col_offset, old, new)
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield Mutant(name, node.lineno, node.col_offset, node.id, NAMES[node.id])
        elif isinstance(node, ast.Attribute) and node.attr in NAMES and node.end_col_offset:
            column = node.end_col_offset - len(node.attr)
            yield Mutant(name, node.end_lineno or 0, column, node.attr, NAMES[node.attr])


def _physics(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that compute: no messages, annotations, defaults of dataclass fields or printing."""
    if isinstance(node, (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom, ast.Assert)):
        return
    if isinstance(node, ast.FunctionDef) and node.name in TOLD:
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _physics(child)


def _other(value: float) -> str:
    return str(value + 1) if isinstance(value, int) else repr(value * 1.5 if value else 1.0)


def _sign(
    name: str, lines: list[str], op: ast.AST, left: ast.expr, right: ast.expr
) -> Iterator[Mutant]:
    """The operator between two expressions, where it stands on the line on which the left ends."""
    if type(op) not in SWAPS or left.end_lineno is None or left.end_col_offset is None:
        return
    old = SIGNS[type(op)]
    column = lines[left.end_lineno - 1].find(old, left.end_col_offset)
    same_line = right.lineno == left.end_lineno
    before = right.col_offset if same_line else len(lines[left.end_lineno - 1])
    if 0 <= column < before:
        yield Mutant(name, left.end_lineno, column, old, SWAPS[type(op)])


def line_map(folder: Path) -> dict[str, dict[str, list[str]]]:
    """{file: {line: tests that execute it, the quickest first}}, made once."""
    kept = folder / "map.json"
    if kept.exists():
        found: dict[str, dict[str, list[str]]] = json.loads(kept.read_text())
        return found

    report = folder / "tests.xml"
    command = [sys.executable, "-m", "pytest", "--cov=vibronic", "--cov-context=test"]
    command += ["--cov-report=", f"--junitxml={report}", "-o", "junit_family=xunit1"]
    subprocess.run(command, cwd=ROOT, env=_environment(ROOT), check=False)

    from coverage import CoverageData

    data = CoverageData(str(ROOT / ".coverage"))
    data.read()
    seconds = _durations(report)
    lines: dict[str, dict[str, list[str]]] = {}
    for path in data.measured_files():
        contexts = data_contexts(data, path)
        lines[str(Path(path).relative_to(ROOT))] = {
            str(line): sorted(tests, key=lambda t: seconds.get(t, 0.0))
            for line, tests in contexts.items()
        }
    lines["seconds"] = {test: [str(value)] for test, value in seconds.items()}
    kept.write_text(json.dumps(lines))
    return lines


def data_contexts(data: object, path: str) -> dict[int, set[str]]:
    """{line: tests} of one measured file."""
    found = data.contexts_by_lineno(path)  # type: ignore[attr-defined]
    return {line: {c.split("|")[0] for c in names if c} for line, names in found.items()}


def _durations(report: Path) -> dict[str, float]:
    """Seconds of every test."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('file')}::{case.get('name')}"
        found[name] = float(case.get("time") or 0.0)
    return found


def _environment(tree: Path) -> dict[str, str]:
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return {**os.environ, **threads, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


def chosen(seed: int, count: int, lines: dict[str, dict[str, list[str]]]) -> list[Mutant]:
    """`count` changes drawn from all lines of the core that some test executes."""
    paths: list[Path] = []
    for name in CORE:
        place = ROOT / "vibronic" / name
        paths += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    every = [m for path in paths if path.exists() for m in mutants_of(path)]
    seen = [m for m in every if m.is_sound() and tests_of(m, lines)]
    return random.Random(seed).sample(seen, min(count, len(seen)))


def tests_of(mutant: Mutant, lines: dict[str, dict[str, list[str]]]) -> list[str]:
    """Tests that execute the line, the quickest first, as many as the time allows.

    Compiled kernels are invisible to coverage: they count as executed wherever the product of the
    matrix-free Hamiltonian is.
    """
    own = lines.get(mutant.file, {})
    tests = own.get(str(mutant.line), [])
    if mutant.file.endswith("kernels.py"):
        callers = lines.get(mutant.file.replace("kernels", "matrix_free"), {}).values()
        tests = sorted({t for names in callers for t in names})
    spent = 0.0
    kept = []
    for test in tests:
        spent += float(lines["seconds"].get(test, ["1"])[0])
        if spent > SECONDS and kept:
            break
        kept.append(test)
    return kept


def outcome(mutant: Mutant, tests: list[str]) -> str:
    """`caught` by a failing test (or one that never ends), or `survived`."""
    with TemporaryDirectory() as name:
        tree = Path(name)
        for part in COPIED:
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, tree / part)
        path = tree / mutant.file
        path.write_text(mutant.applied(path.read_text()))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
        try:
            found = subprocess.run(
                [*command, *tests],
                cwd=tree,
                env=_environment(tree),
                capture_output=True,
                timeout=4 * SECONDS,
            )
        except subprocess.TimeoutExpired:
            return "caught (endless)"
    return "survived" if found.returncode == 0 else "caught"


def main() -> None:
    """Draw, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=ROOT / "mutants")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    asked.folder.mkdir(exist_ok=True)
    lines = line_map(asked.folder)
    record = asked.folder / f"seed-{asked.seed}.jsonl"
    finished = {}
    if record.exists():
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            finished[Mutant(**entry["mutant"])] = entry["outcome"]

    mutants = chosen(asked.seed, asked.count, lines)
    waiting = [m for m in mutants if m not in finished]
    with ThreadPoolExecutor(asked.jobs) as pool, record.open("a") as file:
        results = pool.map(lambda m: outcome(m, tests_of(m, lines)), waiting)
        for mutant, result in zip(waiting, results, strict=True):
            finished[mutant] = result
            file.write(json.dumps({"mutant": asdict(mutant), "outcome": result}) + "\n")
            file.flush()
            place = f"{mutant.file}:{mutant.line}:{mutant.column}"
            print(f"{result:<18}{place}  {mutant.old} -> {mutant.new}", flush=True)

    survived = [m for m in mutants if finished[m] == "survived"]
    print(f"{len(mutants) - len(survived)} of {len(mutants)} caught; survivors:")
    for mutant in sorted(survived, key=lambda m: (m.file, m.line)):
        print(f"{mutant.file}:{mutant.line}:{mutant.column}  {mutant.old} -> {mutant.new}")


if __name__ == "__main__":
    main()
