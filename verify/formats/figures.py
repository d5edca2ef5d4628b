"""Figures for a paper, by matplotlib: widths, slack, margins, decay of λ, training curves. The data is the report's."""

from __future__ import annotations

import importlib
import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.formats import palette, text, widths, words
from verify.formats.words import Json

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("pdf", "svg", "png")

# No date and no random ids: the same report gives the same file.
SETTINGS = {
    "svg.hashsalt": "verify",
    "svg.fonttype": "path",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "ModDate": None},
    "svg": {"Date": None},
    "png": {"Software": None},
}
MARKERS = "os^DvX"  # as svg.SHAPES, so that a chain has the same mark in the page
SEEN_MARKER = {"empirical": "o", "certified": "s"}
CLAIM, SEEN, GAIN = palette.LIGHT["claim"].fill, palette.LIGHT["seen"].line, palette.LIGHT["proved"].line


class MissingExtra(ImportError):
    """A library of an optional extra is not installed; the message says how to install it."""


def draw(report: Json, folder: Path, form: str) -> list[Path]:
    """Write every figure for which the report has data, as ``pdf``, ``svg`` or ``png``; returns the files.

    Raises MissingExtra without matplotlib, ValueError for another format, OSError if the folder cannot be written.
    """
    if form not in FORMATS:
        raise ValueError(f"format {form} is none of {', '.join(FORMATS)}")
    matplotlib = _matplotlib()
    folder.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(SETTINGS):
        return [_save(figure, folder / f"{name}.{form}", form) for name, figure in figures(report).items()]


def _matplotlib() -> Any:
    try:
        return importlib.import_module("matplotlib")
    except ImportError as error:
        raise MissingExtra("figures need matplotlib: pip install 'theorem-verify[plot]'") from error


def _save(figure: Figure, file: Path, form: str) -> Path:
    figure.savefig(file, format=form, metadata=METADATA[form], dpi=200, bbox_inches="tight")
    return file


def figures(report: Json) -> dict[str, Figure]:
    """The figures by name; one for which the report has no data is left out."""
    found: dict[str, Figure] = {}
    if widths.cases(report):
        found["widths"] = _figure(widths_figure, report, 0.5 * len(widths.cases(report)))
        found["slack"] = _slack(report)
    if any(lemma["margin"] for lemma in report["lemmas"]):
        found["margins"] = _figure(margins_figure, report, 0.2 * len(report["lemmas"]))
    for finding in report["findings"]:
        if isinstance(finding["data"].get("series"), dict) and finding["data"].get("x"):
            found[finding["id"]] = _figure(curves_figure, finding, 2.0)
    return found


def _figure(paint: Callable[[Axes, Json], None], data: Json, height: float) -> Figure:
    from matplotlib.figure import Figure  # here, since matplotlib is an extra

    figure = Figure(figsize=(6.4, 1.4 + height))
    paint(figure.add_subplot(), data)
    return figure


def widths_figure(axes: Axes, report: Json) -> None:
    """One row a case on a logarithmic axis: filled marks are prescribed, hollow ones observed."""
    rows = widths.cases(report)
    for index, chain in enumerate(entry["id"] for entry in report["chains"]):
        points = [(float(e[chain]["m"]["upper"]), y) for y, e in enumerate(rows.values()) if chain in e]
        face = CLAIM if widths.usable(report, chain) else "none"
        label = f"{chain} (theorem: {widths.standing(report, chain)})"
        _marks(axes, points, MARKERS[index % len(MARKERS)], face, CLAIM, label)
    for kind, name in widths.OBSERVED.items():
        seen = [(float(s[kind]), y) for y, e in enumerate(rows.values()) if kind in (s := widths.observed(e))]
        _marks(axes, seen, SEEN_MARKER[kind], "none", SEEN, name)
    axes.set(xscale="log", xlabel="width $m$", yticks=range(len(rows)), yticklabels=list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False)


def _marks(axes: Axes, points: list[tuple[float, int]], marker: str, face: str, edge: str, label: str) -> None:
    if points:
        x, y = zip(*points, strict=True)
        axes.scatter(x, y, marker=marker, facecolors=face, edgecolors=edge, label=label, zorder=3)


def _slack(report: Json) -> Figure:
    from matplotlib.figure import Figure  # here, since matplotlib is an extra

    case, entries = next(iter(widths.cases(report).items()))
    figure = Figure(figsize=(6.4, 2.2 * len(entries)), layout="constrained")
    figure.suptitle(f"Slack, case {case}")
    for index, (chain, entry) in enumerate(entries.items()):
        slack_figure(figure.add_subplot(len(entries), 1, index + 1), {**entry, "chain": chain})
    return figure


def slack_figure(axes: Axes, entry: Json) -> None:
    """A waterfall: the prescribed width, what each lemma wastes, what is left, what was observed."""
    level = math.log10(entry["m"]["upper"])
    rows = [("prescribed", 0.0, level, CLAIM)]
    for name, share in sorted(entry["log10_slack"].items(), key=lambda item: (-item[1], item[0])):
        rows.append((name, level - share, share, SEEN if share >= 0 else GAIN))
        level -= share
    rows.append(("left over", 0.0, level, palette.LIGHT["page"].line))
    for kind, value in widths.observed({"": entry}).items():
        rows.append((widths.OBSERVED[kind], 0.0, math.log10(value), "none"))
    for y, (_, start, length, colour) in enumerate(rows):
        axes.barh(y, length, left=start, color=colour, edgecolor=SEEN if colour == "none" else colour)
    axes.set(
        yticks=range(len(rows)), yticklabels=[row[0] for row in rows], xlabel=r"$\log_{10} m$", title=entry["chain"]
    )
    axes.invert_yaxis()


def margins_figure(axes: Axes, report: Json) -> None:
    """Stated bound over what was attained, a bar for each lemma that has a margin; labels name its origin."""
    having = [lemma for lemma in report["lemmas"] if lemma["margin"]]
    for y, lemma in enumerate(having):
        factor, word = lemma["margin"]["factor"], lemma["verdict"]
        first = word not in [earlier["verdict"] for earlier in having[:y]]
        axes.barh(y, math.log10(factor), color=palette.LIGHT[word].line, label=word if first else None)
        axes.text(math.log10(factor), y, f" {text.number(factor, 3)}", va="center")
    labels = [f"{lemma['id']} ({words.margin_source(lemma)})" for lemma in having]
    axes.set(yticks=range(len(having)), yticklabels=labels, xlabel=r"$\log_{10}$(bound / attained)")
    axes.set_ylim(len(having) - 0.4, -0.6)
    axes.legend(loc="lower right", frameon=False)


def curves_figure(axes: Axes, finding: Json) -> None:
    """The series of a finding over their common ``x``: the decay of λ, training curves."""
    data = finding["data"]
    for index, (name, values) in enumerate(data["series"].items()):
        axes.plot(
            data["x"][: len(values)], values[: len(data["x"])], marker=MARKERS[index % len(MARKERS)], ms=3, label=name
        )
    axes.set(
        xlabel=data.get("x_label", "x"), ylabel=data.get("y_label", "y"), title=textwrap.fill(finding["title"], 60)
    )
    if data.get("scale") == "log":
        axes.set_yscale("log")
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1)} if len(data["series"]) > 4 else {}
    axes.legend(frameon=False, **beside)  # many names would hide the curves
