"""The house: floors, the face, sizes, first lines, one room for each outside library."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flowsim

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "flowsim"
FILES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {
    "pandas": ("frames",),
    "pydantic": ("schema", "scenario"),
    "yaml": ("schema",),
    "scipy": ("chance", "calibration", "comparison", "costs", "questions"),
    "simpy": ("engines",),
    "numba": ("engines",),
    "llvmlite": ("engines",),
    "matplotlib": ("report",),
    "jinja2": ("report",),
    "typer": ("cli",),
    "rich": ("cli",),
    "pyarrow": ("tables",),
    "holidays": ("plan",),
    "python_calamine": ("sheets", "calibration"),
    "xlsxwriter": ("sheets",),
    "distributed": ("experiment",),
    "SALib": ("questions",),
}
"""Where each outside library may be imported (scipy.special's t quantile and roots are arithmetic, not chance)."""
LONGEST_FILE, LONGEST_BODY = 400, 50
PLAIN_WORDS = ("utils", "util", "helpers", "helper", "common", "misc")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    spoken = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    rest = function.body[1:] if spoken else function.body
    return (function.end_lineno or 0) - rest[0].lineno + 1 if rest else 0


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_face_is_short_and_true() -> None:
    assert sorted(flowsim.__all__) == sorted(
        [
            "load", "run", "run_study", "Study", "Design", "Results", "queue_length", "waiting_time", "throughput",
            "interval", "compare", "load_unit_costs", "full_cost_per_patient", "calibrate", "ask", "FlowsimError",
            "InputError",
        ]
    )  # fmt: skip
    assert len(flowsim.__all__) <= 20
    for name in flowsim.__all__:
        assert getattr(flowsim, name).__doc__, f"{name} is not there, or says nothing of itself"
    with pytest.raises(AttributeError, match="flowsim has no 'nothing'"):
        _ = flowsim.nothing  # type: ignore[attr-defined]


def test_importing_costs_nothing() -> None:
    heavy = ("pandas", "scipy", "matplotlib", "simpy", "numpy", "pydantic")
    code = f"import sys, flowsim; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pandas_is_loaded_when_there_is_something_to_frame() -> None:
    code = "import sys, flowsim.study, flowsim.cli.running; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_imports_run_down_the_floors() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_engines_and_experiment_know_nothing_of_files_measures_and_money() -> None:
    forbidden = ("flowsim.schema", "flowsim.scenario", "flowsim.measures", "flowsim.costs", "flowsim.comparison")
    for path in [*(PACKAGE / "experiment").rglob("*.py"), *(PACKAGE / "engines").rglob("*.py")]:
        seen = [m for m in imported(path) if m.startswith(forbidden)]
        assert not seen, f"{name_of(path)} imports {seen}"


@pytest.mark.parametrize("library", ROOMS)
def test_each_library_has_its_room(library: str) -> None:
    for path in FILES:
        if any(module.partition(".")[0] == library for module in imported(path)):
            room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
            assert room in ROOMS[library], f"{name_of(path)} imports {library}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_sizes(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{name_of(path)} has {lines} lines"
    for function in functions(path):
        assert body_lines(function) <= LONGEST_BODY, (
            f"{name_of(path)}: {function.name} has {body_lines(function)} lines"
        )


def test_nine_of_ten_functions_are_short() -> None:
    bodies = sorted(body_lines(function) for path in FILES for function in functions(path))
    assert bodies[len(bodies) // 2] <= 8
    assert bodies[len(bodies) * 9 // 10] <= 25


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_file_says_what_it_is(path: Path) -> None:
    text = ast.get_docstring(tree(path)) or ""
    assert text, f"{name_of(path)} has no docstring"
    assert len(text.splitlines()[0]) <= 120
    assert path.stem not in PLAIN_WORDS


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_public_names_have_docstrings(path: Path) -> None:
    for node in ast.iter_child_nodes(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name_of(path)}: {node.name} says nothing of itself"


def test_the_top_level_holds_what_a_reader_expects() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("no git here")
    top = {line.split("/")[0] for line in done.stdout.splitlines()}
    assert top <= {
        ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "benchmarks", "calibration", "flowsim",
        "pyproject.toml", "scenarios", "tests",
    }  # fmt: skip
