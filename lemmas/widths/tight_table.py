"""What each ingredient of the tight chain is worth on named data sets: ``python -m lemmas.widths.tight_table``.

Columns are cumulative and searched in floats; "certified m" is verified in balls with every hypothesis of
convergence-tight. Empirical: the smallest q at which lambda_min(H(W(0))) >= lambda/2 in 95 % of DRAWS draws, and the
ratio of the certified width m to it, rounded up. delta = 0.1 and |y| = sqrt(n), as proof and simulation assume of
random signs.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np

from lemmas import data, model
from lemmas.data import DataSet
from lemmas.laplace.width import cumulative_widths
from lemmas.simulation import simulate
from lemmas.widths.comparison import Case
from lemmas.widths.tight_widths import solved
from verify.chain import ChainError
from verify.formats import text
from verify.pipeline.select import installed

DRAWS = 400
LARGEST = 1 << 15
ROWS = ("gram-lower-tail", "gram-laplace-tail", "hard cut", "damping-price", "sharper resolvent")


def empirical(points: DataSet, seed: int = 0) -> int | None:
    """The smallest q, by doubling and bisection, at which the Gram matrix keeps half of lambda in 95 % of draws."""

    least = simulate.limit_lambda_min(points.X) / 2

    def often(count: int) -> bool:
        rng = np.random.default_rng([seed, count])
        return sum(simulate.lambda_min_holds(points.X, least, count, rng) for _ in range(DRAWS)) >= 0.95 * DRAWS

    return least_width(often, LARGEST, step=1)


def least_width(often: Callable[[int], bool], largest: int, step: int = 2) -> int | None:
    """The smallest multiple of ``step`` at which it is so, within 2 %, by doubling and bisection; None if too large."""
    high = step
    while not often(high):
        high *= 2
        if high > largest:
            return None
    low = high // 2
    while high - low > max(step, high // 50):
        middle = (low + high) // (2 * step) * step
        low, high = (low, middle) if often(middle) else (middle, high)
    return high


def column(points: DataSet) -> dict[str, str]:
    """The cells of one data set by row."""
    case = Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)
    cells = {"lambda": f"{model.lambda_min(model.limit_gram(points.X)):.3g}"}
    try:
        cells |= {k: str(v) for k, v in cumulative_widths(points.X, math.sqrt(points.n), 0.1).items()}
        proved = int(solved(case, case.least_eigenvalue(), installed().lemma)["m"]["upper"])
        cells["certified m"] = str(proved)
    except (ChainError, ValueError) as problem:
        return cells | {"certified m": f"none ({problem})"}
    seen = empirical(points)
    return cells | {"empirical q": str(seen), "m / q": text.upper(proved / seen, 3) if seen else "-"}


def table(sets: Iterable[DataSet]) -> str:
    """Markdown: one line a data set."""
    names = ("lambda", *ROWS, "certified m", "empirical q", "m / q")
    lines = [f"| data | {' | '.join(names)} |", "|" + "---|" * (len(names) + 1)]
    for points in sets:
        cells = column(points)
        lines.append(f"| {points.name} | {' | '.join(cells.get(name, '-') for name in names)} |")
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def main(names: list[str]) -> None:
    """The table of the named data sets, all of them by default."""
    known = data.named()
    print(table(known[name] for name in names or known))


if __name__ == "__main__":
    main(sys.argv[1:])
