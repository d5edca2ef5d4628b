"""``report.html``: the whole report as one file that needs no network, no script and no font of the reader's."""

from __future__ import annotations

import base64
import functools
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from typing import Any, Literal, NamedTuple

import jinja2

from verify.formats import graph, maths, palette, pictures, planted, plots, text, widths, words
from verify.formats.words import Json


class Detail(NamedTuple):
    """How much of what is long is shown: characters of a proof step, of an evidence's further data, of its summary (if
    it holds), and of the reason why a planted fault was noticed; and the manner of ``brief_steps``."""

    step: int
    data: int
    summary: int
    reason: int
    manner: Literal["shown", "merged", "counted", "tallied", "summed"]


# Proofs spelled out for a machine can be long: the first of these that keeps the page below LIMIT bytes.
DETAIL = (
    Detail(1000, 600, 1000, 240, "shown"),
    Detail(400, 600, 1000, 240, "shown"),
    Detail(240, 400, 1000, 240, "shown"),
    Detail(240, 400, 600, 160, "merged"),
    Detail(160, 240, 400, 160, "merged"),
    Detail(110, 160, 400, 120, "merged"),
    Detail(120, 120, 300, 80, "counted"),
    Detail(80, 60, 200, 80, "counted"),
    Detail(240, 60, 200, 80, "tallied"),
    Detail(120, 0, 160, 60, "tallied"),
    Detail(80, 0, 120, 0, "tallied"),
    Detail(60, 0, 80, 0, "summed"),
)
SHORT = 12  # steps; a longer proof is tallied
LIMIT = 490_000

SHOWN_ELSEWHERE = ("quantile", "trials", "failures", "stopped", "draws")


def render(report: Json) -> str:
    """The page; the same text for the same report. It has a script only if some chain may be solved in it.

    It is as detailed as LIMIT allows, found by bisection (a page with less detail is no longer): there are many levels.
    """
    page = functools.cache(lambda level: _render(report, DETAIL[level]))
    first, last = 0, len(DETAIL) - 1
    if not _fits(page(last)):
        return page(last)
    if _fits(page(first)):
        return page(first)
    while first + 1 < last:  # the page fits at ``last`` and does not at ``first``
        middle = (first + last) // 2
        first, last = (first, middle) if _fits(page(middle)) else (middle, last)
    return page(last)


def _fits(page: str) -> bool:
    return len(page.encode()) <= LIMIT


def _render(report: Json, detail: Detail) -> str:
    weakest, whatif = words.weakest(report), what_if(report)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            style=palette.css() + graph.STYLE + "\n" + _asset("page.css").decode(),
            font=base64.b64encode(_asset("maths.woff2")).decode(),
            weakest=weakest,
            gaps=widths.looseness(report),
            rules=rules(report),
            detail=detail,
            users=users(report),
            cards={lemma["id"] for lemma in report["lemmas"]},
            whatif=None if whatif is None else embedded_json(whatif),
            whatif_script=_asset("whatif.js").decode(),
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("verify.formats"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals |= {"words": words, "text": text, "widths": widths, "pictures": pictures, "plots": plots}
    environment.globals |= {
        "graph": graph,
        "planted": planted,
        "remaining": remaining,
        "tally": tally,
        "brief_steps": brief_steps,
        "is_table": is_table,
        "plain_data": plain_data,
        "references": references,
        "table_cell": table_cell,
        "outline": outline,
        "brief": brief,
        "rule_name": rule_name,
    }
    environment.filters |= {"maths": maths.to_mathml, "cut": cut, "short": text.number, "clean": text.printable}
    return environment


def what_if(report: Json) -> Json | None:
    """What the script of the page reads: the chains that it can solve, and the sharp values of their constants."""
    chains = [
        {**chain["whatif"], "id": chain["id"], "stated": {w["case"]: w["m"]["upper"] for w in chain["widths"]}}
        for chain in report["chains"]
        if "whatif" in chain
    ]
    sharp = {
        f"{lemma['id']}.{constant['name'].rpartition('.')[2]}": sharp_text(constant["sharp"])
        for lemma in report["lemmas"]
        for constant in lemma["constants"]
        if constant["sharp"]
    }
    open_ = {name for chain in chains for name in chain["constants"]}
    return {"chains": chains, "sharp": {k: v for k, v in sharp.items() if k in open_}} if chains else None


def sharp_text(sharp: Json) -> str:
    """A sharp constant: in closed form where there is one, and enclosed."""
    within = text.enclosure(sharp["lower"], sharp["upper"])
    return f"{sharp['exact']}, in {within}" if sharp["exact"] and sharp["exact"] != within else within


def _asset(name: str) -> bytes:
    return resources.files("verify.formats").joinpath("assets", name).read_bytes()


def cut(source: str, length: int) -> str:
    """The text, or its beginning and an ellipsis if it is longer than ``length``."""
    return source if len(source) <= length else source[: length - 1].rstrip() + "…"


def embedded_json(value: Any) -> str:
    """JSON that may stand inside a ``<script>`` element: no ``<`` can end it early."""
    return json.dumps(value, sort_keys=True, allow_nan=False).replace("<", "\\u003c")


def remaining(data: Json, length: int) -> str:
    """What else an evidence holds (numbers of boxes, cases), on one line, cut to ``length``; a witness is never cut."""
    rest = {key: value for key, value in data.items() if key not in SHOWN_ELSEWHERE}
    witness = brief(rest.pop("witness"), 2000) if "witness" in rest else ""
    others = brief(rest, length) if rest and length else ""
    return " ".join(part for part in (f"witness {witness}" if witness else "", others) if part)


PLOTTED = ("x", "x_label", "y_label", "scale", "series")


def is_table(value: Any) -> bool:
    """Whether a finding's value is a list of rows that all have the same columns."""
    rows = isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)
    return rows and all(row.keys() == value[0].keys() for row in value)


