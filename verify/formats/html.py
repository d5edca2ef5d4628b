"""``report.html``: the whole report as one file that needs no network, no script and no font of the reader's."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

import jinja2

from verify.formats import graph, maths, palette, pictures, planted, plots, text, widths, words
from verify.formats.words import Json

# Proofs spelled out for a machine can be long. (Characters of a step, characters of an evidence's further data): the
# first of these that keeps the page below LIMIT bytes.
DETAIL = ((1000, 600), (400, 600), (240, 400), (160, 240), (110, 160), (80, 120), (60, 0), (40, 0), (20, 0))
LIMIT = 480_000

SHOWN_ELSEWHERE = ("quantile", "trials", "failures", "stopped", "draws")


def render(report: Json) -> str:
    """The page; the same text for the same report. It has a script only if some chain may be solved in it."""
    for step_length, data_length in DETAIL:
        page = _render(report, step_length, data_length)
        if len(page.encode()) <= LIMIT:
            break
    return page


def _render(report: Json, step_length: int, data_length: int) -> str:
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
            step_length=step_length,
            data_length=data_length,
            users=users(report),
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
