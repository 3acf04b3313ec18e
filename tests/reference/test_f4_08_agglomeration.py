"""Known results reproduced: two regions, mobile entrepreneurs; payoffs that are no polynomials of the share."""

from __future__ import annotations

import pytest

from coopgame import catalog, find_rest_points

GAME = catalog.footloose_entrepreneur(mu="0.4", sg=5)
BREAK, SUSTAIN = 0.696969697, 0.6954423676  # Forslid and Ottaviano (2003), for mu = 0.4 and sigma = 5


@pytest.mark.parametrize(
    ("phi", "types"),
    [
        (SUSTAIN - 1e-4, ["source", "source", "sink"]),
        (SUSTAIN + 1e-4, ["sink", "sink", "source", "sink", "source"]),
        (BREAK - 1e-4, ["sink", "sink", "source", "sink", "source"]),
        (BREAK + 1e-4, ["sink", "sink", "source"]),
    ],
)
def test_break_and_sustain_points(phi: float, types: list[str]) -> None:
    """Forslid and Ottaviano (2003): between sustain and break point dispersion and both agglomerations are stable."""
    points = find_rest_points(GAME, {"phi": phi})
    assert points.complete
    assert [str(p.stability) for p in points] == types
    assert points.at(lam="1/2").known == "certified"
