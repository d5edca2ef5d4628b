import math

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from toy_lemmas import B, D, U, bad_integer, box_norm, gaussian_max

from verify.checks.reading import CLOSE, Point, Reader, compare, numbers, plain, ratio
from verify.lemma import Lemma
from verify.relations import le
from verify.statement import Quantity, StatementError, positive, real

finite = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)


@given(finite, finite)
def test_exact_comparison_agrees_with_the_order_of_the_reals(a, b):
    expected = {True: "holds", False: "violated"}
    assert compare(arb(a), "<=", arb(b), 0.0) == expected[a <= b]
    assert compare(arb(a), "<", arb(b), 0.0) == expected[a < b]
    assert compare(arb(a), "==", arb(b), 0.0) == expected[a == b]


@given(finite, st.floats(-0.9, 0.9))
def test_within_the_tolerance_nothing_is_decided(a, share):
    moved = arb(a) * (1 + arb(share) * arb(CLOSE))
    state = compare(arb(a), "<=", moved, CLOSE)
    assert state == "close" or a == 0


def test_beyond_the_tolerance_a_violation_is_seen():
    assert compare(arb(1) + arb(3e-9), "<=", arb(1), CLOSE) == "violated"
    assert compare(arb(1) - arb(3e-9), "<=", arb(1), CLOSE) == "holds"
    assert compare(arb(1) + arb(3e-9), "==", arb(1), CLOSE) == "violated"


def test_overlapping_balls_are_never_decided():
    wide = arb(1, 0.5)
    for op in ("<=", "<", "=="):
        assert compare(wide, op, arb(1), 0.0) == "close"


def test_undefined_sides_are_not_a_comparison():
    for bad in (arb("nan"), arb("inf")):
        assert compare(bad, "<=", arb(1), 0.0) == "undefined"
        assert compare(arb(1), "<=", bad, CLOSE) == "undefined"


@given(finite, finite)
def test_the_ratio_is_at_most_one_exactly_where_the_claim_holds(a, b):
    assert (ratio(arb(a), arb(b)) <= 1) == (a <= b) or math.isclose(a, b, rel_tol=1e-12)


def test_domains_are_hypotheses_and_touching_the_end_of_a_measured_one_counts_as_met():
    reader = Reader(box_norm)
    reading = reader.read(reader.measure({"u": np.zeros(3), "B": 0.5}))
    assert reading.admitted
    assert not reading.unsure
    outside = reader.read(reader.measure({"u": np.zeros(3), "B": -0.5}))
    assert "B in its domain (lower)" in outside.missed


def test_a_measured_quantity_certainly_outside_its_domain_is_not_admitted():
    low = Quantity("low", real(0), measure=lambda at: at["x"])
    reader = Reader(Lemma(le(low, 1), id="toy"))
    assert reader.read(reader.measure({"x": -0.1})).missed == ("low in its domain (lower)",)


def test_a_missing_value_names_the_lemma_and_the_quantity():
    with pytest.raises(StatementError, match=r"box-norm.*no value for B"):
        Reader(box_norm).measure({"u": np.zeros(3)})


def test_an_integer_quantity_must_be_an_integer():
    reader = Reader(bad_integer)
    with pytest.raises(StatementError, match=r"k = 2.5 is no integer"):
        reader.read(reader.measure({"k": 2.5}))


def test_abbreviations_are_spelled_out_in_the_claim():
    reader = Reader(gaussian_max)
    reading = reader.read(reader.measure({"g": np.array([1.0, -2.0]), "n": 2, "delta": 0.5}))
    assert float(reading.claim.high) == pytest.approx(math.sqrt(2 * math.log(2 * 2 / 0.5)), rel=1e-14)
    assert float(reading.claim.low) == 2.0
    assert float(reader.level(reading.values)) == 0.5


def test_overflow_in_a_measure_is_undefined_and_not_a_warning():
    big = Quantity("big", positive(), measure=lambda at: np.exp(at["x"]))
    reader = Reader(Lemma(le(big, 1), id="toy"))
    reading = reader.read(reader.measure({"x": np.float64(1e4)}))
    assert reading.claim.state == "undefined"
    assert reading.claim.ratio == math.inf


def test_numbers_become_json():
    reader = Reader(box_norm)
    reading = reader.read(reader.measure({"u": np.array([0.25, 0.5]), "B": 0.75}))
    assert numbers(reading) == {"B": 0.75, "M": 0.5, "U": 0.3125}
    assert plain({"a": np.ones((30, 30)), "b": np.int64(3), "c": float("nan"), "d": 0.123456}, 3) == {
        "a": {"shape": [30, 30]}, "b": 3, "c": "nan", "d": 0.123,
    }  # fmt: skip


def test_whether_a_claim_holds_is_read_without_its_hypotheses():
    measured = []

    def counted(at):
        measured.append(at)
        return at["u"].max()

    largest = Quantity("largest", real(0), measure=counted)
    lemma = Lemma(le(U, D * B**2), given={"bounded": le(largest, B)}, id="toy")
    reader, point = Reader(lemma), Point({"u": np.array([0.5, 0.5]), "B": 0.3})
    assert not reader.holds(point)
    assert reader.holds(Point({"u": np.array([0.5, 0.5]), "B": 0.6}))
    assert not measured
    assert reader.look(point).missed == ("bounded",)
    assert len(measured) == 1


def test_readers_of_variants_share_what_was_measured_and_evaluated():
    point = Point({"u": np.array([0.25, 0.5]), "B": 0.75})
    reading, other = Reader(box_norm).look(point), Reader(box_norm.set(D=2)).look(point)
    assert other.given["bounded"] is reading.given["bounded"]
    assert other.claim.high != reading.claim.high


def test_symbols_of_one_name_with_other_measures_are_measured_apart():
    one, two = (Quantity("same", real(0), measure=lambda at, size=size: size * at["x"]) for size in (1, 2))
    assert one != two
    point = Point({"x": 0.5})
    assert [float(Reader(Lemma(le(s, 3), id="toy")).look(point).claim.low) for s in (one, two)] == [0.5, 1.0]


def test_the_claim_along_one_quantity_is_the_claim_at_each_of_its_values():
    reader = Reader(gaussian_max)
    values = reader.measure({"g": np.array([1.0, -2.0]), "n": 2, "delta": 0.5})
    (delta,) = (s for s in reader.symbols if s.name == "delta")
    along = reader.claim_along(values, delta)
    for level in (0.1, 0.5, 0.9):
        there = reader.read({**values, delta: level}).claim
        assert (along(level).high.str(), along(level).state) == (there.high.str(), there.state)
