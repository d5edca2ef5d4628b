"""Lemmas, reports and widths in a notebook: objects that show themselves as HTML and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.formats import maths, palette, text, widths, words

if TYPE_CHECKING:
    from verify.lemma import Lemma

Json = dict[str, Any]


class Report(dict[str, Any]):
    """A report, the value of report.json; see the JSON Schema that the package ships."""

    def __repr__(self) -> str:
        return f"<Report: {self['summary']}>"

    def _repr_html_(self) -> str:
        rows = [
            (escape(lemma["id"]), badge(lemma["verdict"]), margin(lemma), escape(", ".join(lemma["trusts"]) or "none"))
            for lemma in self["lemmas"]
        ]
        return f"<p>{badge(self['verdict'])} {escape(self['summary'])}</p>" + table(
            ("lemma", "verdict", "margin", "trusts"), rows
        )

    def _repr_latex_(self) -> str:
        rows = [(code(lemma["id"]), rf"\text{{{lemma['verdict']}}}") for lemma in self["lemmas"]]
        return array("ll", (r"\text{lemma}", r"\text{verdict}"), rows)


class Widths(list[Json]):
    """The chains of one or more cases, as ``chains`` in report.json, with a report's lemmas to say what they rest on.

    theorems: the verdict of every chain's theorem, by chain; without it a width is shown as not checked.
    """

    def __init__(self, chains: Iterable[Json], theorems: dict[str, str] | None = None) -> None:
        super().__init__(chains)
        self.theorems = theorems or {}

    @classmethod
    def of(cls, report: Json) -> Widths:
        """The widths of a report, each with the verdict of its theorem."""
        chains = report["chains"]
        return cls(chains, {chain["id"]: widths.standing(report, chain["id"]) for chain in chains})

    def __repr__(self) -> str:
        return f"<Widths: {', '.join(' '.join((name, w['case'])) for name, w in self._entries()) or 'none'}>"

    def _entries(self) -> list[tuple[str, Json]]:
        return [(chain["id"], entry) for chain in self for entry in chain["widths"]]

    def _repr_html_(self) -> str:
        rows = [
            (escape(name), escape(w["case"]), badge(self.theorems.get(name, "not-run")), text.width(w["m"]["upper"]),
             text.enclosure(w["lambda"]["lower"], w["lambda"]["upper"], 4), escape(w["binding"] or "none"))
            for name, w in self._entries()
        ]  # fmt: skip
        reasons = [f"<p>{escape(c['id'])}: no width: {escape(c['reason'])}</p>" for c in self if c.get("reason")]
        return table(("chain", "case", "theorem", "m", "λ", "binding"), rows) + "".join(reasons)

    def _repr_latex_(self) -> str:
        rows = [
            (code(name), code(w["case"]), rf"\text{{{self.theorems.get(name, 'not-run')}}}",
             rf"m \ge {scientific(w['m']['upper'])}")
            for name, w in self._entries()
        ]  # fmt: skip
        return array("llll", (r"\text{chain}", r"\text{case}", r"\text{theorem}", r"\text{width}"), rows)


def check(*targets: str, effort: str = "quick", seed: int = 0, paths: Sequence[Path] = ()) -> Report:
    """The report of these targets and of what they use, of everything without one; writes no file but to the cache.

    Raises BadInput for a target that means nothing.
    """
    from verify.pipeline.request import Request
    from verify.pipeline.run import check as carried_out

    return Report(carried_out(Request(tuple(targets), tuple(paths), effort=effort, seed=seed)))


def load(file: Path | str) -> Report:
    """The report in a report.json. Raises BadInput for anything else."""
    from verify.pipeline.baseline import read_report

    return Report(read_report(Path(file)))


def lemma(name: str, paths: Sequence[Path] = ()) -> Lemma:
    """One lemma by its id. Raises BadInput if there is none."""
    from verify.pipeline.select import one

    library, found = one(name, tuple(paths))
    return library.lemma(found)


# --- how a lemma shows itself -----------------------------------------------------------------------------------------


def lemma_html(lemma: Lemma) -> str:
    """The formula, the SymPy form, the hypotheses and the constants; no verdict, for nothing was checked."""
    formulas = [maths.to_mathml(one.displayed()) for one in (lemma, *lemma.also.values()) if one.latex]
    probable = (
        ""
        if lemma.fails_with is None
        else f" with probability at least <code>1 - ({escape(str(lemma.fails_with))})</code>"
    )
    given = "".join(f"<li>{escape(name)}: <code>{escape(str(r))}</code></li>" for name, r in lemma.given.items())
    constants = [(escape(c.name), escape(str(c.value)), escape(c.tightness)) for c in lemma.constants.values()]
    return (
        f"<p><b>{escape(lemma.id or 'lemma')}</b></p>{''.join(formulas)}"
        f"<p><code>{escape(str(lemma.claim))}</code>{probable}</p>"
        + (f"<ul>{given}</ul>" if given else "")
        + (table(("constant", "value", "kind"), constants) if constants else "")
        + (f"<p>Limitations: {escape(lemma.limitations)}</p>" if lemma.limitations else "")
    )


def lemma_latex(lemma: Lemma) -> str:
    """The displayed formula between dollar signs; the SymPy form of the claim where none was written."""
    return f"$\\displaystyle {lemma.displayed() if lemma.latex else code(str(lemma.claim))}$"


# --- pieces -----------------------------------------------------------------------------------------------------------


def badge(verdict: str) -> str:
    """A verdict in its colours; any other word as it is."""
    if verdict not in words.MEANING:
        return escape(verdict)
    tone = palette.LIGHT[verdict]
    style = f"padding:0 6px;border:1px solid {tone.line};border-radius:9px;background:{tone.fill};color:{tone.ink}"
    return f'<span style="{style}" title="{escape(words.MEANING[verdict])}">{verdict}</span>'


def margin(lemma: Json) -> str:
    """The margin of a lemma of a report, and whether it is exact or comes from draws or a search."""
    found = lemma["margin"]
    return f"{text.number(found['factor'])} ({words.margin_source(lemma)})" if found else "none"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are mark-up already."""
    lines = [cells("th", head), *(cells("td", row) for row in rows)]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def cells(name: str, row: Sequence[str]) -> str:
    """The cells of one line; notebooks would set them flush right."""
    return "".join(f'<{name} style="text-align:left">{cell}</{name}>' for cell in row)


def array(columns: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A LaTeX array between dollar signs."""
    lines = [" & ".join(row) for row in rows]
    body = r" \\ ".join([" & ".join(head) + r" \\ \hline " + (lines[0] if lines else ""), *lines[1:]])
    return rf"$\begin{{array}}{{{columns}}} {body} \end{{array}}$"


def code(source: str) -> str:
    """Plain text inside LaTeX mathematics."""
    escaped = "".join(rf"\{c}" if c in "_#$%&{}" else {"\\": r"\backslash ", "^": r"\hat{}"}.get(c, c) for c in source)
    return rf"\texttt{{{escaped}}}"


def scientific(m: int) -> str:
    """A width that suffices: exact up to a million, then rounded up."""
    shown = text.upper(m, 3)
    if m < 10**6:
        return str(m)
    mantissa, _, exponent = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else shown
