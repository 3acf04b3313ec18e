"""Studies of M7: firms choose a city and a conduct; routes, congestion and links between cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from scipy.special import lambertw

from coopgame import (
    Branch,
    PopulationGame,
    Prover,
    VectorField,
    find_branch,
    find_regimes,
    find_rest_points,
    integrate,
    logit,
    mean_dynamic,
    parse_expression,
)
from coopgame.report.repro import ClaimResult, StudyContext

from .common import condition, proved, sentence, share_sentence, witness_values

EMPTIED = 0.01
NEUTRAL = {"CC": 1, "WC": 1, "CW": "0.5", "WW": "0.5"}
BOX = {"k": (0.0, 4.0), "beta": (0.0, 4.0), "sigma": (0.0, 1.0), "eta": (0.0, 0.5)}
M6_BOX = dict.fromkeys(["a0", "a1", "k0", "k1", "psi", "phi", "h0", "h1", "c", "d", "g", "r", "delta"], (0.0, 1.0))


def cities(names: Sequence[str], values: dict[str, Any] | None = None) -> PopulationGame:
    """Return the model for any number of cities; strategies are the name of a city with C or W."""
    size = {i: f"(firms.{i}C + firms.{i}W)" for i in names}
    payoffs = {}
    for i in names:
        links = "".join(f" + sigma_{i}{j}*{size[j]}" for j in names if j != i)
        common = f"gamma*firms.{i}C + rho_{i}*(1 + omega*firms.{i}C)*{size[i]} - beta*{size[i]}**2{links}"
        for conduct in "CW":
            met = f"firms.{i}C*{conduct}C + firms.{i}W*{conduct}W"
            payoffs[f"{i}{conduct}"] = f"A_{i} + {met} + {common}"
    own = [f"{kind}_{i}" for kind in ("A", "rho") for i in names]
    pairs = [f"sigma_{i}{j}" for i in names for j in names if i != j]
    shared = ["CC", "CW", "WC", "WW", "gamma", "omega", "beta", "eta"]
    parameters = {name: (values or {}).get(name) for name in (*shared, *own, *pairs)}
    return PopulationGame({"firms": payoffs}, parameters=parameters)


def tipping_point(rho: float, benefit: float, advantage: float, noise: float) -> tuple[float, float] | None:
    """Return share and rho_1 at which city 1 of two is lost as a core, None where no tipping is possible.

    Both conducts earn the same, omega = 0. rho: of city 2. benefit: (CC + CW + gamma)/2 - beta - (sigma_12 + sigma_21)/2. advantage:
    A_1 - A_2 + (sigma_12 - sigma_21)/2. By hand: rho_1 = eta*(1 + 1/y + log y) - advantage - benefit with y = s_1/s_2 is least on the branch
    where 1/y = log y + (rho + benefit - advantage)/eta - 1 fails to grow; y solves y - log y = L.
    """
    level = (rho + benefit - advantage) / noise - 1
    if level < 1:
        return None
    odds = float(-lambertw(-np.exp(-level), -1).real)
    return odds / (1 + odds), noise * (1 + 1 / odds + np.log(odds)) - advantage - benefit


# C03


def markets(context: StudyContext) -> ClaimResult:
    """Judge C03: diversification is the inverse Herfindahl index of the markets that the routes reach."""
    del context
    volumes = [f"v{d}" for d in range(1, 5)]
    game = PopulationGame.from_advantages(
        {"x": "v1 + v2 + v3 + v4 + w"},
        parameters={**dict.fromkeys(volumes, ">= 0"), "w": "> 0"},
        assumptions=["v1 + v2 + v3 + v4 > 0"],
    )
    total, squares = " + ".join(volumes), " + ".join(f"{v}**2" for v in volumes)
    after = f"({squares} + 2*w*v1 + w**2)"
    more = condition(game, f"({total} + w)**2*({squares}) - ({total})**2*{after} > 0")
    rule = condition(game, f"2*({total})*(({squares}) - ({total})*v1) > w*(({total})**2 - ({squares}))")
    prover = Prover(game.assumptions)
    assert _same(
        f"({total} + w)**2*({squares}) - ({total})**2*{after}",
        f"w*(2*({total})*(({squares}) - ({total})*v1) - w*(({total})**2 - ({squares})))",
    )
    for wanted, given in ((more, rule), (rule, more)):
        assert proved(prover, wanted, given).status == "empty"
    assert _same("(p*a + (1 - p)*b)**2", "p*a**2 + (1 - p)*b**2 - p*(1 - p)*(a - b)**2")
    busiest = prover.decide(
        condition(game, f"v1 >= v2 and v1 >= v3 and v1 >= v4 and (({squares}) - ({total})*v1) > 0")
    )
    large = prover.decide(condition(game, f"v1 <= 0 and 2*({total})*({squares}) < w*(({total})**2 - ({squares}))"))
    return ClaimResult(
        verdict="holds iff 2*V*(Q - V*v) > w*(V**2 - Q)",
        detail="V: volume over all routes, Q: sum of the squares of the markets' volumes, v: what the market has that the new route of volume w "
        "reaches. A route diversifies iff its market has less than the Herfindahl share Q/V and the route is not so large that it becomes "
        "the new concentration. Sharing diversifies in the mean: the Herfindahl index of a pool of channels is at most the weighted mean of its "
        "members', so a member with few markets gains and the most diversified one may lose. The number of markets reached never falls.",
        evidence=[
            "M7, exact identity for four markets: the index rises iff 2*V*(Q - V*v) > w*(V**2 - Q); the two conditions imply each other (proved).",
            sentence("M7: a further route to the market that is served most makes the index rise", busiest),
            sentence("M7: a route to a market never served before makes the index fall, because it is large", large),
            "M7, exact identity: with p the weight of one member, each market's share in the pool satisfies (p*a + (1 - p)*b)**2 = p*a**2 + "
            "(1 - p)*b**2 - p*(1 - p)*(a - b)**2; summed over markets the pool is less concentrated than its members in the mean, strictly unless "
            "they serve the same markets in the same proportions.",
            "The paper reports a country count (F08) and a growth rate for one region (F11), not volumes by market, so on which side of the "
            "condition Xiamen's new routes lie is not known. In M1 there are no markets.",
        ],
    )


# C09


def completeness(context: StudyContext) -> ClaimResult:
    """Judge C09 on the branch of logit rest points followed from today's state as Xiamen's routes lose value."""
    dynamics, today = _today(context)
    down = _branch(context, "rho_X", 0)
    fold = down.folds[0]
    beyond = integrate(dynamics, today, {"rho_X": f"{fold.value - 0.005:.6f}"}, t_end=3000).final
    back = find_branch(dynamics, beyond, "rho_X", {"rho_X": f"{fold.value - 0.005:.6f}"}, to=2)
    returns = back.folds[0] if back.folds else None
    assert _closed_form_error(context) < 1e-9
    again = (
        f"To win the firms back the routes must be worth more than rho_X = {returns.value:.6f}, not {fold.value:.6f}: hysteresis."
        if returns
        else "No value of the routes up to rho_X = 2, that of Shenzhen's, brings the firms back by itself."
    )
    text = (
        "2*eta < rho_2 + (CC + CW + gamma)/2 - beta - (sigma_12 + sigma_21)/2 - (A_1 - A_2 + (sigma_12 - sigma_21)/2)"
    )
    return ClaimResult(
        verdict=f"holds iff {text} (two cities, conduct neutral); with conduct and three cities numerical",
        detail="In two cities fewer routes always move firms away from a stable state (conduct neutral), but their number collapses only where agglomeration is strong beside the "
        "noise of choice: then the branch folds and the city is emptied at one stroke, and does not fill again when the routes come back. "
        f"At the default values Xiamen, at a fifth of Shenzhen (F16: trade volumes, a proxy for firms), shrinks from {_size(today, 0):.3f} to "
        f"{_size(fold.state, 0):.3f} of all firms as rho_X falls from 1.3 to {fold.value:.4f}, and then loses nearly all of them.",
        evidence=[
            f"M7, numerical: fold at rho_X = {fold.value:.10f} on the branch from today's state; below it Xiamen keeps {_size(beyond, 0):.4f} of all "
            f"firms, {'below' if _size(beyond, 0) < EMPTIED else 'above'} the level {EMPTIED:g} that counts as emptied.",
            f"M7, numerical: the cooperators' part of the firms in Xiamen is {_conduct(today):.3f} today, {_conduct(fold.state):.3f} at the fold and "
            f"{_conduct(beyond):.3f} after it. {again}",
            "M7, by hand for two cities in which both conducts earn the same (omega = 0): with y = s_1/s_2 the fold is at y - log(y) = "
            "(rho_2 + c - a)/eta - 1 > 1, rho_1 = eta*(1 + 1/y + log(y)) - a - c, where c = (CC + CW + gamma)/2 - beta - (sigma_12 + sigma_21)/2 and "
            "a = A_1 - A_2 + (sigma_12 - sigma_21)/2. Numerical branches agree in 20 drawn cases, share and value to 1e-9.",
            *_falling_shares(context),
        ],
        figures={"m7_routes": _figure(context, (down, _branch(context, "rho_X", 2), back), ("firms.XC", "firms.XW"))},
        captions={
            "m7_routes": "M7: Xiamen's share of firms as the value of its routes changes; today's branch folds"
        },
    )


def _falling_shares(context: StudyContext) -> list[str]:
    """Say how often the branch from a state like today's folds, over values drawn around the defaults."""
    game = context.game("m7")
    dynamics, _ = _today(context)
    rng = context.rng("m7", "folds")
    folds = drawn = 0
    while drawn < 40:
        values = {name: f"{float(value) * rng.uniform(0.8, 1.25):.6f}" for name, value in game.values({}).items()}
        path = integrate(dynamics, dict(game.initial), values, t_end=400)
        if not 0.03 < _size(path.final, 0) < _size(path.final, 1):
            continue
        drawn += 1
        context.progress(f"M7: branches from drawn states, {drawn} of 40")
        folds += bool(find_branch(dynamics, path.final, "rho_X", values, to=0).folds)
    return [
        f"M7, numerical: with all parameters drawn from 80 % to 125 % of their defaults, kept where Xiamen holds more than 3 % and less than Shenzhen, "
        f"the branch folds in {folds} of {drawn} cases; in the others Xiamen shrinks without a jump."
    ]


