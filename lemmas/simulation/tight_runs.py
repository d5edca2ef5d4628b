"""The tight theorem at its own width, with its own parameters: how often its events fail, and what descent does.

The number of steps that it prescribes is far beyond simulation, for its step size is that of the worst start; so runs
take the first STEPS of them, and say of every conclusion along the path whether it held.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lemmas import kernels, model
from lemmas.notation.damped import damped_gram
from lemmas.notation.start import relative_least
from lemmas.widths.comparison import Json
from lemmas.widths.tight_widths import stored

STEPS = 200


@dataclass(frozen=True)
class Runs:
    """Of ``draws`` starts: how many miss tau K, how many exceed B1, and how many leave the ball or decay too slowly."""

    draws: int
    short: int
    exceeding: int
    astray: int

    @property
    def failures(self) -> int:
        """At most this many starts fail: the two events are counted apart."""
        return self.short + self.exceeding


def simulate(X: Any, y: Any, width: Json, draws: int, seed: int, *, steps: int = STEPS) -> Runs:
    """Starts of the width's own m, and ``steps`` steps of descent with its own eta from each. X (n, d), y (n,)."""
    values = {k: float(Fraction(v)) for k, v in width["certificate"]["values"].items()}
    edges = np.array(stored(width["certificate"]["parameters"]).damping.edges[:-1])
    rng = np.random.default_rng([seed, 7])
    counts = np.zeros(3, dtype=int)
    for _ in range(draws):
        G = rng.standard_normal((width["m"]["upper"] // 2, X.shape[1]))
        kept = relative_least(damped_gram({"X": X, "G": G, "edge": edges}), model.limit_gram(X)) >= values["tau"]
        tame = float((G @ X.T).max()) <= values["B1"]
        astray = bool(kept and tame and steps) and not follows(X, y, G, values, steps)
        counts += (not kept, not tame, astray)
    return Runs(draws, *(int(count) for count in counts))


def follows(X: Any, y: Any, G: Any, values: dict[str, float], steps: int) -> bool:
    """Whether every step stays within rad of the start and shrinks the residual as the theorem says (but rounding)."""
    W, a = model.coupled(G)
    start, sizes = W.copy(), [float(np.linalg.norm(y))]
    farthest = 0.0

    def watch(_: int, at: Any, e: Any) -> None:
        nonlocal farthest
        farthest = max(farthest, float(np.linalg.norm(at - start)))
        sizes.append(float(np.linalg.norm(e)))

    kernels.gd_run(X, W, a, y, values["eta"], steps, observe=watch)
    shrinking = all(e <= sizes[0] * values["keep"] ** t * (1 + 1e-9) for t, e in enumerate(sizes[1:]))
    return shrinking and farthest <= values["rad"]
