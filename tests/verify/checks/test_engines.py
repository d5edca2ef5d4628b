"""Second engines: what they decide, and that a disagreement is an error whoever is right."""

import pytest
import sympy as sp
from toy_lemmas import context

from verify.checks import engines, interval, smt, sturm
from verify.checks.sturm import Answer
from verify.lemma import Lemma
from verify.relations import eq, ge, gt, le, lt
from verify.statement import Quantity, integer, positive, real
from verify.verdict import Verdict, judge

pytest.importorskip("z3")

u = Quantity("u", real(0, 1))
v = Quantity("v", real(0, 1, open_upper=True))
x = Quantity("x", positive())
y = Quantity("y", real())
n = Quantity("n", integer(2))
TINY = sp.Rational(1, 10**9)

TRUE = {
    "parabola": le(4 * u * (1 - u), 1),
    "parabola, strictly": lt(u * (1 - u), sp.Rational(1, 4) + TINY),
    "means": ge(1 + y**2, 2 * y),
    "quotient": le(x / (1 + x), 1),
    "square that vanishes at a root": ge((y**2 - 2) ** 2, 0),
    "open end": lt(v, 1),
    "vanishes": le((y + 1) ** 2 - y**2 - 2 * y - 1, 0),
}
FALSE = {
    "parabola": le(4 * u * (1 - u), 1 - TINY),
    "parabola, strictly": lt(4 * u * (1 - u), 1),
    "means": ge((1 + y**2) * (1 - TINY), 2 * y),
    "quotient": le(x / (1 + x), 1 - TINY),
    "strict at an irrational root": gt((y**2 - 2) ** 2, 0),
    "closed end": lt(u, 1),
    "cubic": ge(y**3, 0),
    "between two roots": ge((y - 1) * (y - 1 - TINY), 0),
    "vanishes, strictly": lt((y + 1) ** 2 - y**2 - 2 * y - 1, 0),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_what_is_true_is_so_for_every_engine(claim):
    lemma = Lemma(claim, id="toy")
    assert {a.status for a in engines.opinions(lemma).values()} == {"true"}
    assert engines.run(lemma, context()).verdict is Verdict.CERTIFIED
    assert interval.run(lemma, context()).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_what_is_false_is_so_for_every_engine(claim):
    lemma = Lemma(claim, id="toy")
    assert {a.status for a in engines.opinions(lemma).values()} == {"false"}
    evidence = engines.run(lemma, context())
    assert evidence.verdict is Verdict.REFUTED
    at = {s: sp.sympify(value) for s in claim.symbols for k, value in evidence.data["witness"].items() if k == s.name}
    assert (claim.low - claim.high).subs(at) >= 0


def test_z3_reads_hypotheses_roots_and_moduli_of_several_numbers():
    w = Quantity("w", real(0))
    assert smt.decide(le(2 * sp.sqrt(w * x), w + x), {w: w.domain, x: x.domain}).status == "true"
    assert smt.decide(le(abs(y), 1), {y: y.domain}, [le(y**2, 1)]) == Answer("true")
    assert smt.decide(ge(sp.sqrt(y), 0), {y: y.domain}) == Answer("true", smt.WHERE)  # y < 0 is not looked at
    assert smt.decide(le(abs(y), 1), {y: y.domain}, [le(y**2, 2)]).status == "false"
    assert smt.decide(le(sp.Max(w, x), w + x), {w: w.domain, x: x.domain}).status == "true"
    assert smt.decide(lt(sp.Min(w, x), sp.Max(w, x)), {w: w.domain, x: x.domain}).status == "false"


def test_a_point_where_a_quotient_means_nothing_is_no_counterexample():
    assert smt.decide(ge(y**2 / y**2, 1), {y: y.domain}).status == "true"
    assert sturm.decide(ge(1 / y, 0), y, y.domain).status == "unknown"


def test_a_solution_that_is_no_integer_refutes_nothing():
    gap = Lemma(ge((n - sp.Rational(5, 2)) ** 2, sp.Rational(1, 5)), id="toy")
    assert engines.opinions(gap)["z3"].status == "false"
    evidence = engines.run(gap, context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert "not confirmed" in evidence.summary
    assert engines.run(Lemma(ge((n - 3) ** 2, sp.Rational(1, 5)), id="toy"), context()).verdict is Verdict.REFUTED


def test_transcendental_claims_are_compared_in_values_only():
    evidence = engines.run(Lemma(ge(sp.exp(y), 1 + y), id="toy"), context())
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.data["points"] == engines.POINTS


# --- planted disagreements --------------------------------------------------------------------------------------------


def test_two_engines_that_disagree_are_an_error(monkeypatch):
    monkeypatch.setattr(smt, "decide", lambda *problem: Answer("false", witness={u: sp.Rational(1, 2)}))
    evidence = engines.run(Lemma(TRUE["parabola"], id="toy"), context())
    assert evidence.verdict is Verdict.ERROR
    assert "disagree" in evidence.summary


def test_an_engine_whose_witness_balls_contradict_is_an_error(monkeypatch):
    monkeypatch.setattr(smt, "decide", lambda *problem: Answer("false", witness={u: sp.Rational(1, 3)}))
    monkeypatch.setattr(sturm, "decide", lambda *problem: Answer("unknown"))
    evidence = engines.run(Lemma(TRUE["parabola"], id="toy"), context())
    assert evidence.verdict is Verdict.ERROR
    assert "holds in balls" in evidence.summary


def test_balls_against_the_other_engines_are_an_error(monkeypatch):
    for module in (smt, sturm):
        monkeypatch.setattr(module, "decide", lambda *problem: Answer("true"))
    false = Lemma(FALSE["parabola"], id="toy")
    found = [check.run(false, context()) for check in (interval, engines)]
    assert [e.verdict for e in found] == [Verdict.REFUTED, Verdict.CERTIFIED]
    assert judge("interval", found)[0] is Verdict.ERROR


def test_a_wrong_ball_is_an_error(monkeypatch):
    right = engines.ball_function
    monkeypatch.setattr(engines, "ball_function", lambda *formula: lambda *at: right(*formula)(*at) + 1)
    evidence = engines.run(Lemma(ge(sp.exp(y), 1 + y), id="toy"), context())
    assert evidence.verdict is Verdict.ERROR
    assert evidence.summary.startswith("SymPy and balls differ")


def test_without_z3_the_rest_is_done(monkeypatch):
    monkeypatch.setattr(smt, "installed", lambda: False)
    evidence = engines.run(Lemma(TRUE["means"], id="toy"), context())
    assert evidence.verdict is Verdict.CERTIFIED
    assert evidence.data["answers"] == {"SymPy": "true", "z3": "unknown (not installed)"}


def test_an_equation_is_left_to_algebra_and_z3():
    assert sturm.decide(eq(y * (y + 1), y**2 + y), y, y.domain).status == "true"
    assert sturm.decide(eq(y, 1), y, y.domain).status == "unknown"


def test_a_hard_problem_ends_by_the_count_of_steps(monkeypatch):
    monkeypatch.setattr(smt, "STEPS", 10)
    answers = [smt.decide(le(2 * sp.sqrt(u * x), u + x), {u: u.domain, x: x.domain}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].status == "unknown"


@pytest.mark.parametrize("rate", [10**10, -(10**10)])
def test_numbers_with_extreme_exponents_are_compared_and_never_written_out(rate):
    w = Quantity("w", real(1, 2))
    assert engines.compare_values(Lemma(le(sp.exp(rate * w), 1), id="toy")) == (3, None)