def _closed_form_error(context: StudyContext) -> float:
    """Return the largest difference between folds in closed form and on numerical branches."""
    rng = context.rng("m7", "closed form")
    dynamics = mean_dynamic(cities("XS"), logit("eta"))
    worst, found = 0.0, 0
    while found < 20:
        drawn = {
            n: round(float(rng.uniform(0, 1)), 3) for n in ("A_X", "A_S", "gamma", "beta", "sigma_XS", "sigma_SX")
        }
        drawn |= {"rho_S": round(float(rng.uniform(1, 2)), 3), "eta": round(float(rng.uniform(0.06, 0.2)), 3)}
        values = {**NEUTRAL, **drawn, "omega": 0}
        benefit = (1.5 + drawn["gamma"]) / 2 - drawn["beta"] - (drawn["sigma_XS"] + drawn["sigma_SX"]) / 2
        advantage = drawn["A_X"] - drawn["A_S"] + (drawn["sigma_XS"] - drawn["sigma_SX"]) / 2
        known = tipping_point(drawn["rho_S"], benefit, advantage, drawn["eta"])
        if known is None or known[0] > 0.999:
            continue
        share, rho = known
        above = {**values, "rho_X": f"{rho + 0.2:.6f}"}
        core = integrate(dynamics, [0.4999, 0.4999, 0.0001, 0.0001], above, t_end=500).final
        fold = find_branch(dynamics, core, "rho_X", above, to=-6).folds[0]
        worst, found = max(worst, abs(fold.value - rho), abs(_size(fold.state, 0) - share)), found + 1
    return worst


