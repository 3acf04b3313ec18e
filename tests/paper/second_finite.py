"""Payoffs, fixation chances and long-run laws of two strategies in a finite population, computed a second time.

This module rests on the written payoffs alone and shares no code with the library it is held against. A population has
`N` firms, `i` of which play the first strategy (cooperate in M1, commit in M5). A firm meets co-players drawn without
replacement from the other `N - 1` firms. Payoffs, gains and exponents are exact fractions; only the last exponential or
logarithm is a float.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

Values = Mapping[str, Fraction]
Pair = tuple[Fraction, Fraction]


def table_m1(values: Values) -> dict[str, Fraction]:
    """The four payoffs of M1 to the row player, under the keys CC, CW, WC and WW (C cooperates, W is price war)."""
    p = {name: Fraction(value) for name, value in values.items()}
    return {
        "CC": p["m"] + p["a"] + p["k"] - p["c"] + p["s"],
        "CW": p["m"] - p["h"] - p["c"] + p["s"] + p["v"],
        "WC": p["m"] + p["h"] - p["d"] + p["phi"] * p["k"] + p["psi"] * p["a"] - p["t"] + p["v"],
        "WW": p["m"] - p["d"] - p["g"] - p["t"],
    }


def payoffs_m1(i: int, N: int, values: Values) -> Pair:
    """The mean payoffs of a cooperator and of a price warrior when `i` of `N` firms cooperate, 1 <= i <= N - 1."""
    _check_state(i, N)
    table = table_m1(values)
    cooperator = (table["CC"] * (i - 1) + table["CW"] * (N - i)) / (N - 1)
    warrior = (table["WC"] * i + table["WW"] * (N - i - 1)) / (N - 1)
    return cooperator, warrior


def payoffs_m5(i: int, N: int, n: int, M: int, values: Values, third_party: bool = False) -> Pair:
    """The mean payoffs of a committed and of an uncommitted firm when `i` of `N` firms commit, 1 <= i <= N - 1.

    Groups have `n` firms and the warehouse needs `M` that commit. `values` holds b, K, f0 and fee. With `third_party`
    the fee leaves the group; otherwise those who commit share it.
    """
    _check_state(i, N)
    if not (1 <= M <= n and 2 <= n <= N):
        raise ValueError("needs 1 <= M <= n and 2 <= n <= N")
    if not 0 <= values["fee"] <= values["b"]:
        raise ValueError("needs 0 <= fee <= b")
    committed = sum(
        (_hypergeometric(j, n - 1, i - 1, N - 1) * committed_m5(j, n, M, values, third_party) for j in range(n)),
        Fraction(0),
    )
    uncommitted = sum(
        (_hypergeometric(j, n - 1, i, N - 1) * uncommitted_m5(j, M, values) for j in range(n)), Fraction(0)
    )
    return committed, uncommitted


def committed_m5(j: int, n: int, M: int, values: Values, third_party: bool = False) -> Fraction:
    """The payoff of a committed firm among `j` committed co-players in a group of `n` that needs `M`."""
    if j + 1 < M:
        return -Fraction(values["f0"])
    fees = Fraction(0) if third_party else Fraction(values["fee"]) * (n - j - 1) / (j + 1)
    return Fraction(values["b"]) - Fraction(values["K"]) / (j + 1) + fees


def uncommitted_m5(j: int, M: int, values: Values) -> Fraction:
    """The payoff of a firm that does not commit when `j` of its co-players do and `M` are needed."""
    return Fraction(values["b"]) - Fraction(values["fee"]) if j >= M else Fraction(0)


def _check_state(i: int, N: int) -> None:
    """Nothing; raises where one of the two strategies is absent, since its payoff is then not defined."""
    if not 1 <= i <= N - 1:
        raise ValueError("needs 1 <= i <= N - 1")


def _hypergeometric(j: int, draws: int, marked: int, total: int) -> Fraction:
    """The chance of `j` marked among `draws` taken without replacement from `total`, `marked` of which are marked."""
    return Fraction(math.comb(marked, j) * math.comb(total - marked, draws - j), math.comb(total, draws))


def pairs_m1(N: int, values: Values) -> list[Pair]:
    """The payoffs of both strategies of M1 at i = 1 .. N - 1, in this order."""
    return [payoffs_m1(i, N, values) for i in range(1, N)]


def pairs_m5(N: int, n: int, M: int, values: Values, third_party: bool = False) -> list[Pair]:
    """The payoffs of both strategies of M5 at i = 1 .. N - 1, in this order."""
    return [payoffs_m5(i, N, n, M, values, third_party) for i in range(1, N)]


def gain(i: int, pairs: Sequence[Pair]) -> Fraction:
    """The payoff of the first strategy less that of the second with `i` players of the first, 1 <= i <= N - 1."""
    _check_state(i, len(pairs) + 1)
    first, second = pairs[i - 1]
    return first - second


def gains(pairs: Sequence[Pair]) -> list[Fraction]:
    """The gain at i = 1 .. N - 1, in this order."""
    return [gain(i, pairs) for i in range(1, len(pairs) + 1)]


def sign_changes(pairs: Sequence[Pair]) -> int:
    """The number of sign changes of the gain along i = 1 .. N - 1; zeros are passed over."""
    signs = [value > 0 for value in gains(pairs) if value != 0]
    return sum(left != right for left, right in pairwise(signs))


def log_sum_exp(exponents: Sequence[float]) -> float:
    """The logarithm of the sum of the exponentials, without overflow; the sum must have a positive term."""
    place = max(range(len(exponents)), key=exponents.__getitem__)
    top = exponents[place]
    return top + math.log1p(math.fsum(math.exp(x - top) for at, x in enumerate(exponents) if at != place))


def log_fixation(pairs: Sequence[Pair], beta: Fraction) -> tuple[float, float]:
    """The logarithms of both fixation chances under Fermi imitation: one first-strategy player, then the reverse.

    One step down is exp(-beta gain) times as likely as one step up, so the exponents are sums of gains.
    """
    steps = [-Fraction(beta) * value for value in gains(pairs)]
    return -log_sum_exp(_partial_sums(steps)), -log_sum_exp(_partial_sums([-x for x in reversed(steps)]))


def _partial_sums(steps: Sequence[Fraction]) -> list[float]:
    """The sums of the first 0, 1, 2, ... steps; each is exact before it is made a float."""
    total = Fraction(0)
    sums = [0.0]
    for step in steps:
        total += step
        sums.append(float(total))
    return sums


def fixation(pairs: Sequence[Pair], beta: Fraction) -> tuple[float, float]:
    """The fixation chances under Fermi imitation of one first-strategy player and of one second-strategy player."""
    first, second = log_fixation(pairs, beta)
    return math.exp(first), math.exp(second)


def fixation_moran(pairs: Sequence[Pair], w: Fraction) -> Pair:
    """The exact fixation chances, forward and reverse, of the birth-death process with fitness 1 - w + w payoff."""
    fitness = [tuple(1 - Fraction(w) + Fraction(w) * x for x in pair) for pair in pairs]
    if min(min(pair) for pair in fitness) <= 0:
        raise ValueError("a fitness is not positive; take a smaller w")
    down = [second / first for first, second in fitness]
    return 1 / _sum_of_products(down), 1 / _sum_of_products([1 / x for x in reversed(down)])


def _sum_of_products(ratios: Sequence[Fraction]) -> Fraction:
    """One plus the first ratio plus the product of the first two, and so on to the product of all."""
    total = product = Fraction(1)
    for ratio in ratios:
        product *= ratio
        total += product
    return total


def _quotient(top: Pair, bottom: Pair) -> Pair:
    """The value and the slope of a quotient, from the values and slopes of its two parts."""
    return top[0] / bottom[0], (top[1] * bottom[0] - top[0] * bottom[1]) / bottom[0] ** 2


def _times(left: Pair, right: Pair) -> Pair:
    """The value and the slope of a product, from the values and slopes of its two parts."""
    return left[0] * right[0], left[1] * right[0] + left[0] * right[1]


def _down_over_up(process: str, pair: Pair) -> Pair:
    """The chance of a step down over that of a step up, with its slope in the intensity, at intensity zero."""
    if process == "fermi":  # 1 / (1 + exp(-x)) is 1/2 + x/4 to first order
        slope = (pair[0] - pair[1]) / 4
        return _quotient((Fraction(1, 2), -slope), (Fraction(1, 2), slope))
    if process == "moran":  # fitness 1 - w + w payoff
        return _quotient((Fraction(1), pair[1] - 1), (Fraction(1), pair[0] - 1))
    raise ValueError(f"unknown process {process!r}")


def weak_selection(pairs: Sequence[Pair], process: str = "fermi") -> Pair:
    """The exact slopes at intensity zero of both fixation chances; `process` is "fermi" or "moran"."""
    down = [_down_over_up(process, pair) for pair in pairs]
    up = [_quotient((Fraction(1), Fraction(0)), ratio) for ratio in reversed(down)]
    slopes = []
    for ratios in (down, up):
        total = product = (Fraction(1), Fraction(0))
        for ratio in ratios:
            product = _times(product, ratio)
            total = total[0] + product[0], total[1] + product[1]
        slopes.append(_quotient((Fraction(1), Fraction(0)), total)[1])
    return slopes[0], slopes[1]


def rare_mutation_share(pairs: Sequence[Pair], beta: Fraction) -> float:
    """The long-run share of the first strategy as mutations become rare: rho_C / (rho_C + rho_W)."""
    first, second = log_fixation(pairs, beta)
    return math.exp(first - log_sum_exp([first, second]))


def _log_step(i: int, pairs: Sequence[Pair], beta: Fraction, mu: Fraction, up: bool) -> float:
    """The logarithm of the chance that `i` rises by one (or falls, without `up`) in one step with mutation."""
    N = len(pairs) + 1
    leaving, other = (N - i, i) if up else (i, N - i)
    terms = [math.log(mu)] if mu > 0 else []
    if other > 0 and mu < 1:
        x = float(Fraction(beta) * gain(i, pairs)) * (1 if up else -1)
        terms.append(math.log1p(-mu) + math.log(other / (N - 1)) - log_sum_exp([0.0, -x]))
    return math.log(leaving / N) + log_sum_exp(terms)


def log_stationary(pairs: Sequence[Pair], beta: Fraction, mu: Fraction) -> list[float]:
    """The logarithms of the long-run chances of i = 0 .. N under Fermi imitation with mutation 0 < mu <= 1.

    The chain moves by one at most, so the flow between neighbouring states is the same both ways.
    """
    if not 0 < mu <= 1:
        raise ValueError("needs 0 < mu <= 1")
    logs = [0.0]
    for i in range(len(pairs) + 1):
        logs.append(logs[-1] + _log_step(i, pairs, beta, mu, True) - _log_step(i + 1, pairs, beta, mu, False))
    total = log_sum_exp(logs)
    return [x - total for x in logs]


def stationary(pairs: Sequence[Pair], beta: Fraction, mu: Fraction) -> list[float]:
    """The long-run chances of i = 0 .. N under Fermi imitation with mutation 0 < mu <= 1."""
    return [math.exp(x) for x in log_stationary(pairs, beta, mu)]


def mean_cooperation(pairs: Sequence[Pair], beta: Fraction, mu: Fraction) -> float:
    """The long-run mean share of the first strategy under Fermi imitation with mutation."""
    law = stationary(pairs, beta, mu)
    return math.fsum(i * chance for i, chance in enumerate(law)) / (len(law) - 1)


def gradient(i: int, pairs: Sequence[Pair], beta: Fraction, mu: Fraction = Fraction(0)) -> float:
    """The chance that `i` rises less the chance that it falls, in one step, for 0 <= i <= N."""
    N = len(pairs) + 1
    drift = float(Fraction(mu) * Fraction(N - 2 * i, N))
    if i in (0, N):
        return drift
    meeting = (1 - Fraction(mu)) * Fraction(i * (N - i), N * (N - 1))
    return drift + float(meeting) * math.tanh(float(Fraction(beta) * gain(i, pairs)) / 2)
