"""One draw read at every level: U = inf{delta : the claim fails at delta}. The lemma says P(U <= u) <= u for all u."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.checks.reading import Reader, Reading
from verify.lemma import Lemma
from verify.relations import Relation
from verify.statement import Instance, Quantity
from verify.stats.alldelta import violation_level

CAP = 200  # draws of one case that are read at every level
GRID, BISECTIONS = 33, 30  # levels at which one draw is read


def applies(reader: Reader, instance: Instance) -> bool:
    """Whether one draw can be read at other levels.

    The level must be a free quantity, no hypothesis may involve it, and no measured quantity may move with it (or with
    an abbreviation that contains it) when it changes in the instance.
    """
    lemma, level = reader.lemma, reader.lemma.fails_with
    if not isinstance(level, Quantity) or level.measure is not None or level.name not in instance:
        return False
    if any(level in lemma.spelled_out(relation).symbols for relation in lemma.given.values()):
        return False
    tied = [s for s in lemma.where if level in lemma.spelled_out(Relation(s, "==", s)).symbols]
    names = [s.name for s in (level, *tied) if isinstance(instance.get(s.name), float)]
    moved = ({**instance, name: instance[name] * factor} for name in names for factor in (0.5, 0.9))
    before = _measured(reader, instance)
    return all(before == _measured(reader, other) for other in moved)


def _measured(reader: Reader, instance: Instance) -> list[Any]:
    values = reader.measure(instance)
    return [values[s] for s in reader.symbols if s.measure is not None]


def violation(reader: Reader, reading: Reading) -> float:
    """U in (0, 1] for the draw that was read; 1 if its claim holds, up to rounding, at every level.

    1 also where the draw says nothing against the lemma: where a hypothesis is not certain to be met, and where a bound
    that is itself random is violated at one level and not at a larger one (then U <= u is no violation at level u).
    """
    level = reader.lemma.fails_with
    assert isinstance(level, Quantity)
    if reading.unsure:
        return 1.0

    claim = reader.claim_along(reading.values, level)

    def bound(delta: float) -> float:
        return -np.inf if claim(delta).state == "violated" else np.inf

    found = violation_level(0.0, bound, grid_points=GRID, bisections=BISECTIONS)
    above = np.linspace(found, 1, GRID)[1:-1] if found < 1 and _has_random_bound(reader.lemma) else ()
    return found if all(bound(float(delta)) < 0 for delta in above) else 1.0


def _has_random_bound(lemma: Lemma) -> bool:
    """Whether a side of the claim contains both the level and something measured that is no size."""
    claim = lemma.spelled_out(lemma.claim)
    sides = [side.free_symbols for side in (claim.low, claim.high)]
    random = {s for s in claim.symbols if isinstance(s, Quantity) and s.measure is not None and not s.domain.integer}
    return any(lemma.fails_with in symbols and symbols & random for symbols in sides)