# C17


def network(context: StudyContext) -> ClaimResult:
    """Judge the part of C17 without networks: links between cities, at given places and with firms that move."""
    game = context.game("m7")
    for city, first in (("X", 0), ("S", 2), ("N", 4)):
        gap = game.expected_payoff(0, first) - game.expected_payoff(0, first + 1)
        local = {f"firms.{city}C", f"firms.{city}W", "CC", "CW", "WC", "WW"}
        assert {s.name for s in gap.expand().free_symbols} == local
    total = sum(game.share(0, s) * game.expected_payoff(0, s) for s in range(6))
    gain = sympy.diff(total, sympy.Symbol("sigma_XS")) - sum(game.share(0, s) for s in (0, 1)) * sum(
        game.share(0, s) for s in (2, 3)
    )
    assert gain.expand() == 0
    rows = [_link(context, name) for name in ("sigma_XS", "sigma_SX", "sigma_XN", "sigma_NX", "sigma_SN", "sigma_NS")]
    weaker, strong = _links_of_two()
    return ClaimResult(
        verdict="depends on the model: holds at given places of firms; where firms move, links can lower what they earn in total",
        detail="Every link raises total payoff while firms stay where they are. But links favour dispersion: where a core has just formed, congestion "
        "small beside noise, stronger links pull firms out of the core and total payoff falls. Links do not enlarge the regimes of cooperation "
        "inside a city: there the advantage of cooperating depends on local encounters alone. The network part waits for M8.",
        evidence=[
            "M7, exact: what C earns more than W in a city, x_C*(CC - WC) + x_W*(CW - WW), contains no sigma, rho, gamma or beta.",
            "M7, exact: at given shares the derivative of mean payoff by sigma_ij is s_i*s_j >= 0.",
            f"M7, numerical, two equal cities beyond the break with conduct neutral: mean payoff on the core's branch changes with sigma at rate {weaker:.3f} "
            f"where 3*(beta - rho*omega/2) < 8*eta and {strong:.3f} where it is larger; by hand the rate at the break is 3*(beta - rho*omega/2)/(8*eta) - 1.",
            "M7, numerical: what each link does at the default values is in the table of links. When Shenzhen gains more from what is done in Xiamen "
            "(sigma_SX), firms leave Xiamen and mean payoff falls; when Xiamen gains more from Shenzhen (sigma_XS) both rise.",
        ],
        tables={"m7_links": rows},
        captions={"m7_links": "M7: each link raised by 0.05 at the default values, followed from today's state"},
    )


