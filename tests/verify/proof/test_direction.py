"""An equation among the premises must not turn a goal around."""

import pytest

from verify import Quantity, eq, ge, gt, le, lt, real
from verify.proof.entailment import follows
from verify.relations import Relation

a, b, c, d = (Quantity(name, real()) for name in "abcd")


@pytest.mark.parametrize("goal", [ge(a + c, b), gt(a + c, b)])
def test_greater_does_not_follow_from_smaller(goal: Relation) -> None:
    assert not follows(goal, [lt(a + d, b), eq(c, d)])


@pytest.mark.parametrize("goal", [ge(a + c, b), le(b, a + c)])
def test_greater_follows_after_an_exchange(goal: Relation) -> None:
    assert follows(goal, [le(b, a + d), eq(c, d)])
