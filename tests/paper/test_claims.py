"""The claims of the paper: all there, each verdict re-derived without the studies that gave it."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from coopgame import find_regimes, read_game
from coopgame.algebra.conditions import condition_from_text
from coopgame.report.claims import read_claims
from coopgame.report.repro import VERDICTS, run_claims

FOLDER = Path(__file__).parents[2] / "paper_repro"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> object:
    return run_claims(FOLDER, tmp_path_factory.mktemp("output"))


def test_all_claims_and_facts_are_listed() -> None:
    claims = read_claims(FOLDER)
    assert [claim.id for claim in claims.claims] == [f"C{i:02d}" for i in range(1, 23)]
    assert [fact.id for fact in claims.facts] == [f"F{i:02d}" for i in range(1, 17)]
    for claim in claims.claims:
        assert claim.formal and claim.weakest and claim.zh and claim.models
        assert claim.study and not claim.waits_for


def test_models_cite_facts_that_exist() -> None:
    known = {fact.id for fact in read_claims(FOLDER).facts}
    for model in ("m1", "m3", "m4", "m5"):
        game = read_game(FOLDER / "models" / f"{model}.toml")
        cited = {f for p in game.parameters for f in re.findall(r"\bF\d\d\b", p.source or "")}
        assert cited <= known
        assert all(p.meaning and p.zh and p.value is not None for p in game.parameters)


def test_no_study_failed_and_every_claim_is_judged(report: object) -> None:
    assert report.failures == ()  # type: ignore[attr-defined]
    for outcome in report.outcomes:  # type: ignore[attr-defined]
        assert outcome.claim.study and not outcome.waits_for
        assert outcome.verdict.startswith(VERDICTS)


def random_m1(rng: np.random.Generator) -> dict[str, Fraction]:
    names = ("m", "a", "psi", "k", "phi", "v", "c", "h", "d", "g", "s", "t")
    values = {n: Fraction(int(rng.integers(1, 40)), 20) for n in names}
    return values | {n: Fraction(int(rng.integers(0, 21)), 20) for n in ("psi", "phi")}


def test_m1_regimes_have_the_written_conditions() -> None:
    """Net temptation q against A - v and g + v, evaluated by hand at random points."""
    game = read_game(FOLDER / "models" / "m1.toml")
    regimes = find_regimes(game)
    assert len(regimes) == 4 and regimes.cover
    rng = np.random.default_rng(5)
    for _ in range(300):
        p = random_m1(rng)
        q = p["h"] - p["d"] - p["t"] + p["c"] - p["s"]
        benefit = (1 - p["psi"]) * p["a"] + (1 - p["phi"]) * p["k"]
        low, high = sorted((benefit - p["v"], p["g"] + p["v"]))
        if q in (low, high):
            continue
        if q > high:
            expected: tuple[str, ...] = ("E1",)
        elif q < low:
            expected = ("E2",)
        else:
            expected = ("I1",) if benefit - p["v"] < p["g"] + p["v"] else ("E1", "E2")
        assert regimes.at(p).stable == expected


def test_without_rivalry_only_price_war_dominance_splits() -> None:
    """At v = 0 cooperation pays more than price war in every other regime; both signs occur in that one."""
    rng = np.random.default_rng(6)
    signs = set()
    for _ in range(3000):
        p = random_m1(rng) | {"v": Fraction(0), "c": Fraction(int(rng.integers(1, 200)), 20)}
        q = p["h"] - p["d"] - p["t"] + p["c"] - p["s"]
        benefit = (1 - p["psi"]) * p["a"] + (1 - p["phi"]) * p["k"]
        private = p["a"] + p["k"] + p["g"] + p["h"] - q
        if q > max(benefit, p["g"]):
            signs.add(private > 0)
        else:
            assert private > 0
    assert signs == {True, False}


def test_a_trap_without_policy_is_worth_leaving() -> None:
    """With s = t = 0, price-war dominance with CC > WW implies a + k + d + g > c: add the definition of q."""
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(3000):
        p = random_m1(rng) | {"s": Fraction(0), "t": Fraction(0)}
        q = p["h"] - p["d"] + p["c"]
        if p["a"] + p["k"] + p["g"] + p["h"] - q > 0:
            found += 1
            assert p["a"] + p["k"] + p["d"] + p["g"] > p["c"]
    assert found > 100


def test_policy_never_touches_the_firms_and_the_platform_at_the_lasting_state() -> None:
    """(0,1,1) of M4: the conditions of platform and firms contain no subsidy and no fine."""
    game = read_game(FOLDER / "models" / "m4.toml")
    regimes = find_regimes(game)
    assert regimes.cover and not regimes.undecided
    lasting = {part for r in regimes if r.stable == ("E7",) for part in r.definition.signs()}
    for text in ("N > C_p + rho", "C_s*tau0 + p + d + a + k > h + C_s", "R*omega < C_g + T + S_p + S_s"):
        assert condition_from_text(game.ring, text) in lasting
    for first, second in product(regimes, repeat=2):
        if first is not second:
            assert not second.definition.holds(first.witness or {})


def test_verdicts_of_the_modelled_claims(report: object) -> None:
    expected = {
        "C01": "holds iff psi < 1",
        "C02": "holds iff phi < 1 (M1); in M2 iff k > l",
        "C07": "holds iff h*lam + d + g + p + L_B > h + L_W",
        "C08": (
            "holds iff u_T*kappa + h*lam + d + p + u_T + L_B + j > h + b + r + L_W and u_T*kappa + p + u_T + L_B + j > b + r + L_H + k + y"
        ),
        "C13": "holds iff L_W < L_B and L_H < L_B",
        "C14": (
            "holds iff R*omega < C_g + T + S_p + S_s and N > C_p + rho and C_s*tau0 + p + d + a + k > h + C_s (M4); "
            "in M6 iff delta*b0 + r*b1 > 0"
        ),
        "C19": "holds iff a + k + d + g > c (M1); in M4 iff (0,1,1) is stable; in M6 iff r*b1 + delta*b0 > 0",
        "C15": "holds iff K < n*fee, or f0 and K - n*fee lie inside the fold curve of (n, M)",
        "C12": "holds iff n + mu_p > o + rho and mu_s + d > c + h",
    }
    for claim, verdict in expected.items():
        assert report[claim].verdict == verdict  # type: ignore[index]
