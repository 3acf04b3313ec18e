"""Chooses how to follow the paths of a process: by a table of all states, by compiled formulas, or by the law itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coopgame.dynamics import protocol_rates as formulas
from coopgame.dynamics import replacement_rules
from coopgame.dynamics.fitness import EXPONENTIAL, linear_fitness
from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import LogReplacements, ReplacementRule
from coopgame.finite.path import CompiledFollower, Follower, PlainFollower, TableFollower, log_of_none
from coopgame.finite.payoffs import PairPayoffs, RolePayoffs
from coopgame.finite.population import ProcessAt
from coopgame.finite.state_table import Face, face_of, moves_of, table_of

MOST_TABULATED = 400_000  # chances in a table where there is a compiled formula
MOST_WITHOUT_FORMULA = 4_000_000


def follower_of(process: ProcessAt, counts: np.ndarray, *, mutation: bool = True) -> Follower:
    """Return the fastest way to follow paths from a state. mutation: whether mutants arise."""
    face = face_of(process, counts, mutation=mutation)
    entries = len(face.states) * max(1, len(face.moves))
    if entries <= MOST_TABULATED:
        return table_follower(process, face, mutation=mutation)
    compiled = compiled_follower(process, mutation=mutation)
    if compiled is not None:
        return compiled
    if entries <= MOST_WITHOUT_FORMULA:
        return table_follower(process, face, mutation=mutation)
    return PlainFollower(process, face, mutation)


def table_follower(process: ProcessAt, face: Face, *, mutation: bool = True) -> TableFollower:
    """Return how to follow paths by a table of all states of a face."""
    _, chances, targets = table_of(process, face, mutation=mutation)
    totals = np.zeros(len(chances))
    for column in chances.T:
        totals += column
    return TableFollower(face, chances, targets, totals, log_of_none(totals))


def compiled_follower(process: ProcessAt, *, mutation: bool = True) -> CompiledFollower | None:
    """Return how to follow paths by compiled formulas, None for laws and games that have none."""
    codes = [_code(law) for law in process.population.laws]
    tables = _payoffs(process)
    found = [code for code in codes if code is not None]
    if tables is None or len(found) < len(codes):
        return None
    numbers = _numbers(process, mutation)
    if _is_fermi(process) and numbers[0, 2] <= 1:
        from coopgame._kernels.fermi_path import follow_fermi

        n = len(process.population.game.populations[0].strategies)
        return CompiledFollower(process, follow_fermi, (tables[0].reshape(n, n), numbers[0]))
    from coopgame._kernels.rule_path import follow_rules

    offsets = np.cumsum([0, *(table.size for table in tables)])
    starts = np.cumsum([0, *(len(own.strategies) for own in process.population.game.populations)])
    lengths = np.array(
        [
            max(table.size // len(table) for table in tables),
            max(3, *map(len, tables)),
        ]
    )
    moves = moves_of(
        starts[:-1].tolist(), [range(len(own.strategies)) for own in process.population.game.populations]
    )
    flat = np.concatenate([table.ravel() for table in tables])
    laws = np.array(found, dtype=np.int64)
    return CompiledFollower(process, follow_rules, (flat, offsets, starts, laws, numbers, lengths, moves))


def _is_fermi(process: ProcessAt) -> bool:
    law = process.population.laws[0]
    one = len(process.population.laws) == 1 and len(process.population.game.populations[0].strategies) > 1
    return one and isinstance(law, Protocol) and law.log_rates is formulas.log_fermi and law.imitative


def _code(law: Law) -> tuple[int, bool] | None:
    """Return the number of the compiled formula of a law, and whether its fitness is linear."""
    from coopgame._kernels import rule_chances as compiled

    if isinstance(law, ReplacementRule) and not law.generation:
        rules: dict[LogReplacements, int] = {
            replacement_rules._moran: compiled.MORAN,
            replacement_rules._birth_death: compiled.BIRTH_DEATH,
            replacement_rules._death_birth: compiled.DEATH_BIRTH,
        }
        linear = law.fitness == linear_fitness()
        code = rules.get(law.replacements)
        return (code, linear) if code is not None and (linear or law.fitness == EXPONENTIAL) else None
    if not isinstance(law, Protocol):
        return None
    protocols = {
        (formulas.fermi, formulas.log_fermi, True, False): compiled.FERMI,
        (formulas.better, None, True, False): compiled.PAIRWISE_IMITATION,
        (formulas.imitative_logit, formulas.log_imitative_logit, True, True): compiled.IMITATIVE_LOGIT,
        (formulas.better, None, False, False): compiled.SMITH,
        (formulas.logit, formulas.log_logit, False, False): compiled.LOGIT,
        (formulas.best_replies, None, False, False): compiled.BEST_RESPONSE,
    }
    code = protocols.get((law.rates, law.log_rates, law.imitative, law.among_all))
    return None if code is None else (code, False)


def _payoffs(process: ProcessAt) -> Sequence[np.ndarray] | None:
    """Return of every population the payoffs of its strategies by whom they meet; each of shape (n, kinds)."""
    if isinstance(process.payoffs, PairPayoffs):
        return [np.ascontiguousarray(process.payoffs.matrix)]
    if isinstance(process.payoffs, RolePayoffs):
        return [np.ascontiguousarray(table).reshape(len(table), -1) for table in process.payoffs.tensors]
    return None


def _numbers(process: ProcessAt, mutation: bool) -> np.ndarray:
    """Return of every population the setting of its law, the mutation and the step; shape (P, 3)."""
    rows = []
    for law, own, chance in zip(process.population.laws, process.settings, process.mutations, strict=True):
        setting = float(next(iter(own.values()))[0]) if own else 0.0
        step = float(process.population.step) if law.explores else 1.0
        rows.append((setting, chance if mutation else 0.0, step))
    return np.array(rows)
