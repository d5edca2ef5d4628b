"""The figures: what is drawn is the report's data, and the files are the same every time."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.formats import figures, widths

Report = dict[str, Any]

pytest.importorskip("matplotlib", reason="matplotlib is not installed (pip install theorem-verify[plot])")


@pytest.mark.parametrize(
    ("form", "magic"),
    [
        ("svg", b"<?xml"),
        pytest.param("pdf", b"%PDF", marks=pytest.mark.slow),
        pytest.param("png", b"\x89PNG", marks=pytest.mark.slow),
    ],
)
def test_every_figure_is_written_and_the_same_every_time(
    report: Report, tmp_path: Path, form: str, magic: bytes
) -> None:
    files = figures.draw(report, tmp_path / "one", form)
    assert [file.stem for file in files] == ["widths", "slack", "margins", "lambda-decay", "training-curves"]
    for file, again in zip(files, figures.draw(report, tmp_path / "two", form), strict=True):
        assert file.read_bytes().startswith(magic)
        assert file.read_bytes() == again.read_bytes()


def test_the_width_marks_stand_at_the_widths(report: Report) -> None:
    axes = figures.figures(report)["widths"].axes[0]
    drawn = {c.get_label(): [tuple(p) for p in np.asarray(c.get_offsets())] for c in axes.collections}
    assert drawn["tight (theorem: proved)"] == [(808, 0), (88, 1), (834, 2)]
    assert drawn["certified"] == [(48, 0), (14, 1)]
    hollow = {c.get_label() for c in axes.collections if len(c.get_facecolor()) == 0}
    unproved = {f"{chain} (theorem: not in this report)" for chain in ("sharp", "sharp-independent")}
    assert hollow == {"classical (theorem: blocked)", *unproved, *widths.OBSERVED.values()}


def test_the_waterfall_ends_where_the_slack_is_used_up(report: Report) -> None:
    figure = figures.figures(report)["slack"]
    entry = report["chains"][0]["widths"][0]
    left = math.log10(entry["m"]["upper"]) - sum(entry["log10_slack"].values())
    bars = [patch.get_width() for patch in figure.axes[0].patches]  # type: ignore[attr-defined]
    assert bars[0] == pytest.approx(math.log10(entry["m"]["upper"]))
    assert bars[4] == pytest.approx(left)
    assert bars[5] == pytest.approx(math.log10(entry["empirical"]))


def test_curves_are_the_findings_series(report: Report) -> None:
    axes = figures.figures(report)["training-curves"].axes[0]
    assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines] == [
        *report["findings"][2]["data"]["series"].values()
    ]
    assert axes.get_yscale() == "log"


def test_without_data_there_is_no_figure(report: Report, tmp_path: Path) -> None:
    empty = {**report, "lemmas": [], "chains": [], "findings": report["findings"][:1]}
    assert figures.draw(empty, tmp_path, "svg") == []


def test_an_unknown_format_is_refused(report: Report, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="gif is none of pdf, svg, png"):
        figures.draw(report, tmp_path, "gif")


def test_without_matplotlib_the_error_says_what_to_install(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(figures.MissingExtra, match=r"pip install 'theorem-verify\[plot\]'"):
        figures.draw(report, tmp_path, "svg")
