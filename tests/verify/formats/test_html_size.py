"""How large the page may be, what it leaves out to stay below, and what it never leaves out."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reader import Page, field

from verify.formats import cards, html

Report = dict[str, Any]
Changed = Callable[..., Report]


@pytest.fixture
def large(report: Report) -> Report:
    """Forty-eight lemmas of three statements, with long proofs and twenty planted faults each."""
    step = {"step": "one neuron's share: " + "exp(Inner(X[i], W0[r]))*Abs(X[j])" * 8, "by": "rule",
            "ref": "triangle: a book", "verdict": "proved"}  # fmt: skip
    entries = []
    for index in range(48):
        entry = copy.deepcopy(report["lemmas"][index % 12])
        entry["id"] += f"-{index}" if index >= 12 else ""
        entry["statement"]["given"] = [f"m_{k} in [0, oo): quantity {k} of all" for k in range(12)]
        entry["parts"] = [{"name": part, "statement": entry["statement"]} for part in ("tail", "width")]
        entry["proof"] = [{**step, "step": f"{part}{step['step']}"} for part in ("", "tail: ", "width: ")] * 30
        entry["evidence"][:] = [{**e, "data": {**e["data"], "cases": ["x" * 2000]}} for e in entry["evidence"]]
        entry["planted"] += [
            fault(f"constant {k} too small", "refuted", "at an exact instance " * 4) for k in range(20)
        ]
        entries.append(entry)
    return {**report, "lemmas": entries}


def fault(name: str, outcome: str, reason: str) -> Report:
    return {"fault": name, "outcome": outcome, "reason": reason}


def test_a_large_report_stays_below_half_a_megabyte_and_drops_no_step_that_is_not_proved(large: Report) -> None:
    open_step = {"step": "the last bound: x <= y", "by": "rule", "ref": "triangle: a book", "verdict": "inconclusive"}
    for entry in large["lemmas"]:
        entry["proof"] = [*entry["proof"], open_step]
    page = html.render(large)
    assert len(page.encode()) < 500_000
    assert page.count("<code>the last bound: x &lt;= y</code> <i>rule triangle: ") == 48
    assert page.count("Applies triangle ×91.") == 48
    assert page.count("<li>one neuron&#39;s share in 30 lines") == 48  # said once for the claim and its two parts
    assert page.count("<li>constant 19 too small") == 48
    assert re.search(
        r"Steps of proofs are shown up to \d+ characters and, of long proofs, those that have a name", page
    )


def test_a_report_of_this_size_has_room_to_grow(large: Report) -> None:
    # The shortest manner must leave room for more.
    shortest, outlined = (len(html._render(large, detail).encode()) for detail in (html.DETAIL[-1], html.DETAIL[-2]))
    assert shortest < outlined < html.LIMIT


@given(st.lists(st.integers(0, 40), min_size=len(html.DETAIL), max_size=len(html.DETAIL)), st.integers(0, 40))
def test_the_page_is_the_first_that_is_not_too_large(sizes: list[int], limit: int) -> None:
    sizes.sort(reverse=True)
    pages = {
        detail: f"{'x' * size}{index:02}" for index, (detail, size) in enumerate(zip(html.DETAIL, sizes, strict=True))
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "LIMIT", limit + 2)
        patch.setattr(html, "_render", lambda report, detail: pages[detail])
        found = html.render({})
    assert found == next((page for page in pages.values() if len(page) <= limit + 2), pages[html.DETAIL[-1]])


STEPS = [
    ("algebra", "proved"),
    ("algebra", "proved"),
    ("rule", "proved"),
    ("algebra", "proved"),
    ("algebra", "refuted"),
]


@pytest.mark.parametrize(
    ("manner", "many", "expected"),
    [
        ("shown", 1, [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]),
        ("merged", 1, [(1, 2), (2, 1), (3, 1), (4, 1)]),
        ("outlined", 1, [(1, 2), (2, 1), (3, 1), (4, 1)]),
        ("outlined", 4, [(4, 1)]),
        ("counted", 4, [(4, 1)]),
    ],
)
def test_the_manners_of_showing_steps(manner: cards.Manner, many: int, expected: list[tuple[int, int]]) -> None:
    steps = [{"step": str(n), "by": by, "ref": None, "verdict": v} for n, (by, v) in enumerate(STEPS)]
    proof = steps[:4] * many + steps[4:]
    assert [(int(step["step"]), count) for step, count in cards.brief_steps(proof, manner)] == expected


def test_nothing_of_no_length_is_shown_as_a_reason(report: Report, changed: Changed) -> None:
    planted = [{"fault": "C = 1", "outcome": "refuted", "reason": "at z = 1"}]
    told = html._render(changed(report, "one-plus-x", planted=planted), html.Detail(80, 0, 80, 80, 80, "shown"))
    brief = html._render(changed(report, "one-plus-x", planted=planted), html.Detail(80, 0, 80, 0, 80, "shown"))
    assert "C = 1: at z = 1" in told
    assert "C = 1: at z = 1" not in brief


def test_the_shortest_page_still_names_a_fault_that_was_not_noticed(report: Report) -> None:
    brief = html._render(report, html.DETAIL[-1])
    faults = field(brief, "weight-movement", "Planted faults")
    assert "constant 1" in faults
    assert "drop radius to 0.62" in field(brief, "gram-perturbation", "Planted faults")
    assert "C = 3.4" not in field(brief, "gram-perturbation", "Planted faults")
    assert "1 refuted, 1 true" in field(brief, "gram-perturbation", "Planted faults")


def test_a_small_report_shows_steps_in_full(report: Report, changed: Changed) -> None:
    long = "x <= y; " * 100
    page = html.render(
        changed(report, "one-plus-x", proof=[{"step": long, "by": "algebra", "ref": None, "verdict": "proved"}])
    )
    assert long.strip().replace("<", "&lt;") in page


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ('<p class="a">x</p>', "<p class=a>x</p>"),
        ('<p class="a b">"c"="d"</p>', '<p class="a b">"c"="d"</p>'),
        ('<rect x="1" y="2"/>', '<rect x=1 y="2"/>'),  # 2/ would be the value
        ('<a title="x=&quot;y&quot;">', '<a title="x=&quot;y&quot;">'),
        ("<tr><td>a</td><td>b</td></tr>\n<tr>", "<tr><td>a<td>b\n<tr>"),
    ],
)
def test_what_html_lets_one_leave_out(long: str, short: str) -> None:
    assert html.lean(long) == short


def test_leaving_out_changes_no_element_no_attribute_and_no_text(report: Report) -> None:
    page = html.render(report)
    again = Page(html.lean(page))
    assert (again.tags, again.text) == (Page(page).tags, Page(page).text)
    assert not re.search(r"<[^<>]*=[^\s\"'<>]*/>", page)
