"""Every chain's width beside what is seen and certified, on named data sets: ``python -m lemmas.widths.table``.

Empirical: the estimate of `verify width --empirical`, by a finer bisection, for the chain's own start: m (Gram) for
lambda_min(H(W(0))) >= lambda/2 and m (GD) for descent to eps, both in 90 % of draws. Certified: the least m at which
the run that seed 0 starts provably converges. delta = 0.1, eps = 0.01, and labels are signs. Ratios are rounded up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from lemmas import data, model
from lemmas.data import DataSet
from lemmas.simulation import observe
from lemmas.widths.certified import certified_width
from lemmas.widths.comparison import Case, all_chains, setting, start_of
from verify.formats import text
from verify.pipeline.select import installed

Json = dict[str, Any]

EFFORT = observe.Effort(cap=100, resolution=1.2)
HEAD = ("data", "lambda", "chain", "proved m", "empirical m (Gram)", "empirical m (GD)", "certified m",
        "proved / Gram", "proved / GD", "certified / GD")  # fmt: skip


def rows(points: DataSet) -> list[tuple[str, ...]]:
    """The cells of one data set, a row for each chain."""
    case = Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)
    chains = all_chains(case, installed().lemma)
    smallest = f"{model.lambda_min(model.limit_gram(points.X)):.3g}"
    seen = observe.observe(setting(case, 0), EFFORT)
    certified = {start: certified_width(points, start, 0) for start in observe.STARTS}
    found = []
    for chain in chains:
        start = start_of(chain["id"])
        gram, descent = (seen[start][event]["estimate"] for event in ("gram", "descent"))
        proved = next((width["m"]["upper"] for width in chain["widths"]), None)
        found.append((points.name, smallest, chain["id"], *_cells(proved, gram, descent, certified[start])))
    return found


def _cells(proved: int | None, gram: int | None, descent: int | None, certified: int | None) -> tuple[str, ...]:
    shown = "none" if proved is None else str(proved) if proved < 10**6 else text.width(proved)
    numbers = [str(m) if m else "-" for m in (gram, descent, certified)]
    return (shown, *numbers, _ratio(proved, gram), _ratio(proved, descent), _ratio(certified, descent))


def _ratio(one: int | None, other: int | None) -> str:
    return text.upper(one / other, 3) if one and other else "-"


def table(sets: Iterable[DataSet]) -> str:
    """Markdown: a line for each chain on each data set."""
    lines = [f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
    for points in sets:
        for cells in rows(points):
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def main(names: list[str]) -> None:
    """The table of the named data sets, all of them by default."""
    known = data.named()
    print(table(known[name] for name in names or known))


if __name__ == "__main__":
    main(sys.argv[1:])
