"""Axioms of evolutionary game theory for protocols and rules: what theory says, and what samples refute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.laws import Family, Law
from coopgame.dynamics.protocols import Protocol
from coopgame.errors import ParameterError
from coopgame.expressions import exact_number

_STRATEGIES = 4
_ZERO = 1e-10
_ROUNDING = 1e-14
_WHAT = {
    "Nash stationarity": "the shares rest exactly at Nash equilibria",
    "positive correlation": "off rest, payoffs and the change of shares have a positive product",
    "invariance": "shares stay shares: they sum to 1, and none leaves at 0",
    "innovation": "an absent strategy that is the only best reply comes in",
    "scarcity of data": "the rate from i to j depends on the payoffs of i and j and on the share of j alone",
}
_COMPARING = {Family.PAIRWISE_COMPARISON, Family.EXCESS_PAYOFF, Family.BEST_RESPONSE}
_THEORY: dict[
    str, tuple[set[Family], set[Family]]
] = {  # by axiom: families in which it holds, and in which it does not
    "Nash stationarity": ({*_COMPARING, Family.PROJECTION}, {Family.IMITATION, Family.PERTURBED}),
    "positive correlation": ({*_COMPARING, Family.PROJECTION, Family.IMITATION}, {Family.PERTURBED}),
    "invariance": (set(Family) - {Family.OTHER}, set()),
    "innovation": ({*_COMPARING, Family.PROJECTION, Family.PERTURBED}, {Family.IMITATION}),
    "scarcity of data": (
        {Family.PAIRWISE_COMPARISON},
        {Family.EXCESS_PAYOFF, Family.BEST_RESPONSE, Family.PERTURBED},
    ),
}


@dataclass(frozen=True)
class Axiom:
    """One axiom: whether the law has it (None where samples alone do not refute it), and how that is known."""

    name: str
    holds: bool | None
    because: str
    payoffs: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()

    def __str__(self) -> str:
        word = {True: "holds", False: "fails", None: "not refuted"}[self.holds]
        return f"{self.name}: {word}; {self.because}"


@dataclass(frozen=True)
class Axioms:
    """The axioms of a law, each with its reason; a failing one with a state that shows it."""

    law: Law
    axioms: tuple[Axiom, ...]

    def __getitem__(self, name: str) -> Axiom:
        for axiom in self.axioms:
            if axiom.name == name:
                return axiom
        raise KeyError(f"no axiom {name!r}; there are {', '.join(_WHAT)}")

    def __iter__(self) -> Iterator[Axiom]:
        return iter(self.axioms)

    def __str__(self) -> str:
        return "\n".join([str(self.law), *map(str, self.axioms)])

    def _repr_html_(self) -> str:
        from html import escape

        word = {True: "holds", False: "fails", None: "not refuted"}
        rows = "".join(
            f"<tr><td>{escape(a.name)}</td><td>{escape(_WHAT[a.name])}</td><td>{word[a.holds]}</td><td>{escape(a.because)}</td></tr>"
            for a in self.axioms
        )
        heads = "".join(f"<th>{h}</th>" for h in ("axiom", "says that", str(self.law), "because"))
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def find_axioms(law: Law, values: Mapping[str, Any] | None = None, *, samples: int = 400, rng: Any = 0) -> Axioms:
    """Return which axioms a protocol or rule has: by theory for its family, refuted by a sample, or not refuted.

    values: numbers for the parameters in its settings. samples: random payoffs of four strategies, between 1 and 6, and states, on all
    faces and with ties; what counts as 0 is relative to the largest change among them. A law's change depends on payoffs and shares
    alone, so no game is needed. Where theory says that an axiom fails, the sample that shows it is kept.

    Raises ParameterError when a setting has no value, ProtocolError where the law is not defined at such payoffs: an aspiration has to
    be at least 6, a baseline at most 1.

    References: Sandholm (2010), Population Games and Evolutionary Dynamics, sections 4.2, 5.1 and 5.5.

    >>> from coopgame import smith
    >>> print(find_axioms(smith())["Nash stationarity"])
    Nash stationarity: holds; theorem for pairwise comparison
    """
    settings = _numbers(law, dict(values or {}))
    generator = np.random.default_rng(rng)
    pairs = [_sample(generator) for _ in range(samples)]
    fastest = max((np.abs(law.change(f, x, **settings)).max() for f, x in pairs), default=1.0)
    zero = max(_ZERO * fastest, _ROUNDING)
    tests = {name: partial(test, law, settings, zero) for name, test in _TESTS.items() if _applies(name, law)}
    found = [_axiom(law, name, refutes, pairs) for name, refutes in tests.items()]
    return Axioms(law, tuple(found))


Refutation = Callable[[Law, Mapping[str, Any], float, np.ndarray, np.ndarray], bool]


def _applies(name: str, law: Law) -> bool:
    return name != "scarcity of data" or isinstance(law, Protocol)


def _axiom(
    law: Law, name: str, refutes: Callable[[np.ndarray, np.ndarray], bool], pairs: list[tuple[np.ndarray, np.ndarray]]
) -> Axiom:
    bad = next(((f, x) for f, x in pairs if refutes(f, x)), None)
    if bad is not None:
        payoffs, shares = (tuple(float(v) for v in row) for row in bad)
        text = f"at payoffs {np.round(bad[0], 3).tolist()} and shares {np.round(bad[1], 3).tolist()}"
        return Axiom(name, False, text, payoffs, shares)
    if law.family in _THEORY[name][0]:
        return Axiom(name, True, f"theorem for {law.family}")
    return Axiom(name, None, f"{len(pairs)} samples do not refute it")


def _numbers(law: Law, values: dict[str, Any]) -> dict[str, Any]:
    missing = sorted(law.parameters - set(values))
    if missing:
        raise ParameterError(f"{law} needs values for {', '.join(missing)}")
    at = {sympy.Symbol(name): sympy.Rational(*exact_number(v, name).as_integer_ratio()) for name, v in values.items()}
    settings = {name: np.array([float(value.xreplace(at))]) for name, value in law.settings}
    law.check_settings(settings)
    return settings


def _sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return positive payoffs, often with ties, and shares on a random face."""
    payoffs = rng.integers(1, 6, _STRATEGIES) + (rng.random(_STRATEGIES) if rng.random() < 0.5 else 0.0)
    present = rng.random(_STRATEGIES) < rng.choice([0.3, 0.6, 1.0])
    present[rng.integers(_STRATEGIES)] = True
    shares = np.where(present, rng.dirichlet(np.ones(_STRATEGIES)), 0.0)
    return payoffs.astype(float), shares / shares.sum()