def plain_data(data: Json) -> Json:
    """What a finding holds beside its tables and its curves."""
    drawn = PLOTTED if isinstance(data.get("series"), dict) else ()
    return {key: value for key, value in data.items() if key not in drawn and not is_table(value)}


def table_cell(value: Any) -> str:
    """A cell of a finding's table: an enclosure rounded outwards, or the value."""
    if isinstance(value, dict) and value.keys() == {"lower", "upper"}:
        return text.enclosure(value["lower"], value["upper"])
    return text.number(value, 6) if isinstance(value, float) else brief(value)


def brief(value: Any, length: int = 240) -> str:
    """Any JSON value on one line, cut to ``length``; numbers to six digits, texts without quotes."""
    if isinstance(value, str):
        return cut(value, length)
    return cut(json.dumps(_rounded(value), sort_keys=True, ensure_ascii=False).replace('"', ""), length)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def brief_steps(steps: Sequence[Json], manner: str) -> Iterator[tuple[Json, int]]:
    """The steps of a proof to be written out, each with the number of steps that it stands for.

    merged: a run of proved steps of algebra is shown by its last; counted: such steps are left out; tallied: of a proof
    that is not short, so is every step that is proved, and the outline stands for them; summed: without an outline. A
    step that is not proved is never left out.
    """
    for plain, run in itertools.groupby(steps, lambda step: (step["by"], step["verdict"]) == ("algebra", "proved")):
        found = list(run)
        if manner == "merged" and plain:
            yield found[-1], len(found)
        elif manner == "shown" or not plain:
            long = manner in ("tallied", "summed") and len(steps) > SHORT
            yield from ((s, 1) for s in found if not long or s["verdict"] != "proved")


def outline(steps: Iterable[Json]) -> dict[str, int]:
    """The names that the author gave to the steps of a proof, in their order, and of how many lines each is."""
    names = (re.sub(r", line \d+$", "", step["step"].rpartition(": ")[0]) for step in steps)
    return {name: count for name, count in Counter(names).items() if name}


def references(steps: Iterable[Json]) -> str:
    """``weyl ×2, gaussian-tail``: the rules and lemmas that the steps of a proof apply, and how often."""
    names = Counter(rule_name(step["ref"]) for step in steps if step["by"] in ("rule", "lemma") and step["ref"])
    return ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in sorted(names.items()))


def tally(steps: Iterable[Json]) -> str:
    """``12 by algebra, 3 by rule``: how the steps of a proof are checked."""
    kinds = [step["by"] for step in steps]
    return ", ".join(f"{kinds.count(kind)} by {kind}" for kind in dict.fromkeys(kinds))


def rule_name(reference: str | None) -> str:
    """The name of a rule, without the literature reference that follows the colon."""
    return (reference or "").partition(":")[0]


def rules(report: Json) -> dict[str, tuple[str, list[str]]]:
    """For each trusted rule, by name: its literature reference, and the lemmas that rest on it."""
    references = {
        rule_name(step["ref"]): step["ref"].partition(":")[2].strip()
        for lemma in report["lemmas"]
        for step in lemma["proof"]
        if step["by"] == "rule" and step["ref"]
    }
    return {
        rule: (references.get(rule, ""), [lemma["id"] for lemma in report["lemmas"] if rule in lemma["trusts"]])
        for rule in words.all_trusts(report)
    }


def users(report: Json) -> dict[str, list[str]]:
    """For each lemma, which lemmas use it."""
    found: dict[str, list[str]] = {lemma["id"]: [] for lemma in report["lemmas"]}
    for lemma in report["lemmas"]:
        for used in lemma["uses"]:
            found.setdefault(used, []).append(lemma["id"])
    return found