def _link(context: StudyContext, name: str) -> dict[str, str]:
    dynamics, today = _today(context)
    game = context.game("m7")
    raised = {name: f"{float(game.values({})[name]) + 0.05:.6f}"}
    after = integrate(dynamics, today, raised, t_end=2000).final
    before_pay, after_pay = _mean_payoff(dynamics, today, {}), _mean_payoff(dynamics, after, raised)
    return {
        "link": name,
        **{
            f"s_{c}": f"{_size(after, i):.4f} ({_size(after, i) - _size(today, i):+.4f})" for i, c in enumerate("XSN")
        },
        "mean payoff": f"{after_pay:.4f} ({after_pay - before_pay:+.4f})",
        "known": "numerical",
    }


def _links_of_two() -> tuple[float, float]:
    """Return the rate at which mean payoff changes with both links just beyond the break, little and much congestion."""
    dynamics = mean_dynamic(cities("XS"), logit("eta"))
    rates = []
    for congestion in (0.3, 0.8):
        noise, link = 0.2, 0.2
        rho = congestion + link + 2 * noise + 0.01 - 0.75
        values = {
            **NEUTRAL,
            "A_X": 0,
            "A_S": 0,
            "gamma": 0,
            "omega": 0,
            "beta": congestion,
            "eta": noise,
            "rho_X": rho,
            "rho_S": rho,
        }
        pay = []
        for sigma in (link - 1e-4, link + 1e-4):
            both = {**values, "sigma_XS": sigma, "sigma_SX": sigma}
            final = integrate(dynamics, [0.3, 0.3, 0.2, 0.2], both, t_end=20_000).final
            pay.append(_mean_payoff(dynamics, final, both))
        rates.append((pay[1] - pay[0]) / 2e-4)
    return rates[0], rates[1]


# C21


