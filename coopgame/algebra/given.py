"""Conditions made shorter by what is known: factors whose sign is given are taken out of products."""

from __future__ import annotations

from coopgame.algebra.conditions import And, Condition, Or, Sign, all_of, any_of, sign

_SIGNS = {">": 1, "<": -1}


def given(known: Condition, condition: Condition) -> Condition:
    """Return a condition that is equivalent wherever `known`, a conjunction, holds; its products lose factors of known sign."""
    signs = _signs_of(known)
    return _given(signs, condition) if signs else condition


def _signs_of(known: Condition) -> dict[str, int]:
    parts = known.parts if isinstance(known, And) else (known,)
    found: dict[str, int] = {}
    for part in parts:
        if isinstance(part, Sign) and part.relation in _SIGNS:
            unit, factors = part.polynomial.factor()
            if len(factors) == 1 and factors[0][1] == 1:
                turned, factor = part.ring.primitive(factors[0][0])
                found[str(factor)] = _SIGNS[part.relation] * turned * (1 if unit > 0 else -1)
    return found


def _given(signs: dict[str, int], condition: Condition) -> Condition:
    if isinstance(condition, And | Or):
        join = all_of if isinstance(condition, And) else any_of
        return join(*(_given(signs, part) for part in condition.parts))
    if not isinstance(condition, Sign):
        return condition
    ring = condition.ring
    unit, factors = condition.polynomial.factor()
    rest, turned = ring.constant(1), unit < 0
    for factor, power in factors:
        turn, primitive = ring.primitive(factor)
        side = signs.get(str(primitive))
        if side is None:
            rest = rest * factor ** int(power)
        else:
            turned ^= side * turn < 0 and power % 2 == 1
    return sign(ring, -rest if turned else rest, condition.relation)
