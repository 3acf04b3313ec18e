"""States of finite populations: all of them, their places, and where moves lead."""

from __future__ import annotations

import numpy as np

from coopgame import MatrixGame, NormalFormGame, fermi_imitation, finite_population, logit
from coopgame.finite.state_table import face_of, table_of


def test_moves_lead_where_they_say() -> None:
    game = NormalFormGame.from_bimatrix([[3, 0, 1], [0, 2, 1]], [[2, 0, 1], [0, 3, 1]])
    process = finite_population(game, fermi_imitation(1), 4, mutation="1/10").at()
    face = face_of(process, np.array([4, 0, 1, 1, 2]))
    counts, chances, targets = table_of(process, face)
    assert len(counts) == len(face.states) == 5 * 15
    assert (face.places(counts) == np.arange(75)).all()
    assert face.moves.tolist() == [[0, 1], [1, 0], [2, 3], [3, 2], [2, 4], [4, 2], [3, 4], [4, 3]]
    for k, state in enumerate(counts):
        for m, (i, j) in enumerate(face.moves):
            moved = state.copy()
            moved[[i, j]] += [-1, 1]
            assert (chances[k, m] > 0) == (state[i] > 0)
            assert (counts[targets[k, m]] == (moved if state[i] > 0 else state)).all()


def test_faces_are_of_what_can_be_played() -> None:
    game = MatrixGame(np.arange(16).reshape(4, 4).tolist())
    start = np.array([3, 0, 2, 0])
    assert face_of(finite_population(game, fermi_imitation(1), 5).at(), start).live == ((0, 2),)
    mutating = finite_population(game, fermi_imitation(1), 5, mutation="1/9").at()
    assert face_of(mutating, start).live == ((0, 1, 2, 3),)
    assert face_of(mutating, start, mutation=False).live == ((0, 2),)
    assert face_of(finite_population(game, logit(1), 5).at(), start).live == ((0, 1, 2, 3),)
    counts, _, _ = table_of(mutating, face_of(mutating, start, mutation=False), mutation=False)
    assert (counts[:, [1, 3]] == 0).all()
