"""A chain with its constants left open says the same as the chain with them set."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from verify import Lemma, Quantity, const, integer, le, positive, real
from verify.chain import Chain, Library, Link, _System, floats, requirements, solve
from verify.formats import html
from verify.whatif import known, program, tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser

m, n = Quantity("m", integer(1)), Quantity("n", integer(1))
B, share = Quantity("B", real(0)), Quantity("share", positive(1, open_upper=True))
level = Quantity("level", positive(1, open_upper=True))
largest = Quantity("largest", real(0), "", lambda at: at["largest"])
EVENT = Lemma(
    le(largest, sp.sqrt(2 * sp.log(const("K", 2) * m * n / (share * level)))), fails_with=share * level, latex="{K}"
)
ROOM = Lemma(le(0, m), given={"event": le(largest, B), "room": le(const("C", 3) * n * sp.exp(B) / (1 - share), m)})
LEMMAS = {"event": EVENT, "room": ROOM}
CHAIN = Chain(
    id="toy", theorem="theorem", links=(Link("event"), Link("room")), width=m, level=level, unknowns=((B, "least"),),
    data=frozenset({n, level}), tuned={share: (0.0, 1.0)},
)  # fmt: skip
CASE = {n: sp.Integer(10), level: sp.Rational(1, 10)}
FUNCTIONS: dict[str, Any] = {
    "+": lambda *a: sum(a), "*": lambda *a: math.prod(a), "pow": pow, "exp": math.exp, "log": math.log,
    "max": max, "min": min, "abs": abs,
}  # fmt: skip


def value(node: Any, at: dict[str, float]) -> float:
    if isinstance(node, str):
        return at[node]
    return float(FUNCTIONS[node[0]](*(value(x, at) for x in node[1:]))) if isinstance(node, list) else float(node)


def edited(K: Any, C: Any) -> Library:
    return {"event": EVENT.set(K=K), "room": ROOM.set(C=C)}.__getitem__


@given(K=st.integers(1, 40), C=st.integers(1, 40), width=st.integers(10**3, 10**9), part=st.floats(0.1, 0.9))
def test_an_open_requirement_has_the_value_of_the_closed_one(K: int, C: int, width: int, part: float) -> None:
    opened = program(CHAIN, LEMMAS.__getitem__)
    at = {**known(CASE), "m": width, "B": 5.0, "share": part, "event.K": K, "room.C": C}
    closed = requirements(CHAIN, edited(K, C))
    assert [(r["lemma"], r["name"]) for r in opened["requirements"]] == [(r.lemma, r.name) for r in closed]
    values = {s: at[s.name] for s in (m, n, B, share, level)}
    for mine, theirs in zip(opened["requirements"], closed, strict=True):
        for side, expr in (("low", theirs.relation.low), ("high", theirs.relation.high)):
            assert value(mine[side], at) == pytest.approx(float(expr.subs(values)), rel=1e-12)


def test_unknowns_have_the_bounds_of_the_solver() -> None:
    opened = program(CHAIN, LEMMAS.__getitem__)
    case = {**CASE, share: sp.Rational(1, 3)}
    system = _System(CHAIN, requirements(CHAIN, LEMMAS.__getitem__), floats(case))
    at = {**known(case), **opened["constants"], "m": 5000.0}
    assert opened["constants"] == {"event.K": 2.0, "room.C": 3.0}
    (unknown,) = opened["unknowns"]
    assert unknown["name"] == "B"
    assert max(value(bound, at) for bound in unknown["bounds"]) == pytest.approx(system.unknowns(5000.0)[B])


def test_the_rest_is_copied() -> None:
    opened = program(CHAIN, LEMMAS.__getitem__)
    assert (opened["width"], opened["multiple"], opened["tuned"]) == ("m", 1, {"share": [0.0, 1.0]})


def test_a_function_the_page_does_not_know_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="erf"):
        tree(sp.erf(n))


@pytest.mark.browser
def test_the_page_tunes_free_parameters_as_the_solver_does(browser: Browser, tmp_path: Path) -> None:
    width = {"case": "here", "n": 10, "d": 1, "delta": 0.1, "eps": 0.1, "lambda": {"lower": "1", "upper": "1"},
             "m": {"lower": 1, "upper": 100}, "eta": None, "steps": None, "binding": None, "log10_slack": {},
             "empirical": None, "certified": None, "simulated_m": None}  # fmt: skip
    opened = {**program(CHAIN, LEMMAS.__getitem__), "cases": {"here": known(CASE)}}
    report = {"schema": "verify-report/1", "verdict": "not-run", "summary": "nothing", "run": {}, "timings": {},
              "lemmas": [], "findings": [], "chains": [{"id": "toy", "widths": [width], "whatif": opened}]}  # fmt: skip
    file = tmp_path / "report.html"
    file.write_text(html.render(report), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.get_by_label("Constant", exact=True).select_option("room.C")
    for C in (1, 3, 11):
        page.get_by_label("Value", exact=True).fill(str(C))
        found = float(page.locator("#whatif-place tr[data-m]").get_attribute("data-m") or "nan")
        assert found == pytest.approx(solve(CHAIN, CASE, edited(2, C)).width, rel=1e-6, abs=1)
