"""Published tables audited from files alone: misprints, points that cannot be stable, sweeps without effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import Audit, AuditCell, audit

FOLDER = Path(__file__).parent / "audits"


def audited(name: str) -> Audit:
    """The audit of a file."""
    return audit(FOLDER / f"{name}.toml")


def found(cells: Audit | tuple[AuditCell, ...]) -> dict[tuple[str, str], str]:
    """Verdicts by place and claim."""
    return {(cell.place, cell.what): cell.verdict for cell in cells}


@pytest.fixture(scope="module")
def group_buying() -> Audit:
    return audited("F1-06a")


def test_a_correct_table_is_confirmed_whole() -> None:
    """Jiang and Ma (2026), digital sharing of public resources: stable states, saddle and ends as recomputed."""
    result = audited("F1-04")
    assert set(found(result).values()) == {"confirmed"}
    assert len(result) == 21
    assert result.remarks == ()


def test_two_misprints_are_found_and_read() -> None:
    """Scientific Reports 14, 23875 (2024), doi 10.1038/s41598-024-74158-1, table 2: 1 stands for E4 in two cells."""
    result = audited("F1-02")
    assert len(result) == 24
    assert found(result.wrong) == {
        ("point 010", "eigenvalue c"): "differs",
        ("point 011", "eigenvalue c"): "differs",
    }
    assert [cell.reading for cell in result.wrong] == [
        "-1 is printed where -E4 belongs",
        "1 is printed where E4 belongs",
    ]
    assert {cell.known for cell in result} == {"exact"}


def test_a_mixed_equilibrium_of_four_parties_is_unstable() -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: (1/3, 2/3, 0, 0) has an eigenvalue 1/3."""
    result = audited("F1-05a")
    assert found(result) == {
        ("mixed equilibrium, point E*", "rest point"): "confirmed",
        ("mixed equilibrium, point E*", "type"): "impossible",
    }
    (cell,) = result.wrong
    assert cell.ours == "non-hyperbolic, unstable"
    assert "1.33333i, -1.33333i, 1/3, 0" in cell.because


def test_sweeps_of_idle_parameters_are_told(group_buying: Audit) -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: figures vary p and w, which are in no equation."""
    assert found(group_buying.wrong) == {("parameter p", "effect"): "differs", ("parameter w", "effect"): "differs"}
    assert found(group_buying)["parameter M", "effect"] == "confirmed"
    told = {remark.place: remark.text for remark in group_buying.remarks}
    assert "varied (0.5, 5, 10, 20) without any effect" in told["parameter p"]
    assert "varied (0.1, 3, 10, 20) without any effect" in told["parameter w"]
    assert "parameter M" not in told and "parameter K1" not in told


def test_a_panel_at_a_knife_edge_is_told(group_buying: Audit) -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: M = 10 makes L - C + M = 0."""
    (remark,) = [remark for remark in group_buying.remarks if "M = 10" in remark.place]
    assert "C = L + M" in remark.text
    assert "x = 1 and y = 0" in remark.text
    assert not [r for r in group_buying.remarks if "M = 5" in r.place or "K1 = 20" in r.place]


def test_corners_on_a_line_of_rest_points_are_no_ess() -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: (1, 1) at d = -10 and (0, 0) at d = 30."""
    result = audited("F1-09a")
    assert found(result.wrong) == {
        ("d = -10, point (1, 1)", "type"): "differs",
        ("d = 30, point (0, 0)", "type"): "differs",
    }
    first, second = result.wrong
    assert "line of rest points x = 1" in first.because
    assert "line of rest points x = 0" in second.because
    assert [remark.place for remark in result.remarks] == ["d = -10, (0, 0)", "d = 30, (0, 0)"]
    assert result.counts["undecidable"] == 0


def test_a_table_of_types_without_payoffs() -> None:
    """Complexity 2021, 8956704, doi 10.1155/2021/8956704, table 6: central points that are none, and an impossible case."""
    result = audited("F1-13")
    verdicts = found(result)
    assert [verdicts[f"case {n}", "together"] for n in (1, 2, 3, 4)] == [
        "confirmed",
        "confirmed",
        "impossible",
        "confirmed",
    ]
    for case in ("case 1", "case 4"):
        assert verdicts[f"{case}, point interior", "rest point"] == "impossible"
        assert verdicts[f"{case}, point interior", "type"] == "impossible"
    assert verdicts["case 2, point interior", "rest point"] == "confirmed"
    assert verdicts["case 2, point interior", "determinant"] == "confirmed"
    assert verdicts["case 2, point interior", "type"] == "impossible"
    ours = {(cell.place, cell.what): cell.ours for cell in result}
    assert ours["case 2, point interior", "type"] == "a saddle"
    assert ours["case 1, point interior", "type"] == "no such rest point"
    (third,) = [cell for cell in result if cell.place == "case 3" and cell.what == "together"]
    assert "(0, 1) a source" in third.reading
    types = [cell.verdict for cell in result if cell.what == "type" and "interior" not in cell.place]
    assert types == ["undecidable"] * 16


def test_the_mixed_state_of_an_inspection_game_is_a_centre() -> None:
    """Inspection game after Tsebelis (1989), American Political Science Review 83: the mixed state is no ESS."""
    result = audited("F1-14a")
    verdicts = found(result)
    assert verdicts["point mixed", "type"] == "impossible"
    assert verdicts["outcome 1", "trajectory from x = 0.5, y = 0.5"] == "differs"
    type_cell, path_cell = result.wrong
    assert type_cell.ours == "center, lyapunov"
    assert path_cell.ours.startswith("periodic")
    assert path_cell.known == "numerical"
    assert result.counts["confirmed"] == 3


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_every_cell_says_how_it_is_known(name: str) -> None:
    """The audits of this folder: a decided cell says how, an undecidable one what is missing."""
    for cell in audited(name):
        assert (cell.known == "") == (cell.verdict == "undecidable"), cell
        assert cell.verdict == "confirmed" or cell.because or cell.reading, cell
