"""Axioms of the protocols: the table of Sandholm (2010), and that theory is never contradicted by a sample."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    Law,
    ParameterError,
    Protocol,
    ProtocolError,
    best_response,
    brown_von_neumann_nash,
    excess_payoff,
    fermi_imitation,
    find_axioms,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitative_logit,
    logit,
    maynard_smith,
    mixture,
    pairwise_comparison,
    pairwise_imitation,
    positive_part,
    projection,
    selection_mutation,
    smith,
)

COMPARISON, EXCESS = (
    pairwise_comparison(lambda g: positive_part(g) ** 2),
    excess_payoff(lambda e: positive_part(e) ** 2),
)
# Sandholm (2010), table 5.1 and chapter 6: Nash stationarity, positive correlation, scarcity of data
TABLE: list[tuple[Law, bool, bool, bool | None]] = [
    (pairwise_imitation(), False, True, None),
    (fermi_imitation(2), False, True, None),
    (imitative_logit("1/2"), False, True, False),
    (logit("1/2"), False, False, False),
    (smith(), True, True, True),
    (COMPARISON, True, True, True),
    (brown_von_neumann_nash(), True, True, False),
    (EXCESS, True, True, False),
    (best_response(), True, True, False),
]


@pytest.mark.parametrize(("law", "nash", "correlation", "scarce"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_the_table_of_the_textbook(law: Law, nash: bool, correlation: bool, scarce: bool | None) -> None:
    found = find_axioms(law, samples=600)
    assert found["Nash stationarity"].holds is nash
    assert found["positive correlation"].holds is correlation
    assert found["scarcity of data"].holds is scarce
    assert found["invariance"].holds is True
    imitates = isinstance(law, Protocol) and law.imitative
    assert found["innovation"].holds is not imitates


@pytest.mark.parametrize("law", [maynard_smith(), projection()], ids=str)
def test_update_rules(law: Law) -> None:
    found = find_axioms(law)
    assert found["positive correlation"].holds
    assert found["Nash stationarity"].holds is (law == projection())
    assert [axiom.name for axiom in found][-1] == "innovation"


def test_a_failing_axiom_comes_with_a_state_that_shows_it() -> None:
    failing = find_axioms(pairwise_imitation())["Nash stationarity"]
    payoffs, shares = np.array(failing.payoffs), np.array(failing.shares)
    assert np.abs(pairwise_imitation().change(payoffs, shares)).max() < 1e-10
    assert (payoffs[shares > 0] < payoffs.max()).any()


def test_hybrids_of_imitation_and_comparison_rest_at_nash_equilibria() -> None:
    """Sandholm (2010), section 5.7: no theorem is claimed for the family, and no sample contradicts it."""
    found = find_axioms(mixture({smith(): 1, pairwise_imitation(): 3}), samples=2000)
    assert found["Nash stationarity"].holds is None
    assert found["positive correlation"].holds is None


def test_ones_own_protocol_is_refuted_where_it_fails() -> None:
    drift = Protocol("drift", lambda payoffs, shares: np.ones((*payoffs.shape, payoffs.shape[-1])))
    found = find_axioms(drift)
    assert found["positive correlation"].holds is False
    assert found["invariance"].holds is None
    assert found["innovation"].holds is None
    assert find_axioms(selection_mutation("1/10"))["Nash stationarity"].holds is False


def test_samples_stay_where_an_aspiration_and_a_baseline_are_defined() -> None:
    for law in (imitation_of_the_dissatisfied(6), imitation_of_success(1)):
        found = find_axioms(law, samples=2000)
        assert found["positive correlation"].holds
        assert found["scarcity of data"].holds is None
    with pytest.raises(ProtocolError, match="rate of switching"):
        find_axioms(imitation_of_the_dissatisfied(3))


@pytest.mark.parametrize("law", [imitative_logit(1e6), fermi_imitation(1e-9), fermi_imitation(1e-11)], ids=str)
def test_a_slow_law_is_not_taken_for_one_at_rest(law: Law) -> None:
    """Growth is (F_i - mean) / noise here, up to the square of that: a slow replicator, with the replicator's axioms."""
    found = find_axioms(law)
    assert found["positive correlation"].holds
    assert found["invariance"].holds
    failing = found["Nash stationarity"]
    payoffs, shares = np.array(failing.payoffs), np.array(failing.shares)
    assert np.ptp(payoffs[shares > 0]) == 0


def test_settings_need_values() -> None:
    with pytest.raises(ParameterError, match="eta"):
        find_axioms(logit("eta"))
    assert find_axioms(logit("eta"), {"eta": "1/3"})["innovation"].holds
    assert "<th>" in find_axioms(smith())._repr_html_()
    with pytest.raises(KeyError, match="no axiom"):
        _ = find_axioms(smith())["fairness"]
