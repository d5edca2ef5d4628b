"""Chains: composition from the lemmas' statements, the solver, and its certificate."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import Lemma, Quantity, const, ge, integer, le, positive, real
from verify.chain import (
    Chain,
    ChainError,
    Library,
    Link,
    Requirement,
    SearchError,
    _safe,
    _System,
    floats,
    hypotheses,
    requirements,
    solve,
    verify,
)
from verify.relations import Relation

m = Quantity("m", integer(1), "width")
n = Quantity("n", integer(1), "size")
B = Quantity("B", real(0), "bound")
R = Quantity("R", real(0), "radius")
level = Quantity("level", positive(1, open_upper=True), "failure probability")
largest = Quantity("largest", real(0), "largest", lambda at: at["largest"])
moved = Quantity("moved", real(0), "moved", lambda at: at["moved"])
C = const("C", 2)

EVENT = Lemma(le(largest, sp.sqrt(2 * sp.log(m * n / level))), fails_with=level)
RADIUS = Lemma(le(moved, C * n * sp.exp(B) / m), given={"event": le(largest, B)})
STAYS = Lemma(ge(n, 0), given={"near": le(moved, R), "small": le(4 * n * R * sp.exp(B), 1), "event": le(largest, B)})
LEMMAS = {"event": EVENT, "radius": RADIUS, "stays": STAYS}
CHAIN = Chain(
    id="toy",
    theorem="theorem",
    links=(Link("event"), Link("radius"), Link("stays")),
    width=m,
    level=level,
    unknowns=((B, "least"), (R, "greatest")),
    data=frozenset({n, level}),
)
CASE = {n: sp.Integer(10), level: sp.Rational(1, 10)}


def _library(**changed: Lemma) -> Library:
    return {**LEMMAS, **changed}.__getitem__


def test_hypotheses_about_measured_quantities_become_relations_between_bounds() -> None:
    found = {(r.lemma, r.name): r.relation for r in requirements(CHAIN, _library())}
    assert found["stays", "near, from radius"] == le(2 * n * sp.exp(B) / m, R)
    assert found["radius", "event, from event"] == le(sp.sqrt(2 * sp.log(m * n / level)), B)
    assert "event: event" not in hypotheses(CHAIN, LEMMAS)


def test_a_hypothesis_nobody_concludes_names_the_lemma() -> None:
    alone = replace(CHAIN, links=(Link("event"), Link("stays")))
    with pytest.raises(ChainError, match=r"'near'.*of stays"):
        requirements(alone, _library())


def test_failure_probabilities_must_add_up_to_the_level() -> None:
    twice = replace(CHAIN, links=(Link("event"), Link("event"), *CHAIN.links[1:]))
    names = [r.name for r in requirements(twice, _library())]
    assert "failure probabilities" in names
    with pytest.raises(ChainError):
        solve(twice, CASE, _library())


def test_the_width_is_the_fixed_point_and_is_certified() -> None:
    found = solve(CHAIN, CASE, _library())
    bound = math.sqrt(2 * math.log(found.width * 10 / 0.1))
    assert found.width == pytest.approx(2 * 10 * 4 * 10 * math.exp(2 * bound), rel=1e-6)
    assert all(check["holds"] == "yes" for check in found.checks)
    assert found.binding in {"stays", "radius"}
    assert 0 < found.failing < found.width


def test_the_certificate_holds_at_the_width_and_fails_at_nine_tenths() -> None:
    found = solve(CHAIN, CASE, _library())
    values = {s: sp.Rational(Fraction(found.values[str(s)])) for s in (B, R)}
    needed = requirements(CHAIN, _library())
    assert all(c["holds"] == "yes" for c in verify(needed, {**CASE, **values, m: sp.Integer(found.width)}))
    less = sp.Integer(int(0.9 * found.width))
    assert any(c["holds"] == "certainly not" for c in verify(needed, {**CASE, **values, m: less}))


def test_an_edited_constant_moves_the_width() -> None:
    stated, edited = (solve(CHAIN, CASE, _library(radius=RADIUS.set(C=c))) for c in (2, 1))
    assert 0.3 < edited.width / stated.width < 0.5  # half, and a smaller B


def test_a_chain_without_a_solution_says_so() -> None:
    impossible = replace(STAYS, given={**STAYS.given, "never": le(sp.Integer(1), B / 10**6)})
    with pytest.raises(SearchError, match=r"search in floats gave up: .* still fails at m = 1e\+60"):
        solve(CHAIN, CASE, _library(stays=impossible))


def test_an_unknown_that_rounding_leaves_without_a_value_is_no_number() -> None:
    with pytest.raises(SearchError, match="no value in floats"):
        _safe(math.nan, "least")


def test_a_tuned_parameter_is_chosen_for_the_least_width() -> None:
    share = Quantity("share", positive(1, open_upper=True), "split")
    links = (Link("event", {level: share * level}), *CHAIN.links[1:])
    tuned = replace(CHAIN, links=links, tuned={share: (0.05, 0.999)})
    assert solve(tuned, CASE, _library()).values["share"] > Fraction(9, 10)


def _one_by_one(system: _System, growth: float, precision: float) -> float:
    """The least width by trying one after the other: geometric steps from 1, then bisection."""
    below, at = 0.0, 1.0
    while not system.holds(np.array([at]))[0]:
        below, at = at, at * growth
    while below and at - below > precision * at:
        middle = (below + at) / 2
        below, at = (below, middle) if system.holds(np.array([middle]))[0] else (middle, at)
    return at


@settings(max_examples=15)
@given(size=st.integers(1, 10**6), growth=st.sampled_from([1.3, 3.0, 1000.0]))
def test_widths_tried_together_give_what_one_after_the_other_gives(size: int, growth: float) -> None:
    system = _System(CHAIN, requirements(CHAIN, _library()), floats({**CASE, n: sp.Integer(size)}))
    for precision in (1e-13, 1e-5, 0.5):
        assert system.smallest(growth, precision) == _one_by_one(system, growth, precision)


@pytest.mark.parametrize("multiple", [1, 2])
def test_no_width_below_the_first_step_is_looked_for(multiple: int) -> None:
    needed = (Requirement("lemma", "name", le(1, 5 * m)),)
    assert _System(replace(CHAIN, unknowns=(), multiple=multiple), needed, {}).smallest() == multiple


def test_equal_sides_meet_a_weak_requirement_and_not_a_strict_one() -> None:
    both = [(sp.sqrt(n) ** 2 - sp.sqrt(2) ** 2 + 2, n), (sp.log(n + 1) + 1, 1 + sp.log(1 + n)), (n, n + 1), (n + 1, n)]
    held = [
        verify((Requirement("lemma", "name", relation),), {n: sp.Integer(7)})[0]["holds"]
        for low, high in both
        for relation in (Relation(low, "<=", high), Relation(low, "<", high))
    ]
    assert held == ["yes", "unknown", "yes", "unknown", "yes", "yes", "certainly not", "certainly not"]
