"""The graph in three languages, and its layout."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats import graph, layout, palette, words

Report = dict[str, Any]
ROUNDING = 1e-9
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def acyclic(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str]]]:
    names = [f"lemma-{k}" for k in range(draw(st.integers(1, 14)))]
    pairs = [(a, b) for j, b in enumerate(names) for a in names[:j]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=25)) if pairs else []
    return names, chosen


@given(acyclic())
def test_every_edge_leads_to_the_right_and_no_two_nodes_meet(drawn: tuple[list[str], list[tuple[str, str]]]) -> None:
    names, edges = drawn
    placed = layout.layered(names, edges)
    assert set(placed.points) == set(names)
    assert all(placed.points[a][0] < placed.points[b][0] for a, b in edges)
    for name, (column, row) in placed.points.items():
        assert 0 <= column < placed.columns
        assert 0 <= row <= placed.rows - 1 + ROUNDING
        near = [o for o, (c, r) in placed.points.items() if c == column and abs(r - row) < 1 - ROUNDING]
        assert near == [name]


@given(acyclic())
def test_a_path_leads_from_its_lemma_to_its_user_column_by_column(
    drawn: tuple[list[str], list[tuple[str, str]]],
) -> None:
    names, edges = drawn
    placed = layout.layered(names, edges)
    for used, user in edges:
        path = placed.paths[used, user]
        assert (path[0], path[-1]) == (placed.points[used], placed.points[user])
        columns = [column for column, _ in path]
        assert columns == [columns[0] + k for k in range(len(columns))]


@given(acyclic())
def test_the_points_do_not_depend_on_hashes(drawn: tuple[list[str], list[tuple[str, str]]]) -> None:
    # Other names hash to other values; the drawing must be the same.
    names, edges = drawn
    placed = layout.layered(names, edges)
    renamed = layout.layered([n + "x" for n in names], [(a + "x", b + "x") for a, b in edges])
    assert [*renamed.points.values()] == [*placed.points.values()]


def test_a_chain_is_a_straight_line_and_a_shortcut_keeps_clear_of_it() -> None:
    placed = layout.layered(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("a", "c")])
    assert (placed.columns, placed.points["d"][0]) == (3, 0)
    assert abs(placed.paths["a", "c"][1][1] - placed.points["b"][1]) >= 0.6 - ROUNDING
    straight = layout.layered(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert [*straight.points.values()] == [(0, 0), (1, 0), (2, 0)]


def test_a_circle_is_still_drawn() -> None:
    placed = layout.layered(["a", "b"], [("a", "b"), ("b", "a")])
    assert set(placed.paths) == {("a", "b"), ("b", "a")}


def test_nothing_at_all_is_drawn_too() -> None:
    assert layout.layered([], []).points == {}
    ET.fromstring(graph.picture([]))


def drawn(report: Report, **options: Any) -> ET.Element:
    return ET.fromstring(graph.picture(graph.nodes(report), **options))


def test_fill_is_the_statement_and_border_is_the_proof(report: Report) -> None:
    boxes = {g.findtext(f"{SVG}title", "").split(":")[0]: g for g in drawn(report).iter(f"{SVG}g")}
    assert set(boxes) == {entry["id"] for entry in report["lemmas"]}
    for entry in report["lemmas"]:
        state = words.proof_state(entry)
        assert boxes[entry["id"]].get("class") == f"node v-{entry['verdict']} p-{state}"
        assert (
            boxes[entry["id"]].findtext(f"{SVG}title") == f"{entry['id']}: statement {entry['verdict']}, proof {state}"
        )


def test_statement_and_proof_are_drawn_differently_for_every_state() -> None:
    for state in words.PROOF_MEANING:
        if state != "none":  # the plain border
            assert f".p-{state} rect" in graph.STYLE
    borders = set(re.findall(r"\.p-\w+ rect (\{.*?\})", graph.STYLE))
    assert len(borders) == len(words.PROOF_MEANING) - 1
    assert len({palette.LIGHT[w].fill for w in words.WORST_FIRST}) == len(set(graph.GLYPH.values())) == 8


def test_an_edge_is_broken_exactly_when_what_is_used_does_not_hold(report: Report) -> None:
    broken = {(used, user) for used, user, is_broken in graph.edges(graph.nodes(report)) if is_broken}
    assert broken == {
        ("step-contraction", "weight-movement"),
        ("step-contraction", "convergence-classical"),
        ("weight-movement", "convergence-classical"),
        ("convergence-classical", "width-exponent"),
    }
    paths = [p for p in drawn(report).iter(f"{SVG}path") if p.get("class") == "edge broken"]
    assert {p.findtext(f"{SVG}title") for p in paths} == {f"{user} uses {used} (broken)" for used, user in broken}
    assert graph.mermaid(graph.nodes(report)).count("--x") == len(broken)
    assert graph.dot(graph.nodes(report)).count('label="✗"') == len(broken)


def ends(path: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where a path of moves, level lines and curves begins and where it ends."""
    steps = [(kind, [int(v) for v in numbers.split()]) for kind, numbers in re.findall(r"([MHC])([-\d ]+)", path)]
    at = steps[0][1]
    for kind, numbers in steps[1:]:
        at = [numbers[0], at[1]] if kind == "H" else numbers[-2:]
    return tuple(steps[0][1]), tuple(at)


