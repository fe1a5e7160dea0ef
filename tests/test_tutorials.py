"""The tutorials: every notebook runs, every check knows the right answer and the usual errors."""

import ast
import importlib
import inspect
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tutorials"
sys.path[:0] = [str(FOLDER), str(FOLDER / "instructors")]

import write  # noqa: E402

TEXTS = write.texts()
SOLUTIONS = sorted(p.stem for p in (FOLDER / "instructors" / "solutions").glob("[a-z]*.py"))
QUICK = ("04", "02")  # the others are executed by the slow tests
LONG = ("the_passage", "mystery_band")  # answers that take seconds
SMALL = {0, 1, 2, 3, 4, 5, 10, 100, 1000, 0.5, 0.1}  # numbers that may stand in a check


def solutions(name):
    return importlib.import_module(f"solutions.{name}")


def checks(name):
    return importlib.import_module(f"checks.{name}")


def exercises():
    for name in SOLUTIONS:
        for k, case in enumerate(solutions(name).SUBMITTED):
            marks = [pytest.mark.slow] if name in LONG else []
            yield pytest.param(name, *case, id=f"{name}-{case[0]}-{k}", marks=marks)


@cache
def subjects(name, check):
    """What an exercise is about, and three others; the same for a whole tutorial if `check` is
    empty.
    """
    module = solutions(name)
    usual = module.usual(checks(name))
    if check:
        usual = usual[check]
    return usual, list(module.altered(usual))


def subject(name, check):
    """The keyword of an exercise, what it is about, and three others."""
    module = solutions(name)
    each = isinstance(module.usual(checks(name)), dict)
    return getattr(module, "KEYWORD", "model"), *subjects(name, check if each else "")


@pytest.mark.parametrize(
    "text",
    [pytest.param(t, marks=[] if t.name.startswith(QUICK) else pytest.mark.slow) for t in TEXTS],
    ids=lambda t: t.stem,
)
def test_notebook_runs(text):
    from nbclient import NotebookClient

    made = write.notebook(text)
    NotebookClient(made, timeout=120, resources={"metadata": {"path": str(FOLDER)}}).execute()
    outputs = [o for cell in made.cells for o in cell.get("outputs", [])]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    empty = [o for o in outputs if "Nothing here yet" in o.get("data", {}).get("text/plain", "")]
    assert pictures
    assert empty, "every tutorial asks for numbers"


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.stem)
def test_notebook_is_written_from_its_text(text):
    assert text.with_suffix(".ipynb").read_text() == write.written(text), (
        "run `python tutorials/write.py`"
    )


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.stem)
def test_parts_of_a_tutorial(text):
    told = text.read_text()
    for part in ("**After this you can**", "## Predict first", "## Exercise 1", "**Why**"):
        assert part in told, part
    assert "doi:10." in told.split("## Where to read on")[1]
    assert text.stem in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize(("name", "check", "solution", "more", "errors"), list(exercises()))
def test_check_of_an_exercise(name, check, solution, more, errors):
    judge = getattr(checks(name), check)
    right = solution(subject(name, check)[1], **more)

    assert judge(right, **more).is_right
    assert judge(right * 1.0005, **more).is_right, "an answer may be rounded"
    assert repr(judge(right, **more)).startswith("Right")

    empty = judge(..., **more)
    assert not empty.is_right
    assert "Nothing here yet" in repr(empty)
    assert not judge("many", **more).is_right
    assert f"{empty.expected:.3g}" not in repr(empty) or abs(empty.expected) < 1e-9

    assert len(errors) >= 2
    for wrong, word in errors:
        verdict = judge(wrong(right), **more)
        assert not verdict.is_right
        assert word in repr(verdict), repr(verdict)


@pytest.mark.parametrize(("name", "check", "solution", "more", "errors"), list(exercises()))
def test_answer_moves_with_the_model(name, check, solution, more, errors):
    """For three altered models the check expects what an independent calculation gives."""
    judge = getattr(checks(name), check)
    keyword, _, altered = subject(name, check)
    assert len(altered) == 3

    expected = []
    for other in altered:
        verdict = judge(..., **{keyword: other}, **more)
        assert judge(solution(other, **more), **{keyword: other}, **more).is_right
        expected.append(verdict.expected)
    if check not in getattr(solutions(name), "CONSTANT", ()):
        assert np.ptp([*expected, judge(..., **more).expected]) > 1e-6


@pytest.mark.parametrize("name", SOLUTIONS)
def test_no_answer_is_written_in_the_checks(name):
    answers = [
        getattr(checks(name), check)(..., **more).expected
        for check, _, more, _ in solutions(name).SUBMITTED
    ]
    for node in ast.walk(ast.parse(inspect.getsource(checks(name)))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            if node.value in SMALL:
                continue
            near = [a for a in answers if abs(node.value - a) < 0.02 * abs(a)]
            assert not near, f"line {node.lineno}: {node.value}"


def statements(source):
    """Statements of the functions of a module, without docstrings, in one form each."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and function.name not in ("altered", "usual"):
            for node in function.body:
                if not isinstance(node, ast.Expr) and len(ast.unparse(node)) > 30:
                    yield ast.unparse(node)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_no_solution_in_student_files(name):
    read = [p for p in FOLDER.glob("*.md")] + sorted((FOLDER / "checks").glob("*.py"))
    told = "\n".join(path.read_text() for path in read)
    assert "import solutions" not in told
    assert "from solutions" not in told
    squeezed = re.sub(r"\s+", "", told)
    for statement in statements(inspect.getsource(solutions(name))):
        assert re.sub(r"\s+", "", statement) not in squeezed, statement


def test_every_tutorial_has_its_checks_and_solutions():
    imported = {re.search(r"from checks\.(\w+) import", t.read_text())[1] for t in TEXTS}
    assert imported == set(SOLUTIONS)
    for name in SOLUTIONS:
        judged = {n for n in vars(checks(name)) if n.startswith("check_")}
        assert judged == {case[0] for case in solutions(name).SUBMITTED}