def copying(context: StudyContext) -> ClaimResult:
    """Judge C21: whether what made one city a core can be repeated in another, and in how much of the box."""
    pair = PopulationGame.from_advantages(
        {"x": "(k - beta - sigma)*(2*x - 1)"}, parameters=dict.fromkeys(("k", "beta", "sigma", "eta"), "> 0")
    )
    regimes = find_regimes(pair)
    assert regimes.cover and all(len({"E1", "E2", "I1"} & set(r.stable)) in (1, 2) for r in regimes)
    both = [r for r in regimes if "I1" in r.stable and len(r.stable) > 1]
    assert not both
    core = condition(pair, "k - beta - sigma > 2*eta")
    ecosystem = context.game("m6_renewal").substitute({"s": 0, "t": 0, "u": 0, "v": 0})
    lasting = find_rest_points(ecosystem).at(x=1, e="r/(r + delta)").stable_if
    witness = witness_values(Prover(pair.assumptions).decide(core))
    copied = _branch(context, "rho_N", 3)
    fold = copied.folds[0] if copied.folds else None
    dynamics, today = _today(context)
    leader = float(context.game("m7").values({})["rho_S"])
    works = fold is not None and fold.value < leader
    reached = _size(integrate(dynamics, today, {"rho_N": f"{leader:g}"}, t_end=5000).final, 2)
    outcome = f"at the leader's {leader:g} it holds {reached:.4f} of all firms; " + (
        f"the branch folds at rho_N = {fold.value:.6f}, {'below' if works else 'above'} the leader's {leader:g}"
        if fold
        else "the branch does not fold up to rho_N = 3"
    )
    return ClaimResult(
        verdict="holds iff k < beta + sigma + 2*eta (two equal cities, M7); system advantage iff r*b1 + delta*b0 > 0 (M6)",
        detail="k = (CC + CW + gamma)/2 + rho is what agglomeration brings. Two equal cities both last iff k is below congestion, links and noise together; "
        "above that the advantage that makes one city a core is what keeps the other from becoming one, so the same routes and values "
        "elsewhere are not enough. Agglomeration becomes a lasting advantage of the system where M6's win-win is stable.",
        evidence=[
            f"M7, exact, best replies without noise: {'; '.join(str(r) for r in regimes)}. Core (E1, E2) and two active cities (I1) are never stable together.",
            f"M7, exact with logit choice: the tangent eigenvalue of two equal cities is (k - beta - sigma)/(2*eta) - 1 ({_break_eigenvalue()}); "
            f"a core forms for instance at {', '.join(f'{n} = {v}' for n, v in witness.items())}.",
            "M7, a core forms and the second city stays empty: "
            + share_sentence(pair, core, BOX, context.rng("m7", "box")),
            "M6, win-win without policy: " + share_sentence(ecosystem, lasting, M6_BOX, context.rng("m6", "box")),
            f"M7, numerical: Ningbo, nearly empty at the default values, raises the value of its routes: {outcome}, so taking over the leader's routes "
            f"{'does bring' if works else 'does not by itself bring'} firms there.",
        ],
    )


def _break_eigenvalue() -> str:
    """Return that the eigenvalue of equal shares under logit is what the text says, checked as an identity of formulas."""
    game = cities("XS")
    dynamics = mean_dynamic(game, logit("eta"))
    same = {"WC": "CC", "WW": "CW", "A_S": "A_X", "rho_S": "rho_X", "sigma_SX": "sigma_XS", "omega": "0"}
    quarter = {sympy.Symbol(name): sympy.Rational(1, 4) for name in dynamics.tangent_coordinates}
    matrix = dynamics.jacobian_expressions.subs(quarter).subs(
        {sympy.Symbol(a): parse_expression(b) for a, b in same.items()}
    )
    move = sympy.Matrix([1, 1, -1])
    value = parse_expression("((CC + CW + gamma)/2 + rho_X - beta - sigma_XS)/(2*eta) - 1")
    assert (matrix * move - value * move).applyfunc(sympy.simplify) == sympy.zeros(3, 1)
    return "an identity of formulas in all parameters, conduct neutral and omega = 0"


# common


def _today(context: StudyContext) -> tuple[VectorField, np.ndarray]:
    def compute() -> tuple[VectorField, np.ndarray]:
        game = context.game("m7")
        dynamics = mean_dynamic(game, logit("eta"))
        path = integrate(dynamics, dict(game.initial), t_end=2000)
        assert path.outcome.kind == "converged"
        return dynamics, path.final

    found: tuple[VectorField, np.ndarray] = context.cached("m7 today", compute)
    return found


def _branch(context: StudyContext, parameter: str, to: float) -> Branch:
    dynamics, today = _today(context)
    found: Branch = context.cached(
        f"m7 branch {parameter} {to:g}", lambda: find_branch(dynamics, today, parameter, to=to)
    )
    return found


def _size(state: np.ndarray, city: int) -> float:
    return float(state[2 * city] + state[2 * city + 1])


def _conduct(state: np.ndarray) -> float:
    return float(state[0] / (state[0] + state[1]))


def _mean_payoff(dynamics: VectorField, state: np.ndarray, values: dict[str, Any]) -> float:
    game = dynamics.game
    at = {sympy.Symbol(f"firms.{s}"): float(v) for s, v in zip(game.populations[0].strategies, state, strict=True)}
    numbers = {sympy.Symbol(n): float(v) for n, v in game.values(values).items()}
    pay = [game.expected_payoff(0, s).xreplace(at | numbers) for s in range(len(state))]
    return float(np.dot(state, [float(p) for p in pay]))


def _same(left: str, right: str) -> bool:
    return bool((parse_expression(left) - parse_expression(right)).expand() == 0)


def _figure(context: StudyContext, branches: Sequence[Branch], shares: Sequence[str]) -> Any:
    from coopgame.figures import draw_branch

    return draw_branch(branches, shares, language=context.language).figure
