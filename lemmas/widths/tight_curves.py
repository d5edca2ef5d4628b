"""Where the factor between the proved and the observed width goes: ``python -m lemmas.widths.tight_curves --over n``.

Writes docs/tight-over-n.csv and .svg: random points on the sphere with d = n/2; ``--over lambda`` takes five points of
R^3, two of them ever closer. Values of n, or of the angle, may follow; rows of the file for other values stay. All for
delta = 0.1 and |y| = sqrt(n). Only the proved width is a certificate; the others are estimates from samples, but for
the last one: below it the Jacobian is singular at every coupled start, for its rank is at most (m/2) rank X.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy

from lemmas import data, model
from lemmas.data import DataSet
from lemmas.kernels import Floats
from lemmas.laplace.tail import Damping, damping_weights
from lemmas.laplace.width import OFFSETS, Search, least_power, reach
from lemmas.simulation import simulate
from lemmas.widths.comparison import Case, Json
from lemmas.widths.tight_table import empirical, least_width
from lemmas.widths.tight_widths import solved
from verify.formats import figures
from verify.pipeline.select import installed
from verify.stats.streams import stream

DELTA, EPS = Fraction(1, 10), Fraction(1, 100)
DRAWS, STEPS, LARGEST = 40, 20_000, 1 << 15  # of a width tried; of a descent; neurons
SAMPLES = 20_000  # of one neuron, for the Laplace transform
OFTEN = 0.95  # of the draws
VALUES = {"n": (6, 8, 12, 16, 20, 24), "lambda": (0.5, 0.35, 0.25, 0.18, 0.13, 0.1, 0.07)}
LINES = {
    "proved m": "proved",
    "technique": "this technique with exact Laplace transforms",
    "on the draw": "drift lemma on the start as drawn",
    "gram 2q": "Gram matrix keeps half of lambda, 2q",
    "gram q": "the same, q independent vectors",
    "descent": "descent reaches 0.01 in 20,000 steps",
    "necessary": "below this J(W(0)) is singular: 2n/rank X",
}
TITLES = {
    "n": "Width of a coupled start over n, random points on the sphere, d = n/2",
    "lambda": "Width of a coupled start over lambda, five points of R^3, two of them ever closer",
}


def points_at(over: str, value: float) -> DataSet:
    """The data set of one place of the curve."""
    return data.sphere(int(value), int(value) // 2) if over == "n" else data.clustered_pair(value)


@dataclass(frozen=True)
class Neurons:
    """Samples of one neuron: A = U diag(values) U' for each, U (size, n, r), values (size, r), and its largest z."""

    U: Floats
    values: Floats
    largest: Floats

    @classmethod
    def drawn(cls, X: Floats, rng: np.random.Generator) -> Neurons:
        """SAMPLES neurons on X (n, d)."""
        z = rng.standard_normal((SAMPLES, X.shape[1])) @ X.T
        whiten = np.linalg.inv(np.linalg.cholesky(model.limit_gram(X)))
        U, singular, _ = np.linalg.svd(whiten @ (np.exp(z)[:, :, None] * X), full_matrices=False)
        return cls(U, singular**2, z.max(axis=1))

    def eigenvalues(self, theta: float, damping: Damping) -> Floats:
        """Of the sample mean of e^{-theta s^2 A}, ascending."""
        s = damping_weights(np.array(damping.edges[:-1]), self.largest)
        lost = -np.expm1(-theta * (s**2)[:, None] * self.values)
        columns = np.moveaxis(self.U * np.sqrt(lost)[:, None, :], 1, 0).reshape(self.U.shape[1], -1)
        return np.asarray(np.linalg.eigvalsh(np.eye(len(columns)) - columns @ columns.T / len(s)), dtype=np.float64)


def technique_limit(points: DataSet, seed: int) -> int | None:
    """The width that the tight chain would prove if it knew the Laplace transform itself, estimated by sampling it."""
    search = Search(points.X, math.sqrt(points.n), float(DELTA))
    neurons = Neurons.drawn(points.X, stream(seed, "tight-curves-transform", points.name, 0))

    def pairs(place: Sequence[float]) -> float:
        theta, damping = math.exp(place[0]), Damping(float(place[1]), OFFSETS)
        return least_power(neurons.eigenvalues(theta, damping), search.log_budget(theta, damping.cut))

    grid = [(theta, cut) for theta in np.arange(-6.0, 2.0, 0.75) for cut in (1.5, 2.0, 2.5, 3.0)]
    start = min(grid, key=pairs)
    found = scipy.optimize.minimize(
        pairs, start, method="Nelder-Mead", options={"xatol": 0.01, "fatol": 0.1, "maxfev": 80}
    )
    return 2 * math.ceil(found.fun) if math.isfinite(found.fun) else None


