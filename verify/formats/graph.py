"""The dependency graph: which lemma uses which, what is known of each statement, and of each proof."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from verify.formats import layout, palette, svg, words
from verify.formats.words import Json

GLYPH = {
    "proved": "✓",
    "certified": "◆",
    "supported": "≈",
    "inconclusive": "?",
    "refuted": "✗",
    "blocked": "⊘",
    "error": "!",
    "not-run": "–",
}

NODE_WIDTH, NODE_HEIGHT, GAP_X, GAP_Y, MARGIN, LINE_LENGTH = 160, 34, 46, 12, 8, 19


class Node(TypedDict):
    """A lemma in the graph; ``verdict`` and ``proof_state`` may be missing or None before anything was run."""

    id: str
    group: str
    uses: Sequence[str]
    verdict: NotRequired[str | None]
    proof_state: NotRequired[str | None]


def nodes(report: Json) -> list[Node]:
    """The nodes of a report."""
    return [
        Node(id=e["id"], group=e["group"], uses=e["uses"], verdict=e["verdict"], proof_state=words.proof_state(e))
        for e in report["lemmas"]
    ]


def complete(found: Iterable[Node]) -> list[Node]:
    """The nodes, and one without a verdict for every lemma that is used but not among them."""
    known = list(found)
    ids = {node["id"] for node in known}
    missing = sorted({used for node in known for used in node["uses"]} - ids)
    return known + [Node(id=name, group="not in this report", uses=(), verdict=None) for name in missing]


def edges(found: Sequence[Node]) -> list[tuple[str, str, bool]]:
    """(used lemma, user, whether the edge is broken): broken when what is used was checked and does not hold."""
    verdict = {node["id"]: node.get("verdict") for node in found}
    return [(used, node["id"], _broken(verdict.get(used))) for node in found for used in node["uses"]]


def _broken(verdict: str | None) -> bool:
    return verdict is not None and not words.holds(verdict)


def dot(found: Iterable[Node]) -> str:
    """The graph in the language of Graphviz."""
    drawn = complete(found)
    lines = ["digraph lemmas {", "  rankdir=LR;", '  node [shape=box, style="filled", fontname="monospace"];']
    for node in drawn:
        style, width = _DOT_BORDER[node.get("proof_state") or "none"]
        tone = palette.LIGHT[node.get("verdict") or "not-run"]
        lines.append(
            f'  "{node["id"]}" [tooltip="{_tooltip(node)}", fillcolor="{tone.fill}", fontcolor="{tone.ink}", '
            f'color="{tone.line}", style="filled,{style}", penwidth={width}];'
        )
    for used, user, broken in edges(drawn):
        mark = f' [color="{palette.LIGHT["refuted"].line}", style=dashed, label="✗"]' if broken else ""
        lines.append(f'  "{used}" -> "{user}"{mark};')
    return "\n".join([*lines, "}"]) + "\n"


_DOT_BORDER = {"checked": ("solid", 2), "partial": ("dashed", 2), "broken": ("dotted", 3), "none": ("solid", 0.5)}


def _tooltip(node: Node) -> str:
    proof = node.get("proof_state")
    state = f"{node['id']}: statement {node.get('verdict') or 'not checked'}"
    return f"{state}, proof {proof}" if proof else state


def mermaid(found: Iterable[Node]) -> str:
    """The graph in the language of Mermaid."""
    drawn = complete(found)
    name = {node["id"]: f"n{index}" for index, node in enumerate(drawn)}
    lines = ["flowchart LR", *(f'  {name[n["id"]]}["{_glyph(n)} {n["id"]}"]' for n in drawn)]
    broken = []
    for index, (used, user, is_broken) in enumerate(edges(drawn)):
        lines.append(f"  {name[used]} {'--x' if is_broken else '-->'} {name[user]}")
        broken += [str(index)] if is_broken else []
    for word in words.WORST_FIRST:
        tone = palette.LIGHT[word]
        lines.append(f"  classDef {word} fill:{tone.fill},color:{tone.ink},stroke:{tone.line}")
    lines += [f"  classDef proof-{state} {border}" for state, border in _MERMAID_BORDER.items()]
    for node in drawn:
        lines.append(f"  class {name[node['id']]} {node.get('verdict') or 'not-run'}")
        lines.append(f"  class {name[node['id']]} proof-{node.get('proof_state') or 'none'}")
    if broken:
        lines.append(f"  linkStyle {','.join(broken)} stroke:{palette.LIGHT['refuted'].line},stroke-dasharray:4")
    return "\n".join(lines) + "\n"


_MERMAID_BORDER = {
    "checked": "stroke-width:3px",
    "partial": "stroke-width:2px,stroke-dasharray:6 3",
    "broken": "stroke-width:3px,stroke-dasharray:2 3",
    "none": "stroke-width:1px",
}


def _glyph(node: Node) -> str:
    return GLYPH.get(node.get("verdict") or "", "·")


def picture(found: Iterable[Node], *, link: str | None = None, standalone: bool = True, key: str = "graph") -> str:
    """The graph as SVG, what is used to the left of its users.

    The fill is the statement's verdict, the border the state of the proof, a broken edge is dashed and crossed.
    link: prefix of the address that a node leads to (``"#lemma-"``), or None for no links.
    standalone: bring the style sheet along; a page that has it already says no.
    """
    drawn = complete(found)
    placed = layout.layered([node["id"] for node in drawn], [(used, user) for used, user, _ in edges(drawn)])
    body = [] if not standalone else [svg.el("style", svg.words(palette.css() + STYLE))]
    body += _edges(placed.paths, edges(drawn))
    body += [_box(node, _pixel(placed.points[node["id"]]), link) for node in drawn]
    width = 2 * MARGIN + placed.columns * (NODE_WIDTH + GAP_X) - GAP_X
    height = 2 * MARGIN + placed.rows * (NODE_HEIGHT + GAP_Y) - GAP_Y
    return svg.figure(key, "Dependency graph", _description(drawn), (width, height), body, links=link is not None)


def _description(drawn: Sequence[Node]) -> str:
    broken = sorted({f"{used} to {user}" for used, user, is_broken in edges(drawn) if is_broken})
    state = f"Broken edges: {', '.join(broken)}." if broken else "No edge is broken."
    return f"{len(drawn)} lemmas, {len(edges(drawn))} uses; what is used stands left of its users. {state}"


def _pixel(point: tuple[float, float]) -> tuple[float, float]:
    """The left upper corner of the box at a grid point (column, row), in whole pixels."""
    return MARGIN + round(point[0] * (NODE_WIDTH + GAP_X)), MARGIN + round(point[1] * (NODE_HEIGHT + GAP_Y))


def _box(node: Node, corner: tuple[float, float], link: str | None) -> str:
    x, y = corner
    verdict, proof = node.get("verdict"), node.get("proof_state")
    parts = [svg.el("title", svg.words(_tooltip(node)))]
    parts.append(svg.el("rect", x=x, y=y, width=NODE_WIDTH, height=NODE_HEIGHT, rx=5))
    parts.append(svg.label(x + 7, y + NODE_HEIGHT / 2 + 5, _glyph(node), "glyph"))
    lines = wrap(node["id"])
    for index, text in enumerate(lines):
        parts.append(svg.label(x + 25, y + NODE_HEIGHT / 2 + 4 + 13 * (index - (len(lines) - 1) / 2), text, "name"))
    box = svg.el("g", *parts, class_=f"node v-{verdict or 'none'} p-{proof or 'none'}")
    if link is None or verdict is None:
        return box
    return svg.el("a", box, href=link + node["id"])


def wrap(name: str) -> list[str]:
    """A name broken after a hyphen into at most two lines that fit a box; what does not fit is cut off with ``…``."""
    if len(name) <= LINE_LENGTH:
        return [name]
    cut = name.rfind("-", 0, LINE_LENGTH) + 1 or LINE_LENGTH
    rest = name[cut:]
    return [name[:cut], rest if len(rest) <= LINE_LENGTH else rest[: LINE_LENGTH - 1] + "…"]


def _edges(paths: dict[layout.Edge, list[layout.Point]], found: Iterable[tuple[str, str, bool]]) -> list[str]:
    """The edges: those in order as one path, every broken one by itself, titled and crossed."""
    whole, drawn = [], []
    for used, user, broken in found:
        at = _corners(paths[used, user])
        if broken:
            (x0, y0), (x1, y1) = at[-2:]
            title = svg.el("title", svg.words(f"{user} uses {used} (broken)"))
            drawn.append(svg.el("path", title, d=_path(at), class_="edge broken"))
            drawn.append(svg.label((x0 + x1) / 2, (y0 + y1) / 2 + 5, "✗", "cross", "middle"))
        else:
            whole.append(_path(at))
    return [*([svg.el("path", d="".join(whole), class_="edge")] if whole else []), *drawn]


def _corners(path: Sequence[layout.Point]) -> list[layout.Point]:
    """The points of an edge: it runs level through the columns it passes, and bends only between columns."""
    corners = [_pixel(point) for point in path]
    middle = NODE_HEIGHT / 2
    at = [(corners[0][0] + NODE_WIDTH, corners[0][1] + middle)]
    for x, y in corners[1:-1]:
        at += [(x, y + middle), (x + NODE_WIDTH, y + middle)]
    return [*at, (corners[-1][0] - 1, corners[-1][1] + middle)]


def _path(at: Sequence[layout.Point]) -> str:
    """A path through the points, in whole pixels: level where two are, else an S from one to the next."""
    points = [(round(x), round(y)) for x, y in at]
    steps = [f"M{points[0][0]} {points[0][1]}"]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        half = (x0 + x1) // 2
        steps.append(f"H{x1}" if y0 == y1 else f"C{half} {y0} {half} {y1} {x1} {y1}")
    return "".join(steps)


STYLE = "\n".join(
    [
        ".edge { fill: none; stroke: var(--page-line); stroke-width: 1.2; }",
        ".edge.broken { stroke: var(--refuted-line); stroke-width: 2; stroke-dasharray: 6 4; }",
        ".cross { font: bold 16px sans-serif; fill: var(--refuted-line); stroke: var(--page-fill); stroke-width: 4;"
        " paint-order: stroke; }",
        ".node rect { fill: var(--panel-fill); stroke: var(--page-line); stroke-width: 1; }",
        ".node .name { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: var(--page-ink); }",
        ".node .glyph { font: bold 14px sans-serif; fill: var(--page-ink); }",
        *(
            f".node.v-{word} rect {{ fill: var(--{word}-fill); stroke: var(--{word}-line); }}"
            f" .node.v-{word} text {{ fill: var(--{word}-ink); }}"
            for word in words.WORST_FIRST
        ),
        ".node.v-none rect { stroke-dasharray: 1 3; }",
        ".node.p-checked rect { stroke-width: 2.5; }",
        ".node.p-partial rect { stroke-width: 2; stroke-dasharray: 7 4; }",
        ".node.p-broken rect { stroke: var(--refuted-line); stroke-width: 3; stroke-dasharray: 2 3; }",
        "a:focus-visible .node rect { stroke: var(--link-ink); stroke-width: 4; stroke-dasharray: none; }",
    ]
)
