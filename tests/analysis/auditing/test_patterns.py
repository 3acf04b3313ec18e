"""What is impossible, follows or stays open without payoffs."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.analysis.audit_files import BARE, audited, cell, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


@pytest.mark.parametrize(
    ("entry", "what", "verdict"),
    [
        ("at = [0, 0]\ntype = 'centre'", "type", "impossible"),
        ("at = [0, 0]\ntype = 'not an equilibrium'", "type", "impossible"),
        ("at = [0, 0]\ntype = 'ESS'", "type", "undecidable"),
        ("at = [0, 0]\neigenvalues = { x = '0.5i' }", "eigenvalue x", "impossible"),
        ("at = [0, 0]\neigenvalues = ['a', 'b', 'c']", "eigenvalues", "impossible"),
        ("at = [0, 0]\nsigns = ['+', '+', '-']", "signs", "impossible"),
        ("at = [0, 0]\nstable_if = 'a > b'", "stable if", "undecidable"),
        ("at = 'interior'\ntype = 'ESS'", "type", "impossible"),
        ("at = [0.3, 0.3]\ntype = 'sink'", "type", "impossible"),
        ("at = [0, 0.3]\ntype = 'asymptotically stable'", "type", "impossible"),
        ("at = [0, 0.3]\ntype = 'saddle'", "type", "undecidable"),
        ("at = 'interior'\ntype = 'centre'", "type", "undecidable"),
        ("at = 'interior'\ntrace = '-'", "trace", "impossible"),
        ("at = 'interior'\ntrace = 0.00", "trace", "confirmed"),
        ("at = 'interior'\neigenvalues = [0.5, -0.3]", "sum of eigenvalues", "impossible"),
        ("at = 'interior'\neigenvalues = ['±0.5i']", "sum of eigenvalues", "confirmed"),
        ("at = 'interior'\nsigns = ['-', '-']", "signs", "impossible"),
        ("at = 'interior'\nsigns = ['+', '-']", "signs", "undecidable"),
        ("at = [0.5, 1.5]", "rest point", "impossible"),
        ("at = 'interior'\nexists = 'a > b'", "exists if", "undecidable"),
    ],
)
def test_single_claims_without_payoffs(folder: Path, entry: str, what: str, verdict: str) -> None:
    assert cell(f"[[points]]\nname = 'P'\n{entry}\n", folder, what, BARE).verdict == verdict


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        ("{ at = [0, 0], type = 'ESS' }, { at = [1, 0], type = 'ESS' }", "impossible"),
        ("{ at = [0, 0], type = 'ESS' }, { at = [1, 1], type = 'ESS' }", "confirmed"),
        ("{ at = [0, 0], signs = { x = '+' } }, { at = [1, 0], signs = { x = '+' } }", "impossible"),
        ("{ at = [0, 0], signs = { x = '+' } }, { at = [1, 0], signs = { y = '+' } }", "confirmed"),
        (
            "{ at = [0, 0], determinant = '+', trace = '-' }, { at = [1, 0], determinant = '+', trace = '-' }",
            "impossible",
        ),
        ("{ at = [0, 0], eigenvalues = [1, 2] }, { at = [0, 1], eigenvalues = [3, 4] }", "impossible"),
        ("{ at = [0, 0], type = 'ESS', values = { a = 1 } }, { at = [1, 0], type = 'ESS', values = { a = 2 } }", ""),
    ],
)
def test_vertices_together_without_payoffs(folder: Path, points: str, verdict: str) -> None:
    found = [c for c in audited(f"points = [{points}]\n", folder, BARE) if c.what == "together"]
    assert [c.verdict for c in found] == ([verdict] if verdict else [])


def test_edges_without_payoffs(folder: Path) -> None:
    text = "points = [{{ at = [0, 0], eigenvalues = {{ x = '{}' }} }}, {{ at = [1, 0], eigenvalues = {{ x = '{}' }} }}]\n"
    wrong = audited(text.format("F - c + E4", "c - F - E3"), folder, BARE)
    (edge,) = [c for c in wrong if c.verdict == "impossible"]
    assert edge.place == "edge (0, 0) to (1, 0)" and "E4 is printed where E3 belongs" in edge.reading
    assert not audited(text.format("F - c + E4", "c - F - E4"), folder, BARE).wrong
    assert not audited(text.format("1.25", "-1.3"), folder, BARE).wrong  # both may round the same number
    assert audited(text.format("1.25", "-1.4"), folder, BARE).wrong


def test_three_populations_without_payoffs(folder: Path) -> None:
    head = BARE.replace('["x", "y"]', '["x", "y", "z"]')
    signs = ", ".join(
        f"{{ at = [{x}, {y}, {z}], signs = {{ x = '{'+' if x == 0 else '-'}' }} }}"
        for x, y, z in product((0, 1), repeat=3)
    )
    text = f"points = [{signs}, {{ at = 'interior', type = 'saddle' }}]\n"
    found = {c.what: c.verdict for c in audited(text, folder, head) if "interior" in c.place}
    assert found == {"rest point": "impossible", "type": "impossible"}
    free = {c.what: c.verdict for c in audited("points = [{ at = 'interior', type = 'saddle' }]\n", folder, head)}
    assert free == {"rest point": "undecidable", "type": "undecidable"}


def test_trajectories_and_effects_need_payoffs(folder: Path) -> None:
    text = "[[outcomes]]\ninitial = [0.5, 0.5]\nends = 'cycling'\n[[effects]]\nparameter = 'a'\nclaim = 'matters'\n"
    assert [c.verdict for c in audited(text, folder, BARE)] == ["undecidable", "undecidable"]