def _is_nash(payoffs: np.ndarray, shares: np.ndarray) -> bool:
    return bool((payoffs[shares > 0] == payoffs.max()).all())


def _rests_elsewhere(
    law: Law, settings: Mapping[str, Any], zero: float, payoffs: np.ndarray, shares: np.ndarray
) -> bool:
    change = law.change(payoffs, shares, **settings)
    still = bool(np.abs(change).max() < zero)
    if law.family == Family.BEST_RESPONSE and _is_nash(payoffs, shares):
        return False  # at ties the set of directions holds 0
    return still != _is_nash(payoffs, shares)


def _goes_against(
    law: Law, settings: Mapping[str, Any], zero: float, payoffs: np.ndarray, shares: np.ndarray
) -> bool:
    change = law.change(payoffs, shares, **settings)
    if law.family == Family.BEST_RESPONSE and _is_nash(payoffs, shares):
        return False
    size = np.abs(change).max()
    return bool(size > zero and change @ payoffs <= _ZERO * size * np.abs(payoffs).max())


def _leaves(law: Law, settings: Mapping[str, Any], zero: float, payoffs: np.ndarray, shares: np.ndarray) -> bool:
    change = law.change(payoffs, shares, **settings)
    return bool(abs(change.sum()) > zero or (change[shares == 0] < -zero).any())


def _ignores_the_best(
    law: Law, settings: Mapping[str, Any], zero: float, payoffs: np.ndarray, shares: np.ndarray
) -> bool:
    best = np.flatnonzero(payoffs == payoffs.max())
    if len(best) > 1 or shares[best[0]] > 0:
        return False
    return bool(law.change(payoffs, shares, **settings)[best[0]] <= zero)


def _needs_more(law: Law, settings: Mapping[str, Any], zero: float, payoffs: np.ndarray, shares: np.ndarray) -> bool:
    assert isinstance(law, Protocol), "update rules have no rates of switching"
    moved_payoffs, moved_shares = payoffs.copy(), shares.copy()
    moved_payoffs[2:] = 7 - payoffs[2:]  # still between 1 and 6
    rest = shares[[0, 2, 3]].sum()
    moved_shares[[0, 2, 3]] = rest * np.array([0.2, 0.5, 0.3])
    here = law.switch_rates(payoffs, shares, **settings)[0, 1]
    return bool(abs(here - law.switch_rates(moved_payoffs, moved_shares, **settings)[0, 1]) > zero)


_TESTS: dict[str, Refutation] = {
    "Nash stationarity": _rests_elsewhere,
    "positive correlation": _goes_against,
    "invariance": _leaves,
    "innovation": _ignores_the_best,
    "scarcity of data": _needs_more,
}
