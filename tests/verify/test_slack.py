"""Shares of the slack: they add up in every order, and each is the fall at one replacement."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import sympy as sp

from verify import Lemma, Quantity, const, ge, integer, le, positive, real
from verify.chain import Chain, Link, floats, solve
from verify.slack import Replacement, both_ways, by_lemma, provider, shares, width_after
from verify.statement import StatementError

m = Quantity("m", integer(1), "width")
n = Quantity("n", integer(1), "size")
B = Quantity("B", real(0), "bound")
level = Quantity("level", positive(1, open_upper=True), "failure probability")
largest = Quantity("largest", real(0), "largest", lambda at: at["largest"])
moved = Quantity("moved", real(0), "moved", lambda at: at["moved"])
C, K = const("C", 8), const("K", 2)

EVENT = Lemma(le(largest, sp.sqrt(2 * sp.log(K * m * n / level))), fails_with=level)
B_m = Quantity("B", real(), "bound")  # an abbreviation: the same parameter, though it declares no sign
WIDE = Lemma(ge(n, 0), given={"width": le(3 * n * sp.exp(B_m), m)}, where={B_m: sp.sqrt(2 * sp.log(m / level))})
STAYS = Lemma(ge(n, 0), given={"near": le(C * n * sp.exp(B), m), "event": le(largest, B)})
LEMMAS = {"event": EVENT, "wide": WIDE, "stays": STAYS}
CHAIN = Chain(
    id="toy",
    theorem="theorem",
    links=(Link("event"), Link("wide"), Link("stays")),
    width=m,
    level=level,
    unknowns=((B, "least"),),
    data=frozenset({n, level}),
)
CASE = floats({n: sp.Integer(10), level: sp.Rational(1, 10)})
ORDER = (
    Replacement("event", "K", 1),
    Replacement("stays", "C", 4),
    Replacement("event", pinned={B: 1.5}),
    Replacement("wide"),
    Replacement("stays"),
    Replacement("theorem", floor=25),
)
PROVED = solve(CHAIN, {n: sp.Integer(10), level: sp.Rational(1, 10)}, LEMMAS.__getitem__).width
WIDTH = width_after(CHAIN, CASE, LEMMAS.__getitem__, ORDER, proved=PROVED, least=5)


def test_shares_add_up_in_both_orders() -> None:
    found = both_ways(WIDTH, ORDER)
    for order in ("forward", "reverse"):
        assert sum(found[order].values()) == pytest.approx(math.log10(PROVED / 5), abs=1e-12)
        assert list(found[order]) == found["order"][:: 1 if order == "forward" else -1]
        assert min(found[order].values()) >= -1e-12
    assert found["forward"] != found["reverse"]


def test_each_replacement_does_what_it_says() -> None:
    both = 4 * 10 * math.exp(1.5)  # with K, C and the event replaced, what stays asks for
    assert WIDTH(ORDER[:3]) == pytest.approx(both, rel=1e-9)
    assert WIDTH([ORDER[2]]) == pytest.approx(8 * 10 * math.exp(1.5), rel=1e-9)
    assert WIDTH(ORDER[2:3] + ORDER[4:5]) == pytest.approx(3 * 10 * math.exp(1.5), rel=1e-9)  # wide's own B is observed
    assert WIDTH(ORDER[:5]) == 25
    assert WIDTH(ORDER) == 5


def test_shares_are_falls_at_one_replacement() -> None:
    found = shares(WIDTH, ORDER)
    assert found["stays.C"] == pytest.approx(math.log10(WIDTH(ORDER[:1]) / WIDTH(ORDER[:2])))
    assert found["theorem"] == pytest.approx(math.log10(25 / 5))


def test_shares_of_constants_are_their_lemmas() -> None:
    assert by_lemma({"a.C": 1.0, "b": 2.0, "a": 0.5}) == {"a": 1.5, "b": 2.0}


def test_an_unknown_that_nothing_bounds_any_more_is_free() -> None:
    order = (Replacement("event"), Replacement("wide"), Replacement("stays"))
    width = width_after(CHAIN, CASE, LEMMAS.__getitem__, order, proved=PROVED, least=5)
    assert width(order[:1]) > 5  # wide still asks for its own B
    assert width(order[:2]) == 5  # B bounds nothing from below, so stays says nothing


def test_a_requirement_belongs_to_the_lemma_that_concludes_it() -> None:
    from verify.chain import requirements

    needed = {r.name: provider(r) for r in requirements(CHAIN, LEMMAS.__getitem__)}
    assert needed["event, from event"] == "event"
    assert needed["near"] == "stays"


def test_an_edited_library_reaches_the_shares() -> None:
    loose = replace(STAYS, latex="").set(C=800)
    width = width_after(CHAIN, CASE, {**LEMMAS, "stays": loose}.__getitem__, ORDER, proved=PROVED, least=5)
    assert width([ORDER[0]]) > 50 * WIDTH([ORDER[0]])
    assert width(ORDER[:2]) == pytest.approx(WIDTH(ORDER[:2]))


def test_a_constant_is_replaced_by_no_value_of_another_sign() -> None:
    """|C| n is C n for SymPy, as C = 8: with C = -4 the share would be that of another lemma."""
    order = (Replacement("stays", "C", -4),)
    width = width_after(CHAIN, CASE, LEMMAS.__getitem__, order, proved=PROVED, least=5)
    with pytest.raises(StatementError, match="simplified for a positive C"):
        width(order)
