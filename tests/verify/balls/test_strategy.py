"""How boxes are shared out among the ways to write a claim."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from verify.balls import strategy
from verify.balls.goals import goal_of
from verify.balls.prover import Cover
from verify.relations import ge
from verify.statement import positive


def test_no_way_is_tried_again_with_no_more_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: dict[sp.Expr, list[int]] = {}

    def stuck(expr: sp.Expr, piece: Any, given: Any, strict: bool, max_boxes: int) -> Cover:
        tried.setdefault(expr, []).append(max_boxes)
        return Cover(False, max_boxes // 2 + 1, exhausted=True)

    monkeypatch.setattr(strategy, "prove_part", stuck)
    x, y = sp.symbols("x y")
    goal = goal_of(ge(sp.exp(x) * y, 1 + x), {x: positive(), y: positive()})
    found = strategy.prove_case(goal.claim.expr, goal.piece, (), False, 5000)
    assert not found.complete
    assert len(tried) > 1
    assert all(boxes == sorted(set(boxes)) for boxes in tried.values())
    assert max(map(len, tried.values())) > 1
