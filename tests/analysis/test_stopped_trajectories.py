"""Trajectories that cannot go on: the words say what happened when, and the part before is kept."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    Environment,
    IntegrationError,
    MatrixGame,
    PopulationGame,
    Protocol,
    ProtocolError,
    StateError,
    UpdateRule,
    integrate,
    mean_dynamic,
    replicator,
)

Array = np.ndarray


def farming(rate: str) -> PopulationGame:
    """A resource that changes at a rate of its own beside a choice that nothing moves."""
    return PopulationGame({"farmers": {"few": "1", "many": "1"}}, environment=[Environment("n", rate)])


@pytest.mark.parametrize(
    ("rate", "start", "time", "border"),
    [("-1/10", 0.5, 5.0, "0"), ("1/4", 0.5, 2.0, "1"), ("1/2 + n", 0.5, np.log(1.5), "1")],
)
def test_an_environment_that_leaves_its_range(rate: str, start: float, time: float, border: str) -> None:
    with pytest.raises(IntegrationError, match=f"n reaches {border} at t = {time:.6g}.*factor") as caught:
        integrate(farming(rate), {"farmers": [0.5, 0.5], "n": start}, t_end=50)
    partial = caught.value.partial
    assert partial is not None
    assert partial.times[-1] == pytest.approx(time, abs=1e-7)
    assert partial.coordinate("n")[-1] == pytest.approx(float(border), abs=1e-7)
    if rate != "1/2 + n":
        assert partial.at(time / 2)[2] == pytest.approx((start + float(border)) / 2, abs=1e-8)


def test_an_environment_may_rest_at_its_border() -> None:
    """dn/dt = 1 - n: it comes near the border, and the solution goes on."""
    path = integrate(farming("1 - n"), {"farmers": [0.5, 0.5], "n": 0.25}, t_end=60)
    assert path.coordinate("n")[-1] == pytest.approx(1, abs=1e-9)


def test_a_rule_that_pushes_shares_below_nothing() -> None:
    rule = UpdateRule("drain", lambda payoffs, shares: np.array([-0.1, 0.1]) + 0 * shares)
    with pytest.raises(IntegrationError, match=r"player\.1 reaches 0 at t = 3") as caught:
        integrate(mean_dynamic(MatrixGame([[0, 0], [0, 0]], population="player"), rule), [0.3, 0.7])
    assert caught.value.partial is not None and caught.value.partial.final[0] == pytest.approx(0, abs=1e-6)


def test_payoffs_that_become_no_number_on_the_way() -> None:
    """sqrt(x - 1/5) while x falls from 1/2 towards 0."""
    game = PopulationGame({"firms": {"a": "sqrt(firms.a - 1/5)", "b": "2"}})
    with pytest.raises(IntegrationError, match="kept in `partial`") as caught:
        integrate(game, [0.5, 0.5])
    partial = caught.value.partial
    assert partial is not None and 0.2 <= partial.final[0] < 0.3


def test_a_protocol_whose_rates_become_negative_on_the_way() -> None:
    """From the second strategy to the first at the rate x - 1/10, while x falls below 1/10."""

    def rates(payoffs: Array, shares: Array) -> Array:
        return np.array([[0.0, 1.0], [shares[0] - 0.1, 0.0]])

    field = mean_dynamic(MatrixGame([[0, 0], [0, 0]], population="player"), Protocol("odd", rates))
    with pytest.raises(
        IntegrationError, match=r"odd: the rate from strategy 2 to strategy 1 is -.*at least 0.*kept"
    ) as caught:
        integrate(field, [0.5, 0.5])
    assert isinstance(caught.value.__cause__, ProtocolError)
    assert caught.value.partial is not None and 0.1 <= caught.value.partial.final[0] < 0.2


@pytest.mark.parametrize("state", [[0.5, 0.5, 0.0], [[0.5, 0.5], [0.5, 0.5]], {"x": [0.5, 0.2]}])
def test_states_of_the_wrong_dimension(state: object) -> None:
    with pytest.raises(StateError, match=r"share|start"):
        integrate(replicator(MatrixGame([[0, 1], [1, 0]], symbol="x")), state)
