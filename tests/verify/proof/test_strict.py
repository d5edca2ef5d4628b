"""Strict inequalities must come from something strict about the quantities at hand."""

import pytest

from verify import Quantity, lt, positive, real
from verify.proof.entailment import follows
from verify.relations import Relation, le

x, y = Quantity("x", real()), Quantity("y", real())
d = Quantity("d", positive(1, open_upper=True))


@pytest.mark.parametrize(
    ("goal", "known"),
    [
        (lt(d / 2, 1), [lt(d, 1)]),
        (lt(x, y + 1), [lt(x, y)]),
        (lt(0, d), []),
        (lt(x, 1), [le(x, y), lt(y, 1)]),
    ],
)
def test_follows(goal: Relation, known: list[Relation]) -> None:
    assert follows(goal, known)


@pytest.mark.parametrize(
    ("goal", "known"),
    [
        (lt(x, x), [lt(0, d)]),  # something strict, but about something else
        (lt(x, y), [le(x, y), lt(0, d)]),
        (lt(x, 1), [le(x, 1)]),
        (lt(x, y), [lt(y, x)]),
    ],
)
def test_does_not_follow(goal: Relation, known: list[Relation]) -> None:
    assert not follows(goal, known)
