"""The public names: each is there, typed, documented; and the version stands in one place."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
from types import ModuleType

import pytest

import coopgame
from coopgame import errors
from tests.architecture.sources import ROOT, tree

MODULES = ["coopgame", *(m.name for m in pkgutil.walk_packages(coopgame.__path__, "coopgame."))]
MODULES.remove("coopgame.__main__")
PUBLIC = [name for name in coopgame.__all__ if name != "__version__"]


def test_every_public_name_is_there() -> None:
    assert len(set(PUBLIC)) == len(PUBLIC) > 30
    for name in PUBLIC:
        value = getattr(coopgame, name)
        if isinstance(value, ModuleType):
            assert value.__name__ in (f"coopgame.games.{name}", f"coopgame.sweeps.{name}")
            continue
        assert value.__name__ == name
        assert value.__module__.startswith("coopgame.")
    assert set(PUBLIC) <= set(dir(coopgame))


def test_names_for_type_checkers_are_the_names_at_run_time() -> None:
    typed = {
        alias.asname: (node.module, alias.name)
        for block in tree(ROOT / "coopgame/__init__.py").body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) == set(PUBLIC)
    for name, (module, attribute) in typed.items():
        assert getattr(coopgame, str(name)) is getattr(importlib.import_module(str(module)), attribute)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'replicater'"):
        _ = coopgame.replicater


def test_every_error_of_the_package_has_one_base() -> None:
    found = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert len(found) > 10
    for value in found:
        assert issubclass(value, errors.CoopgameWarning if issubclass(value, Warning) else errors.CoopgameError)


def test_everything_public_says_what_it_is() -> None:
    undocumented = [
        name
        for module in map(importlib.import_module, MODULES)
        for name, value in _documented(module)
        if not _first_sentence(value).endswith((".", "!", "?", ":"))
    ]
    assert undocumented == []


def _documented(module: ModuleType) -> list[tuple[str, object]]:
    """Return a module and the public functions, classes, methods and properties that it defines, by name."""
    found: list[tuple[str, object]] = [(module.__name__, module)]
    for name, value in vars(module).items():
        defined = inspect.isclass(value) or inspect.isfunction(value)
        if name.startswith("_") or not defined or value.__module__ != module.__name__:
            continue
        found.append((f"{module.__name__}.{name}", value))
        for method in vars(value) if inspect.isclass(value) else ():
            function = getattr(value, method)
            if not method.startswith("_") and (inspect.isroutine(function) or isinstance(function, property)):
                found.append((f"{module.__name__}.{name}.{method}", function))
    return found


def _first_sentence(value: object) -> str:
    """Return the first paragraph of a docstring on one line; a method may inherit it."""
    return " ".join((inspect.getdoc(value) or "").partition("\n\n")[0].split())


def test_the_version_stands_in_one_place() -> None:
    assert importlib.metadata.version("coopgame-egt") == coopgame.__version__
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {coopgame.__version__}\n" in citation
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(coopgame.__version__)}\b", changelog, re.MULTILINE)
