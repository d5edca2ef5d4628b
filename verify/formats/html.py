"""``report.html``: the whole report as one file that needs no network, no script and no font of the reader's."""

from __future__ import annotations

import base64
import bisect
import functools
import json
import re
from importlib import resources
from typing import Any, NamedTuple

import jinja2

from verify.formats import cards, graph, maths, palette, pictures, planted, plots, text, widths, words
from verify.formats.words import Json


class Detail(NamedTuple):
    """How much of what is long is shown: characters of a proof step, of an evidence's further data, of its summary (if
    it holds), of the reason why a planted fault was noticed, of the point that has the margin; and the manner of
    ``cards.brief_steps``."""

    step: int
    data: int
    summary: int
    reason: int
    margin: int
    manner: cards.Manner


# Proofs spelled out for a machine can be long: the first of these that keeps the page below LIMIT bytes.
DETAIL = (
    Detail(1000, 600, 1000, 240, 240, "shown"),
    Detail(300, 400, 1000, 240, 240, "shown"),
    Detail(240, 300, 600, 160, 240, "merged"),
    Detail(140, 160, 400, 120, 240, "merged"),
    Detail(240, 100, 600, 160, 240, "outlined"),
    Detail(160, 0, 400, 100, 160, "outlined"),
    Detail(100, 0, 300, 60, 120, "outlined"),
    Detail(60, 0, 240, 0, 100, "outlined"),
    Detail(50, 0, 160, 0, 80, "outlined"),
    Detail(0, 0, 120, 0, 60, "outlined"),
    Detail(60, 0, 80, 0, 0, "counted"),
)
LIMIT = 495_000  # a page is to be smaller than 500 kB

# The second rule keeps the symbol from being read out before the word; browsers that do not know it use the first.
GLYPHS = "\n".join(
    f'.badge.v-{word}::before {{ content: "{glyph} "; content: "{glyph} " / ""; }}'
    for word, glyph in graph.GLYPH.items()
)


def render(report: Json) -> str:
    """The page; the same text for the same report. It has a script only if some chain may be solved in it.

    It is as detailed as LIMIT allows, found by bisection: each level of detail is shorter than the one before.
    """
    written = functools.cache(lambda detail: _render(report, detail))
    found = bisect.bisect_left(DETAIL, True, key=lambda detail: len(written(detail).encode()) <= LIMIT)
    return written(DETAIL[min(found, len(DETAIL) - 1)])


def _render(report: Json, detail: Detail) -> str:
    whatif = what_if(report)
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            style=_SPACE.sub(r"\1", "\n".join((palette.css() + GLYPHS, graph.STYLE, _asset("page.css").decode()))),
            font=base64.b64encode(_asset("maths.woff2")).decode(),
            weakest=words.weakest(report),
            gaps=widths.looseness(report),
            rules=rules(report),
            detail=detail,
            users=users(report),
            notation=cards.notation(report),
            known={lemma["id"] for lemma in report["lemmas"]},
            whatif=whatif is not None,
        )
    )
    return lean(page).replace(SCRIPTS, "" if whatif is None else _scripts(whatif))


_SPACE = re.compile(r" ?([{};,:])\s+")  # white space that a style sheet does not need


SCRIPTS = "<!-- scripts -->"  # no text of a report can become a comment, so this stands in the template only


def _scripts(whatif: Json) -> str:
    data = f'<script type="application/json" id="whatif-data">{embedded_json(whatif)}</script>'
    lines = (line.strip() for line in _asset("whatif.js").decode().splitlines())
    program = "\n".join(line for line in lines if not line.startswith("//"))
    return f"{data}\n<script>{program}</script>"


_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_QUOTED = re.compile(r"""="([^\s"'=<>`/]+)"(?!/)""")  # a slash would become part of a value without quotes
_EMPTY = re.compile(r"\n\s*\n\s*")
_OPTIONAL = re.compile(r"\n*</(?:td|th|tr|thead|tbody|dt|dd|li)>")


def lean(page: str) -> str:
    """The page without what HTML lets one leave out: quotes around plain attribute values, and ends of cells and items.

    Every ``<`` and ``>`` that is not part of a tag is escaped in a page, so a tag is what stands between the two.
    """
    shorter = _EMPTY.sub("\n", _OPTIONAL.sub("", page))
    return _TAG.sub(lambda tag: _QUOTED.sub(r"=\1", tag[0]), shorter)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("verify.formats"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals |= {"words": words, "text": text, "widths": widths, "pictures": pictures, "plots": plots}
    environment.tests["blind"] = words.survivors
    environment.globals |= {"graph": graph, "planted": planted, "cards": cards}
    environment.globals |= {"is_table": is_table, "plain_data": plain_data, "table_cell": table_cell}
    environment.filters |= {"maths": maths.to_mathml, "cut": text.cut, "short": text.number, "clean": text.printable}
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


def embedded_json(value: Any) -> str:
    """JSON that may stand inside a ``<script>`` element: no ``<`` can end it early."""
    return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


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
    return text.number(value, 6) if isinstance(value, float) else text.brief(value)


_WORK = re.compile(r"(.*?\([^()]*\d{4}\)),? (.*)")


def rules(report: Json) -> dict[str, dict[str, tuple[str, list[str]]]]:
    """The trusted rules by the work that they are quoted from: the place in it, and the lemmas that rest on them."""
    references = {
        cards.rule_name(step["ref"]): step["ref"].partition(":")[2].strip()
        for lemma in report["lemmas"]
        for step in lemma["proof"]
        if step["by"] == "rule" and step["ref"]
    }
    found: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for rule in words.all_trusts(report):
        quoted = _WORK.fullmatch(references.get(rule, ""))
        work, place = quoted.groups() if quoted else (references.get(rule, "") or "no reference", "")
        resting = [lemma["id"] for lemma in report["lemmas"] if rule in lemma["trusts"]]
        found.setdefault(work, {})[rule] = (place, resting)
    return dict(sorted(found.items()))


def users(report: Json) -> dict[str, list[str]]:
    """For each lemma, which lemmas use it."""
    found: dict[str, list[str]] = {lemma["id"]: [] for lemma in report["lemmas"]}
    for lemma in report["lemmas"]:
        for used in lemma["uses"]:
            found.setdefault(used, []).append(lemma["id"])
    return found
