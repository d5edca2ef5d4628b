"""The displayed formula against the checked one: agreement, drift, and plainly not compared."""

import pytest
import sympy as sp
from toy_lemmas import context

from verify.checks import display
from verify.lemma import Lemma
from verify.relations import eq, ge, le, lt
from verify.statement import Quantity, const, positive, real
from verify.verdict import Verdict

x = Quantity("x", positive())
y = Quantity("y", real())
delta = Quantity("delta", positive(1, open_upper=True))
size = Quantity("size", real(0), measure=lambda at: abs(at["u"]).max())
C = const("C", sp.Rational(1, 2))


def found(latex, claim, **more):
    return display.run(Lemma(claim, latex=latex, id="toy", **more), context())


QUOTIENT = 2 * x**2 * y / (1 + sp.sqrt(x))
AGREEING = {
    r"e^{{-x}} \le 1 - x + {C}\,x^2 \qquad (x \ge 0)": le(sp.exp(-x), 1 - x + C * x**2),
    r"|e^y - 1| \ge |y|\,(1-\tfrac12|y|)": ge(abs(sp.exp(y) - 1), abs(y) * (1 - abs(y) / 2)),
    r"4y > x": lt(x, 4 * y),
    r"\frac{{1}}{{1+\sqrt{{x}}}} \cdot 2x^2y = 2 x^2 y/(1+\sqrt{{x}})": eq(QUOTIENT, QUOTIENT),
    r"2\log x + \log(1+x)\,y \le \Big[x\Big]^3": le(2 * sp.log(x) + y * sp.log(1 + x), x**3),
    r"x \ge 1 \implies Q(x) \le e^{{-x^2/2}}/2": le(sp.erfc(x / sp.sqrt(2)) / 2, sp.exp(-(x**2) / 2) / 2),
}  # fmt: skip


@pytest.mark.parametrize(("latex", "claim"), AGREEING.items(), ids=range(len(AGREEING)))
def test_two_forms_that_say_the_same_agree(latex, claim):
    evidence = found(latex, claim)
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.summary.startswith("the displayed claim agrees with the checked one at ")
    assert int(evidence.summary.split()[-2]) >= 3


DRIFTED = {
    "factor": (r"e^{{-x}} \le 1 - x + x^2", le(sp.exp(-x), 1 - x + C * x**2)),
    "sign": (r"e^{{x}} \le 1 - x + {C} x^2", le(sp.exp(-x), 1 - x + C * x**2)),
    "direction": (r"y^2 \ge x", le(y**2, x)),
    "strictness": (r"y^2 < x", le(y**2, x)),
    "equation": (r"y^2 = x", le(y**2, x)),
    "power of a bracket": (r"(1+x)^2 \le y", le((1 + x) ** 3, y)),
    "binding of log": (r"\log x + 1 \le y", le(sp.log(x + 1), y)),
}


@pytest.mark.parametrize(("latex", "claim"), DRIFTED.values(), ids=DRIFTED)
def test_a_displayed_formula_that_is_another_one_is_an_error(latex, claim):
    evidence = found(latex, claim)
    assert evidence.verdict is Verdict.ERROR
    assert "is not the checked one" in evidence.summary


def test_an_edited_constant_moves_both_forms_together():
    lemma = Lemma(le(y, C * x), latex=r"y \le {C} x", id="toy").set(C=7)
    assert "agrees" in display.run(lemma, context()).summary
    for value in (sp.E - 1, 2 * (sp.E - 1), 1 - sp.pi, -3, sp.sqrt(2) * (sp.E - 1), -sp.sqrt(2), sp.log(2)):
        assert "agrees" in display.run(lemma.set(C=value), context()).summary
        after = Lemma(le(y, 1 + 2 * C * x), latex=r"y \le 1 + 2 \cdot {C}\,x", id="toy").set(C=value)
        assert "agrees" in display.run(after, context()).summary
    typed = Lemma(le(y, C * x), latex=r"y \le \frac12 x", id="toy").set(C=7)
    assert display.run(typed, context()).verdict is Verdict.ERROR


def test_letters_say_what_a_norm_is():
    latex = r"\|u\|_\infty \le {C}\,x"
    assert "not compared" in found(latex, le(size, C * x)).summary
    assert "agrees" in found(latex, le(size, C * x), letters={r"\|u\|_\infty": size}).summary
    assert found(r"\|u\|_\infty \le 2x", le(size, x), letters={r"\|u\|_\infty": size}).verdict is Verdict.ERROR


def test_of_a_probability_the_level_is_compared():
    latex = r"\Pr[\max_i |u_i| > x] \le 2\delta"
    assert "level agrees" in found(latex, le(size, x), fails_with=2 * delta).summary
    assert found(latex, le(size, x), fails_with=delta).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "latex",
    [
        r"\mathbb{{E}} y \le x",
        r"y \le \sum_i x",
        r"y",
        r"\text{{small}} \le x",
        r"(y \le x",
        r"\frac y",
        r"y \le 1{{,}}5x",
        r"y \le \unknown x",
    ],
)
def test_what_cannot_be_read_is_not_compared_and_says_why(latex):
    evidence = found(latex, le(y, x))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.summary.startswith("LaTeX not compared with the checked form: ")
    assert len(evidence.summary) > 50


def test_a_lemma_without_latex_is_not_asked():
    assert not display.applies(Lemma(le(y, x)))
