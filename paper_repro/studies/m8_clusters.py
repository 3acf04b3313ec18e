"""M8 on clusters of firms: weak selection solved on each, and simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame import (
    Cluster,
    Law,
    MatrixGame,
    Network,
    NetworkOptions,
    NetworkPopulation,
    averaged,
    birth_death,
    death_birth,
    fermi_imitation,
    find_critical_ratio,
    find_layer_selection,
    horizontal_cluster,
    imitation_updating,
    mixed_cluster,
    network,
    network_population,
    ring,
    simulate_network,
    vertical_cluster,
)
from coopgame.report.repro import StudyContext

WEAK: dict[str, Law] = {
    "death-birth": death_birth(),
    "imitation updating": imitation_updating(),
    "birth-death": birth_death(),
    "Fermi imitation": fermi_imitation(),
}
INTENSITY = 5
STRONG: dict[str, Law] = {"death-birth": death_birth(INTENSITY), "Fermi imitation": fermi_imitation(INTENSITY)}
MUTATION = Fraction(1, 100)
_STEPS = tuple(Fraction(k, 20) for k in range(-4, 5))  # subsidies beside the one of weak selection
_SWEEPS, _BURN, _RUNS = 1500, 300, 8
_CHINESE = {
    "horizontal": "水平集聚",
    "mixed": "混合集聚",
    "vertical": "垂直集聚",
    "death-birth": "死亡—出生更新",
    "Fermi imitation": "费米模仿",
}


@dataclass(frozen=True)
class Tipping:
    """Mean shares of cooperators over the subsidy in one cluster under one rule, with standard errors, and where they pass one half."""

    kind: str
    rule: str
    subsidies: tuple[Fraction, ...]
    means: np.ndarray
    errors: np.ndarray

    @property
    def half(self) -> tuple[float, float]:
        """The subsidy at which half of the firms cooperate, by a straight line between neighbours, and its standard error."""
        above = int(np.argmax(self.means >= 0.5))
        assert above > 0 and self.means[above] >= 0.5, "the subsidies reach across one half"
        low, high = self.means[above - 1], self.means[above]
        width = float(self.subsidies[above] - self.subsidies[above - 1])
        part = (0.5 - low) / (high - low)
        error = np.hypot((1 - part) * self.errors[above - 1], part * self.errors[above]) * width / (high - low)
        return float(self.subsidies[above - 1]) + part * width, float(error)


def clusters(context: StudyContext) -> dict[str, Cluster]:
    """Return three clusters of 120 firms with about eight partners each, connected."""
    return {
        "horizontal": _connected(
            lambda seed: horizontal_cluster([12] * 10, seed, partners=7, across=1), context.seed
        ),
        "mixed": _connected(lambda seed: mixed_cluster([20] * 6, seed, partners=8, vertical="1/2"), context.seed),
        "vertical": _connected(lambda seed: vertical_cluster([20] * 6, seed, suppliers=5), context.seed),
    }


def games(context: StudyContext, cluster: Cluster) -> dict[str, Any]:
    """Return M1 for every kind of relation in a cluster, without lost business along the supply chain."""
    game = context.game("m1")
    assert isinstance(game, MatrixGame)
    return {name: (game, {"h": 0} if name == "vertical" else {}) for name in cluster.layers}


def weak_table(context: StudyContext) -> list[dict[str, str]]:
    """Return where cooperation becomes favoured in each cluster for weak selection."""
    rows = []
    values = context.game("m1").values()
    for kind, cluster in clusters(context).items():
        degrees = cluster.explicit().degrees
        row = {"cluster": kind, "partners": f"{degrees.mean():.2f} ± {degrees.std():.2f}"}
        for rule, law in WEAK.items():
            selection = find_layer_selection(cluster, law, payoffs=averaged())
            first, second = (float(selection.difference(games(context, cluster), {**values, "s": s})) for s in (0, 1))
            row[f"s, {rule}"] = f"{first / (first - second):.6f}"
        row["b/c, death-birth"] = (
            f"{float(find_critical_ratio(cluster, death_birth(), payoffs=averaged()).ratio):.6f}"
        )
        rows.append({**row, "known": "numerical"})
    return rows


def weak_evidence(table: Sequence[dict[str, str]]) -> list[str]:
    """Return the table as sentences."""
    lines = []
    for rule in WEAK:
        shown = ", ".join(f"{row['cluster']} {row[f's, {rule}']}" for row in table)
        lines.append(f"{rule}: {shown}")
    ratios = ", ".join(f"{row['cluster']} {row['b/c, death-birth']} ({row['partners']} partners)" for row in table)
    return [
        "M8, numerical to 10 digits (Allen et al. 2017, with a game on each kind of relation), clusters of 120 firms, averaged payoffs, at the values of M1: a subsidy s from which "
        "cooperation takes over more often than price war. " + "; ".join(lines) + ".",
        f"M8, numerical: with one donation game on all relations the critical ratio b/c under death-birth is {ratios}: it follows the number of partners.",
    ]


def closed_chain(firms: int) -> Network:
    """Return tiers of four firms in a circle, each firm with two partners in the tier above and two below."""
    return network([(i, (i + 4 - i % 4 + j) % firms) for i in range(firms) for j in (i % 4, (i % 4 + 1) % 4)])


def simulated(context: StudyContext, table: Sequence[dict[str, str]]) -> list[Tipping]:
    """Return mean shares of cooperators over the subsidy, for each cluster and rule, at an intensity at which no theory holds."""
    found = []
    weak = {row["cluster"]: row for row in table}
    for kind, cluster in clusters(context).items():
        for rule, law in STRONG.items():
            population = network_population(
                games(context, cluster), law, cluster, payoffs=averaged(), mutation=MUTATION
            )
            found.append(_tipping(context, kind, rule, population, Fraction(weak[kind][f"s, {rule}"])))
    return found


def structure_alone(context: StudyContext) -> str:
    """Return where two regular clusters of 120 firms tip that have the same payoffs on all relations."""
    game, texts = context.game("m1"), []
    for rule, law in STRONG.items():
        own = []
        for kind, net in (
            ("ring of dense neighbourhoods", ring(120, 4)),
            ("closed chain of tiers", closed_chain(120)),
        ):
            population = network_population(game, law, net, payoffs=averaged(), mutation=MUTATION)
            value, error = _tipping(context, kind, rule, population, Fraction(1, 4)).half
            own.append(f"{kind} {value:.4f} ± {error:.4f}")
        texts.append(f"{rule}: {', '.join(own)}")
    return (
        f"M8, simulated in the same way on two networks of 120 firms with four partners each and the payoffs of M1 on all relations: {'; '.join(texts)}. For weak selection the two are "
        "alike, exactly."
    )


def _tipping(context: StudyContext, kind: str, rule: str, population: NetworkPopulation, middle: Fraction) -> Tipping:
    subsidies = tuple(round(middle, 3) + step for step in _STEPS)
    shares = np.array([_mean_share(population, s, context.seed + n) for n, s in enumerate(subsidies)])
    return Tipping(kind, rule, subsidies, shares.mean(axis=1), shares.std(axis=1, ddof=1) / np.sqrt(_RUNS))


def simulated_evidence(runs: Sequence[Tipping]) -> list[str]:
    """Return the subsidies that tip the clusters, as sentences."""
    lines = []
    for rule in STRONG:
        own = [run for run in runs if run.rule == rule]
        lines.append(f"{rule}: " + ", ".join(f"{run.kind} {run.half[0]:.4f} ± {run.half[1]:.4f}" for run in own))
    return [
        f"M8, simulated ({_RUNS} runs of {_SWEEPS - _BURN} sweeps after {_BURN}, intensity {INTENSITY}, mutation {MUTATION}, averaged payoffs): the subsidy s at which half of the firms "
        "cooperate, with standard errors. " + "; ".join(lines) + "."
    ]


def simulated_table(runs: Sequence[Tipping]) -> list[dict[str, str]]:
    """Return the subsidies that tip the clusters."""
    return [
        {
            "cluster": run.kind,
            "rule": run.rule,
            "s": f"{run.half[0]:.4f}",
            "standard error": f"{run.half[1]:.4f}",
            "known": "numerical",
        }
        for run in runs
    ]


def boundary_figure(context: StudyContext, runs: Sequence[Tipping]) -> Any:
    """Return cooperation over the subsidy, one panel for each rule."""
    import matplotlib.pyplot as plt

    from coopgame.figures.style import COLOURS, LINES, MARKS, PAGE_WIDTH, house_style, label

    with house_style():
        figure, axes = plt.subplots(
            1, len(STRONG), figsize=(PAGE_WIDTH, 0.42 * PAGE_WIDTH), sharey=True, layout="constrained"
        )
        kinds = ("horizontal", "mixed", "vertical")
        for ax, rule in zip(axes, STRONG, strict=True):
            for run in (one for one in runs if one.rule == rule):
                k = kinds.index(run.kind)
                ax.errorbar(
                    [float(s) for s in run.subsidies],
                    run.means,
                    2 * run.errors,
                    color=COLOURS[k],
                    linestyle=LINES[k],
                    marker=MARKS[k],
                    markersize=4,
                    label=label(run.kind, _CHINESE[run.kind], context.language),
                )
                ax.axvline(run.half[0], color=COLOURS[k], linewidth=0.8, linestyle=":")
            ax.set_title(label(rule, _CHINESE[rule], context.language))
            ax.set_xlabel(label("s: subsidy to cooperation", "s：合作补贴", context.language))
        axes[0].set_ylabel(label("share of cooperating firms", "合作企业占比", context.language))
        axes[0].legend(frameon=False)
    return figure


def _mean_share(population: NetworkPopulation, subsidy: Fraction, seed: int) -> np.ndarray:
    # a negative subsidy is a tax; M1 assumes s >= 0, so it is written as a higher cost of cooperating
    values = {"s": max(subsidy, Fraction(0)), "c": Fraction(3, 10) + max(-subsidy, Fraction(0))}
    options = NetworkOptions(runs=_RUNS, every=10, progress=False)
    start = {"cooperate": 0.5, "price war": 0.5}
    run = simulate_network(population, values, start=start, sweeps=_SWEEPS, seed=seed, options=options)
    return run.mean_shares(_BURN)[:, 0]


def _connected(make: Any, seed: int) -> Cluster:
    """Return the first connected cluster of consecutive seeds."""
    for k in range(100):
        cluster: Cluster = make(seed + k)
        net = cluster.explicit()
        if net.is_connected and not len(net.isolated):
            return cluster
    raise AssertionError("clusters with eight partners are mostly connected")
