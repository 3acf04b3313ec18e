"""Rules that every source file keeps: no text run as code, encodings named, nothing shown or printed, short files."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import ROOT, calls, place, python_files, tree

LIBRARY = python_files("coopgame")
USERS = python_files("coopgame", "paper_repro")
ALL = python_files("coopgame", "paper_repro", "tests", "benchmarks", "docs", ".ci")
MOST_LINES = 400
# Of the builtins only the bare name runs text; re.compile and the like are other functions.
RUN_TEXT = {"eval", "exec", "compile", "__import__"}
SYMPY_READERS = {"sympify", "parse_expr", "S"}
BINARY = {"rb", "wb", "ab", "xb", "r+b", "rb+", "w+b", "wb+"}
# Arguments before and with the encoding, where it is given by position.
POSITION = {"read_text": 1, "write_text": 2, "open": 4}


def test_the_sources_are_found() -> None:
    assert ROOT / "coopgame/errors.py" in LIBRARY
    assert Path(__file__) in ALL


def test_no_text_is_run_as_code() -> None:
    run = [
        place(path, call)
        for path in USERS
        for call, name in calls(path)
        if (isinstance(call.func, ast.Name) and name in RUN_TEXT) or name in SYMPY_READERS
    ]
    assert run == [], "read texts with coopgame.parse_expression"


def test_only_codegen_generates_code() -> None:
    assert {path for path in USERS for _, name in calls(path) if name == "lambdify"} == {
        ROOT / "coopgame/codegen/expressions.py"
    }


def test_text_files_name_their_encoding() -> None:
    silent = [
        place(path, call)
        for path in ALL
        for call, name in calls(path)
        if name in POSITION and not _is_binary(call) and len(call.args) < POSITION[name]
        if "encoding" not in {keyword.arg for keyword in call.keywords}
    ]
    assert silent == [], 'add encoding="utf-8"'


def _is_binary(call: ast.Call) -> bool:
    if ast.unparse(call.func) == "os.open":  # gives a number, not a file of text
        return True
    modes = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and mode.value in BINARY for mode in modes)


def test_nothing_opens_a_window() -> None:
    owners = {"plt", "pyplot", "fig", "figure", "matplotlib.pyplot"}
    shown = [
        place(path, call)
        for path in USERS
        for call, name in calls(path)
        if name == "show" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in owners
    ]
    assert shown == [], "return the Axes instead"


def test_the_library_never_prints() -> None:
    printing = [
        place(path, call)
        for path in LIBRARY
        for call, name in calls(path)
        if name == "print" and isinstance(call.func, ast.Name)
    ]
    assert printing == [], "log to logging.getLogger('coopgame') instead"


def test_no_error_is_swallowed() -> None:
    handlers = [
        (path, node) for path in USERS for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)
    ]
    assert handlers
    swallowed = [
        place(path, node)
        for path, node in handlers
        if node.type is None or all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert swallowed == [], "name the errors, and do something about them"


def test_files_stay_short() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in LIBRARY
        if path != ROOT / "coopgame/__init__.py"  # the list of public names
    }
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}, "is it one thing?"


def test_annotations_are_not_evaluated_at_import() -> None:
    eager = [
        path.relative_to(ROOT).as_posix()
        for path in LIBRARY
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree(path).body)
        if not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree(path).body)
    ]
    assert eager == [], "begin with: from __future__ import annotations"
