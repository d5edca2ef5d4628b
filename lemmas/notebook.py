"""The command `width` for a notebook."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from lemmas.data import DataSet, load, sphere
from lemmas.widths.comparison import Case, all_chains
from verify.formats.widths import standing
from verify.notebook import Widths
from verify.pipeline.select import installed


def width(points: DataSet | Path | str, delta: Any = "0.1", eps: Any = "0.01", report: Any = None) -> Widths:
    """The widths of every chain for these points (a file of them, or a data set), delta and eps being taken as written.

    report: where the verdicts of the chains' theorems are read; without it they show as not run.
    """
    data = points if isinstance(points, DataSet) else load(Path(points))
    case = Case(data.name, data.n, data.d, Fraction(delta), Fraction(eps), data)
    chains = all_chains(case, installed().lemma)
    return Widths(chains, {} if report is None else {c["id"]: standing(report, c["id"]) for c in chains})


__all__ = ["sphere", "width"]
