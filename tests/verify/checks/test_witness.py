from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx
from toy_lemmas import box_norm, parallelogram, polarization

from verify.checks.reading import Reader
from verify.checks.witness import Witness, exact_instance, find, in_balls, is_small
from verify.lemma import Lemma
from verify.relations import eq, le
from verify.statement import Quantity, real

half = sp.Rational(1, 2)


def _exp(x):
    return x.exp() if isinstance(x, arb) else np.exp(x)


def test_rounding_is_exact_and_leaves_other_values_alone():
    at = {"x": 0.1, "A": np.array([[1 / 3, -2.0]]), "n": 3, "case": "c", "a": np.array([1, -1])}
    rounded = exact_instance(at, 2)
    assert rounded["x"] == Fraction(1, 10)
    assert rounded["A"].tolist() == [[Fraction(33, 100), Fraction(-2)]]
    assert (rounded["n"], rounded["case"], rounded["a"].tolist()) == (3, "c", [1, -1])
    assert exact_instance(at)["x"] == Fraction(0.1)


def test_a_false_claim_gets_the_shortest_witness_and_it_really_is_one():
    near = {"u": np.array([0.61, 0.4]), "v": np.array([0.6, 0.4])}
    found = find(Reader(parallelogram.set(C=sp.Rational(19, 10))), near)
    assert isinstance(found, Witness)
    assert found.digits == 1
    u, v = found.exact["u"], found.exact["v"]
    assert sum((u + v) ** 2) > Fraction(19, 10) * (sum(u**2) + sum(v**2))
    assert found.data()["instance"] == {"u": ["0.6", "0.4"], "v": ["0.6", "0.4"]}


def test_a_true_claim_has_no_witness_even_where_equality_holds():
    found = find(Reader(parallelogram), {"u": np.array([0.3, 0.4]), "v": np.array([0.3, 0.4])})
    assert found == "at the exact floats, the claim holds"
    root = Quantity("root", real(0), measure=lambda at: _exp(at["x"]))
    touching = Lemma(le(root, root), id="toy")
    assert find(Reader(touching), {"x": 0.3}) == "at the exact floats, the two sides cannot be told apart"


def test_a_violation_within_rounding_is_verified():
    tiny = parallelogram.set(C=2 - sp.Rational(1, 10**14))
    found = find(Reader(tiny), {"u": np.array([0.3, 0.4]), "v": np.array([0.3, 0.4])})
    assert isinstance(found, Witness)


def test_sides_that_agree_to_two_hundred_bits_are_tied_and_a_smaller_violation_is_seen_before():
    asked = []

    def root(at):
        asked.append(ctx.prec)
        return _exp(at["x"])

    one = Quantity("one", real(0), measure=root)
    reader = Reader(Lemma(le(one, one), id="toy"))
    tie = in_balls(reader, {"x": Fraction(3, 10)})
    assert (tie.tied, tie.decided, tie.refutes) == (True, False, False)
    assert max(asked) == 512
    for exponent, bits in ((30, 128), (100, 512)):
        asked.clear()
        smaller = Reader(Lemma(le(one * (1 + sp.Rational(1, 10**exponent)), one), id="toy"))
        assert in_balls(smaller, {"x": Fraction(3, 10)}).refutes
        assert max(asked) == bits


def test_every_hypothesis_must_be_certain():
    false_claim = box_norm.set(D=2)
    u = np.array([0.9, 0.9, 0.9])
    assert isinstance(find(Reader(false_claim), {"u": u, "B": 0.9}), Witness)
    assert find(Reader(false_claim), {"u": u, "B": 0.5}) == "at the exact floats, hypothesis 'bounded' is not certain"


def test_a_bound_measured_from_a_rounded_array_is_moved_outward():
    squared = Quantity("squared", real(0), measure=lambda at: at["u"] * at["u"])
    limit = Quantity("limit", real(0))
    lemma = Lemma(le(squared, limit / 2), given={"measured": le(squared, limit)}, id="toy")
    at = {"u": 1 / 3, "limit": (1 / 3) ** 2}
    found = find(Reader(lemma), at)
    assert isinstance(found, Witness)
    assert found.exact["u"] ** 2 <= found.exact["limit"] < 2 * found.exact["u"] ** 2


def test_a_measure_that_knows_no_balls_is_reported_not_believed():
    norm = Quantity("norm", real(0), measure=lambda at: float(np.linalg.norm(at["u"])))
    found = find(Reader(Lemma(le(norm, 1), id="toy")), {"u": np.array([3.0, 4.0])})
    assert isinstance(found, str)
    assert "cannot be evaluated in balls" in found


def test_infinite_values_have_no_witness():
    assert find(Reader(parallelogram), {"u": np.array([np.inf]), "v": np.array([0.0])}) == "it contains inf"


def test_an_identity_is_violated_only_strictly():
    at = {"u": np.array([0.1, 0.7]), "v": np.array([-0.3, 0.2])}
    assert in_balls(Reader(polarization), at).reading.claim.state == "holds"  # exact floats, 128 bits: no rounding
    thirds = {k: np.array([Fraction(x) / 3 for x in v], dtype=object) for k, v in at.items()}
    assert in_balls(Reader(polarization), thirds).reading.claim.state == "close"
    right = polarization.claim.right
    wrong = Lemma(eq(polarization.claim.left, right * (1 + sp.Rational(1, 10**20))), id="toy")
    assert in_balls(Reader(wrong), at).refutes


def test_a_hypothesis_that_is_an_equation_must_hold_exactly():
    total = Quantity("total", real(), measure=lambda at: at["u"].sum())
    first = Quantity("first", real(), measure=lambda at: at["u"][0])
    lemma = Lemma(le(first, half), given={"sum": eq(total, 1)}, id="toy")
    assert isinstance(find(Reader(lemma), {"u": np.array([0.75, 0.25])}), Witness)
    assert isinstance(find(Reader(lemma), {"u": np.array([0.8, 0.3])}), str)


def test_balls_are_made_of_the_exact_floats():
    value = Quantity("value", real(), measure=lambda at: at["x"] * 10)
    reading = in_balls(Reader(Lemma(le(value, 1), id="toy")), {"x": 0.1}).reading
    assert reading.claim.state == "violated"  # the double 0.1 exceeds 1/10
    assert isinstance(reading.claim.low, arb)


def test_size_counts_entries_of_arrays():
    assert is_small({"u": np.zeros(10), "n": 10**9})
    assert not is_small({"u": np.zeros((100, 100))})
