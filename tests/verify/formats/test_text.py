"""Numbers as text: what is printed as a bound is a bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats import text

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def value(printed: str) -> Fraction:
    return Fraction(printed.replace("\u2009", ""))


@given(FLOATS, st.integers(1, 12))
def test_bounds_are_rounded_outwards(x: float, digits: int) -> None:
    # The number meant is the decimal that report.json holds, the shortest that reads back to the double.
    assert value(text.lower(x, digits)) <= Fraction(repr(x)) <= value(text.upper(x, digits))


@given(st.integers(1, 10**40))
def test_a_width_is_never_understated(m: int) -> None:
    assert m <= value(text.width(m)) <= m * Fraction(101, 100)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=30, min_value=-100, max_value=100))
def test_decimal_strings_are_rounded_outwards_exactly(x: object) -> None:
    assert value(text.lower(str(x))) <= Fraction(str(x)) <= value(text.upper(str(x)))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.number(0), "0"), (text.number(0.1), "0.1"),
        (text.number(-2.5e-9), "-2.5e-9"), (text.number(1234567), "1235000"),
        (text.number("1/2"), "1/2"), (text.number(True), "True"),
        (text.number(None), "None"), (text.number("nan"), "nan"),
        (text.upper(2 * 10**22 + 1, 3), "2.01e22"), (text.enclosure("1.71828182", "1.71828183"), "[1.71828, 1.71829]"),
        (text.enclosure("1", "1"), "1"), (text.width(13350), "13\u2009350"),
        (text.count(131072), "131\u2009072"), (text.count(2.5), "2.5"),
    ],
)  # fmt: skip
def test_examples(shown: str, expected: str) -> None:
    assert shown == expected


def test_one_line_and_printable() -> None:
    assert text.one_line(" a\n\tb ") == "a b"
    assert text.printable("a\x00b\x1b\ud800λ\n") == "a\ufffdb\ufffd\ufffdλ\n"
