"""Verdicts on eigenvalues and signs that are printed as a list, in any order."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from coopgame.analysis.auditing.facts import Facts
from coopgame.analysis.auditing.printed import Printed
from coopgame.analysis.auditing.values import (
    NO_FORMULA,
    Judgement,
    judge_formula,
    judge_number,
    judge_number_for_formula,
    same_formula,
)
from coopgame.analysis.published import SIGN_TEXTS, SignClaim

_WORTH = {"confirmed": 3, "undecidable": 2}


def judge_list(
    printed: Sequence[Printed], symbolic: Facts | None, at_values: Facts | None, formulas: bool
) -> list[Judgement]:
    """Return the verdicts on eigenvalues in any order: as many as possible are found among ours.

    symbolic, at_values: what is true for all parameters and at the values. formulas: whether the row prints formulas.
    """
    numbers = all(p.is_number for p in printed)
    facts = at_values if numbers or symbolic is None or symbolic.eigenvalues is None else symbolic
    if facts is None or facts.eigenvalues is None:
        return [Judgement("undecidable", "", NO_FORMULA, "")] * len(printed)
    return judge_pairs(printed, facts.eigenvalues, facts, formulas)


def judge_pairs(
    printed: Sequence[Printed], ours: Sequence[sympy.Expr], facts: Facts, formulas: bool
) -> list[Judgement]:
    """Return the verdicts under the pairing of printed and derived eigenvalues that confirms most."""
    pairs = _paired([[_agree(p, value, facts) for value in ours] for p in printed])
    left = [i for i, j in enumerate(pairs) if j is None]
    free = [j for j in range(len(ours)) if j not in pairs]
    table = [[_judge(printed[i], ours[j], facts, formulas) for j in free] for i in left]
    second = _matched([[_WORTH.get(c.verdict, 1 if c.reading else 0) for c in row] for row in table])
    found = []
    for i, j in enumerate(pairs):
        if j is not None:
            found.append(_judge(printed[i], ours[j], facts, formulas))
        elif (column := second[left.index(i)]) is not None:
            found.append(table[left.index(i)][column])
        else:
            found.append(Judgement("differs", "", f"{len(printed)} are printed, there are {len(ours)}"))
    return found


def _judge(printed: Printed, ours: sympy.Expr, facts: Facts, formulas: bool) -> Judgement:
    if not ours.free_symbols:
        put = printed.at(facts.scene.numbers)
        if put.is_number:
            return judge_number(put, ours)
    if printed.is_number:
        return judge_number_for_formula(printed, ours, facts, formulas)
    return judge_formula(printed, ours, facts.scene)


def _agree(printed: Printed, ours: sympy.Expr, facts: Facts) -> bool:
    put = printed.at(facts.scene.numbers)
    if put.is_number:
        return not ours.free_symbols and bool(put.value.is_finite) and put.agrees(ours)
    return same_formula(printed.value, ours, facts.scene)[0]


def _paired(agree: Sequence[Sequence[bool]]) -> list[int | None]:
    """For every row the column that it agrees with, as many as possible."""
    pairs = _matched([[int(cell) for cell in row] for row in agree])
    return [j if j is not None and agree[i][j] else None for i, j in enumerate(pairs)]


def _matched(worth: Sequence[Sequence[int]]) -> list[int | None]:
    """The assignment of columns to rows with the largest sum."""
    from scipy.optimize import linear_sum_assignment

    pairs: list[int | None] = [None] * len(worth)
    if worth and worth[0]:
        for i, j in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            pairs[int(i)] = int(j)
    return pairs


def judge_signs(claims: Sequence[SignClaim], facts: Facts) -> Judgement:
    """Return the verdict on signs printed in any order."""
    found = facts.signs
    if found is None:
        return Judgement("undecidable", "", "the signs are not decided for all parameters; give values", "")
    shown = ", ".join(SIGN_TEXTS[sign] for sign in found)
    claimed = sorted(claim.text for claim in claims)
    if len(claims) != len(found):
        return Judgement("differs", shown, f"{len(claims)} signs are printed, there are {len(found)} eigenvalues")
    if claimed == sorted(SIGN_TEXTS[sign] for sign in found):
        return Judgement("confirmed", shown, "", facts.known)
    fixed = [SIGN_TEXTS[sign] for sign in found if sign is not None]
    rest = list(claimed)
    possible = all(_taken(rest, sign) for sign in fixed)
    if None in found and possible:
        return Judgement("undecidable", shown, "some signs depend on the parameters")
    return Judgement("differs", shown, "the derived signs are others", facts.known)


def _taken(rest: list[str], sign: str) -> bool:
    if sign not in rest:
        return False
    rest.remove(sign)
    return True