def test_every_use_is_drawn_from_the_box_of_what_is_used_to_the_box_of_its_user(report: Report) -> None:
    root = drawn(report)
    places = {}
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        assert box is not None
        name = group.findtext(f"{SVG}title", "").split(":")[0]
        places[name] = int(box.get("x", "")), round(int(box.get("y", "")) + graph.NODE_HEIGHT / 2)
    paths = [p.get("d", "") for p in root.iter(f"{SVG}path") if (p.get("class") or "").startswith("edge")]
    found = sorted(ends(path) for whole in paths for path in re.findall(r"M[^M]+", whole))
    uses = [(used, entry["id"]) for entry in report["lemmas"] for used in entry["uses"]]
    assert len(uses) > 10
    assert found == sorted(
        ((places[used][0] + graph.NODE_WIDTH, places[used][1]), (places[user][0] - 1, places[user][1]))
        for used, user in uses
    )


def test_the_description_counts_and_names_what_is_broken(report: Report) -> None:
    told = drawn(report).findtext(f"{SVG}desc", "")
    assert told.startswith(f"12 lemmas, {sum(len(entry['uses']) for entry in report['lemmas'])} uses;")
    assert "Broken edges: convergence-classical to width-exponent, step-contraction to" in told


def test_nodes_link_to_cards_and_the_graph_is_then_no_image(report: Report) -> None:
    root = drawn(report, link="#lemma-", standalone=False)
    assert root.get("role") == "group"
    targets = {a.get("href") for a in root.iter(f"{SVG}a")}
    assert targets == {f"#lemma-{entry['id']}" for entry in report["lemmas"]}
    assert root.find(f"{SVG}style") is None
    plain = drawn(report)
    assert plain.get("role") == "img"
    assert plain.find(f"{SVG}style") is not None
    assert list(plain.iter(f"{SVG}a")) == []


def test_it_works_before_anything_was_run() -> None:
    nodes: list[graph.Node] = [{"id": "a", "group": "g", "uses": []}, {"id": "b", "group": "g", "uses": ["a", "gone"]}]
    root = ET.fromstring(graph.picture(nodes, link="#"))
    assert {g.findtext(f"{SVG}title") for g in root.iter(f"{SVG}g")} == {
        f"{n}: statement not checked" for n in ("a", "b", "gone")
    }
    assert not [p for p in root.iter(f"{SVG}path") if "broken" in (p.get("class") or "")]
    assert '"gone" -> "b"' in graph.dot(nodes)


def test_mermaid_has_every_node_edge_and_class(report: Report) -> None:
    lines = graph.mermaid(graph.nodes(report)).splitlines()
    assert lines[0] == "flowchart LR"
    names = dict(re.findall(r'^  (n\d+)\["\S+ (\S+)"\]$', "\n".join(lines), re.M))
    assert set(names.values()) == {entry["id"] for entry in report["lemmas"]}
    arrows = [re.fullmatch(r"  (n\d+) --[>x] (n\d+)", line) for line in lines]
    uses = {(names[a[1]], names[a[2]]) for a in arrows if a}
    assert uses == {(used, entry["id"]) for entry in report["lemmas"] for used in entry["uses"]}
    classes = {tuple(line.split()[1:]) for line in lines if line.startswith("  class ")}
    assert {(n, w) for n, w in classes if not w.startswith("proof-")} == {
        (n, entry["verdict"]) for n, i in names.items() for entry in report["lemmas"] if entry["id"] == i
    }  # fmt: skip


def test_dot_has_every_node_and_edge(report: Report) -> None:
    text = graph.dot(graph.nodes(report))
    assert text.count("{") == text.count("}") == 1
    assert set(re.findall(r'^  "([^"]+)" \[', text, re.M)) == {entry["id"] for entry in report["lemmas"]}
    assert len(re.findall(" -> ", text)) == sum(len(entry["uses"]) for entry in report["lemmas"])


@pytest.mark.parametrize(
    ("name", "lines"),
    [("one-plus-x", ["one-plus-x"]), ("gram-truncation-bias", ["gram-truncation-", "bias"]),
     ("gram-concentration-frobenius", ["gram-concentration-", "frobenius"]),
     ("a" * 25, ["a" * 19, "a" * 6]), ("a-" + "b" * 25, ["a-", "b" * 18 + "…"])],
)  # fmt: skip
def test_names_break_after_hyphens(name: str, lines: list[str]) -> None:
    assert graph.wrap(name) == lines


def test_the_same_picture_every_time(report: Report, changed: Callable[..., Report]) -> None:
    again = changed(report, "none-such")
    assert graph.picture(graph.nodes(report)) == graph.picture(graph.nodes(again))
