"""Starts of the tight theorem's own width: how often its events fail, and how near the drift comes to its bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lemmas import model
from lemmas.kernels import Floats
from lemmas.notation.damped import damped_gram
from lemmas.notation.start import relative_least
from lemmas.widths.comparison import Json
from lemmas.widths.tight_widths import stored
from verify.stats.streams import stream

PUSHES = 4
RADII = (1.0, 0.25)  # of the radius that the theorem uses


@dataclass(frozen=True)
class Starts:
    """Of ``draws`` starts: how many miss tau K, and how many exceed B1.

    drift: the largest share of what jacobian-drift allows that weights pushed against it have used up; at most 1.
    """

    draws: int
    short: int
    exceeding: int
    drift: float

    @property
    def failures(self) -> int:
        """At most this many starts fail: the two events are counted apart."""
        return self.short + self.exceeding


def starts(X: Floats, width: Json, draws: int, seed: int, name: str) -> Starts:
    """So many starts of the width's own m on X (n, d); ``name`` is that of the data set."""
    values = {k: float(Fraction(v)) for k, v in width["certificate"]["values"].items()}
    edges = np.array(stored(width["certificate"]["parameters"]).damping.edges[:-1])
    short, exceeding, drift, K = 0, 0, 0.0, model.limit_gram(X)
    for trial in range(draws):
        G = stream(seed, "tight-starts", name, trial).standard_normal((width["m"]["upper"] // 2, X.shape[1]))
        short += bool(relative_least(damped_gram({"X": X, "G": G, "edge": edges}), K) < values["tau"])
        exceeding += bool(float((G @ X.T).max()) > values["B1"])
        drift = max(drift, *(drift_share(X, G, edges, values["L"], values["rad"] * part) for part in RADII))
    return Starts(draws, short, exceeding, drift)


def drift_share(X: Floats, G: Floats, edges: Floats, L: float, radius: float) -> float:
    """(sigma_min(J~0) - sigma_min(J(W))) / (L (e^s - 1)) at s = ``radius``: jacobian-drift says that it is at most 1.

    W is pushed from the coupled start of G (q, d) to where the least singular value falls fastest, PUSHES times; 0 if
    it never falls below that of J~0.
    """
    q, W, most = len(G), G, 0.0  # both neurons of a pair move alike: the Jacobian has every block twice
    start = math.sqrt(2 * q * float(model.lambda_min(damped_gram({"X": X, "G": G, "edge": edges}))))
    for _ in range(PUSHES):
        move = W - G - _steepest(X, W) * (radius / PUSHES)
        W = G + move * min(1.0, radius / math.sqrt(2) / float(np.linalg.norm(move)))
        most = max(most, start - math.sqrt(2 * q * float(model.lambda_min(model.gram(X, W)))))
    return most / (L * math.expm1(radius))


def _steepest(X: Floats, W: Floats) -> Floats:
    """The gradient of |J^T u|, u the least singular vector of J(W), with length 1; (q, d)."""
    E = model.features(X, W)
    vector = np.linalg.eigh((X @ X.T) * (E @ E.T))[1][:, 0]
    weighted = vector[:, None] * E
    gradient: Floats = (weighted * (X @ (weighted.T @ X).T)).T @ X
    return gradient / float(np.linalg.norm(gradient))