def on_the_draw(points: DataSet, seed: int) -> int | None:
    """The least m at which the drift lemma applies to the start as drawn, at the best level, OFTEN."""
    search = Search(points.X, math.sqrt(points.n), float(DELTA))

    def often(m: int) -> bool:
        rngs = [stream(seed, "tight-curves-draw", f"{points.name}/m={m}", k) for k in range(DRAWS)]
        return sum(_applies(search, points.X, rng.standard_normal((m // 2, points.d))) for rng in rngs) >= OFTEN * DRAWS

    return least_width(often, LARGEST)


def _applies(search: Search, X: Floats, G: Floats) -> bool:
    """Whether c L phi(sigma0 / L) > |y| at some level b, with s_r = min(1, e^{b - M_r}), the largest that it allows."""
    E, products = model.features(X, G), X @ X.T
    far = (G @ X.T).max(axis=1)
    for b in np.arange(-0.5, 4.0, 0.25):
        damped = E * np.minimum(1.0, np.exp(b - far))
        sigma = math.sqrt(max(2 * float(model.lambda_min(products * (damped @ damped.T))), 0.0))
        if search.c * reach(sigma, search.n4 * math.exp(b), search.nu) > search.norm_y:
            return True
    return False


def descending(points: DataSet, seed: int) -> int | None:
    """The least m at which descent from a coupled start reaches EPS in STEPS steps, OFTEN."""
    assert points.y is not None
    labels = points.y

    def often(m: int) -> bool:
        rngs = [stream(seed, "tight-curves-descent", f"{points.name}/m={m}", k) for k in range(DRAWS)]
        runs = simulate.descents(points.X, [labels] * DRAWS, m, STEPS, float(EPS), rngs, "coupled")
        return bool((runs.size <= float(EPS)).mean() >= OFTEN)

    return least_width(often, 2048)


def row(over: str, value: float, seed: int = 0) -> Json:
    """One line of the table; None where a width was not found."""
    points = points_at(over, value)
    case = Case(points.name, points.n, points.d, DELTA, EPS, points)
    count = empirical(points, seed)
    return {
        "at": value,
        "data": points.name,
        "lambda": float(f"{float(model.lambda_min(model.limit_gram(points.X))):.4g}"),
        "proved m": int(solved(case, case.least_eigenvalue(), installed().lemma)["m"]["upper"]),
        "technique": technique_limit(points, seed),
        "on the draw": on_the_draw(points, seed),
        "gram 2q": None if count is None else 2 * count,
        "gram q": count,
        "descent": descending(points, seed),
        "necessary": 2 * math.ceil(points.n / int(np.linalg.matrix_rank(points.X))),
    }


def finding(over: str, rows: Sequence[Json]) -> Json:
    """The rows as curves, in the form in which a finding of a report holds them."""
    series = {name: [float(line[key] or math.nan) for line in rows] for key, name in LINES.items()}
    label, key = ("n", "at") if over == "n" else ("log10 lambda", "lambda")
    x = [float(line[key]) if over == "n" else math.log10(float(line[key])) for line in rows]
    curves = {"x": x, "x_label": label, "y_label": "m", "scale": "log", "series": series}
    return {"id": f"tight-over-{over}", "title": TITLES[over], "data": curves}


def stored(file: Path) -> dict[float, Json]:
    """The rows of a table by their value; none if there is no file."""
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        return {float(line["at"]): dict(line) for line in csv.DictReader(lines)}


def write(over: str, rows: Sequence[Json], folder: Path) -> None:
    """The table and its figure."""
    with (folder / f"tight-over-{over}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    figures.draw({"chains": [], "lemmas": [], "findings": [finding(over, rows)]}, folder, "svg")


def main() -> None:
    """Compute the rows that are asked for, and write the table and the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--over", choices=sorted(VALUES), default="n")
    parser.add_argument("--folder", type=Path, default=Path("docs"))
    parser.add_argument("values", type=float, nargs="*", help="values of n, or of the angle between the two points")
    asked = parser.parse_args()
    rows = stored(asked.folder / f"tight-over-{asked.over}.csv")
    for value in asked.values or VALUES[asked.over]:
        rows[value] = row(asked.over, value)
        print(rows[value], flush=True)
        write(asked.over, [rows[at] for at in sorted(rows)], asked.folder)


if __name__ == "__main__":
    main()
