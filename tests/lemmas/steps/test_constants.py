"""Where a constant is 1, a larger one is proved too, and a smaller one is not."""

import pytest
import sympy as sp

from verify.checks import load
from verify.checks.base import EFFORTS, Context
from verify.pipeline.plan import parts
from verify.pipeline.select import installed
from verify.verdict import Verdict

CASES = [("gram-lambda-upper", ""), ("gram-relative-perturbation", ""), ("jacobian-drift", "at its distance")]


@pytest.mark.parametrize(("name", "part"), CASES)
def test_any_constant_from_one_up_is_proved(name: str, part: str) -> None:
    library = installed()
    context = Context(EFFORTS["quick"], 0, library.lemma)
    stated = parts(library.lemma(name))[part]
    for value in (sp.Integer(1), sp.Rational(3, 2), sp.E - 1):
        assert load("symbolic").run(stated.set(C=value), context).verdict is Verdict.PROVED, value
    smaller = load("symbolic").run(stated.set(C=sp.Rational(2, 3)), context)
    assert smaller.verdict is Verdict.INCONCLUSIVE
    assert "the constant" in smaller.summary
