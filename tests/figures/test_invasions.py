"""Invasion diagrams show who takes over from whom, against closed forms for fixation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from coopgame import (
    MatrixGame,
    NormalFormGame,
    StateError,
    UnsupportedError,
    fermi_imitation,
    find_small_mutation_law,
    finite_population,
)
from coopgame.figures import draw_invasions
from coopgame.finite.small_mutation import SmallMutationLaw


def nodes(ax: Axes) -> dict[str, Circle]:
    return {str(c.get_gid()).removeprefix("state-"): c for c in ax.patches if isinstance(c, Circle)}


def arrows(ax: Axes) -> dict[str, FancyArrowPatch]:
    return {str(a.get_gid()): a for a in ax.patches if isinstance(a, FancyArrowPatch)}


def numbers(ax: Axes) -> dict[str, str]:
    found = {str(text.get_gid()): text.get_text() for text in ax.texts}
    return {gid.removeprefix("number-"): text for gid, text in found.items() if gid.startswith("number-")}


def names(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if not str(text.get_gid()).startswith("number-")]


def law_of(payoffs: list[list[int]], size: int, strategies: list[str] | None = None) -> SmallMutationLaw:
    return find_small_mutation_law(finite_population(MatrixGame(payoffs, strategies), fermi_imitation("1/10"), size))


def fermi_fixation(own: tuple[float, float, float, float], size: int, intensity: float = 0.1) -> float:
    """Return the closed form for a mutant in a game (mutant-mutant, mutant-resident, resident-mutant, resident-resident)."""
    a, b, c, d = own
    total, exponent = 1.0, 0.0
    for k in range(1, size):
        mutant = ((k - 1) * a + (size - k) * b) / (size - 1)
        resident = (k * c + (size - k - 1) * d) / (size - 1)
        exponent -= intensity * (mutant - resident)
        total += math.exp(exponent)
    return 1 / total


# Always cooperate, always defect, and a strategy that meets cooperators like a cooperator and no other; b = 3, c = 1
DILEMMA = [[2, -1, 2], [3, 0, 0], [2, 0, 2]]


def test_arrows_lead_from_residents_to_favoured_mutants_with_their_multiple_of_the_neutral_chance() -> None:
    ax = draw_invasions(law_of(DILEMMA, 30, ["AllC", "AllD", "TFT"]))
    by_hand = {
        (i, j): 30 * fermi_fixation((DILEMMA[j][j], DILEMMA[j][i], DILEMMA[i][j], DILEMMA[i][i]), 30)
        for i in range(3)
        for j in range(3)
        if i != j
    }
    favoured = {f"{i}-{j}": f"{ratio:.3g}" for (i, j), ratio in by_hand.items() if ratio > 1 + 1e-9}
    assert numbers(ax) == favoured and set(favoured) == {"0-1", "1-2"}
    # between AllC and TFT all payoffs are the same
    assert set(arrows(ax)) == {"favoured-0-1", "favoured-1-2", "neutral-0-2"}
    assert type(arrows(ax)["neutral-0-2"].get_arrowstyle()).__name__ == "Curve"
    assert type(arrows(ax)["favoured-0-1"].get_arrowstyle()).__name__ == "CurveFilledB"
    assert arrows(ax)["neutral-0-2"].get_linestyle() != arrows(ax)["favoured-0-1"].get_linestyle()
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["favoured mutant, times neutral", "neutral"]


def test_an_arrow_starts_at_the_resident_and_ends_at_the_mutant() -> None:
    ax = draw_invasions(law_of(DILEMMA, 30, ["AllC", "AllD", "TFT"]))
    # the path in the coordinates of the axes
    arrow = arrows(ax)["favoured-0-1"]
    path = ax.transData.inverted().transform(arrow.get_path().transformed(arrow.get_transform()).vertices)
    start, centres = path[0], {name: np.array(c.center) for name, c in nodes(ax).items()}
    at_tail = {name: np.hypot(*(start - place)) for name, place in centres.items()}
    assert min(at_tail, key=lambda name: at_tail[name]) == "AllC"
    tip = min(np.hypot(*(vertex - centres["AllD"])) for vertex in path)
    assert tip < 0.3 and tip > nodes(ax)["AllD"].radius


def test_the_area_of_a_state_is_its_share_of_time_which_is_written_below_its_name() -> None:
    law = law_of(DILEMMA, 30, ["AllC", "AllD", "TFT"])
    ax = draw_invasions(law)
    areas = np.array([nodes(ax)[name].radius ** 2 for name in law.labels])
    np.testing.assert_allclose(areas / areas.sum(), law.law)
    assert names(ax) == [f"{name}\n{law.mass(name):.3f}" for name in law.labels]
    angles = [math.degrees(math.atan2(*nodes(ax)[name].center)) % 360 for name in law.labels]
    assert angles == pytest.approx([0, 120, 240])  # clockwise from the top


def test_a_state_that_is_hardly_met_is_small_and_says_so() -> None:
    ax = draw_invasions(law_of([[5, 5], [0, 0]], 100, ["a", "b"]))
    assert names(ax) == ["a\n1.000", "b\n< 0.001"]
    assert 0 < nodes(ax)["b"].radius < nodes(ax)["a"].radius / 4
    assert [tuple(np.round(circle.center, 9)) for circle in nodes(ax).values()] == [(-1, 0), (1, 0)]


def test_two_strategies_that_invade_each_other_have_two_arrows_that_do_not_meet() -> None:
    ax = draw_invasions(law_of([[-1, 2], [0, 1]], 40, ["hawk", "dove"]))
    bent = arrows(ax)
    assert set(bent) == {"favoured-0-1", "favoured-1-0"}
    middles = []
    for arrow in bent.values():
        vertices = ax.transData.inverted().transform(arrow.get_path().transformed(arrow.get_transform()).vertices)
        middles.append(vertices[np.argmin(np.abs(vertices[:, 0]))][1])
    assert middles[0] * middles[1] < 0
    # each number stands on its own side
    sides = {text.get_gid(): text.get_position()[1] for text in ax.texts if "number" in str(text.get_gid())}
    for (gid, height), middle in zip(
        sorted(sides.items()), [m for _, m in sorted(zip(bent, middles, strict=True))], strict=True
    ):
        assert height * middle > 0, gid


def test_neutral_games_have_dashed_lines_alone() -> None:
    ax = draw_invasions(law_of([[0] * 4] * 4, 10))
    assert set(arrows(ax)) == {f"neutral-{i}-{j}" for i in range(4) for j in range(i + 1, 4)}
    assert not numbers(ax)


def test_profiles_of_two_populations_are_the_states_and_each_arrow_uses_the_size_of_its_own_population() -> None:
    game = NormalFormGame.from_bimatrix(
        [[3, 0], [0, 1]], [[2, 0], [0, 1]], {"platform": ["open", "own"], "firms": ["open", "own"]}
    )
    law = find_small_mutation_law(finite_population(game, fermi_imitation("1/10"), {"platform": 20, "firms": 40}))
    ax = draw_invasions(law)
    assert list(nodes(ax)) == ["open, open", "open, own", "own, open", "own, own"]

    def ratio(advantage: float, size: int) -> str:
        step = math.exp(-0.1 * advantage)
        return f"{size * (1 - step) / (1 - step**size):.3g}"

    # the payoff of one population depends on what the other plays, which is constant while a mutant rises
    assert numbers(ax) == {
        "2-0": ratio(3, 20),
        "1-3": ratio(1, 20),
        "1-0": ratio(2, 40),
        "2-3": ratio(1, 40),
    }
    order = sorted(nodes(ax), key=lambda name: math.atan2(*nodes(ax)[name].center) % (2 * math.pi))
    for one, other in pairwise([*order, order[0]]):
        assert sum(a != b for a, b in zip(one.split(", "), other.split(", "), strict=True)) == 1


def test_the_strongest_arrows_carry_numbers() -> None:
    payoffs = np.random.default_rng(1).integers(-3, 5, (16, 16)).tolist()
    law = law_of(payoffs, 50)
    ax = draw_invasions(law, numbered=5)
    strongest = [f"{transition.times_neutral:.3g}" for transition in law.strong_transitions()[:5]]
    assert sorted(numbers(ax).values()) == sorted(strongest)
    assert sum(gid.startswith("favoured") for gid in arrows(ax)) == len(law.strong_transitions())
    circles = list(nodes(ax).values())
    for i, one in enumerate(circles):
        for other in circles[:i]:
            assert np.hypot(*np.subtract(one.center, other.center)) > one.radius + other.radius


def test_numbers_do_not_stand_on_each_other() -> None:
    game = NormalFormGame(np.random.default_rng(0).integers(0, 9, (3, 2, 2, 2)).tolist())
    ax = draw_invasions(find_small_mutation_law(finite_population(game, fermi_imitation("1/10"), 30)))
    spots = [np.array(text.get_position()) for text in ax.texts if str(text.get_gid()).startswith("number-")]
    assert len(spots) == len(numbers(ax)) == 12
    assert min(np.hypot(*(one - other)) for i, one in enumerate(spots) for other in spots[:i]) >= 0.13


def test_one_point_of_an_array_of_parameters_is_drawn() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"], parameters={"b": 3, "c": 1})
    law = find_small_mutation_law(finite_population(game, fermi_imitation("1/10"), 20), {"c": [0, 1]})
    ax = draw_invasions(law, point=1)
    assert names(ax) == [f"C\n{law.mass('C')[1]:.3f}", f"D\n{law.mass('D')[1]:.3f}"]
    for point, said in ((None, "which of the 2 points"), (2, "no point 2"), (-3, "no point -3")):
        with pytest.raises(StateError, match=said):
            draw_invasions(law, point=point)
    with pytest.raises(StateError, match="leave out point"):
        draw_invasions(law_of(DILEMMA, 5), point=0)


def test_too_many_states_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="up to 40 states"):
        draw_invasions(law_of([[0] * 41] * 41, 5))


def test_chinese_words(chinese_font: str) -> None:
    ax = draw_invasions(law_of(DILEMMA, 30), language="zh")
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_texts()[1].get_text() == "中性"
    assert chinese_font in legend.get_texts()[1].get_fontfamily()
