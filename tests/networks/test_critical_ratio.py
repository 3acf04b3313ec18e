"""Critical ratios against all states of small networks, closed forms, and exact against numerical solutions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    Network,
    accumulated,
    averaged,
    birth_death,
    complete,
    death_birth,
    erdos_renyi,
    fermi_imitation,
    find_critical_ratio,
    imitation_updating,
    linear_fitness,
    moran,
    network,
    network_population,
    random_regular,
    regular_coefficient,
    ring,
    scale_free,
    smith,
    square_lattice,
)
from coopgame.errors import NetworkError, UnsupportedError
from tests.networks.weak_selection_by_states import connected_graphs, takeover

RULES = {rule.name: rule for rule in (death_birth(), birth_death(), imitation_updating(), fermi_imitation())}
GIVE = ((Fraction(1), Fraction(0)), (Fraction(1), Fraction(0)))  # benefit 1, cost 0
PAY = ((Fraction(-1), Fraction(-1)), (Fraction(0), Fraction(0)))  # benefit 0, cost 1
OTHER = ((Fraction(3), Fraction(-2)), (Fraction(5), Fraction(1, 2)))
LOLLIPOP = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5)]
BARBELL = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)]


def weights_of(net: Network) -> list[list[Fraction]]:
    return [[Fraction(w) for w in row] for row in net.to_scipy().toarray().tolist()]


def check_against_all_states(
    net: Network, rule: str, mean: bool, with_self: bool = False, any_game: bool = True
) -> None:
    option = averaged(with_self=with_self) if mean else accumulated(with_self=with_self)
    found = find_critical_ratio(net, RULES[rule], payoffs=option)
    options = {"mean": mean, "with_self": with_self}
    weights = weights_of(net)
    give, pay = (takeover(rule, weights, table, **options) for table in (GIVE, PAY))
    assert give.value == pay.value == Fraction(1, net.size)
    assert (found.benefit, found.cost) == (give.slope, -pay.slope)
    assert found.known == "exact"
    if not any_game:
        return
    # the difference of the chances of both strategies
    swapped = tuple(tuple(reversed(row)) for row in reversed(OTHER))
    difference = takeover(rule, weights, OTHER, **options).slope - takeover(rule, weights, swapped, **options).slope
    (a, b), (c, d) = OTHER
    own, other = found.cost + found.benefit, found.cost - found.benefit
    assert difference == own * (a - d) + other * (b - c)
    game = MatrixGame([["a", "b"], ["c", "d"]])
    assert found.condition(game).holds({"a": a, "b": b, "c": c, "d": d}) == (difference > 0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("mean", [True, False])
def test_all_small_networks(rule: str, mean: bool) -> None:
    shapes = [edges for size in (3, 4) for edges in connected_graphs(size)]
    assert len(shapes) == 2 + 6
    for edges in shapes:
        check_against_all_states(network(edges), rule, mean)


@pytest.mark.parametrize("rule", RULES)
def test_networks_of_five_nodes(rule: str) -> None:
    shapes = list(connected_graphs(5))
    assert len(shapes) == 21
    for k, edges in enumerate(shapes):
        check_against_all_states(network(edges), rule, mean=k % 2 == 0, any_game=k % 5 == 0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("edges", "mean"), [(LOLLIPOP, True), (BARBELL, True), (BARBELL, False)], ids=str)
def test_networks_of_six_nodes(rule: str, edges: list[tuple[int, int]], mean: bool) -> None:
    check_against_all_states(network(edges), rule, mean, any_game=False)


@settings(max_examples=6)
@given(st.data(), st.sampled_from(list(RULES)), st.booleans(), st.booleans())
def test_weights_loops_and_playing_with_oneself(data: st.DataObject, rule: str, mean: bool, with_self: bool) -> None:
    sizes = st.sampled_from([0.25, 0.5, 1.0, 1.5, 3.0])
    edges = [
        (0, 1),
        (1, 2),
        (2, 3),
        *data.draw(st.lists(st.sampled_from([(0, 2), (0, 3), (1, 3), (0, 0), (2, 2)]), unique=True)),
    ]
    net = network([(i, j, data.draw(sizes)) for i, j in edges], self_loops=True)
    check_against_all_states(net, rule, mean, with_self)


@pytest.mark.parametrize("make", [death_birth, birth_death, imitation_updating, fermi_imitation])
@pytest.mark.parametrize("option", [averaged(), accumulated(with_self=True)], ids=str)
def test_games_on_networks_follow_the_same_conventions(make: object, option: object) -> None:
    """The chain over all states of what is simulated, at a small intensity: weights and a node that is its own neighbour included."""
    net = network([(0, 1, 2.0), (1, 2, 0.5), (2, 3, 1.0), (1, 3, 1.5), (2, 2, 0.75)], self_loops=True)
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["give", "keep"])
    slopes = []
    for w in (1e-4, 2e-4):
        process = network_population(game, make(w), net, payoffs=option).at({"b": 3, "c": 1})  # type: ignore[operator, arg-type]
        moves = np.zeros((16, 16))
        for state in range(16):
            giving = np.array([state >> i & 1 for i in range(4)])
            chances = process.chances(1 - giving)
            for i in range(4):
                moves[state, state ^ (1 << i)] = chances[i, giving[i]]
        moves += np.diag(1 - moves.sum(axis=1))
        inner = slice(1, 15)
        takeover_chances = np.linalg.solve(np.eye(14) - moves[inner, inner], moves[inner, 15])
        slopes.append((np.mean(takeover_chances[[0, 1, 3, 7]]) - 0.25) / w)
    found = find_critical_ratio(net, make(), payoffs=option)  # type: ignore[operator, arg-type]
    assert 2 * slopes[0] - slopes[1] == pytest.approx(float(found.slope(3, 1)), rel=1e-5)


def test_imitation_where_nodes_play_with_themselves() -> None:
    check_against_all_states(network([(0, 1), (1, 2), (1, 3)]), "imitation updating", mean=False, with_self=True)


@pytest.mark.parametrize("rule", RULES)
def test_regular_networks_follow_the_closed_form(rule: str) -> None:
    nets = [
        ring(7),
        ring(12),
        ring(11, 4),
        complete(6),
        square_lattice(4),
        square_lattice(3, 5),
        random_regular(14, 3, 1),
    ]
    for net in map(network, nets):
        found = find_critical_ratio(net, RULES[rule])
        expected = regular_coefficient(RULES[rule], net.degree, net.size)
        assert found.structure_coefficient.value == expected.value
        assert found.ratio == expected.critical_ratio
        if rule == "death-birth" and net.size != 2 * net.degree:
            assert found.ratio == Fraction(net.size - 2) / (Fraction(net.size, net.degree) - 2)


@pytest.mark.parametrize("size", [5, 8, 13])
def test_stars(size: int) -> None:
    """Tarnita et al. (2009), section on the star: 1 under death-birth, and a quotient of cubics under birth-death, payoffs accumulated."""
    star = network([(0, i) for i in range(1, size)])
    n = Fraction(size)
    assert find_critical_ratio(star, death_birth(), payoffs=accumulated()).structure_coefficient.value == 1
    found = find_critical_ratio(star, birth_death(), payoffs=accumulated()).structure_coefficient.value
    assert found == (n**3 - 4 * n**2 + 8 * n - 8) / (n**3 - 2 * n**2 + 8)


def test_remeeting_as_published() -> None:
    """Allen et al. (2017): (b/c)* = t2 / (t3 - t1) with t_n = sum of pi_i p_ij^(n) tau_ij, computed here by a plain linear system in floats."""
    net = erdos_renyi(30, 5, seed=3)
    assert net.is_connected
    matrix = net.to_scipy().toarray()
    p = matrix / matrix.sum(axis=1, keepdims=True)
    eye = np.eye(30)
    system = np.eye(900) - (np.kron(p, eye) + np.kron(eye, p)) / 2
    same = np.flatnonzero(eye.ravel())
    system[same] = 0
    system[same, same] = 1
    tau = np.linalg.solve(system, 1 - eye.ravel()).reshape(30, 30)
    pi = matrix.sum(axis=1) / matrix.sum()
    t1, t2, t3 = (float((pi[:, None] * np.linalg.matrix_power(p, n) * tau).sum()) for n in (1, 2, 3))
    found = find_critical_ratio(net, death_birth(), payoffs=averaged())
    assert found.known == "numerical"
    assert found.ratio == pytest.approx(t2 / (t3 - t1), rel=1e-10)


@pytest.mark.parametrize("rule", RULES)
def test_floats_agree_with_fractions(rule: str) -> None:
    nets = [scale_free(18, 2, 1), network([(i, i + 1) for i in range(19)]), network([(0, i) for i in range(1, 15)])]
    nets.append(network([(0, 1, 0.001), (1, 2, 1000.0), (2, 0, 1.0), (2, 3, 0.5), (3, 4, 7.0)]))
    for net in nets:
        for option in (averaged(), accumulated(with_self=True)):
            exact = find_critical_ratio(net, RULES[rule], payoffs=option)
            floats = find_critical_ratio(net, RULES[rule], payoffs=option, exact_up_to=0)
            scale = float(exact.cost)
            assert floats.cost == pytest.approx(scale, rel=1e-9)
            assert floats.benefit == pytest.approx(float(exact.benefit), abs=1e-9 * scale)
            if exact.ratio == math.inf:
                assert floats.ratio == math.inf


def test_weights_of_any_size() -> None:
    far = network([(0, 1, 1e300), (1, 2, 1e-300), (2, 0, 1e300)])
    assert find_critical_ratio(far, death_birth(), payoffs=averaged()).known == "exact"
    with pytest.raises(NetworkError, match="1e-300 to 1e\\+300"):
        find_critical_ratio(far, death_birth(), payoffs=averaged(), exact_up_to=0)


def test_intensity_and_fitness_do_not_matter() -> None:
    for rule in (death_birth(3), death_birth("w"), death_birth(1, linear_fitness())):
        assert find_critical_ratio(ring(10), rule).ratio == Fraction(8, 3)
    assert find_critical_ratio(ring(10), fermi_imitation(0.1)).ratio == -9


def test_conditions_keep_parameters() -> None:
    donation = MatrixGame([["b - c", "-c"], ["b", 0]], assumptions=["b > 0", "c > 0"])
    found = find_critical_ratio(ring(20), death_birth())
    assert found.condition(donation).text() == "4*b > 9*c"
    assert found.structure_coefficient.condition(donation).text() == "4*b > 9*c"
    assert found.slope(3, 1) > 0 > found.slope(2, 1) and found.slope("9/4", 1) == 0
    with pytest.raises(UnsupportedError, match="two strategies"):
        found.condition(MatrixGame([[1, 2, 3]] * 3))


def test_text_says_what_is_favoured() -> None:
    star = network([(0, i) for i in range(1, 6)])
    assert str(find_critical_ratio(star, death_birth(), payoffs=averaged())) == (
        "cooperation is favoured for no b/c (exact; death-birth, payoffs averaged, weak selection)"
    )
    assert str(find_critical_ratio(complete(5), death_birth())).startswith(
        "cooperation is favoured for no b/c, spite for b/c < -4 ("
    )
    assert "<td>8/3</td>" in find_critical_ratio(ring(10), death_birth())._repr_html_()


@pytest.mark.parametrize(
    ("net", "rule", "error", "message"),
    [
        (network([(0, 1), (1, 2)], directed=True), death_birth(), NetworkError, "directed"),
        (network([(0, 1), (2, 3)]), death_birth(), NetworkError, "2 parts, of 2, 2"),
        (network([("a", "b")], names="abc"), death_birth(), NetworkError, r"1 nodes have no neighbours \(c\)"),
        (network([], size=1), death_birth(), NetworkError, "one node"),
        (network([(0, 1), (1, 2)]), death_birth(), NetworkError, "payoffs=averaged"),
        (network([(0, 1)]), death_birth(), UnsupportedError, "selects nothing"),
        (ring(5000), death_birth(), UnsupportedError, "up to 4000"),
        (ring(5), moran(), UnsupportedError, "not for Moran"),
        (ring(5), smith(), UnsupportedError, "not for Smith"),
        (ring(5), "death-birth", UnsupportedError, "not for death-birth"),
    ],
)
def test_errors_say_what_is_possible(net: object, rule: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        find_critical_ratio(net, rule)  # type: ignore[arg-type]
    if "selects" in message:
        with pytest.raises(error, match=message):
            find_critical_ratio(net, rule, exact_up_to=0)  # type: ignore[arg-type]
