"""How airy the code is: lengths of lines, files and functions, blank lines between acts.

`python -m tests.benchmarks style` counts the package; STYLE_ROOT names another tree to count
beside it, such as a checkout of an earlier version.
"""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import vibronic

from .tables import Table

SILENT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    tokenize.ENDMARKER,
}
LONG = 15  # lines of a function that should have a blank one


def run() -> dict:
    """Print a row for every tree."""
    columns = {"measure": "|44", "value": "|14"}
    trees = [Path(vibronic.__file__).parent]
    if "STYLE_ROOT" in os.environ:
        trees.append(Path(os.environ["STYLE_ROOT"]))

    found = {}
    for tree in trees:
        table = Table(f"Style of {tree.name} ({len(list(tree.rglob('*.py')))} files)", columns)
        for measure, value in counted(tree).items():
            table.add(measure=measure, value=value)
        found[str(tree)] = table.close()
    return found


def counted(tree: Path) -> dict[str, str]:
    """Every measure of the files under `tree`, as text."""
    texts = [path.read_text() for path in sorted(tree.rglob("*.py"))]
    lines = np.array([pair for text in texts for pair in code_lines(text)])
    functions = [f for text in texts for f in functions_of(text)]
    long = [f for f in functions if f.length >= LONG]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    total = sum(len(text.splitlines()) for text in texts)
    comments = sum(line.strip().startswith("#") for text in texts for line in text.splitlines())

    return {
        "characters of a code line, mean": f"{lines[:, 0].mean():.0f}",
        "characters of a code line, 90th percentile": f"{np.percentile(lines[:, 0], 90):.0f}",
        "tokens of a code line, mean": f"{lines[:, 1].mean():.1f}",
        f"functions of {LONG} lines with a blank one": f"{_share(f.blank for f in long)}",
        "comment lines": f"{100 * comments / total:.1f} %",
        "longest file": f"{max(len(text.splitlines()) for text in texts)}",
        "longest function": f"{max(f.length for f in functions)}",
        "most parameters": f"{max(f.parameters for f in functions)}",
        "several assignments in a statement": f"{sum(map(assigns_several, nodes))}",
        "chained ternaries": f"{sum(map(is_chained, nodes))}",
    }


def _share(flags: Iterator[bool]) -> str:
    values = list(flags)
    return f"{100 * sum(values) / max(len(values), 1):.0f} % of {len(values)}"


def code_lines(text: str) -> Iterator[tuple[int, int]]:
    """(characters, tokens) of every line of code; docstrings, comments, blank lines left out."""
    told = {n for first, last in _docstrings(text) for n in range(first, last + 1)}
    counts: dict[int, int] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in SILENT and token.start[0] not in told:
            counts[token.start[0]] = counts.get(token.start[0], 0) + 1
    lines = text.splitlines()
    for number, count in counts.items():
        yield len(lines[number - 1]), count


def _docstrings(text: str) -> Iterator[tuple[int, int]]:
    for node in ast.walk(ast.parse(text)):
        alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if alone and isinstance(node.value.value, str):
            yield node.lineno, node.end_lineno or node.lineno


class Function:
    """Length of the body without its docstring, blank lines in it, parameters without self."""

    def __init__(self, node: ast.FunctionDef, lines: list[str]) -> None:
        body = node.body[1:] if ast.get_docstring(node) else node.body
        names = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        first = body[0].lineno if body else 0
        last = (body[-1].end_lineno or first) if body else -1
        self.name = node.name
        self.length = last - first + 1
        self.blank = any(not line.strip() for line in lines[first - 1 : last])
        self.parameters = sum(a.arg not in ("self", "cls") for a in names)


def functions_of(text: str) -> list[Function]:
    """Every function of a file."""
    lines = text.splitlines()
    nodes = ast.walk(ast.parse(text))
    return [Function(node, lines) for node in nodes if isinstance(node, ast.FunctionDef)]


def assigns_several(node: ast.AST) -> bool:
    """True for `a, b = x, y` unless it is a swap: a name on both sides."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple):
        return False
    if not isinstance(node.targets[0], ast.Tuple):
        return False
    written = {ast.unparse(target) for target in node.targets[0].elts}
    read = {ast.unparse(part) for part in ast.walk(node.value) if isinstance(part, ast.expr)}
    return not written & read


def is_chained(node: ast.AST) -> bool:
    """True for a conditional expression with another one in it."""
    if not isinstance(node, ast.IfExp):
        return False
    return any(isinstance(part, ast.IfExp) for part in (node.body, node.orelse, node.test))
